//! What is promised before anybody enters, and what the server signs (protocol, steps 1 and 3).

use crate::{
    hash::{Hash, sha256},
    time::Time,
    tree::ListDigest,
};

/// The promise of a seed (protocol, step 1): `SHA256("vdraw/1/seed\0" ‖ draw ‖ "\0" ‖ seed)`.
#[must_use]
pub fn seed_commitment(draw: &str, seed: &[u8; 32]) -> Hash {
    sha256(&[b"vdraw/1/seed\0", draw.as_bytes(), b"\0", seed])
}

/// The bytes that are signed at the commitment (protocol, step 1).
#[must_use]
pub fn commit_message(policy_hash: &Hash) -> Vec<u8> {
    [b"vdraw/1/commit\0".as_slice(), policy_hash].concat()
}

/// The bytes that are signed at the freeze (protocol, step 3): the policy, the list and the time belong together.
#[must_use]
pub fn freeze_message(policy_hash: &Hash, freeze: &ListDigest, at: Time) -> Vec<u8> {
    [
        b"vdraw/1/freeze\0".as_slice(),
        policy_hash,
        &freeze.root,
        &freeze.n.to_be_bytes(),
        &freeze.total_weight.to_be_bytes(),
        &at.bytes(),
    ]
    .concat()
}
