//! Events of draws.

use async_graphql::{Context, Enum, ID, Object};
use entity::{DrawId, ParticipantId, PrizeId};

use super::{
    super::{ParticipantRole, Room},
    Entry,
    event_type::event_type,
};
use crate::{
    draw::{Draw, DrawStatus, DrawStepKind},
    gql::{Long, Nullable, OperationContext, Timestamp, load, output},
    room::event::{self, DrawStepFacts},
};

event_type! {
    /// A draw took a step.
    DrawStepTaken(DrawStepFacts) {
        /// The draw's id.
        fn draw_id(&self) -> ID {
            output(DrawId(self.facts.draw_id))
        }
        /// The step's place among those of the draw, from 1 without gaps.
        fn step_position(&self) -> Long {
            Long(self.facts.position)
        }
        /// What happened.
        fn step(&self) -> DrawStepKind {
            self.facts.step.0.into()
        }
        /// Where the draw stands from then on.
        fn draw_status(&self) -> DrawStatus {
            self.facts.status.0.into()
        }
        /// Id of the prize that it was about.
        fn step_prize_id(&self) -> Option<ID> {
            self.facts.prize_id.map(|prize| output(PrizeId(prize)))
        }
        /// The rank that it was about, from 1.
        fn rank(&self) -> Option<i32> {
            self.facts.rank
        }
        /// Id of the place in the room that it was about: EXCLUDED, PARTICIPANT_ADDED, PARTICIPANT_CHANGED and
        /// PARTICIPANT_REMOVED say so.
        fn step_participant_id(&self) -> Option<ID> {
            self.facts.participant_id.map(|participant| output(ParticipantId(participant)))
        }
        /// That participant's role before; null for one who was not in the room, and where nothing changed.
        fn role_before(&self) -> Option<ParticipantRole> {
            self.facts.before.map(|before| before.role.0.into())
        }
        /// Their tickets before; null where roleBefore is.
        fn tickets_before(&self) -> Option<Long> {
            self.facts.before.map(|before| Long(before.tickets))
        }
        /// Their role from then on; null for one who was taken out, and where nothing changed.
        fn role_after(&self) -> Option<ParticipantRole> {
            self.facts.after.map(|after| after.role.0.into())
        }
        /// Their tickets from then on; null where roleAfter is.
        fn tickets_after(&self) -> Option<Long> {
            self.facts.after.map(|after| Long(after.tickets))
        }
        /// Why, if somebody said.
        fn reason(&self) -> Option<&str> {
            self.facts.reason.as_deref()
        }
        /// What the step fixed for ever: COMMITTED the policy's hash, FROZEN the list's root, ENTROPY_PROVIDED the entropy as
        /// JSON, PRESENTED and VOIDED the seed; null otherwise. Hashes and seed are hexadecimal.
        fn evidence(&self) -> Option<&str> {
            self.facts.evidence.as_deref()
        }
        /// The draw as it is now.
        fn draw(&self, ctx) -> Nullable<Draw> {
            Ok(load(ctx.operation()?, DrawId(self.facts.draw_id)).await?)
        }
    }
}

/// What a draw does that may take long.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "event::DrawPhase")]
pub enum DrawPhase {
    /// Asking drand for a round; counts tries.
    FetchingRound,
    /// Computing the ranks; counts ranks.
    Ranking,
}

event_type! {
    /// A long step of a draw goes on.
    DrawProgress((DrawId, DrawPhase, u64, u64)) {
        /// The draw's id.
        fn draw_id(&self) -> ID {
            output(self.facts.0)
        }
        /// What is under way.
        fn phase(&self) -> DrawPhase {
            self.facts.1
        }
        /// How much of it is done: tries at FETCHING_ROUND, ranks at RANKING.
        fn done(&self) -> Long {
            Long(i64::try_from(self.facts.2).unwrap_or(i64::MAX))
        }
        /// How much there is to do at most, in the same unit.
        fn total(&self) -> Long {
            Long(i64::try_from(self.facts.3).unwrap_or(i64::MAX))
        }
    }
}
