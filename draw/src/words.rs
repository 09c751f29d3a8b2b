//! Random words from the key of a prize, and fair numbers from the words (protocol, step 5).

use chacha20::{
    ChaCha20,
    cipher::{KeyIvInit, StreamCipher},
};

use crate::hash::Hash;

const WORD: usize = 8;
const BUFFER: usize = 64 * WORD;

/// The keystream of ChaCha20 (RFC 8439; nonce zero, block counter from 0), as little-endian words of 64 bits.
pub struct Words {
    cipher: ChaCha20,
    buffer: [u8; BUFFER],
    used: usize,
}

impl Words {
    /// The words of a key, from the first.
    #[must_use]
    pub fn new(key: &Hash) -> Self {
        Self {
            cipher: ChaCha20::new(&(*key).into(), &[0; 12].into()),
            buffer: [0; BUFFER],
            used: BUFFER,
        }
    }

    /// A fair number below `bound`, which is not zero: [`scale`] of the first word that can be scaled. Nothing once all
    /// 2³⁵ words are used up.
    pub fn below(&mut self, bound: u64) -> Option<u64> {
        loop {
            if let Some(number) = scale(self.next()?, bound) {
                return Some(number);
            }
        }
    }
}

/// The high half of a word times a bound; nothing while the low half is below `(2^64 − bound) mod bound`, which shows a
/// number that would come up too often.
#[must_use]
pub fn scale(word: u64, bound: u64) -> Option<u64> {
    let product = u128::from(word) * u128::from(bound);
    let low = product as u64;
    // The threshold is smaller than the bound, so most words need no division.
    let is_fair = low >= bound || low >= bound.wrapping_neg().checked_rem(bound)?;
    is_fair.then_some((product >> 64) as u64)
}

impl Iterator for Words {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        if self.used == BUFFER {
            self.buffer = [0; BUFFER];
            self.cipher.try_apply_keystream(&mut self.buffer).ok()?;
            self.used = 0;
        }
        let word = self.buffer.get(self.used..)?.first_chunk()?;
        self.used += WORD;
        Some(u64::from_le_bytes(*word))
    }
}
