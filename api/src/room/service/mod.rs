//! What can be done with rooms and what belongs to them.

mod app;
mod files;
mod join_code;
mod participant;
mod prize;
mod quantity;
mod room;
mod win;
mod winner;

pub use app::{AppPatch, deactivate_app, regenerate_app_secret, register_app, update_app};
pub use files::{RoomFile, room_file};
pub use join_code::room_behind;
pub use participant::{
    ParticipantPatch, add_participant, join_room, leave_room, remove_participant, update_participant,
};
pub use prize::{PrizePatch, create_prize, delete_prize, reorder_prizes, update_prize};
pub use quantity::{give_back_to_prize, take_of_prize};
pub use room::{RoomPatch, Transition, create_room, delete_room, move_room, update_room};
pub use win::{Quantity, move_win, require_live_win, winner_facts};
pub use winner::{award_prize, revoke_winner};

use entity::room::room::{Model, RoomStatus};
use sea_orm::ActiveEnum;

use crate::error::{Error, Result};

/// Refuses a change that makes sense only while a room is in one of some statuses.
///
/// # Errors
/// `CONFLICT` that names them.
pub fn require_status(room: &Model, allowed: &[RoomStatus], what: &str) -> Result<()> {
    if allowed.contains(&room.status) {
        return Ok(());
    }
    let allowed: Vec<_> = allowed.iter().map(ActiveEnum::to_value).collect();
    let (now, needed) = (room.status.to_value(), allowed.join(" or "));
    Err(Error::conflict(format!(
        "The room is {now}; {what} while it is {needed}."
    )))
}

/// Statuses in which a room is still being shaped.
pub const OPEN: [RoomStatus; 2] = [RoomStatus::Draft, RoomStatus::Active];
