//! What the schema says of the inputs of mutations.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use tests::Client;

/// An introspected schema.
pub struct Schema {
    types: Vec<Json>,
}

/// One field of a mutation's input object.
#[derive(Clone, Debug)]
pub struct Argument {
    /// The mutation.
    pub mutation: String,
    /// The input field.
    pub field: String,
    /// Its named type, such as `ID`.
    pub kind: String,
    /// Whether it is a list of that type.
    pub is_list: bool,
}

impl Schema {
    pub async fn read(client: &Client) -> Self {
        let kind = "type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
        let document = format!(
            "{{ __schema {{ types {{ name fields {{ name args {{ name {kind} }} }} inputFields {{ name {kind} }} }} }} }}"
        );
        let answer = client.query(&document).await;
        Self {
            types: answer.list("/__schema/types").to_vec(),
        }
    }

    pub fn mutations(&self) -> BTreeSet<String> {
        let fields = self.named("Mutation")["fields"].as_array().unwrap();
        fields.iter().map(|field| text(&field["name"])).collect()
    }

    /// Every input field of this named type, over all mutations.
    pub fn arguments(&self, kind: &str) -> Vec<Argument> {
        let mut found = Vec::new();
        for mutation in self.named("Mutation")["fields"].as_array().unwrap() {
            for input in mutation["args"].as_array().unwrap() {
                assert_eq!(input["name"], "input", "a mutation takes one input object: {mutation}");
                let (object, _) = unwrapped(&input["type"]);
                for field in self.named(&object)["inputFields"].as_array().unwrap() {
                    let (named, is_list) = unwrapped(&field["type"]);
                    found.push(Argument {
                        mutation: text(&mutation["name"]),
                        field: text(&field["name"]),
                        kind: named,
                        is_list,
                    });
                }
            }
        }
        found.retain(|argument| argument.kind == kind);
        assert!(!found.is_empty(), "no mutation takes a {kind}");
        found
    }

    fn named(&self, name: &str) -> &Json {
        let found = self.types.iter().find(|one| one["name"] == name);
        found.unwrap_or_else(|| panic!("the schema has no {name}"))
    }
}

impl Argument {
    /// A good input with this field changed to a value.
    pub fn put(&self, good: &Json, value: Json) -> Json {
        let mut input = good.clone();
        if self.mutation == "joinRoom" {
            // It takes exactly one of its two.
            input = json!({});
        }
        input[&self.field] = if self.is_list {
            let mut list = good[&self.field].as_array().unwrap().clone();
            list[0] = value;
            list.into()
        } else {
            value
        };
        input
    }
}

fn unwrapped(kind: &Json) -> (String, bool) {
    let (mut kind, mut is_list) = (kind, false);
    while !kind["ofType"].is_null() {
        is_list |= kind["kind"] == "LIST";
        kind = &kind["ofType"];
    }
    (text(&kind["name"]), is_list)
}

fn text(value: &Json) -> String {
    value.as_str().unwrap().to_owned()
}
