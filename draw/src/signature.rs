//! Ed25519 signatures (RFC 8032 §5.1) of the server under its commitments and freezes.

use ed25519_dalek::VerifyingKey;

use crate::{hex::Hex, strict::object};

object! {
    /// A signature with the key under which it holds.
    pub struct Signature {
        /// The key's name in the server's key set.
        pub kid: String,
        /// The public key, 32 bytes.
        pub key: Hex<32>,
        /// The signature, 64 bytes.
        pub value: Hex<64>,
    }
}

/// Why a signature does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The key's bytes are no point of the curve, or one that would accept anything.
    #[error("its key is not an Ed25519 key")]
    Key,
    /// The signature is another message's, another key's or nobody's.
    #[error("it is not a signature of this content under this key")]
    Mismatch,
}

impl Signature {
    /// Checks the signature of a message: encodings must be canonical, points of small order are refused, and the
    /// equation is that without the cofactor (RFC 8032 §5.1.7).
    ///
    /// # Errors
    /// When the key is none, or the signature does not hold.
    pub fn verify(&self, message: &[u8]) -> Result<(), SignatureError> {
        if !is_canonical(&self.key.0) {
            return Err(SignatureError::Key);
        }
        let key = VerifyingKey::from_bytes(&self.key.0).map_err(|_| SignatureError::Key)?;
        if key.is_weak() {
            return Err(SignatureError::Key);
        }
        let signature = ed25519_dalek::Signature::from_bytes(&self.value.0);
        key.verify_strict(message, &signature)
            .map_err(|_| SignatureError::Mismatch)
    }
}

/// Whether the y coordinate is smaller than p = 2²⁵⁵ − 19 (RFC 8032 §5.1.3, step 1); the library takes it modulo p.
fn is_canonical(point: &[u8; 32]) -> bool {
    let [low, middle @ .., high] = point;
    *low < 0xed || middle.iter().any(|byte| *byte != 0xff) || high & 0x7f != 0x7f
}
