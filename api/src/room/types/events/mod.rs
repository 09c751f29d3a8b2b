//! Events of a room's live log as clients see them.

mod draw;
mod event_type;
mod participant;
mod prize;
mod room;
mod winner;

use async_graphql::{ID, Interface};
use entity::{DrawId, RoomId};

use super::Room;
use crate::{
    error::{Error, Result},
    gql::{Long, Timestamp},
    room::event::Event,
    store::Logged,
};
use draw::{DrawProgress, DrawStepTaken};
use participant::{ParticipantChanged, ParticipantJoined, ParticipantLeft};
use prize::{PrizeChanged, PrizeCreated, PrizeDeleted};
use room::{RoomChanged, RoomStatusChanged};
use winner::{WinnerRevoked, WinnerStatusChanged};

pub use winner::WinnerAnnounced;

/// Where an event stands in its room's log.
#[derive(Clone, Copy)]
pub struct Entry {
    room: RoomId,
    sequence: i64,
    occurred_at: chrono::DateTime<chrono::Utc>,
}

/// Something that happened in a room. Sequences count from 1 without gaps: give the last one that you have
/// handled as `after`, and nothing is missed or comes twice.
#[derive(Interface)]
#[graphql(
    field(
        name = "sequence",
        ty = "Long",
        desc = "Its place in the room's log, from 1 without gaps."
    ),
    field(name = "occurred_at", ty = "Timestamp", desc = "When it happened."),
    field(name = "room_id", ty = "ID", desc = "The room's id, without a look at the database."),
    field(name = "room", ty = "Option<Room>", desc = "The room as it is now.")
)]
pub enum RoomEvent {
    /// The room went from one status to the next.
    RoomStatusChanged(RoomStatusChanged),
    /// The room's own fields changed.
    RoomChanged(RoomChanged),
    /// Someone came in.
    ParticipantJoined(ParticipantJoined),
    /// Someone went.
    ParticipantLeft(ParticipantLeft),
    /// A participant's role or tickets changed.
    ParticipantChanged(ParticipantChanged),
    /// There is one more prize.
    PrizeCreated(PrizeCreated),
    /// A prize changed.
    PrizeChanged(PrizeChanged),
    /// A prize was taken off the list.
    PrizeDeleted(PrizeDeleted),
    /// A prize has a winner.
    WinnerAnnounced(WinnerAnnounced),
    /// A win was taken back.
    WinnerRevoked(WinnerRevoked),
    /// A win was claimed, turned down, or not claimed in time.
    WinnerStatusChanged(WinnerStatusChanged),
    /// A draw took a step.
    DrawStepTaken(DrawStepTaken),
    /// A long step of a draw goes on.
    DrawProgress(DrawProgress),
}

/// A row of the log as its type.
///
/// # Errors
/// `INTERNAL` when the row is of no known kind.
pub fn room_event(row: &Logged<RoomId>) -> Result<RoomEvent> {
    let entry = Entry {
        room: row.log,
        sequence: row.sequence,
        occurred_at: row.created_at,
    };
    Ok(match Event::read(row)? {
        Event::RoomStatusChanged { from, to } => RoomStatusChanged {
            entry,
            facts: (from.0.into(), to.0.into()),
        }
        .into(),
        Event::RoomChanged(facts) => RoomChanged { entry, facts }.into(),
        Event::ParticipantJoined {
            participant,
            participant_count,
        } => ParticipantJoined {
            entry,
            facts: (participant, participant_count),
        }
        .into(),
        Event::ParticipantLeft {
            participant,
            removed,
            participant_count,
        } => ParticipantLeft {
            entry,
            facts: (participant, removed, participant_count),
        }
        .into(),
        Event::ParticipantChanged(facts) => ParticipantChanged { entry, facts }.into(),
        Event::PrizeCreated(facts) => PrizeCreated { entry, facts }.into(),
        Event::PrizeChanged(facts) => PrizeChanged { entry, facts }.into(),
        Event::PrizeDeleted(facts) => PrizeDeleted { entry, facts }.into(),
        Event::WinnerAnnounced(facts) => WinnerAnnounced { entry, facts }.into(),
        Event::WinnerStatusChanged { winner, status, reason } => WinnerStatusChanged {
            entry,
            facts: (winner, status.0.into(), reason),
        }
        .into(),
        Event::DrawStepTaken(facts) => DrawStepTaken { entry, facts }.into(),
        Event::DrawProgress {
            draw_id,
            phase,
            done,
            total,
        } => DrawProgress {
            entry,
            facts: (DrawId(draw_id), phase.into(), done, total),
        }
        .into(),
        Event::WinnerRevoked { winner, reason } => WinnerRevoked {
            entry,
            facts: (winner, reason),
        }
        .into(),
    })
}

/// A row of the log that announces a winner.
///
/// # Errors
/// `INTERNAL` when the row is of another kind.
pub fn announced(row: &Logged<RoomId>) -> Result<WinnerAnnounced> {
    match room_event(row)? {
        RoomEvent::WinnerAnnounced(event) => Ok(event),
        _ => Err(Error::internal(anyhow::anyhow!(
            "{} is no announcement of a winner",
            row.kind
        ))),
    }
}
