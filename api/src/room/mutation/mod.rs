//! Changing rooms and what belongs to them: thin, one service call each.

mod app;
mod participant;
mod prize;
mod room;
mod winner;

use async_graphql::MergedObject;

/// Mutations of the area.
#[derive(Default, MergedObject)]
pub struct RoomMutation(
    app::AppMutation,
    room::RoomLifeMutation,
    participant::ParticipantMutation,
    prize::PrizeMutation,
    winner::WinnerMutation,
);
