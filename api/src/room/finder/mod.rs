//! What of rooms and their children a caller may see.
//!
//! A room is seen by the members of its organization, by who takes part in it, and, once it is public and no
//! draft, by everybody. A child is seen when its room is.

mod app;
mod draw;
mod draw_list;
mod draw_rows;
mod due;
mod event;
mod participant;
mod prize;
mod room;
mod viewer;
mod win;
mod winner;

pub use app::{AppFilter, AppOrder, app_of};
pub use draw::{
    DrawExclusionOrder, DrawOrder, DrawStepOrder, count_of_standing_draws, draw, draw_by_id, draw_for_change,
    draw_prizes, draws_under_way, has_draws, live_draws_of, standing_draws, superseded_draw, void_draws_of,
};
pub use draw_list::{chunk_roots, eligible, moment};
pub use draw_rows::{
    chunk, entrants, exclusions_of, hidden_winners, last_step, rankings_of, standing_winner_of, standing_winners,
    steps_of, unclaimed_winners,
};
pub use due::due_draws;
pub use participant::{
    ParticipantFilter, ParticipantOrder, Removed, has_other_organizer, participant, participant_by_id,
    participant_for_removal, participant_of,
};
pub use prize::{PrizeOrder, count_and_next_position, prizes};
pub use room::{
    InRoom, JoinCode, RoomFilter, RoomOrder, count_of_people, room, room_by_join_code, room_held, rows_after,
    visible_ids,
};
pub use viewer::{relations, viewer, viewer_participation};
pub use win::{DrawnWin, OwnWin};
pub use winner::{WinnerFilter, WinnerOrder, winner_by_id};
