//! What holds for every mutation of the catalogue.

mod arguments;
mod callers;
mod draws;
mod ids;
mod json;
mod names;
mod numbers;
mod place;
mod rooms;
mod texts;
mod times;
