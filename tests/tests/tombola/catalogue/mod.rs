//! Every mutation of the schema, once, by area: what the suites that go over all of them have to know of it. A mutation
//! without an entry fails here.

mod draw;
mod identity;
mod organization;
mod room;

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::Value as Json;
use tests::{Database, World};

/// Who may call a mutation, beside those whom the policy names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenTo {
    /// Anybody: it signs in.
    Strangers,
    /// Everybody with an account: it is about themselves.
    Oneself,
    /// On a public room, everybody with an account.
    Joiners,
    /// Others are refused with this code, also on a public room.
    Roles(&'static str),
}

/// What there is to know of a mutation.
#[derive(Clone, Debug)]
pub struct Mutation {
    /// Its field.
    pub name: &'static str,
    /// A good input, with something in every argument that takes an id; none where it takes none. A text that begins with
    /// `@` stands for an id of the scenery.
    pub input: Option<Json>,
    /// Who may call it.
    pub open_to: OpenTo,
    /// Whether its answer holds a secret, which is shown once.
    pub shows_secret: bool,
    /// The actions that the audit log is told of when it is made.
    pub audited: &'static [&'static str],
    /// The events that it announces in its room.
    pub announces: &'static [&'static str],
}

/// A mutation for those whom the policy names.
fn mutation(name: &'static str, input: Json, audited: &'static [&'static str]) -> Mutation {
    Mutation {
        name,
        input: Some(input),
        open_to: OpenTo::Roles("FORBIDDEN"),
        shows_secret: false,
        audited,
        announces: &[],
    }
}

impl Mutation {
    fn open_to(self, open_to: OpenTo) -> Self {
        Self { open_to, ..self }
    }

    fn shows_secret(self) -> Self {
        Self {
            shows_secret: true,
            ..self
        }
    }

    fn announces(self, announces: &'static [&'static str]) -> Self {
        Self { announces, ..self }
    }

    fn without_input(self) -> Self {
        Self { input: None, ..self }
    }

    /// Its input with the ids that `id` knows for what stands for them.
    pub fn filled(&self, id: &impl Fn(&str) -> String) -> Option<Json> {
        let mut input = self.input.clone()?;
        fill(&mut input, id);
        Some(input)
    }
}

fn fill(value: &mut Json, id: &impl Fn(&str) -> String) {
    match value {
        Json::String(text) => {
            if let Some(name) = text.strip_prefix('@') {
                *text = id(name);
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| fill(item, id)),
        Json::Object(fields) => fields.values_mut().for_each(|field| fill(field, id)),
        _ => {}
    }
}

/// All of them.
pub fn mutations() -> Vec<Mutation> {
    let areas = [
        identity::mutations(),
        organization::mutations(),
        room::mutations(),
        draw::mutations(),
    ];
    areas.into_iter().flatten().collect()
}

/// The entry of one.
pub fn entry(name: &str) -> Mutation {
    let found = mutations().into_iter().find(|entry| entry.name == name);
    found.unwrap_or_else(|| panic!("{name} is not in the catalogue"))
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_mutation_is_in_the_catalogue(#[values(Database::Sqlite)] database: Database) {
    let world = World::new(database).await;
    let schema = "{ __schema { mutationType { fields { name } } } }";
    let schema = world.stranger().query(schema).await;
    let fields = schema.list("/__schema/mutationType/fields").iter();
    let all: BTreeSet<_> = fields.map(|field| field["name"].as_str().unwrap().to_owned()).collect();
    let entries: BTreeSet<_> = mutations().iter().map(|entry| entry.name.to_owned()).collect();
    assert_eq!(entries, all, "left: the catalogue; right: the schema");
    assert_eq!(mutations().len(), all.len(), "each once");
}
