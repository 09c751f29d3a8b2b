//! The shape of the project itself: layers, files, generated texts.

mod areas;
mod circles;
mod descriptions;
mod files;
mod imports;
mod layers;
mod modules;
mod names;
mod resolving;
mod shapes;
mod snapshots;
mod sources;
mod tokens;
mod walls;
