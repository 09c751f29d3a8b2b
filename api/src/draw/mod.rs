//! Draws that anyone can verify (protocol vdraw/1, docs/vdraw.md): what they promise, their lists, what came out, and what became
//! of it.

mod audit;
mod finder;
mod mutation;
mod query;
mod service;
mod types;

pub use finder::due_draws;
pub use mutation::DrawMutation;
pub use query::DrawQuery;
pub use service::{
    DrawPlan, DrawRules, GivenEntropy, PlannedPrize, Randomness, Transcript, begin_work, create_draw, freeze_draw,
    provide_entropy, run_draw, transcript, transcript_version,
};
pub use types::{Draw, DrawExclusion, DrawStatus, DrawStep, DrawStepKind};
