//! Published vectors of what the engine stands on.

use draw::{Hex, QUICKNET, Signature, SignatureError, Words, canonical, hmac_sha256, root, sha256};
use serde_json::{Value, json};

use super::builder::{ROUND, ROUND_SIGNATURE, sign};

fn hex(text: &str) -> Vec<u8> {
    base16ct::lower::decode_vec(text).unwrap()
}

fn text(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(bytes)
}

/// FIPS 180-4 examples.
#[test]
fn sha256_of_nothing_and_of_abc() {
    assert_eq!(
        text(&sha256(&[])),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(text(&sha256(&[b"abc"])), abc);
    assert_eq!(text(&sha256(&[b"a", b"", b"bc"])), abc);
}

/// RFC 4231 §4.2 and §4.3: keys shorter than ours, filled up with zeros (RFC 2104 §2).
#[test]
fn hmac_of_rfc_4231() {
    let mut key = [0; 32];
    key[..20].fill(0x0b);
    assert_eq!(
        text(&hmac_sha256(&key, &[b"Hi There"])),
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    );
    let mut key = [0; 32];
    key[..4].copy_from_slice(b"Jefe");
    assert_eq!(
        text(&hmac_sha256(&key, &[b"what do ya want ", b"for nothing?"])),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
}

/// RFC 8439 appendix A.1, test vectors 1 and 2 (blocks 0 and 1), and 3 in its first block of another key.
#[test]
fn chacha20_of_rfc_8439() {
    let stream: Vec<u8> = Words::new(&[0; 32]).take(16).flat_map(u64::to_le_bytes).collect();
    let first = "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586";
    let second = "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f";
    assert_eq!(text(&stream), format!("{first}{second}"));
    let mut key = [0; 32];
    key[31] = 1;
    let third = "3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0";
    let stream: Vec<u8> = Words::new(&key).skip(8).take(8).flat_map(u64::to_le_bytes).collect();
    assert_eq!(text(&stream), third);
}

/// RFC 8032 §7.1, tests 1 to 3.
#[test]
fn ed25519_of_rfc_8032() {
    let vectors = [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ];
    for (key, message, value) in vectors {
        let signature = Signature {
            kid: String::new(),
            key: Hex::parse(key).unwrap(),
            value: Hex::parse(value).unwrap(),
        };
        assert_eq!(signature.verify(&hex(message)), Ok(()));
        assert_eq!(signature.verify(b"something else"), Err(SignatureError::Mismatch));
    }
}

/// S + L instead of S would hold in a lenient verifier (RFC 8032 §5.1.7).
#[test]
fn ed25519_with_a_second_form_of_the_same_signature() {
    let order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let mut signature = sign(b"message");
    let mut carry = 0;
    for (byte, add) in signature.value.0[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = u8::try_from(sum & 0xff).unwrap();
        carry = sum >> 8;
    }
    assert_eq!(signature.verify(b"message"), Err(SignatureError::Mismatch));
}

/// Keys of small order accept any message in a lenient verifier; so would y + p for y.
#[test]
fn ed25519_with_keys_that_are_none() {
    let neutral = "0100000000000000000000000000000000000000000000000000000000000000";
    let of_order_four = "0000000000000000000000000000000000000000000000000000000000000000";
    let beyond_p = "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f";
    let off_the_curve = "0200000000000000000000000000000000000000000000000000000000000000";
    for key in [neutral, of_order_four, beyond_p, off_the_curve] {
        let mut value = [0; 64];
        value[0] = 1;
        let signature = Signature {
            kid: String::new(),
            key: Hex::parse(key).unwrap(),
            value: Hex(value),
        };
        assert_eq!(signature.verify(b""), Err(SignatureError::Key), "{key}");
    }
}

#[test]
fn ed25519_notices_every_changed_bit() {
    let signature = sign(b"message");
    for bit in 0..512 {
        let mut changed = signature.clone();
        changed.value.0[bit / 8] ^= 1 << (bit % 8);
        assert!(changed.verify(b"message").is_err(), "bit {bit}");
    }
    for bit in 0..256 {
        let mut changed = signature.clone();
        changed.key.0[bit / 8] ^= 1 << (bit % 8);
        assert!(changed.verify(b"message").is_err(), "bit {bit}");
    }
}

/// RFC 8785 §3.2.3 (order by UTF-16 code units) and §3.2.2.2 (escapes).
#[test]
fn canonical_json_of_rfc_8785() {
    let order = json!({
        "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb33}": "Hebrew Letter Dalet With Dagesh", "1": "One",
        "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control", "\u{f6}": "Latin Small Letter O With Diaeresis",
    });
    let expected = "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\"\u{f6}\":\"Latin Small Letter O \
        With Diaeresis\",\"\u{20ac}\":\"Euro Sign\",\"\u{1f600}\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter \
        Dalet With Dagesh\"}";
    assert_eq!(canonical(&order).unwrap(), expected);
    let escapes =
        json!({"literals": [null, true, false], "string": "\u{20ac}$\u{f}\nA'B\"\\\\\"/\u{8}\u{c}\t\r\u{7f}"});
    assert_eq!(
        canonical(&escapes).unwrap(),
        "{\"literals\":[null,true,false],\"string\":\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\\b\\f\\t\\r\u{7f}\"}"
    );
}

#[test]
fn canonical_json_has_integers_only() {
    let accepted = json!([0, 1, -1, 9_007_199_254_740_991_i64, -9_007_199_254_740_991_i64]);
    let text = "[0,1,-1,9007199254740991,-9007199254740991]";
    assert_eq!(canonical(&accepted).unwrap(), text);
    for refused in [
        "0.5",
        "1.0",
        "1e3",
        "9007199254740992",
        "-9007199254740992",
        "18446744073709551615",
        "1e300",
    ] {
        let value: Value = serde_json::from_str(refused).unwrap();
        assert!(canonical(&json!({ "deep": [value] })).is_err(), "{refused}");
    }
}

/// The example tree of the first implementation of RFC 6962, over raw inputs.
#[test]
fn tree_of_rfc_6962() {
    let inputs = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];
    let leaves: Vec<_> = inputs.iter().map(|input| sha256(&[&[0], &hex(input)])).collect();
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    for (count, expected) in roots.iter().enumerate() {
        assert_eq!(text(&root(&leaves[..count])), *expected, "{count} leaves");
    }
}

#[test]
fn drand_refuses_everything_else() {
    let signature = hex(ROUND_SIGNATURE);
    assert!(QUICKNET.verify(ROUND, &signature).is_ok());
    assert!(QUICKNET.verify(ROUND + 1, &signature).is_err());
    assert!(QUICKNET.verify(ROUND - 1, &signature).is_err());
    assert!(QUICKNET.verify(0, &signature).is_err());
    assert!(QUICKNET.verify(u64::MAX, &signature).is_err());
    for bit in 0..signature.len() * 8 {
        let mut changed = signature.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(QUICKNET.verify(ROUND, &changed).is_err(), "bit {bit}");
    }
    let infinity = [vec![0xc0], vec![0; 47]].concat();
    let longer = [signature.clone(), vec![0; 48]].concat();
    for wrong in [
        &signature[..47],
        &[],
        &infinity,
        &longer,
        &[0; 48],
        &[0; 96],
        &[0xff; 48],
    ] {
        assert!(QUICKNET.verify(ROUND, wrong).is_err());
    }
}
