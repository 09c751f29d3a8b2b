//! Wins of a draw in a change: their draw is held, and all that moves its winners with it.

use entity::{
    UserId, WinnerId,
    draw::draw,
    room::{room, winner},
};

use super::draw::draw_for_change;
use crate::{
    error::Result,
    operation::Subject,
    policy::{Relation, Relations},
    room::{prize_held, relations, room_for_change, room_held, winner, winner_of},
    store::{Located, Lock, Scope, Target, Writing},
};

/// A win in a change, its room, and its draw or its prize, which is held.
pub struct HeldWin {
    /// The room, which stays as it is.
    pub room: room::Model,
    /// The draw; none for a prize that was awarded by hand.
    pub draw: Option<draw::Model>,
    /// The win. Nobody else moves it.
    pub winner: winner::Model,
    own: bool,
}

/// A win that its winner claims or declines, also in a room that they left.
pub struct OwnWin(pub WinnerId);

/// A win that is taken from its winner.
pub struct DrawnWin(pub WinnerId);

impl Located for OwnWin {
    fn target(&self) -> Target {
        self.0.target()
    }
}

impl Subject for OwnWin {
    type Held = HeldWin;

    async fn hold(&self, tx: &Writing, _: Lock) -> Result<HeldWin> {
        let me = tx.caller().signed_in()?.user;
        let (seen, own) = match winner_of(tx, self.0, me).await? {
            Some(own) => (own, true),
            None => (winner(tx, self.0).await?, false),
        };
        let room = room_held(tx, seen.room_id).await?;
        if room.deleted_at.is_some() {
            return Err(self.target().not_found());
        }
        if !own {
            // The policy refuses this one: nothing more has to be held.
            let draw = None;
            return Ok(HeldWin {
                room,
                draw,
                winner: seen,
                own,
            });
        }
        let draw = hold_what_moves(tx, &seen).await?;
        let winner = self.again(tx, me).await?;
        Ok(HeldWin {
            room,
            draw,
            winner,
            own,
        })
    }

    async fn relations(&self, tx: &Writing, held: &HeldWin) -> Result<Relations> {
        Ok(Relations::of(tx.caller()).and(held.own.then_some(Relation::Oneself)))
    }
}

impl OwnWin {
    async fn again(&self, tx: &Writing, me: UserId) -> Result<winner::Model> {
        let own = winner_of(tx, self.0, me).await?;
        own.ok_or_else(|| self.target().not_found())
    }
}

impl Located for DrawnWin {
    fn target(&self) -> Target {
        self.0.target()
    }
}

impl Subject for DrawnWin {
    type Held = HeldWin;

    async fn hold(&self, tx: &Writing, lock: Lock) -> Result<HeldWin> {
        let seen = winner(tx, self.0).await?;
        let room = room_for_change(tx, seen.room_id, lock).await?;
        let draw = hold_what_moves(tx, &seen).await?;
        let winner = winner(tx, self.0).await?;
        let own = false;
        Ok(HeldWin {
            room,
            draw,
            winner,
            own,
        })
    }

    async fn relations(&self, tx: &Writing, held: &HeldWin) -> Result<Relations> {
        relations(tx, &held.room).await
    }
}

/// Holds what whoever moves a win holds first: its draw, or else its prize. The win has to be read again then.
async fn hold_what_moves(tx: &Writing, seen: &winner::Model) -> Result<Option<draw::Model>> {
    match seen.draw_id {
        Some(draw) => Ok(Some(draw_for_change(tx, draw).await?)),
        None => {
            prize_held(tx, seen.prize_id).await?;
            Ok(None)
        }
    }
}
