//! Every vector of the specification.

use draw::{Chain, Entry, ListDigest, PrizeOrder, QUICKNET, Words, draw_key, leaf, prize_key, rank, root, sha256};

use super::builder::{ROUND, ROUND_SIGNATURE};

const ENTROPY: &str = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd";

fn hex(text: &str) -> Vec<u8> {
    base16ct::lower::decode_vec(text).unwrap()
}

fn hash(text: &str) -> [u8; 32] {
    hex(text).try_into().unwrap()
}

fn seed() -> [u8; 32] {
    core::array::from_fn(|index| u8::try_from(index).unwrap())
}

struct Whole {
    root: String,
    prize_key: String,
    rankings: Vec<Vec<u32>>,
}

fn whole(weights: &[u32], win_limit: u32, prizes: &[(&str, u32, u32)]) -> Whole {
    let entries = weights.iter().enumerate().map(|(index, weight)| Entry {
        pid: sha256(&[format!("user-{index}").as_bytes()]),
        weight: *weight,
    });
    let leaves: Vec<_> = (0..).zip(entries).map(|(index, entry)| leaf(index, &entry)).collect();
    let digest = ListDigest {
        n: weights.len() as u64,
        total_weight: weights.iter().copied().map(u64::from).sum(),
        root: root(&leaves),
    };
    let key = draw_key(&seed(), &sha256(&[b"{}"]), &digest, &hash(ENTROPY));
    let orders: Vec<_> = prizes
        .iter()
        .map(|(id, quantity, alternates)| PrizeOrder {
            id,
            quantity: *quantity,
            alternates: *alternates,
        })
        .collect();
    Whole {
        root: base16ct::lower::encode_string(&digest.root),
        prize_key: base16ct::lower::encode_string(&prize_key(&key, "p1")),
        rankings: rank(&orders, weights, win_limit, &key, &mut |_| {}),
    }
}

#[test]
fn keystream_of_zeros() {
    let mut words = Words::new(&[0; 32]);
    let bytes: Vec<u8> = words.by_ref().take(2).flat_map(u64::to_le_bytes).collect();
    assert_eq!(bytes, hex("76b8e0ada0f13d90405d6ae55386bd28"));
}

#[test]
fn quicknet_round() {
    let signature = hex(ROUND_SIGNATURE);
    QUICKNET.verify(ROUND, &signature).unwrap();
    let randomness = "fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587";
    assert_eq!(sha256(&[&signature]).to_vec(), hex(randomness));
}

#[test]
fn quicknet_parameters() {
    let name = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971";
    let key = "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a";
    let chain = Chain::by_hash(name).unwrap();
    assert_eq!((chain.genesis, chain.period), (1_692_803_367, 3));
    assert_eq!(chain.key.to_string(), key);
    assert_eq!(chain.round_time(1).unwrap().0, 1_692_803_367_000);
    assert_eq!(chain.round_time(ROUND).unwrap().to_string(), "2023-09-15T11:00:03.000Z");
    assert_eq!(chain.round_time(0), None);
    assert_eq!(chain.round_time(u64::MAX), None);
    for round in [1, 2, ROUND, 10_000_000_000] {
        let time = chain.round_time(round).unwrap();
        assert_eq!(chain.round_at(time), round);
        assert_eq!(chain.round_at(draw::Time(time.0 - 1)), round - 1);
        assert_eq!(chain.round_at(draw::Time(time.0 + 2_999)), round);
    }
    assert_eq!(chain.round_at(draw::Time(i64::MIN)), 0);
    assert_eq!(Chain::by_hash(&name.to_uppercase()), None);
    assert_eq!(Chain::by_hash(""), None);
}

#[test]
fn seed_commitment() {
    let commitment = draw::seed_commitment("demo-1", &seed());
    assert_eq!(
        commitment,
        hash("b9dd92cfeb54ccb3fe57647f702e99ba6cb0295ffc05215ca9dd65135a73f969")
    );
}

#[test]
fn twenty_five_equal_weights() {
    let whole = whole(&[1; 25], 1, &[("p1", 5, 0)]);
    assert_eq!(
        whole.root,
        "23bf659133ca4dcd02a6e14ab490f197b1798a87a7e5cf8b8c4ae4ba48ab8323"
    );
    assert_eq!(
        whole.prize_key,
        "fd6ce6d13d0398fcf6629b96ec722467e920d66262bf19d15bfe9a22d6e1162c"
    );
    assert_eq!(whole.rankings, [[18, 5, 12, 9, 4]]);
}

#[test]
fn five_different_weights() {
    let whole = whole(&[1, 2, 3, 4, 5], 1, &[("p1", 1, 4)]);
    assert_eq!(
        whole.root,
        "3da01fec48dd33903e39b72d72e7a5bc9197cfa17f21eb5c691645c0e2dbb6dc"
    );
    assert_eq!(
        whole.prize_key,
        "4578ea5399ffa2a846d9a13d20fd05d8c4088521becdbf974d7ed63c1fac8ba7"
    );
    assert_eq!(whole.rankings, [[2, 3, 4, 1, 0]]);
}

#[test]
fn two_prizes_with_a_win_limit() {
    let whole = whole(&[1, 2, 3, 4, 5, 6, 7], 1, &[("p1", 2, 1), ("p2", 2, 2)]);
    assert_eq!(
        whole.root,
        "215e446d8ddc8ca3f0d072868e10b2833180dbe2df2e85654bb6d18e16d18ea5"
    );
    assert_eq!(whole.rankings, [vec![6, 5, 4], vec![1, 3, 4, 0]]);
}
