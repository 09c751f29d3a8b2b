//! Builds transcripts as the server would, with a key of its own.
#![allow(dead_code, reason = "benchmarks and examples use a part of it")]

use draw::{
    DrandRound, Eligibility, Entropy, Entry, Event, Exclusion, Freeze, Hash, Head, Hex, Level, ListDigest, Policy,
    Prize, PrizeRanking, QUICKNET, Role, Signature, Tail, Ties, Time, TooFewEntrants, TreeBuilder, Version, WeightRule,
    Weights, commit_message, draw_key, freeze_message, leaf, push_entry, rank, seed_commitment, sha256,
};
use ed25519_dalek::{Signer, SigningKey};

/// The round of drand whose signature is published in the specification.
pub const ROUND: u64 = 657_413;
/// Its signature.
pub const ROUND_SIGNATURE: &str =
    "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b";
/// Throws of a die.
pub const DICE: &str = "3165244163521463525416324511";

/// Everything that a transcript comes from.
#[derive(Clone)]
pub struct Draft {
    pub seed: [u8; 32],
    pub policy: Policy,
    pub exclusions: Vec<Exclusion>,
    /// In any order.
    pub entries: Vec<Entry>,
    pub frozen_at: Option<Time>,
    pub entropy: Option<Entropy>,
    pub drawn: bool,
    /// Whether the seed is published, as in a draw that was voided before it was drawn.
    pub revealed: bool,
    pub events: Vec<Event>,
}

/// A transcript in parts.
pub struct Parts {
    pub head: Head,
    pub entries: Vec<Entry>,
    pub tail: Tail,
}

pub fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&sha256(&[b"the key of these tests"]))
}

pub fn sign(message: &[u8]) -> Signature {
    sign_with(&signing_key(), message)
}

pub fn sign_with(key: &SigningKey, message: &[u8]) -> Signature {
    Signature {
        kid: "key-of-tests".into(),
        key: Hex(key.verifying_key().to_bytes()),
        value: Hex(key.sign(message).to_bytes()),
    }
}

pub fn time(text: &str) -> Time {
    text.parse().unwrap()
}

pub fn entropy(level: Level) -> Entropy {
    match level {
        Level::L0 => Entropy::L0,
        Level::L1 => Entropy::L1 { dice: DICE.into() },
        Level::L2 => Entropy::L2 {
            chain: QUICKNET.hash,
            round: ROUND,
            signature: Hex::parse(ROUND_SIGNATURE).unwrap(),
        },
    }
}

pub fn prize(id: &str, quantity: u32, alternates: u32) -> Prize {
    Prize {
        id: id.into(),
        name: format!("Größtes \"Los\" \u{1f3c6}\n{id}"),
        quantity,
        alternates,
    }
}

/// The entry of somebody with a number.
pub fn entry(number: u64, weight: u32) -> Entry {
    let nonce = sha256(&[&number.to_be_bytes()]);
    let nonce: &[u8; 16] = nonce.first_chunk().unwrap();
    Entry {
        pid: draw::pid("draw_1", &format!("user_{number}"), nonce),
        weight,
    }
}

impl Draft {
    /// A draw at a level among entrants with these weights, drawn, with nothing afterwards.
    pub fn new(level: Level, weights: &[u32], prizes: Vec<Prize>) -> Self {
        let seed = sha256(&[b"the seed of these tests"]);
        let drand = (level == Level::L2).then_some(DrandRound {
            chain: QUICKNET.hash,
            round: ROUND,
        });
        let policy = Policy {
            version: Version::V1,
            draw: "draw_1".into(),
            room: "room_1".into(),
            supersedes: None,
            prizes,
            weights: Weights {
                rule: WeightRule::Tickets,
                cap: None,
            },
            win_limit: 1,
            eligibility: Eligibility {
                roles: vec![Role::Moderator, Role::Participant],
                email_verified: true,
                joined_before: None,
                staff: false,
            },
            closes_at: Some(time("2023-09-15T09:00:00.000Z")),
            claim_window_seconds: Some(3600),
            level,
            drand,
            review: false,
            too_few_entrants: TooFewEntrants::LeaveUnawarded,
            ties: Ties::Impossible,
            seed_commit: Hex(seed_commitment("draw_1", &seed)),
        };
        let entries = weights.iter().zip(0..).map(|(weight, number)| entry(number, *weight));
        Self {
            seed,
            policy,
            exclusions: Vec::new(),
            entries: entries.collect(),
            frozen_at: Some(time("2023-09-15T10:00:00.000Z")),
            entropy: Some(entropy(level)),
            drawn: true,
            revealed: true,
            events: Vec::new(),
        }
    }

    /// The entries as they are frozen, and their digest.
    pub fn list(&self) -> (Vec<Entry>, ListDigest) {
        let mut entries = self.entries.clone();
        entries.sort_unstable_by_key(|entry| entry.pid);
        let mut tree = TreeBuilder::new();
        for (index, entry) in (0..).zip(&entries) {
            tree.push(leaf(index, entry));
        }
        let digest = ListDigest {
            n: tree.len(),
            total_weight: entries.iter().map(|entry| u64::from(entry.weight)).sum(),
            root: tree.root(),
        };
        (entries, digest)
    }

    /// The rankings that come out.
    pub fn rankings(&self) -> Vec<Vec<u32>> {
        let (entries, digest) = self.list();
        let bytes: Hash = self.entropy.as_ref().unwrap().check(&self.policy).unwrap();
        let key = draw_key(&self.seed, &self.policy.hash(), &digest, &bytes);
        let weights: Vec<_> = entries.iter().map(|entry| entry.weight).collect();
        let orders = draw::prize_orders(&self.policy);
        rank(&orders, &weights, self.policy.win_limit, &key, &mut |_| {})
    }

    pub fn parts(&self) -> Parts {
        let policy_hash = self.policy.hash();
        let (entries, digest) = self.list();
        let freeze = self.frozen_at.map(|at| Freeze {
            n: digest.n,
            total_weight: digest.total_weight,
            root: Hex(digest.root),
            at,
            signature: sign(&freeze_message(&policy_hash, &digest, at)),
        });
        let rankings = if self.drawn { self.rankings() } else { Vec::new() };
        let ids = self.policy.prizes.iter().map(|prize| prize.id.clone());
        let prizes = ids.zip(rankings).map(|(id, ranking)| PrizeRanking { id, ranking });
        Parts {
            head: Head {
                version: Version::V1,
                policy: self.policy.clone(),
                policy_hash: Hex(policy_hash),
                signature: sign(&commit_message(&policy_hash)),
                exclusions: self.exclusions.clone(),
                freeze,
            },
            entries: if self.frozen_at.is_some() { entries } else { Vec::new() },
            tail: Tail {
                seed: self.revealed.then_some(Hex(self.seed)),
                entropy: self.entropy.clone(),
                prizes: prizes.collect(),
                events: self.events.clone(),
            },
        }
    }

    /// The transcript's text.
    pub fn text(&self) -> String {
        self.parts().text()
    }
}

impl Parts {
    pub fn text(&self) -> String {
        let mut text = self.head.text().unwrap();
        for (index, entry) in (0..).zip(&self.entries) {
            push_entry(&mut text, index, entry);
        }
        text + &self.tail.text().unwrap()
    }
}

/// A drawn draw with a bit of everything: weights, two prizes, an exclusion, and events afterwards.
pub fn sample(level: Level) -> Draft {
    let mut draft = Draft::new(
        level,
        &[3, 1, 4, 1, 5, 9, 2, 6],
        vec![prize("prize_a", 2, 2), prize("prize_b", 1, 3)],
    );
    draft.exclusions.push(Exclusion {
        pid: Hex(entry(99, 1).pid),
        reason: "an account of the organizer".into(),
        at: time("2023-09-15T08:00:00.000Z"),
    });
    draft.events = vec![
        Event::Claimed {
            at: time("2023-09-15T12:00:00.000Z"),
            prize: "prize_a".into(),
            rank: 1,
        },
        Event::Declined {
            at: time("2023-09-15T12:00:01.000Z"),
            prize: "prize_a".into(),
            rank: 2,
            reason: None,
        },
        Event::Promoted {
            at: time("2023-09-15T12:00:01.000Z"),
            prize: "prize_a".into(),
            rank: 3,
        },
    ];
    draft
}
