//! What can be done with draws (protocol vdraw/1, docs/vdraw.md): committed to, frozen, run, announced, claimed.

mod afterwards;
mod claims;
mod commit;
mod drand;
mod endings;
mod entropy;
mod exclude;
mod freeze;
mod guards;
mod history;
mod list;
mod people;
mod plan;
mod present;
mod progress;
mod receipt;
mod run;
mod stored;
mod transcript;
mod void;
mod winners;
mod work;

pub use claims::{claim_prize, decline_prize, disqualify_winner};
pub use commit::create_draw;
pub use entropy::{GivenEntropy, provide_entropy};
pub use exclude::exclude_from_draw;
pub use freeze::{approve_draw, freeze_draw};
pub use guards::DrawRules;
pub use plan::{DrawPlan, PlannedPrize, Randomness};
pub use receipt::{OwnEntry, own_entry};
pub use run::run_draw;
pub use stored::policy_of;
pub use transcript::{Transcript, transcript, transcript_version};
pub use void::void_draw;
pub use work::begin_work;
