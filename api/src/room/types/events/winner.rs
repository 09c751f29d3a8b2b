//! Events about one win.

use async_graphql::{Context, ID, Object};
use entity::UserId;

use super::{Entry, event_type::event_type};
use crate::{
    gql::{Long, Nullable, OperationContext, Timestamp, load, load_with_deleted, output},
    room::{
        event::WinnerFacts,
        types::{Participant, Prize, Room, Winner, winner::WinnerStatus},
    },
};

/// An event about one win.
macro_rules! winner_event {
    ($(#[doc = $doc:literal])+ $name:ident($type:ty, |$facts:ident| $winner:expr) { $($more:tt)* }) => {
        event_type! {
            $(#[doc = $doc])+
            $name($type) {
                /// The win's id.
                fn winner_id(&self) -> ID {
                    let $facts = &self.facts;
                    output($winner.winner())
                }
                /// The prize's id.
                fn prize_id(&self) -> ID {
                    let $facts = &self.facts;
                    output($winner.prize())
                }
                /// The prize's name at the time.
                fn prize_name(&self) -> String {
                    let $facts = &self.facts;
                    $winner.prize_name.clone()
                }
                /// How many of the prize were left.
                fn quantity_remaining(&self) -> i32 {
                    let $facts = &self.facts;
                    $winner.quantity_remaining
                }
                /// Id of the winner's place in the room.
                fn participant_id(&self) -> ID {
                    let $facts = &self.facts;
                    output($winner.participant())
                }
                /// The winner's name at the time.
                fn display_name(&self) -> String {
                    let $facts = &self.facts;
                    $winner.display_name.clone()
                }
                /// Id of the winner's account; null for an agent.
                fn user_id(&self) -> Option<ID> {
                    let $facts = &self.facts;
                    $winner.user_id.map(|user| output(UserId(user)))
                }
                /// Its rank in the draw for this prize, from 1; null for a prize awarded by hand.
                fn rank(&self) -> Option<i32> {
                    let $facts = &self.facts;
                    $winner.rank
                }
                /// Until when the winner can claim, as far as it was known; null when there is no limit, or not yet one.
                fn claim_by(&self) -> Option<Timestamp> {
                    let $facts = &self.facts;
                    $winner.claim_by.map(Timestamp)
                }
                /// The win as it is now.
                fn winner(&self, ctx) -> Nullable<Winner> {
                    let $facts = &self.facts;
                    Ok(load_with_deleted(ctx.operation()?, $winner.winner()).await?)
                }
                /// The prize as it is now.
                fn prize(&self, ctx) -> Nullable<Prize> {
                    let $facts = &self.facts;
                    Ok(load_with_deleted(ctx.operation()?, $winner.prize()).await?)
                }
                /// The winner's place in the room as it is now.
                fn participant(&self, ctx) -> Nullable<Participant> {
                    let $facts = &self.facts;
                    Ok(load_with_deleted(ctx.operation()?, $winner.participant()).await?)
                }
                $($more)*
            }
        }
    };
}

winner_event! {
    /// A prize has a winner.
    WinnerAnnounced(WinnerFacts, |facts| facts) {
        /// Where the win stands from then on.
        fn winner_status(&self) -> WinnerStatus {
            status_of(&self.facts, WinnerStatus::Pending)
        }
    }
}

winner_event! {
    /// A win was taken back; its quantity can be won again.
    WinnerRevoked((WinnerFacts, String), |facts| facts.0) {
        /// Where the win stands from then on.
        fn winner_status(&self) -> WinnerStatus {
            status_of(&self.facts.0, WinnerStatus::Revoked)
        }
        /// Why. It is always said; the type is that of other events' `reason`, so that one selection takes them all.
        fn reason(&self) -> Option<&str> {
            Some(&self.facts.1)
        }
    }
}

winner_event! {
    /// A win was claimed, turned down, or not claimed in time.
    WinnerStatusChanged((WinnerFacts, WinnerStatus, Option<String>), |facts| facts.0) {
        /// Where the win stands from then on.
        fn winner_status(&self) -> WinnerStatus {
            self.facts.1
        }
        /// Why, if somebody said.
        fn reason(&self) -> Option<&str> {
            self.facts.2.as_deref()
        }
    }
}

/// Where a win stands; an event of an earlier version does not say it beside its kind.
fn status_of(facts: &WinnerFacts, by_kind: WinnerStatus) -> WinnerStatus {
    facts.winner_status.map_or(by_kind, |status| status.0.into())
}
