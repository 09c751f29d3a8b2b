//! The tree: streaming, chunks and paths agree with the definition.

use draw::{CHUNK, CHUNK_HEIGHT, Hash, TreeBuilder, node, path, path_in_chunks, root, sha256, verify_path};
use proptest::prelude::*;

fn leaves(count: usize) -> Vec<Hash> {
    (0..count).map(|index| sha256(&[&index.to_be_bytes()])).collect()
}

/// RFC 6962 §2.1, word by word.
fn by_definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => sha256(&[]),
        [leaf] => *leaf,
        _ => {
            let mut split = 1;
            while split * 2 < leaves.len() {
                split *= 2;
            }
            let (left, right) = leaves.split_at(split);
            node(&by_definition(left), &by_definition(right))
        }
    }
}

#[test]
fn roots_are_those_of_the_definition() {
    for count in 0..300 {
        let leaves = leaves(count);
        assert_eq!(root(&leaves), by_definition(&leaves), "{count} leaves");
    }
}

#[test]
fn every_path_leads_to_the_root_and_no_other_does() {
    for count in 1..70 {
        let leaves = leaves(count);
        let (n, root) = (count as u64, root(&leaves));
        for index in 0..count {
            let path = path(&leaves, index).unwrap();
            let place = index as u64;
            assert!(verify_path(&leaves[index], place, n, &path, &root));
            assert!(!verify_path(&leaves[index], place, n, &path, &[0; 32]));
            assert!(!verify_path(&[0; 32], place, n, &path, &root));
            assert!(!verify_path(&leaves[index], n, n, &path, &root));
            assert!(!verify_path(&leaves[index], place, 0, &path, &root));
            for other in (0..n).filter(|other| *other != place) {
                assert!(!verify_path(&leaves[index], other, n, &path, &root));
            }
            let longer = [path.clone(), vec![[7; 32]]].concat();
            assert!(!verify_path(&leaves[index], place, n, &longer, &root));
            if let Some((_, shorter)) = path.split_last() {
                assert!(!verify_path(&leaves[index], place, n, shorter, &root));
            }
        }
    }
    assert_eq!(path(&[], 0), None);
    assert_eq!(path(&leaves(3), 3), None);
}

#[test]
fn subtrees_only_where_they_fit() {
    let mut builder = TreeBuilder::new();
    builder.push([1; 32]);
    assert!(builder.push_subtree(1, [2; 32]).is_err());
    assert!(builder.push_subtree(64, [2; 32]).is_err());
    assert!(builder.push_subtree(u32::MAX, [2; 32]).is_err());
    assert!(builder.push_subtree(0, [2; 32]).is_ok());
    assert!(builder.push_subtree(1, [2; 32]).is_ok());
    assert_eq!(builder.len(), 4);
    let mut full = TreeBuilder::new();
    assert!(full.push_subtree(63, [1; 32]).is_ok());
    assert!(
        full.push_subtree(63, [1; 32]).is_err(),
        "more leaves than 64 bits can count"
    );
    assert!(!full.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn chunks_make_the_same_tree(count in 1..5 * CHUNK, pick in any::<prop::sample::Index>()) {
        let leaves = leaves(count);
        let chunks: Vec<_> = leaves.chunks(CHUNK).collect();
        let roots: Vec<_> = chunks.iter().map(|chunk| root(chunk)).collect();
        prop_assert_eq!(root(&roots), root(&leaves));

        let index = pick.index(count);
        let short = path_in_chunks(chunks[index / CHUNK], &roots, index as u64);
        prop_assert_eq!(short, path(&leaves, index));

        let mut builder = TreeBuilder::new();
        for (chunk, root) in chunks.iter().zip(&roots) {
            if chunk.len() == CHUNK {
                builder.push_subtree(CHUNK_HEIGHT, *root).unwrap();
            } else {
                chunk.iter().for_each(|leaf| builder.push(*leaf));
            }
        }
        prop_assert_eq!(builder.len(), count as u64);
        prop_assert_eq!(builder.root(), root(&leaves));
    }
}
