//! The tree hash of RFC 6962 §2.1 over a frozen list (protocol, step 3), computed as the list goes by.

use crate::{
    entry::Entry,
    hash::{Hash, sha256},
};

/// What one root, one count and one sum say about a frozen list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListDigest {
    /// The number of entrants.
    pub n: u64,
    /// The sum of their weights, `W`.
    pub total_weight: u64,
    /// The tree hash over their leaves.
    pub root: Hash,
}

/// Leaves that share one stored root: a power of two, so that the chunks of a list are subtrees of its tree.
pub const CHUNK: usize = 1 << CHUNK_HEIGHT;
/// The height of a full chunk's subtree: 2¹² leaves.
pub const CHUNK_HEIGHT: u32 = 12;

/// The leaf of an entrant: `SHA256(0x00 ‖ u64(index) ‖ u64(weight) ‖ pid)`.
#[must_use]
pub fn leaf(index: u64, entry: &Entry) -> Hash {
    let mut bytes = [0; 49];
    let (head, pid) = bytes.split_at_mut(17);
    let (prefix, weight) = head.split_at_mut(9);
    let (_, place) = prefix.split_at_mut(1);
    place.copy_from_slice(&index.to_be_bytes());
    weight.copy_from_slice(&u64::from(entry.weight).to_be_bytes());
    pid.copy_from_slice(&entry.pid);
    sha256(&[&bytes])
}

/// The node above two others: `SHA256(0x01 ‖ left ‖ right)`.
#[must_use]
pub fn node(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[1], left, right])
}

/// A subtree that does not begin where one of its height can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a subtree of 2^{height} leaves cannot follow {len} leaves")]
pub struct Misaligned {
    /// Leaves so far.
    pub len: u64,
    /// The height of the subtree.
    pub height: u32,
}

/// The tree hash of a list that goes by once: keeps one hash for each bit of its length.
#[derive(Clone, Debug, Default)]
pub struct TreeBuilder {
    len: u64,
    /// Roots of the full subtrees that the length consists of, the largest first.
    full: Vec<Hash>,
}

impl TreeBuilder {
    /// An empty list.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves so far.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there is no leaf yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds a leaf.
    pub fn push(&mut self, leaf: Hash) {
        self.add(0, leaf);
    }

    /// Adds 2^`height` leaves at once, by the root of their full subtree.
    ///
    /// # Errors
    /// When the leaves so far are no multiple of 2^`height`, or their number would not fit 64 bits.
    pub fn push_subtree(&mut self, height: u32, root: Hash) -> Result<(), Misaligned> {
        let size = 1u64.checked_shl(height);
        let fits = size.is_some_and(|size| self.len.is_multiple_of(size) && self.len.checked_add(size).is_some());
        if !fits {
            return Err(Misaligned { len: self.len, height });
        }
        self.add(height, root);
        Ok(())
    }

    fn add(&mut self, height: u32, root: Hash) {
        let mut root = root;
        // As in adding one to a binary number: every full subtree of the same size is carried.
        let carries = (self.len >> height).trailing_ones();
        for _ in 0..carries {
            if let Some(left) = self.full.pop() {
                root = node(&left, &root);
            }
        }
        self.full.push(root);
        self.len = self.len.wrapping_add(1 << height);
    }

    /// The tree hash of the leaves so far; of none, `SHA256("")`.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut parts = self.full.iter().rev();
        let Some(last) = parts.next() else {
            return sha256(&[]);
        };
        parts.fold(*last, |right, left| node(left, &right))
    }
}

/// The tree hash over leaves; over the roots of a list's chunks (each of [`CHUNK`] leaves, the last of what is left), the
/// tree hash of the list.
#[must_use]
pub fn root(leaves: &[Hash]) -> Hash {
    let mut builder = TreeBuilder::new();
    for leaf in leaves {
        builder.push(*leaf);
    }
    builder.root()
}
