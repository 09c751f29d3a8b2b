//! The transcript: everything that is needed to compute a draw again (specification, section Transcript).

use serde::Serialize;

use crate::{
    entropy::Entropy,
    entry::Entry,
    event::Event,
    hex::Hex,
    policy::{Policy, Version},
    signature::Signature,
    strict::object,
    time::Time,
};

object! {
    /// Somebody who was taken off the list before the freeze.
    pub struct Exclusion {
        /// Their public entry id.
        pub pid: Hex<32>,
        /// Why.
        pub reason: String,
        /// When.
        pub at: Time,
    }
}

object! {
    /// The frozen list in short, and the server's word for it (protocol, step 3).
    pub struct Freeze {
        /// The number of entrants.
        pub n: u64,
        /// The sum of their weights.
        pub total_weight ["W"]: u64,
        /// The tree hash over their leaves.
        pub root: Hex<32>,
        /// When the list was frozen.
        pub at: Time,
        /// The signature of [`crate::freeze_message`].
        pub signature: Signature,
    }
}

object! {
    /// The ranks of one prize.
    pub struct PrizeRanking {
        /// The prize's public id.
        pub id: String,
        /// Indices into the frozen list, the first rank first.
        pub ranking: Vec<u32>,
    }
}

/// What a transcript has before its entries.
#[derive(Clone, Debug, Serialize)]
pub struct Head {
    /// The protocol.
    pub version: Version,
    /// The promise.
    pub policy: Policy,
    /// The promise's hash.
    pub policy_hash: Hex<32>,
    /// The signature of [`crate::commit_message`].
    pub signature: Signature,
    /// Who was taken off the list.
    pub exclusions: Vec<Exclusion>,
    /// The frozen list in short, once there is one.
    pub freeze: Option<Freeze>,
}

/// What a transcript has behind its entries.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Tail {
    /// The seed, once it is revealed.
    pub seed: Option<Hex<32>>,
    /// The entropy, once it is there.
    pub entropy: Option<Entropy>,
    /// The ranks, once they are drawn.
    pub prizes: Vec<PrizeRanking>,
    /// What happened afterwards.
    pub events: Vec<Event>,
}

impl Head {
    /// The beginning of a transcript's text, up to where the first entry goes.
    ///
    /// # Errors
    /// Never with these types; the JSON library's answer is passed on.
    pub fn text(&self) -> serde_json::Result<String> {
        let mut text = serde_json::to_string(self)?;
        text.pop();
        text.push_str(",\"entries\":[");
        Ok(text)
    }
}

impl Tail {
    /// The end of a transcript's text, from behind the last entry.
    ///
    /// # Errors
    /// As [`Head::text`].
    pub fn text(&self) -> serde_json::Result<String> {
        let text = serde_json::to_string(self)?;
        Ok(text.replacen('{', "],", 1))
    }
}

/// Writes the entry with an index behind the head and the entries before it.
pub fn push_entry(text: &mut String, index: u64, entry: &Entry) {
    if index > 0 {
        text.push(',');
    }
    text.push_str("{\"pid\":\"");
    text.push_str(&base16ct::lower::encode_string(&entry.pid));
    text.push_str("\",\"weight\":");
    text.push_str(&entry.weight.to_string());
    text.push('}');
}
