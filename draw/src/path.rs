//! Inclusion paths (RFC 6962 §2.1.1): the few hashes that lead from one leaf to the root.

use crate::{
    hash::Hash,
    tree::{CHUNK, node, root},
};

/// The path of a leaf among all leaves, from the leaf upwards; nothing where there is no such leaf.
#[must_use]
pub fn path(leaves: &[Hash], index: usize) -> Option<Vec<Hash>> {
    leaves.get(index)?;
    let mut downwards = Vec::new();
    let (mut part, mut place) = (leaves, index);
    while part.len() > 1 {
        let (left, right) = part.split_at(left_size(part.len()));
        let sibling;
        if place < left.len() {
            (part, sibling) = (left, right);
        } else {
            place -= left.len();
            (part, sibling) = (right, left);
        }
        downwards.push(root(sibling));
    }
    downwards.reverse();
    Some(downwards)
}

/// The path of a leaf from the leaves of its own chunk and the roots of all chunks; nothing where they do not fit the
/// index.
#[must_use]
pub fn path_in_chunks(chunk_leaves: &[Hash], chunk_roots: &[Hash], index: u64) -> Option<Vec<Hash>> {
    let index = usize::try_from(index).ok()?;
    let mut whole = path(chunk_leaves, index % CHUNK)?;
    whole.extend(path(chunk_roots, index / CHUNK)?);
    Some(whole)
}

/// Whether a path leads from a leaf to a root (RFC 9162 §2.1.3.2, the algorithm for the tree of RFC 6962).
#[must_use]
pub fn verify_path(leaf: &Hash, index: u64, n: u64, path: &[Hash], root: &Hash) -> bool {
    if index >= n {
        return false;
    }
    let (mut place, mut last) = (index, n - 1);
    let mut hash = *leaf;
    for sibling in path {
        if last == 0 {
            return false;
        }
        if place % 2 == 1 || place == last {
            hash = node(sibling, &hash);
            // A last node without a sibling moves up as it is.
            while place.is_multiple_of(2) && place != 0 {
                place /= 2;
                last /= 2;
            }
        } else {
            hash = node(&hash, sibling);
        }
        place /= 2;
        last /= 2;
    }
    last == 0 && hash == *root
}

/// The largest power of two smaller than a length of at least two.
fn left_size(length: usize) -> usize {
    1 << (length - 1).ilog2()
}
