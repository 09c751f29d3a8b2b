//! What of rooms and their children a caller may see.
//!
//! A room is seen by the members of its organization, by who takes part in it, and, once it is public and no
//! draft, by everybody. A child is seen when its room is.

mod app;
mod draw;
mod event;
mod participant;
mod prize;
mod room;
mod winner;

pub use app::{AppFilter, AppOrder};
pub use draw::{
    DrawExclusionOrder, DrawOrder, DrawStepOrder, count_of_standing_draws, draw, draw_for_change, draw_prizes,
    draws_under_way, has_draws, live_draws_of, standing_draws, superseded_draw, void_draws_of,
};
pub use event::{EventsAfter, EventsOf, events_after};
pub use participant::{ParticipantFilter, ParticipantOrder, has_other_organizer, participant, participant_for_removal};
pub use prize::{PrizeOrder, count_and_next_position, prize, prize_for_change, prize_held, prizes};
pub use room::{Lock, RoomFilter, RoomOrder, room, room_by_join_code, room_for_change, room_held, visible_ids};
pub use winner::{WinnerFilter, WinnerOrder, winner, winner_of};
