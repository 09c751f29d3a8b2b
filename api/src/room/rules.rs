//! What an area that uses rooms forbids in them, and what it keeps of changes of their people. Rooms know nothing of it but this.

use std::sync::Arc;

use async_trait::async_trait;
use entity::{
    PrizeId, RoomId,
    draw::draw,
    room::{participant, room},
};

use crate::{error::Result, operation::Operation, policy::Relations, store::Writing};

/// The rules of an area for the rooms that it uses. Each is asked within a change, while the room is held, and refuses it with a
/// `CONFLICT`.
#[async_trait]
pub trait RoomRules: Send + Sync {
    /// May the room's own fields change so?
    async fn may_update_room(&self, tx: &Writing, before: &room::Model, after: &room::Model) -> Result<()>;

    /// May the room come to its end?
    async fn may_complete_room(&self, tx: &Writing, room: RoomId) -> Result<()>;

    /// May the room be called off?
    async fn may_cancel_room(&self, tx: &Writing, room: RoomId) -> Result<()>;

    /// May the room be taken out of every list?
    async fn may_delete_room(&self, tx: &Writing, room: RoomId) -> Result<()>;

    /// May a prize change, or be taken off the list?
    async fn may_change_prize(&self, tx: &Writing, prize: PrizeId) -> Result<()>;

    /// May these prizes get another order?
    async fn may_reorder_prizes(&self, tx: &Writing, prizes: &[PrizeId]) -> Result<()>;

    /// May a prize be awarded by hand?
    async fn may_award_prize(&self, tx: &Writing, prize: PrizeId) -> Result<()>;

    /// The rules for the people of a room.
    async fn people(&self, tx: &Writing, room: RoomId) -> Result<Box<dyn PeopleRules>>;

    /// The draws for which somebody who has just come is too late.
    async fn missed_draws(&self, tx: &Writing, newcomer: &participant::Model) -> Result<Vec<draw::Model>>;
}

/// The rules for the people of one room.
#[async_trait]
pub trait PeopleRules: Send + Sync {
    /// Whether somebody with these relations may change who is in the room, and as what.
    ///
    /// # Errors
    /// `FORBIDDEN` when they may not.
    fn allow(&self, relations: &Relations) -> Result<()>;

    /// Whether roles and tickets may change.
    ///
    /// # Errors
    /// `CONFLICT` when they may not.
    fn may_change(&self, tx: &Writing) -> Result<()>;

    /// Whether somebody may be taken out.
    ///
    /// # Errors
    /// `CONFLICT` when they may not.
    fn may_remove(&self, tx: &Writing) -> Result<()>;

    /// Keeps a change that somebody made of others.
    async fn record(&self, tx: &Writing, change: PeopleChange<'_>) -> Result<()>;
}

/// What somebody changed of the people in a room.
#[derive(Clone, Copy, Debug)]
pub enum PeopleChange<'a> {
    /// They brought someone in.
    Added(&'a participant::Model),
    /// They changed someone's role or tickets.
    Changed {
        /// As it was.
        before: &'a participant::Model,
        /// As it is.
        after: &'a participant::Model,
    },
    /// They took someone out.
    Removed(&'a participant::Model),
}

/// The rules that were put in when the process started.
///
/// # Errors
/// `INTERNAL` when there are none: a room without them could be used to move the result of a draw.
pub(super) fn rules(operation: &Operation) -> Result<&dyn RoomRules> {
    Ok(operation.services().parts.get::<Arc<dyn RoomRules>>()?.as_ref())
}
