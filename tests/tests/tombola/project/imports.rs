//! What a file of `api/src` takes from the rest of the crate.

use super::sources::{Source, code_of, rust_below};

/// A path into the crate, such as `room::finder::prize`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    /// The file that takes it.
    pub file: String,
    /// Its parts, without `crate`.
    pub path: Vec<String>,
}

/// A file's place among the modules: `api/src/room/service/app.rs` is `room::service::app`.
pub fn module_of(path: &str) -> Vec<String> {
    let inner = path.strip_prefix("api/src/").unwrap_or(path).trim_end_matches(".rs");
    let mut parts: Vec<_> = inner.split('/').map(str::to_owned).collect();
    if parts
        .last()
        .is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str()))
    {
        parts.pop();
    }
    parts
}

/// Every import of `api/src`.
pub fn imports() -> Vec<Import> {
    rust_below("api/src").iter().flat_map(imports_of).collect()
}

/// Everything that a file takes, by `use` or by a path in its code.
pub fn imports_of(source: &Source) -> Vec<Import> {
    let code = code_of(&source.text);
    let module = module_of(&source.path);
    let mut found = Vec::new();
    for (start, base) in starts(&code, &module) {
        let mut paths = Vec::new();
        tree(&code[start..], &base, &mut paths);
        found.extend(paths.into_iter().map(|path| Import {
            file: source.path.clone(),
            path,
        }));
    }
    found.sort();
    found.dedup();
    found
}

/// Where paths into the crate begin, and what they begin at.
fn starts(code: &str, module: &[String]) -> Vec<(usize, Vec<String>)> {
    let mut starts = Vec::new();
    for (place, _) in code.match_indices("crate::") {
        if !is_inside_word(code, place) {
            starts.push((place + "crate::".len(), Vec::new()));
        }
    }
    for (place, _) in code.match_indices("super::") {
        // Only the first of several: the others follow from it.
        if is_inside_word(code, place) || code[..place].ends_with("super::") {
            continue;
        }
        let mut end = place;
        let mut base = module.to_vec();
        while code[end..].starts_with("super::") {
            end += "super::".len();
            base.pop();
        }
        starts.push((end, base));
    }
    starts
}

fn is_inside_word(code: &str, place: usize) -> bool {
    code[..place].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$')
}

/// Reads `a::{b, c::d}` into its paths; answers what follows it.
fn tree<'a>(code: &'a str, base: &[String], found: &mut Vec<Vec<String>>) -> &'a str {
    let code = code.trim_start();
    if let Some(mut rest) = code.strip_prefix('{') {
        loop {
            rest = tree(rest, base, found).trim_start();
            rest = match rest.strip_prefix(',') {
                Some(more) => more.trim_start(),
                None => rest,
            };
            if let Some(end) = rest.strip_prefix('}') {
                return end;
            }
            assert!(!rest.is_empty(), "a group of imports has no end");
        }
    }
    let length = code
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(code.len());
    let (name, mut rest) = code.split_at(length);
    if name.is_empty() {
        // `*`, or nothing that is a path.
        found.push(base.to_vec());
        return code.strip_prefix('*').unwrap_or(code.get(1..).unwrap_or_default());
    }
    let mut path = base.to_vec();
    path.push(name.to_owned());
    if let Some(more) = rest.strip_prefix("::") {
        if more.starts_with(['<', ' ']) {
            found.push(path);
            return more;
        }
        return tree(more, &path, found);
    }
    if let Some(renamed) = rest.trim_start().strip_prefix("as ") {
        let end = renamed.find([',', '}', ';']).unwrap_or(renamed.len());
        rest = &renamed[end..];
    }
    found.push(path);
    rest
}

#[test]
fn imports_are_found_however_they_are_written() {
    let text =
        "use crate::{a, b::{c, d as e}, f::*};\nuse super::g;\nfn x() { crate::h::i::<T>(); super::super::j::k(); }
        // crate::no\nuse super::{l::M, self};";
    let source = Source {
        path: "api/src/room/service/app.rs".to_owned(),
        text: text.to_owned(),
    };
    let found: Vec<_> = imports_of(&source)
        .into_iter()
        .map(|import| import.path.join("::"))
        .collect();
    assert_eq!(
        found,
        [
            "a",
            "b::c",
            "b::d",
            "f",
            "h::i",
            "room::j::k",
            "room::service::g",
            "room::service::l::M",
            "room::service::self"
        ]
    );
}
