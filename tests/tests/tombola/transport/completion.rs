//! Answers with errors are completed as graphql-js, the reference implementation, completes them: the same data in the
//! same order, and the same errors in the same order.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use api::{
    config::Limits,
    document::{CoercedVariables, Document, Language},
};
use async_graphql::{PathSegment, Response};
use serde_json::{Value as Json, json};

use super::{
    dice::Dice,
    family::{Failing, FamilySchema, is_other, schema},
    oracle,
};

/// Documents that are made up; each is executed without failures, and some times with.
const DOCUMENTS: u64 = 150;
const TIMES: usize = 6;

/// Fields of `Thing` that have parts, with the type of the parts.
const PARTS: [(&str, &str); 9] = [
    ("thing", "Thing"),
    ("maybeThing", "Thing"),
    ("things", "Thing"),
    ("maybeThings", "Thing"),
    ("sparseThings", "Thing"),
    ("rows", "Thing"),
    ("either", "Either"),
    ("eithers", "Either"),
    ("named", "Named"),
];

/// Some fields of a type, as a selection set.
fn selection(dice: &mut Dice, parent: &str, depth: usize, fragments: &mut Vec<String>) -> String {
    let mut fields = vec![leaf(dice, parent)];
    for _ in 0..=dice.roll(2) {
        let field = match (parent, dice.roll(8)) {
            ("Thing", 0..6) if depth > 0 => part(dice, depth, fragments),
            ("Other", 0..4) if depth > 0 => {
                let inner = selection(dice, "Thing", depth - 1, fragments);
                format!("maybeThing {inner}")
            }
            ("Either" | "Named", 0..4) => {
                let on = ["Thing", "Other"][dice.roll(2)];
                let inner = selection(dice, on, depth.saturating_sub(1), fragments);
                format!("... on {on} {inner}")
            }
            (_, 6) => {
                let inner = selection(dice, parent, depth.saturating_sub(1), fragments);
                let name = format!("F{}", fragments.len());
                fragments.push(format!("fragment {name} on {parent} {inner}"));
                format!("...{name}")
            }
            (_, 7) => format!("... {{ {} }}", leaf(dice, parent)),
            _ => leaf(dice, parent),
        };
        fields.push(field);
    }
    format!("{{ {} }}", fields.join(" "))
}

fn part(dice: &mut Dice, depth: usize, fragments: &mut Vec<String>) -> String {
    let (name, inner) = PARTS[dice.roll(PARTS.len())];
    let inner = selection(dice, inner, depth - 1, fragments);
    match dice.roll(4) {
        // The executor cannot merge lists of lists that are selected twice under different conditions; our schema has none.
        _ if name == "rows" => format!("{name}{}: {name} {inner}", dice.roll(1_000_000)),
        0 => format!("{name}Again: {name} {inner}"),
        _ => format!("{name} {inner}"),
    }
}

fn leaf(dice: &mut Dice, parent: &str) -> String {
    let leaves: &[&str] = match parent {
        "Thing" => &["name", "maybeName", "names", "called: name", "__typename"],
        "Other" => &["name", "title", "__typename"],
        "Named" => &["name", "__typename"],
        _ => &["__typename"],
    };
    leaves[dice.roll(leaves.len())].to_owned()
}

fn document(seed: u64) -> String {
    let mut dice = Dice(seed);
    let mut fragments = Vec::new();
    let roots = ["thing", "maybeThing", "again: maybeThing", "other"];
    let mut fields = Vec::new();
    for root in &roots[..=dice.roll(3)] {
        let parent = if *root == "other" { "Other" } else { "Thing" };
        fields.push(format!("{root} {}", selection(&mut dice, parent, 3, &mut fragments)));
    }
    format!("{{ {} }} {}", fields.join(" "), fragments.join(" "))
}

/// The answer of our executor, completed.
async fn ours(schema: &FamilySchema, document: &Arc<Document>, failing: &HashSet<String>) -> Response {
    let chosen = document.choose(None).unwrap();
    let request = chosen
        .request(CoercedVariables::default())
        .data(Failing(failing.clone()));
    let mut response = schema.execute(request).await;
    chosen.complete(&mut response);
    response
}

/// Every response path of an answer.
fn paths(value: &Json, here: &str, found: &mut Vec<String>) {
    match value {
        Json::Object(fields) => {
            for (name, value) in fields {
                let path = format!("{here}/{name}");
                // Its type's name cannot fail.
                if name != "__typename" {
                    found.push(path.clone());
                }
                paths(value, &path, found);
            }
        }
        Json::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                paths(value, &format!("{here}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// The names of types at every place where there are two.
fn types(value: &Json) -> BTreeMap<String, &'static str> {
    let mut found = Vec::new();
    paths(value, "", &mut found);
    let items = found
        .iter()
        .flat_map(|path| [path.clone(), format!("{path}/0"), format!("{path}/1")]);
    items
        .map(|path| {
            let name = if is_other(&path) { "Other" } else { "Thing" };
            (path, name)
        })
        .collect()
}

fn written(path: &[PathSegment]) -> Json {
    let part = |part: &PathSegment| match part {
        PathSegment::Field(name) => json!(name),
        PathSegment::Index(index) => json!(index),
    };
    path.iter().map(part).collect()
}

/// `clients` in its name: it needs what `make clients` installs.
#[tokio::test]
async fn answers_with_errors_are_completed_as_by_the_clients_reference() {
    let schema = schema();
    let sdl = schema.sdl();
    let language = Language::of(&sdl).unwrap();
    let limits = Limits {
        aliases: 10_000,
        ..Limits::default()
    };
    let (mut cases, mut answers) = (Vec::new(), Vec::new());
    for seed in 0..DOCUMENTS {
        let text = document(seed);
        let Ok(read) = Document::read(&text, &language, &limits) else {
            // What does not validate, such as one name for two shapes, is no case.
            continue;
        };
        let read = Arc::new(read);
        let whole = ours(&schema, &read, &HashSet::new()).await;
        assert!(whole.errors.is_empty(), "{text}: {:?}", whole.errors);
        let whole = serde_json::to_value(&whole.data).unwrap();
        let mut places = Vec::new();
        paths(&whole, "", &mut places);
        let mut dice = Dice(seed + 1_000_000);
        for times in 0..TIMES {
            let failing: HashSet<_> = (0..times).map(|_| places[dice.roll(places.len())].clone()).collect();
            let answer = ours(&schema, &read, &failing).await;
            let errors: Json = answer.errors.iter().map(|error| written(&error.path)).collect();
            let data = serde_json::to_string(&answer.data).unwrap();
            answers.push(format!("{{\"data\":{data},\"errors\":{errors}}}"));
            cases.push(json!({
                "schema": sdl, "document": text, "failing": failing, "types": types(&whole),
            }));
        }
    }
    assert!(cases.len() > 400, "enough documents are good: {}", cases.len());
    let expected = oracle::answers("completion.mjs", &cases);
    for ((case, theirs), ours) in cases.iter().zip(&expected).zip(&answers) {
        assert_eq!(theirs, ours, "{}\nfailing {}", case["document"], case["failing"]);
    }
}
