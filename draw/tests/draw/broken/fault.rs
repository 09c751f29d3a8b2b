//! One fault: what is done to a transcript that holds, and what is signed and computed again after it.

use draw::{Entry, Hex, Level, ListDigest, TreeBuilder, canonical, commit_message, freeze_message, leaf, sha256};
use serde_json::{Value, json};

use crate::builder::{Draft, sample, sign, time};

/// What is done to a transcript.
pub type Change = fn(&mut Value);

/// A transcript that does not hold.
pub struct Broken {
    pub name: String,
    pub check: &'static str,
    pub bytes: Vec<u8>,
}

/// What is signed and computed again after a change, so that only the fault itself is left.
#[derive(Clone, Copy, PartialEq)]
pub enum Again {
    Nothing,
    /// The policy's hash, and both signatures.
    Signatures,
    /// `n`, `W` and root, too.
    List,
}

pub fn add(all: &mut Vec<Broken>, check: &'static str, name: &str, level: Level, again: Again, change: Change) {
    add_to(all, check, name, &sample(level), again, change);
}

pub fn add_to(all: &mut Vec<Broken>, check: &'static str, name: &str, draft: &Draft, again: Again, change: Change) {
    let before: Value = serde_json::from_str(&draft.text()).unwrap();
    let mut document = before.clone();
    change(&mut document);
    assert_ne!(document, before, "{name} changes nothing");
    if again == Again::List {
        count_again(&mut document);
    }
    if again != Again::Nothing {
        sign_again(&mut document);
    }
    keep(all, check, name, &document);
}

pub fn keep(all: &mut Vec<Broken>, check: &'static str, name: &str, document: &Value) {
    all.push(Broken {
        name: format!("{check}-{name}"),
        check,
        bytes: document.to_string().into_bytes(),
    });
}

fn count_again(document: &mut Value) {
    let (mut tree, mut total_weight) = (TreeBuilder::new(), 0);
    for (index, entry) in (0..).zip(document["entries"].as_array().unwrap()) {
        let weight = entry["weight"].as_u64().unwrap();
        total_weight += weight;
        let pid = Hex::parse(entry["pid"].as_str().unwrap()).unwrap().0;
        let weight = u32::try_from(weight).unwrap_or(0);
        tree.push(leaf(index, &Entry { pid, weight }));
    }
    document["freeze"]["n"] = json!(tree.len());
    document["freeze"]["W"] = json!(total_weight);
    document["freeze"]["root"] = json!(Hex(tree.root()));
}

pub fn sign_again(document: &mut Value) {
    // A policy that has no canonical form is hashed somehow: it fails before its hash is looked at.
    let text = canonical(&document["policy"]).unwrap_or_default();
    let policy_hash = sha256(&[text.as_bytes()]);
    document["policy_hash"] = json!(Hex(policy_hash));
    document["signature"] = json!(sign(&commit_message(&policy_hash)));
    if !document["freeze"].is_null() {
        document["freeze"]["signature"] = json!(sign(&freeze_bytes(document)));
    }
}

/// What is signed at the freeze that a document states.
pub fn freeze_bytes(document: &Value) -> Vec<u8> {
    let freeze = &document["freeze"];
    let hash = |value: &Value| Hex::parse(value.as_str().unwrap()).unwrap().0;
    let list = ListDigest {
        n: freeze["n"].as_u64().unwrap(),
        total_weight: freeze["W"].as_u64().unwrap(),
        root: hash(&freeze["root"]),
    };
    let at = time(freeze["at"].as_str().unwrap());
    freeze_message(&hash(&document["policy_hash"]), &list, at)
}

pub fn members(value: &mut Value) -> &mut serde_json::Map<String, Value> {
    value.as_object_mut().unwrap()
}

pub fn items(value: &mut Value) -> &mut Vec<Value> {
    value.as_array_mut().unwrap()
}
