//! What was added to a draw's seed.

use ::draw::Entropy;
use async_graphql::SimpleObject;

use super::{DrawLevel, long};
use crate::{
    error::{Error, Result},
    gql::Long,
};

/// What was added to a draw's seed, and nobody could know when the list was closed.
#[derive(Default, SimpleObject)]
#[graphql(serial)]
pub struct DrawEntropy {
    /// The kind of it.
    level: DrawLevel,
    /// At L1 the digits of the throws.
    dice: Option<String>,
    /// At L2 the drand chain, hexadecimal.
    chain: Option<String>,
    /// At L2 the round.
    round: Option<Long>,
    /// At L2 the round's signature, hexadecimal.
    signature: Option<String>,
}

impl DrawEntropy {
    /// Reads what is stored.
    pub(super) fn read(text: &str) -> Result<Self> {
        Ok(match serde_json::from_str(text).map_err(Error::internal)? {
            Entropy::L0 => Self::default(),
            Entropy::L1 { dice } => Self {
                level: DrawLevel::Dice,
                dice: Some(dice),
                ..Self::default()
            },
            Entropy::L2 {
                chain,
                round,
                signature,
            } => Self {
                level: DrawLevel::Drand,
                chain: Some(chain.to_string()),
                round: Some(long(round)?),
                signature: Some(signature.to_string()),
                ..Self::default()
            },
        })
    }
}
