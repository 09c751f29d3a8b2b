//! The names that were meant, where a document has one that the schema does not know.

use apollo_compiler::{Schema, schema::ExtendedType};

/// Whether names of the schema are suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suggestions {
    Told,
    Kept,
}

/// Most names that are suggested.
const MOST: usize = 3;

/// `Did you mean "rooms"?`, for what the rules say of an unknown name.
pub(super) fn meant(schema: &Schema, message: &str) -> Option<String> {
    let mut pieces = message.split('"');
    let (what, wrong) = (pieces.next()?, pieces.next()?);
    let (_, owner) = (pieces.next()?, pieces.next());
    let known: Vec<&str> = match (what, owner) {
        ("Cannot query field ", Some(owner)) => fields(schema.types.get(owner)?),
        ("Unknown argument ", Some(place)) => {
            let (ty, field) = place.split_once('.')?;
            let field = schema.type_field(ty, field).ok()?;
            field.arguments.iter().map(|argument| argument.name.as_str()).collect()
        }
        ("Field ", Some(owner)) if message.contains(" is not defined by type ") => fields(schema.types.get(owner)?),
        ("Value ", Some(owner)) => fields(schema.types.get(owner)?),
        ("Unknown type ", None) => schema.types.keys().map(|name| name.as_str()).collect(),
        _ => return None,
    };
    among(wrong, known)
}

/// The names of a list that are like a wrong one.
pub(super) fn among<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let most = wrong.len() * 2 / 5 + 1;
    let known = known
        .into_iter()
        .filter(|name| name.len().abs_diff(wrong.len()) <= most);
    let distances = known.map(|name| (distance(wrong, name), name));
    let mut like: Vec<_> = distances.filter(|(distance, _)| *distance <= most).collect();
    like.sort_unstable();
    like.truncate(MOST);
    let names: Vec<_> = like.into_iter().map(|(_, name)| format!("\"{name}\"")).collect();
    match names.split_last() {
        None => None,
        Some((last, [])) => Some(format!("Did you mean {last}?")),
        Some((last, others)) => Some(format!("Did you mean {} or {last}?", others.join(", "))),
    }
}

/// What a type has under a name of its own.
fn fields(ty: &ExtendedType) -> Vec<&str> {
    match ty {
        ExtendedType::Object(ty) => ty.fields.keys().map(|name| name.as_str()).collect(),
        ExtendedType::Interface(ty) => ty.fields.keys().map(|name| name.as_str()).collect(),
        ExtendedType::InputObject(ty) => ty.fields.keys().map(|name| name.as_str()).collect(),
        ExtendedType::Enum(ty) => ty.values.keys().map(|name| name.as_str()).collect(),
        ExtendedType::Scalar(_) | ExtendedType::Union(_) => Vec::new(),
    }
}

/// How many letters have to be changed, capitals or not (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<_> = other.bytes().map(|letter| letter.to_ascii_lowercase()).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.bytes().enumerate() {
        let mut before = row[0];
        row[0] = line + 1;
        for (column, wanted) in other.iter().enumerate() {
            let changed = before + usize::from(letter.to_ascii_lowercase() != *wanted);
            before = row[column + 1];
            row[column + 1] = changed.min(before + 1).min(row[column] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}
