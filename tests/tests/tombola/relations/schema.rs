//! The schema as a client reads it: by introspection.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tests::Client;

const REFERENCE: &str = "{ kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// All types by name, those of introspection itself apart.
pub(crate) struct Schema(pub(crate) BTreeMap<String, Type>);

pub(crate) struct Type {
    /// `OBJECT`, `INTERFACE`, `UNION`, `INPUT_OBJECT`, `ENUM` or `SCALAR`.
    pub(crate) kind: String,
    /// Fields; of an input object its input fields.
    pub(crate) fields: Vec<Field>,
    /// Members of an interface or union.
    pub(crate) possible: Vec<String>,
}

pub(crate) struct Field {
    pub(crate) name: String,
    /// The named type, without lists and exclamation marks.
    pub(crate) target: String,
    pub(crate) list: bool,
    pub(crate) required: bool,
    pub(crate) arguments: Vec<Field>,
}

impl Schema {
    pub(crate) async fn read(client: &Client) -> Self {
        let document = format!(
            "{{ __schema {{ types {{ kind name possibleTypes {{ name }}
               fields {{ name type {REFERENCE} args {{ name defaultValue type {REFERENCE} }} }}
               inputFields {{ name defaultValue type {REFERENCE} }} }} }} }}"
        );
        let answer = client.query(&document).await;
        let types = answer.list("/__schema/types").iter().map(|found| {
            let lists = [&found["fields"], &found["inputFields"]];
            let fields = lists.into_iter().flat_map(items).map(field).collect();
            let possible = items(&found["possibleTypes"])
                .map(|found| text(&found["name"]))
                .collect();
            let kind = text(&found["kind"]);
            (text(&found["name"]), Type { kind, fields, possible })
        });
        Self(types.filter(|(name, _)| !name.starts_with("__")).collect())
    }

    pub(crate) fn get(&self, name: &str) -> &Type {
        self.0.get(name).unwrap_or_else(|| panic!("no type {name}"))
    }

    /// Whether values of the type have fields of their own.
    pub(crate) fn is_composite(&self, name: &str) -> bool {
        ["OBJECT", "INTERFACE", "UNION"].contains(&self.get(name).kind.as_str())
    }

    /// Types that implement `interface`.
    pub(crate) fn members(&self, interface: &str) -> &[String] {
        &self.get(interface).possible
    }
}

fn field(found: &Json) -> Field {
    let mut reference = &found["type"];
    let required = reference["kind"] == "NON_NULL" && found["defaultValue"].is_null();
    let mut list = false;
    while !reference["ofType"].is_null() {
        list |= reference["kind"] == "LIST";
        reference = &reference["ofType"];
    }
    Field {
        name: text(&found["name"]),
        target: text(&reference["name"]),
        list,
        required,
        arguments: items(&found["args"]).map(field).collect(),
    }
}

fn items(value: &Json) -> impl Iterator<Item = &Json> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Json) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
