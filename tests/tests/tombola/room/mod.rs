//! Rooms: what their rules allow and refuse.

mod award;
mod capacity;
mod change;
mod ending;
mod joining;
mod json;
mod life;
mod log;
mod organizers;
mod pages;
mod payloads;
mod people;
mod prize;
mod quantity;
mod races;
mod reorder;
mod revoke;
pub(crate) mod soundness;
mod winner;
