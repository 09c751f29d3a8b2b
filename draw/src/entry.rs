//! Who is in a draw: entries that name nobody (protocol, step 2).

use crate::hash::{Hash, sha256};

/// One entrant as the frozen list has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The public entry id, 32 bytes.
    pub pid: Hash,
    /// The weight, 1 to 2³² − 1.
    pub weight: u32,
}

/// A participant's public entry id (protocol, step 2):
/// `SHA256("vdraw/1/pid\0" ‖ draw ‖ "\0" ‖ user ‖ nonce)`, of the public ids as text and a random nonce of 16 bytes.
#[must_use]
pub fn pid(draw: &str, user: &str, nonce: &[u8; 16]) -> Hash {
    sha256(&[b"vdraw/1/pid\0", draw.as_bytes(), b"\0", user.as_bytes(), nonce])
}
