//! SHA-256 and HMAC-SHA256 over parts that are joined.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// The 32 bytes of a SHA-256 hash or of an HMAC.
pub type Hash = [u8; 32];

const BLOCK: usize = 64;

/// SHA-256 (FIPS 180-4) over the parts, one behind the other.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// HMAC-SHA256 (RFC 2104) over the parts, one behind the other.
#[must_use]
pub fn hmac_sha256(key: &Hash, parts: &[&[u8]]) -> Hash {
    // A key shorter than a block is filled up with zeros (RFC 2104 §2); of a whole block, the crate takes any.
    let mut block = [0; BLOCK];
    for (target, byte) in block.iter_mut().zip(key) {
        *target = *byte;
    }
    let mut hmac = Hmac::<Sha256>::new(&block.into());
    for part in parts {
        hmac.update(part);
    }
    hmac.finalize().into_bytes().into()
}
