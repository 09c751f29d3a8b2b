//! Rooms and what belongs to them, as clients see them.

mod app;
mod events;
mod inputs;
mod participant;
mod prize;
mod room;
mod winner;

pub use app::App;
pub use events::{RoomEvent, WinnerAnnounced, announced, room_event};
pub use inputs::{AppFilterInput, RoomFilterInput, RoomOrderInput, room_page};
pub use participant::{Participant, ParticipantRole};
pub use prize::Prize;
pub use room::Room;
pub use winner::Winner;
