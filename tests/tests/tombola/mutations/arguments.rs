//! What the schema says of the inputs of mutations.

use serde_json::{Value as Json, json};
use tests::Client;

/// An introspected schema.
pub struct Schema {
    types: Vec<Json>,
}

/// One field of a mutation's input object, or of an object in it.
#[derive(Clone, Debug)]
pub struct Argument {
    /// The mutation.
    pub mutation: String,
    /// The input field.
    pub field: String,
    /// Its named type, such as `ID`.
    pub kind: String,
    /// The fields that lead to it, itself the last, and whether each is a list.
    path: Vec<(String, bool)>,
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

    /// Every input field of this named type, over all mutations.
    pub fn arguments(&self, kind: &str) -> Vec<Argument> {
        let mut found = Vec::new();
        for mutation in self.named("Mutation")["fields"].as_array().unwrap() {
            for input in mutation["args"].as_array().unwrap() {
                assert_eq!(input["name"], "input", "a mutation takes one input object: {mutation}");
                self.collect(&text(&mutation["name"]), &input["type"], &[], &mut found);
            }
        }
        found.retain(|argument| argument.kind == kind);
        assert!(!found.is_empty(), "no mutation takes a {kind}");
        found
    }

    /// All fields of an input object, and those of objects in it.
    fn collect(&self, mutation: &str, object: &Json, above: &[(String, bool)], found: &mut Vec<Argument>) {
        let (object, _) = unwrapped(object);
        for field in self.named(&object)["inputFields"].as_array().unwrap() {
            let (kind, is_list) = unwrapped(&field["type"]);
            let name = text(&field["name"]);
            let mut path = above.to_vec();
            path.push((name.clone(), is_list));
            if self.named(&kind)["inputFields"].is_array() {
                self.collect(mutation, &field["type"], &path, found);
            } else {
                found.push(Argument {
                    mutation: mutation.to_owned(),
                    field: name,
                    kind,
                    path,
                });
            }
        }
    }

    fn named(&self, name: &str) -> &Json {
        let found = self.types.iter().find(|one| one["name"] == name);
        found.unwrap_or_else(|| panic!("the schema has no {name}"))
    }
}

impl Argument {
    /// A good input with this field changed to a value; in lists that of the first element.
    pub fn put(&self, good: &Json, value: Json) -> Json {
        let mut input = good.clone();
        // What goes together with this one only.
        match (self.mutation.as_str(), self.field.as_str()) {
            // It takes exactly one of its two.
            ("joinRoom", _) => input = json!({}),
            // And so do these.
            ("provideDrawEntropy", "drandSignature") => input["dice"] = Json::Null,
            ("createDraw", "drandAt") => input["policy"]["drandRound"] = Json::Null,
            _ => {}
        }
        *self.place_in(&mut input) = value;
        input
    }

    /// The value of this field in a good input; in lists that of the first element.
    pub fn value_in(&self, good: &Json) -> Json {
        self.place_in(&mut good.clone()).clone()
    }

    fn place_in<'a>(&self, input: &'a mut Json) -> &'a mut Json {
        let mut place = input;
        for (name, is_list) in &self.path {
            place = &mut place[name];
            if *is_list {
                place = &mut place[0];
            }
        }
        place
    }

    /// What a refusal names when this is an id that leads nowhere: ids in a list are wrong as a list.
    pub fn code_and_field_of_unknown(&self) -> (&'static str, &str) {
        match self.path.iter().find(|(_, is_list)| *is_list) {
            Some((list, _)) => ("VALIDATION", list),
            None => ("NOT_FOUND", &self.field),
        }
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
