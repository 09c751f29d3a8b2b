//! What of rooms and their children a caller may see.
//!
//! A room is seen by the members of its organization, by who takes part in it, and, once it is public and no
//! draft, by everybody. A child is seen when its room is.

mod app;
mod event;
mod met;
mod participant;
mod prize;
mod room;
mod viewer;
mod winner;

pub use app::{AppFilter, app_of};
pub use met::find_profile;
pub use participant::{
    ParticipantFilter, Removed, has_other_organizer, participant, participant_by_id, participant_of,
};
pub use prize::{count_and_next_position, prizes};
pub use room::{
    InRoom, JoinCode, RoomFilter, RoomOrder, count_of_people, room_by_join_code, room_held, rows_after, visible_ids,
};
pub use viewer::{relations, viewer, viewer_participation};
pub use winner::{WinnerFilter, winner_by_id, winner_of};
