//! Files with documents: one `.graphql` document, or the manifest that a client's compiler writes.

use serde_json::{Map, Value as Json};

/// Longest id of a manifest.
const MAX_ID: usize = 255;

/// A document of a file, as it is written there.
pub(super) struct Source {
    /// Where it stands, for people.
    pub(super) place: String,
    /// The id that its manifest gives it.
    pub(super) id: Option<String>,
    pub(super) text: String,
}

/// The documents of a file, by its name and content.
///
/// # Errors
/// Sentences that name the file and the document.
pub(super) fn read(file: &str, content: &str) -> Result<Vec<Source>, String> {
    if !content.trim_start().starts_with('{') || file.ends_with(".graphql") || file.ends_with(".gql") {
        return Ok(vec![source(file.to_owned(), None, content)?]);
    }
    let manifest: Map<String, Json> =
        serde_json::from_str(content).map_err(|fault| format!("{file}: this is no JSON: {fault}"))?;
    match manifest.get("format").and_then(Json::as_str) {
        Some("apollo-persisted-query-manifest") => apollo(file, &manifest),
        _ => manifest
            .iter()
            .map(|(id, text)| {
                let text = text.as_str().ok_or_else(|| {
                    format!("{file}: {id} is no text; a manifest looks like {{\"<hash>\": \"<document>\"}}")
                })?;
                source(format!("{file}: {id}"), Some(id), text)
            })
            .collect(),
    }
}

fn apollo(file: &str, manifest: &Map<String, Json>) -> Result<Vec<Source>, String> {
    if manifest.get("version") != Some(&Json::from(1)) {
        return Err(format!("{file}: only version 1 of Apollo's manifests is known"));
    }
    let operations = manifest.get("operations").and_then(Json::as_array);
    let operations = operations.ok_or_else(|| format!("{file}: the manifest has no list of operations"))?;
    let read = |(number, operation): (usize, &Json)| {
        let part = |name: &str| operation[name].as_str();
        let place = match part("name") {
            Some(name) => format!("{file}: {name}"),
            None => format!("{file}: operation {}", number + 1),
        };
        match (part("id"), part("body")) {
            (Some(id), Some(body)) => source(place, Some(id), body),
            _ => Err(format!("{place}: an operation has an id and a body")),
        }
    };
    operations.iter().enumerate().map(read).collect()
}

fn source(place: String, id: Option<&str>, text: &str) -> Result<Source, String> {
    match id {
        Some(id) if !(1..=MAX_ID).contains(&id.len()) => Err(format!("{place}: an id has 1 to {MAX_ID} characters")),
        _ => Ok(Source {
            place,
            id: id.map(str::to_owned),
            text: text.to_owned(),
        }),
    }
}
