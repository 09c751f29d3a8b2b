//! From seed, policy, list and entropy to the key of the whole draw, and from there to one key for each prize
//! (protocol, step 4).

use crate::{
    hash::{Hash, hmac_sha256},
    tree::ListDigest,
};

/// The key `K` of a draw: HMAC-SHA256 under the seed over everything that was fixed before it was revealed.
#[must_use]
pub fn draw_key(seed: &[u8; 32], policy_hash: &Hash, list: &ListDigest, entropy: &Hash) -> Hash {
    hmac_sha256(
        seed,
        &[
            b"vdraw/1/draw\0",
            policy_hash,
            &list.root,
            &list.n.to_be_bytes(),
            &list.total_weight.to_be_bytes(),
            entropy,
        ],
    )
}

/// The key `K_p` of one prize, from the draw's key and the prize's public id.
#[must_use]
pub fn prize_key(key: &Hash, prize: &str) -> Hash {
    hmac_sha256(key, &[b"vdraw/1/prize\0", prize.as_bytes()])
}
