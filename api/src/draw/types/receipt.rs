//! A participant's own proof.

use async_graphql::SimpleObject;
use base16ct::lower::encode_string;

use super::long;
use crate::{draw::service::OwnEntry, error::Result, gql::Long};

/// The viewer's own entry in a draw, and the proof that it is on the list. It says who is behind a public entry id: keep it,
/// and show it only to whom you would tell.
#[derive(SimpleObject)]
#[graphql(serial)]
pub struct DrawReceipt {
    /// The secret part of the entry id: 16 bytes, hexadecimal.
    nonce: String,
    /// The public entry id: 32 bytes, hexadecimal.
    entry_id: String,
    /// Its place on the list, from 0; null before the freeze, and for who is not on the list.
    index: Option<Long>,
    /// What it weighs; null where index is.
    weight: Option<Long>,
    /// The inclusion path (RFC 6962 §2.1.1) from the entry up to listRoot, hexadecimal; null where index is.
    path: Option<Vec<String>>,
    /// All of it as a JSON document: save it as a file, and `tombola verify --receipt FILE` checks it anywhere. Null
    /// before the freeze, and for who is not on the list.
    document: Option<String>,
}

impl DrawReceipt {
    /// What the service found.
    pub fn new(entry: &OwnEntry) -> Result<Self> {
        let receipt = entry.receipt.as_ref();
        Ok(Self {
            nonce: encode_string(&entry.nonce),
            entry_id: encode_string(&entry.pid),
            index: receipt.map(|receipt| long(receipt.index)).transpose()?,
            weight: receipt.map(|receipt| long(receipt.weight.into())).transpose()?,
            path: receipt.map(|receipt| receipt.path.iter().map(|hash| encode_string(&hash.0)).collect()),
            document: receipt.map(serde_json::to_string).transpose()?,
        })
    }
}
