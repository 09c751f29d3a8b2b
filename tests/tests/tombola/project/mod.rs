//! The shape of the project itself: layers, files, generated texts.

mod areas;
mod descriptions;
mod files;
mod imports;
mod layers;
mod names;
mod shapes;
mod snapshots;
mod sources;
mod walls;
