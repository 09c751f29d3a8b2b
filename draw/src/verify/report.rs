//! What a verification found, in words that need no knowledge of the protocol.

use serde::Serialize;

use crate::{hash::Hash, hex::Hex, shown::sentence, strict::words, tree::ListDigest};

words! {
    /// The checks, in their order (specification, "What a verifier checks").
    pub enum Check {
        /// It is a transcript at all.
        Format = "format",
        /// The policy is one, and has its hash.
        Policy = "policy",
        /// The commitment is signed.
        Signature = "signature",
        /// The list is in order.
        Entries = "entries",
        /// The freeze is that of the list, and is signed.
        Freeze = "freeze",
        /// The seed is the promised one.
        Seed = "seed",
        /// The entropy is the promised one.
        Entropy = "entropy",
        /// The winners are those that are computed.
        Ranking = "ranking",
        /// What happened afterwards had to happen so.
        Events = "events",
    }
}

/// The first check that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{check}: {message}")]
pub struct Failure {
    /// Which one.
    pub check: Check,
    /// What is wrong, and where.
    pub message: String,
    /// The checks before it.
    pub passed: Vec<Passed>,
    /// The key that the transcript names, when another was expected.
    #[serde(skip)]
    pub wrong_key: Option<Hex<32>>,
}

impl Failure {
    /// The message may repeat what stands in the transcript: it becomes one line.
    pub(super) fn new(check: Check, message: &str, passed: Vec<Passed>) -> Self {
        Self {
            check,
            message: sentence(message),
            passed,
            wrong_key: None,
        }
    }
}

/// A check that passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Passed {
    /// Which one.
    pub check: Check,
    /// What that means.
    pub message: String,
}

/// What a transcript is that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// It was drawn, and the winners are the computed ones.
    Drawn,
    /// It holds as far as it goes, and waits for something.
    Open(Awaited),
    /// It was taken back.
    Void,
}

words! {
    /// What an open draw waits for.
    pub enum Awaited {
        /// The list is still open.
        Freeze = "freeze",
        /// Dice or the round of drand are still to come.
        Entropy = "entropy",
        /// Seed and winners are still to be published.
        Result = "result",
    }
}

/// A transcript that holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What it is.
    pub standing: Standing,
    /// The draw's public id.
    pub draw: String,
    /// The room's public id.
    pub room: String,
    /// The policy's hash.
    pub policy_hash: Hex<32>,
    /// The name of the key of all signatures.
    pub kid: String,
    /// The key of all signatures. Whether it is the server's, one looks up in its key set.
    pub key: Hex<32>,
    /// The frozen list in short, once there is one.
    #[serde(skip)]
    pub list: Option<ListDigest>,
    /// The checks, in their order, and what each means.
    pub passed: Vec<Passed>,
    /// The prizes in the order of drawing; none while the draw is open.
    pub prizes: Vec<PrizeReport>,
}

/// What became of a prize.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PrizeReport {
    /// Its public id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// How many of it could be won.
    pub quantity: u32,
    /// Who holds it; nobody in a void draw.
    pub winners: Vec<Winner>,
    /// How many further ranks were drawn.
    pub alternates: u32,
    /// How many of them were promoted.
    pub promoted: u32,
    /// Pieces that nobody holds, and nobody can get any more.
    pub unawarded: u32,
}

/// Who holds a piece of a prize.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Winner {
    /// Their rank, from 1.
    pub rank: u32,
    /// Their index in the list.
    pub index: u32,
    /// Their public entry id.
    pub pid: Hex<32>,
    /// Whether the win is final.
    pub claimed: bool,
}

impl Winner {
    pub(super) fn new(rank: u32, index: u32, pid: Hash, claimed: bool) -> Self {
        let pid = Hex(pid);
        Self {
            rank,
            index,
            pid,
            claimed,
        }
    }
}
