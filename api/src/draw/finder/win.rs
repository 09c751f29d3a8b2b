//! Wins of a draw in a change: their draw is held, and all that moves its winners with it.

use entity::{
    WinnerId,
    draw::draw,
    room::{prize, room, winner},
};

use super::draw::draw_for_change;
use crate::{
    error::Result,
    operation::{Related, Subject},
    policy::{Relation, Relations},
    room::{InRoom, room_held, winner_of},
    store::{Located, Lock, Scope, Target, Writing, any_row_for_change, seen_row, seen_row_for_change},
};

/// A win in a change, and its draw or its prize, which is held.
pub struct HeldWin {
    /// The draw; none for a prize that was awarded by hand.
    pub draw: Option<draw::Model>,
    /// The win. Nobody else moves it.
    pub winner: winner::Model,
}

/// A win that its winner claims or declines, also in a room that they left.
pub struct OwnWin(pub WinnerId);

/// What is held of it: what the caller is to its room does not matter, but whether it is theirs.
pub struct HeldByWinner {
    /// The win in its room.
    pub win: InRoom<HeldWin>,
    own: bool,
}

/// A win that is taken from its winner.
pub struct DrawnWin(pub WinnerId);

impl Located for OwnWin {
    fn target(&self) -> Target {
        self.0.target()
    }
}

impl Related for HeldByWinner {
    async fn relations(&self, tx: &Writing) -> Result<Relations> {
        Ok(Relations::of(tx.caller()).and(self.own.then_some(Relation::Oneself)))
    }
}

impl Subject for OwnWin {
    type Held = HeldByWinner;

    async fn hold(&self, tx: &Writing, _: Lock) -> Result<HeldByWinner> {
        let me = tx.caller().signed_in()?.user;
        let own = winner_of(tx, self.0, me).await?;
        let (seen, own) = match own {
            Some(own) => (own, true),
            None => (seen_row::<winner::Entity>(tx, self.0).await?, false),
        };
        let room = room_held(tx, seen.room_id).await?;
        if room.deleted_at.is_some() {
            return Err(self.target().not_found());
        }
        let row = match own {
            true => HeldWin {
                draw: hold_what_moves(tx, &seen).await?,
                winner: winner_of(tx, self.0, me)
                    .await?
                    .ok_or_else(|| self.target().not_found())?,
            },
            // The policy refuses this one: nothing more has to be held.
            false => HeldWin {
                draw: None,
                winner: seen,
            },
        };
        let win = InRoom { room, row };
        Ok(HeldByWinner { win, own })
    }
}

impl Located for DrawnWin {
    fn target(&self) -> Target {
        self.0.target()
    }
}

impl Subject for DrawnWin {
    type Held = InRoom<HeldWin>;

    async fn hold(&self, tx: &Writing, lock: Lock) -> Result<InRoom<HeldWin>> {
        let seen = seen_row::<winner::Entity>(tx, self.0).await?;
        let room = seen_row_for_change::<room::Entity>(tx, seen.room_id, lock).await?;
        let row = HeldWin {
            draw: hold_what_moves(tx, &seen).await?,
            winner: seen_row::<winner::Entity>(tx, self.0).await?,
        };
        Ok(InRoom { room, row })
    }
}

/// Holds what whoever moves a win holds first: its draw, or else its prize. The win has to be read again then.
async fn hold_what_moves(tx: &Writing, seen: &winner::Model) -> Result<Option<draw::Model>> {
    match seen.draw_id {
        Some(draw) => Ok(Some(draw_for_change(tx, draw).await?)),
        None => {
            any_row_for_change::<prize::Entity>(tx, seen.prize_id, Lock::Exclusive).await?;
            Ok(None)
        }
    }
}
