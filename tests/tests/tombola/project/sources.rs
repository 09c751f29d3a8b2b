//! The project's files.

use std::path::{Path, PathBuf};

/// A file of Rust.
pub struct Source {
    /// Below the repository's top, such as `api/src/room/mod.rs`.
    pub path: String,
    /// Its content.
    pub text: String,
}

/// The repository's top.
pub fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ lies in the repository")
        .to_owned()
}

/// Every Rust file below a folder of the repository, in the order of their paths.
pub fn rust_below(folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    collect(&top().join(folder), &mut found);
    found.sort();
    assert!(!found.is_empty(), "{folder} has no Rust files");
    found
        .into_iter()
        .map(|path| Source {
            text: std::fs::read_to_string(&path).expect("a source file is text"),
            path: path
                .strip_prefix(top())
                .expect("below the top")
                .to_str()
                .expect("a plain path")
                .to_owned(),
        })
        .collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("a folder's entry").path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// The text without comments and without what stands in strings.
pub fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if rest.starts_with("/*") {
            rest = &rest[rest.find("*/").map_or(rest.len(), |end| end + 2)..];
        } else if rest.starts_with("r#\"") {
            code.push_str("\"\"");
            rest = &rest[3..];
            rest = &rest[rest.find("\"#").map_or(rest.len(), |end| end + 2)..];
        } else if first == '"' {
            code.push_str("\"\"");
            rest = after_string(&rest[1..]);
        } else if rest.starts_with("'\"'") {
            code.push_str("' '");
            rest = &rest[3..];
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    code
}

fn after_string(text: &str) -> &str {
    let mut escaped = false;
    for (place, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return &text[place + 1..],
            _ => {}
        }
    }
    ""
}

#[test]
fn comments_and_strings_are_no_code() {
    let text = "a // crate::x\n/* crate::y */ b \"crate::z \\\" q\" c r#\"crate::\"w\"#; '\"' d";
    assert_eq!(code_of(text), "a \n b \"\" c \"\"; ' ' d");
}
