//! The winners computed once more, from nothing but a transcript.

use draw::{Entropy, Entry, Hex, ListDigest, Policy, draw_key, prize_orders, rank, root};
use serde_json::{Value as Json, json};

/// The rankings that follow from seed, policy, list and entropy.
pub(crate) fn rankings(transcript: &Json) -> Vec<Vec<u32>> {
    let policy: Policy = serde_json::from_value(transcript["policy"].clone()).unwrap();
    let seed: Hex<32> = serde_json::from_value(transcript["seed"].clone()).unwrap();
    let entropy: Entropy = serde_json::from_value(transcript["entropy"].clone()).unwrap();
    let entries: Vec<Entry> = transcript["entries"].as_array().unwrap().iter().map(entry).collect();
    let leaves = (0..).zip(&entries).map(|(index, entry)| draw::leaf(index, entry));
    let list = ListDigest {
        n: entries.len() as u64,
        total_weight: entries.iter().map(|entry| u64::from(entry.weight)).sum(),
        root: root(&leaves.collect::<Vec<_>>()),
    };
    let key = draw_key(&seed.0, &policy.hash(), &list, &entropy.check(&policy).unwrap());
    let weights: Vec<u32> = entries.iter().map(|entry| entry.weight).collect();
    rank(&prize_orders(&policy), &weights, policy.win_limit, &key, &mut |_| {})
}

/// The same as a transcript writes it.
pub(crate) fn as_published(transcript: &Json, rankings: &[Vec<u32>]) -> Json {
    let prizes = transcript["policy"]["prizes"].as_array().unwrap();
    let published = prizes
        .iter()
        .zip(rankings)
        .map(|(prize, ranking)| json!({ "id": prize["id"], "ranking": ranking }));
    published.collect()
}

fn entry(entry: &Json) -> Entry {
    let pid: Hex<32> = serde_json::from_value(entry["pid"].clone()).unwrap();
    let weight = entry["weight"].as_u64().unwrap().try_into().unwrap();
    Entry { pid: pid.0, weight }
}
