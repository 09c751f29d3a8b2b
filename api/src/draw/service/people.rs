//! Changes of a room's people while it has draws: who may make them, until when, and how everybody learns of them.

use async_trait::async_trait;
use entity::{
    RoomId,
    draw::{
        draw::{self as row, DrawStatus},
        draw_step::DrawStepKind,
    },
};
use sea_orm::{ActiveEnum, ActiveModelTrait, ActiveValue::Set, IntoActiveModel};

use super::{
    history::{Step, record},
    plan::milliseconds,
    stored::closing,
};
use crate::{
    draw::finder,
    error::{Error, Result},
    policy::{Action, Relations},
    room::{PeopleChange, PeopleRules, RoleAndTickets},
    store::Writing,
};

/// The draws of a room that are not over: its people are their entrants.
pub struct DrawsUnderWay(Vec<row::Model>);

impl DrawsUnderWay {
    /// Looks for them. The room must be held.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of(tx: &Writing, room: RoomId) -> Result<Self> {
        finder::draws_under_way(tx, room).await.map(Self)
    }

    fn open(&self) -> impl Iterator<Item = &row::Model> {
        self.0.iter().filter(|draw| draw.status == DrawStatus::Committed)
    }
}

#[async_trait]
impl PeopleRules for DrawsUnderWay {
    /// While a list is open, only those who may run the draw change who is on it, and with which weight.
    fn allow(&self, relations: &Relations) -> Result<()> {
        match self.open().next() {
            Some(draw) if !relations.may(Action::ManageEntrants) => Err(Error::Forbidden(
                format!(
                    "The list of {} is open, and until it is frozen only ORGANIZERs of the room and ADMINs of the \
                     organization add, change or remove people. Ask one of them.",
                    draw.id
                )
                .into(),
            )),
            _ => Ok(()),
        }
    }

    /// Roles and tickets stay as they were when a list closed, until it is drawn and announced: nobody shall have to wonder.
    fn may_change(&self, tx: &Writing) -> Result<()> {
        if let Some(draw) = self.0.iter().find(|draw| draw.status != DrawStatus::Committed) {
            return Err(Error::conflict(format!(
                "{} is {}: roles and tickets cannot change. Run it first, or void it.",
                draw.id,
                draw.status.to_value()
            )));
        }
        self.may_remove(tx)
    }

    /// Whoever was there when a list closed by its policy is on it, unless they go: nobody is taken off before the freeze.
    fn may_remove(&self, tx: &Writing) -> Result<()> {
        for draw in self.open() {
            if let Some(closed) = closing(draw)?.filter(|closes| *closes <= tx.now()) {
                return Err(Error::conflict(format!(
                    "The list of {} closed at {}, and people count as they were then. Freeze it first, or void the draw.",
                    draw.id,
                    milliseconds(closed)
                )));
            }
        }
        Ok(())
    }

    /// Tells of a change in the history of each draw whose list is open. A freeze that was asked for before was asked for
    /// with the people as they were, and must be asked for again.
    async fn record(&self, tx: &Writing, change: PeopleChange<'_>) -> Result<()> {
        let (kind, before, after) = match change {
            PeopleChange::Added(after) => (DrawStepKind::ParticipantAdded, None, Some(after)),
            PeopleChange::Changed { before, after } => (DrawStepKind::ParticipantChanged, Some(before), Some(after)),
            PeopleChange::Removed(before) => (DrawStepKind::ParticipantRemoved, Some(before), None),
        };
        let (PeopleChange::Added(who) | PeopleChange::Changed { after: who, .. } | PeopleChange::Removed(who)) = change;
        for draw in self.open() {
            if closing(draw)?.is_some_and(|closes| closes <= tx.now()) {
                continue;
            }
            let mut draw = finder::draw_for_change(tx, draw.id).await?;
            if draw.freeze_requested_by().is_some() {
                let mut change = draw.into_active_model();
                change.set_freeze_requested_by(None);
                change.updated_at = Set(tx.now());
                draw = change.update(tx).await?;
            }
            let step = Step {
                before: before.map(RoleAndTickets::of),
                after: after.map(RoleAndTickets::of),
                ..Step::about(who.id)
            };
            record(tx, &draw, kind, DrawStatus::Committed, step).await?;
        }
        Ok(())
    }
}
