//! The engine of verifiable draws, protocol vdraw/1 (`docs/vdraw.md`): pure functions over bytes and integers.
//!
//! Nothing here reads a clock, a file or the network, and nothing is random: whoever has the same bytes gets the same
//! winners. The server and the verifier use the same functions.

mod canonical;
mod commitment;
mod drand;
mod entropy;
mod entry;
mod event;
mod hash;
mod hex;
mod key;
mod outcome;
mod path;
mod policy;
mod receipt;
mod sample;
mod shown;
mod signature;
mod strict;
mod time;
mod transcript;
mod tree;
mod urn;
mod verify;
mod words;

pub use canonical::{CanonicalError, MAX_INTEGER, canonical};
pub use commitment::{commit_message, freeze_message, seed_commitment};
pub use drand::{Chain, DrandError, QUICKNET};
pub use entropy::{DiceError, Entropy, EntropyError, MAX_THROWS, MIN_THROWS, check_dice};
pub use entry::{Entry, pid};
pub use event::{Event, SkipReason};
pub use hash::{Hash, hmac_sha256, sha256};
pub use hex::{Hex, HexError};
pub use key::{draw_key, prize_key};
pub use outcome::{Consequence, Ending, Kind, Outcome, RankState, Refused};
pub use path::{path, path_in_chunks, verify_path};
pub use policy::{
    DrandRound, Eligibility, Level, Policy, PolicyError, Prize, Role, Ties, TooFewEntrants, Version, WeightRule,
    Weights,
};
pub use receipt::{Receipt, ReceiptError};
pub use sample::{PrizeOrder, Progress, prize_orders, rank};
pub use shown::shown;
pub use signature::{Signature, SignatureError};
pub use time::{Time, TimeError};
pub use transcript::{Exclusion, Freeze, Head, PrizeRanking, Tail, push_entry};
pub use tree::{CHUNK, CHUNK_HEIGHT, ListDigest, Misaligned, TreeBuilder, leaf, node, root};
pub use verify::{Awaited, Check, Failure, Passed, PrizeReport, Report, Standing, Winner, verify, verify_signed_by};
pub use words::{Words, scale};
