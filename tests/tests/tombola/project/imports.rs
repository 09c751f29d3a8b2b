//! What a file of `api/src` takes from the rest of the crate.

use super::{
    modules::{absolute, modules_in},
    sources::{Source, rust_below},
};

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
    let mut found = Vec::new();
    for (place, module) in modules_in(&module_of(&source.path), source) {
        let uses = module.uses.iter().map(|import| &import.path);
        let paths = uses.chain(&module.globs).chain(&module.paths);
        found.extend(paths.filter_map(|path| absolute(&place, path)).map(|path| Import {
            file: source.path.clone(),
            path,
        }));
    }
    found.sort();
    found.dedup();
    found
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
            "room::service",
            "room::service::g",
            "room::service::l::M"
        ]
    );
}
