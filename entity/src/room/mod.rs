//! Apps, rooms, who takes part, what can be won and the live log.

pub mod app;
pub mod document;
pub mod participant;
pub mod prize;
#[allow(clippy::module_inception, reason = "the area is named after its main table")]
pub mod room;
pub mod room_counter;
pub mod room_event;
pub mod winner;
