//! Randomness that nobody could know when the list was frozen (protocol, step 4).

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::{
    drand::{Chain, DrandError},
    hash::{Hash, sha256},
    hex::Hex,
    policy::{Level, Policy},
    strict::{integer, once, present, unknown},
};

/// What a draw's level adds to the seed, as the transcript has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "level")]
pub enum Entropy {
    /// Nothing: the seed alone decides.
    L0,
    /// Throws of a die before witnesses.
    L1 {
        /// The throws: digits from `1` to `6`.
        dice: String,
    },
    /// A round of a public beacon.
    L2 {
        /// The chain's name.
        chain: Hex<32>,
        /// The round's number.
        round: u64,
        /// The round's signature.
        signature: Hex<48>,
    },
}

/// Why dice are no throws of a six-sided die.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DiceError {
    /// Fewer than 25 throws.
    #[error("{0} throws are too few: at least 25 are needed")]
    TooShort(usize),
    /// More than 1,000 throws.
    #[error("{0} throws are too many: at most 1000 can be entered")]
    TooLong(usize),
    /// Something that a die does not show.
    #[error("throw {place} is \"{found}\"; a die shows 1 to 6")]
    NoThrow {
        /// Which throw, counted from 1.
        place: usize,
        /// What stands there.
        found: char,
    },
    /// One digit only.
    #[error("all throws are {0}: nobody throws that")]
    AllEqual(char),
    /// A short pattern only.
    #[error("the throws only repeat their first {0}: nobody throws that")]
    Repeating(usize),
}

/// Why entropy does not count for a draw.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntropyError {
    /// Another level than promised.
    #[error("the policy promised entropy of level {promised}, this is {found}")]
    Level {
        /// The policy's level.
        promised: Level,
        /// The entropy's level.
        found: Level,
    },
    /// Dice that are no throws.
    #[error("the dice: {0}")]
    Dice(#[from] DiceError),
    /// Another round, or another chain, than promised.
    #[error("the policy promised round {promised} of its drand chain, this is another round or chain (round {found})")]
    Round {
        /// The policy's round.
        promised: u64,
        /// The entropy's round.
        found: u64,
    },
    /// A chain whose key is not pinned.
    #[error("the key of this drand chain is not known")]
    Chain,
    /// A round whose signature does not hold.
    #[error("drand round {round}: {cause}")]
    Drand {
        /// The round's number.
        round: u64,
        /// What is wrong with it.
        cause: DrandError,
    },
}

/// Throws that are needed at least.
pub const MIN_THROWS: usize = 25;
/// Throws that can be entered at most.
pub const MAX_THROWS: usize = 1000;
const LONGEST_PATTERN: usize = 8;

/// Checks throws of a six-sided die: 25 to 1,000 digits from `1` to `6`, neither all equal nor a pattern of at most 8
/// digits that only repeats (the last repetition may be cut).
///
/// # Errors
/// The first thing that is wrong with them.
pub fn check_dice(dice: &str) -> Result<(), DiceError> {
    let odd = dice.chars().enumerate().find(|(_, throw)| !('1'..='6').contains(throw));
    if let Some((index, found)) = odd {
        let place = index + 1;
        return Err(DiceError::NoThrow { place, found });
    }
    let throws = dice.as_bytes();
    match throws.len() {
        few if few < MIN_THROWS => return Err(DiceError::TooShort(few)),
        many if many > MAX_THROWS => return Err(DiceError::TooLong(many)),
        _ => {}
    }
    let repeats = |period: &usize| {
        throws
            .iter()
            .zip(throws.iter().skip(*period))
            .all(|(one, later)| one == later)
    };
    match (1..=LONGEST_PATTERN).find(repeats) {
        Some(1) => Err(DiceError::AllEqual(dice.chars().next().unwrap_or('1'))),
        Some(period) => Err(DiceError::Repeating(period)),
        None => Ok(()),
    }
}

impl Entropy {
    /// Checks that this is the entropy which the policy promised, and computes its 32 bytes: zeros at L0,
    /// `SHA256(dice)` at L1, `SHA256(signature)` at L2.
    ///
    /// # Errors
    /// When the level, the round or the chain is another, the dice are no throws, or drand's signature does not hold.
    pub fn check(&self, policy: &Policy) -> Result<Hash, EntropyError> {
        if self.level() != policy.level {
            return Err(EntropyError::Level {
                promised: policy.level,
                found: self.level(),
            });
        }
        match self {
            Self::L0 => Ok([0; 32]),
            Self::L1 { dice } => {
                check_dice(dice)?;
                Ok(sha256(&[dice.as_bytes()]))
            }
            Self::L2 {
                chain,
                round,
                signature,
            } => check_round(policy, chain, *round, &signature.0),
        }
    }

    /// The level it belongs to.
    #[must_use]
    pub fn level(&self) -> Level {
        match self {
            Self::L0 => Level::L0,
            Self::L1 { .. } => Level::L1,
            Self::L2 { .. } => Level::L2,
        }
    }
}

fn check_round(policy: &Policy, chain: &Hex<32>, round: u64, signature: &[u8]) -> Result<Hash, EntropyError> {
    let promised = policy.drand.as_ref();
    if promised.is_none_or(|promised| promised.chain != *chain || promised.round != round) {
        return Err(EntropyError::Round {
            promised: promised.map_or(0, |promised| promised.round),
            found: round,
        });
    }
    Chain::pinned(chain)
        .ok_or(EntropyError::Chain)?
        .verify(round, signature)
        .map_err(|cause| EntropyError::Drand { round, cause })?;
    Ok(sha256(&[signature]))
}

impl<'de> Deserialize<'de> for Entropy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> de::Visitor<'de> for Object {
            type Value = Entropy;

            fn expecting(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Entropy, A::Error> {
                let mut members = Members::default();
                while let Some(name) = map.next_key::<String>()? {
                    match name.as_str() {
                        "level" => once(&mut members.level, "level", &mut map)?,
                        "dice" => once(&mut members.dice, "dice", &mut map)?,
                        "chain" => once(&mut members.chain, "chain", &mut map)?,
                        "round" => once(&mut members.round, "round", &mut map)?,
                        "signature" => once(&mut members.signature, "signature", &mut map)?,
                        other => return Err(unknown(other)),
                    }
                }
                members.entropy()
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// Members of any level, before it is known which.
#[derive(Default)]
struct Members {
    level: Option<Level>,
    dice: Option<String>,
    chain: Option<Hex<32>>,
    round: Option<u64>,
    signature: Option<Hex<48>>,
}

impl Members {
    fn entropy<E: de::Error>(mut self) -> Result<Entropy, E> {
        let entropy = match present(self.level.take(), "level")? {
            Level::L0 => Entropy::L0,
            Level::L1 => Entropy::L1 {
                dice: present(self.dice.take(), "dice")?,
            },
            Level::L2 => Entropy::L2 {
                chain: present(self.chain.take(), "chain")?,
                round: integer(present(self.round.take(), "round")?)?,
                signature: present(self.signature.take(), "signature")?,
            },
        };
        let left = [
            ("dice", self.dice.is_some()),
            ("chain", self.chain.is_some()),
            ("round", self.round.is_some()),
            ("signature", self.signature.is_some()),
        ];
        match left.iter().find(|(_, there)| *there) {
            Some((name, _)) => Err(unknown(name)),
            None => Ok(entropy),
        }
    }
}
