//! `[outgoing]`.

use serde::{Deserialize, Serialize};

use super::Network;

/// What the server asks of others.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutgoingConfig {
    /// Networks of private addresses that the server may ask; others it never asks.
    pub private_networks: Vec<Network>,
}
