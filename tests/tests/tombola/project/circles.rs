//! No modules of a crate import each other in a circle.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    layers::PEERS,
    resolving::{Crate, Edges},
    sources::{Source, rust_below, top},
};

/// The crates of the workspace: the folder of each and the roots in it.
const CRATES: [(&str, &[&str]); 9] = [
    ("api/src", &["lib.rs", "main.rs"]),
    ("bench/src", &["main.rs"]),
    ("draw/src", &["lib.rs"]),
    ("draw/tests/draw", &["main.rs"]),
    ("entity/src", &["lib.rs"]),
    ("macros/src", &["lib.rs"]),
    ("migration/src", &["lib.rs"]),
    ("tests/src", &["lib.rs"]),
    ("tests/tests/tombola", &["main.rs"]),
];

/// The one exception: rooms have prizes and prizes a room, so the schema's types name each other. They count as one.
const GRAPHQL: &str = "the areas' GraphQL types";

/// The modules of an area that are GraphQL.
const LAYERS: [&str; 4] = ["types", "query", "mutation", "subscription"];

/// What a file counts as.
fn node_of(file: &str) -> &str {
    let parts: Vec<_> = file.split(['/', '.']).collect();
    match parts.as_slice() {
        ["api", "src", area, layer, ..] if PEERS.contains(area) && LAYERS.contains(layer) => GRAPHQL,
        _ => file,
    }
}

/// Tarjan's search for nodes that lead to each other.
#[derive(Default)]
struct Search<'a> {
    takes: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// When a node was met; the greatest number once its component is known.
    met: BTreeMap<&'a str, usize>,
    /// Nodes that were met and whose component is not known yet.
    open: Vec<&'a str>,
    components: Vec<Vec<&'a str>>,
}

impl<'a> Search<'a> {
    /// Follows a node; answers the earliest open one that it leads to.
    fn follow(&mut self, node: &'a str) -> usize {
        if let Some(met) = self.met.get(node) {
            return *met;
        }
        let own = self.met.len();
        self.met.insert(node, own);
        let start = self.open.len();
        self.open.push(node);
        let taken = self.takes.get(node).cloned().unwrap_or_default();
        let earliest = taken.into_iter().map(|next| self.follow(next)).fold(own, usize::min);
        if earliest == own {
            let component = self.open.split_off(start);
            self.met.extend(component.iter().map(|node| (*node, usize::MAX)));
            self.components.push(component);
        }
        earliest
    }
}

/// The nodes that lead to each other, wherever there are several.
fn components(edges: &Edges) -> Vec<BTreeSet<&str>> {
    let mut search = Search::default();
    for (from, to) in edges.keys() {
        let (from, to) = (node_of(from), node_of(to));
        if from != to {
            search.takes.entry(from).or_default().insert(to);
        }
    }
    let nodes: Vec<_> = search.takes.keys().copied().collect();
    for node in nodes {
        search.follow(node);
    }
    let circles = search.components.into_iter().filter(|component| component.len() > 1);
    circles.map(BTreeSet::from_iter).collect()
}

/// Each circle, with the names that its edges take.
fn circles(edges: &Edges) -> Vec<String> {
    let lines = |circle: BTreeSet<&str>| {
        let members: Vec<_> = circle.iter().copied().collect();
        let mut lines = format!("a circle of {}: {}", members.len(), members.join(", "));
        for ((from, to), names) in edges {
            let (start, end) = (node_of(from), node_of(to));
            if start != end && circle.contains(start) && circle.contains(end) {
                let names: Vec<_> = names.iter().map(String::as_str).collect();
                lines += &format!("\n  {from} -> {to}: {}", names.join(", "));
            }
        }
        lines
    };
    components(edges).into_iter().map(lines).collect()
}

#[test]
fn no_modules_import_each_other_in_a_circle() {
    let (mut found, mut count) = (Vec::new(), 0);
    for (folder, roots) in CRATES {
        let sources = rust_below(folder);
        let read = Crate::of(folder, roots, &sources);
        let files = read.files();
        for source in &sources {
            assert!(files.contains(source.path.as_str()), "{} is in no module", source.path);
        }
        let edges = read.edges();
        count += edges.len();
        found.extend(circles(&edges));
    }
    assert!(count > 1000, "only {count} edges were found");
    assert!(
        found.is_empty(),
        "what both sides need belongs below them, in a module of its own:\n{}",
        found.join("\n")
    );
}

#[test]
fn every_crate_is_looked_at() {
    let folders = std::fs::read_dir(top()).expect("the repository is a folder");
    let names = folders.map(|folder| folder.expect("a folder's entry").file_name());
    for name in names {
        let folder = format!("{}/src", name.to_str().expect("a plain name"));
        let is_crate = ["lib.rs", "main.rs"]
            .iter()
            .any(|root| top().join(&folder).join(root).exists());
        let is_known = CRATES.iter().any(|(known, _)| *known == folder);
        assert!(
            is_known || !is_crate,
            "{folder} is missing from the crates in circles.rs"
        );
    }
}

/// The circles of a made-up crate, each file with its text.
fn circles_of(files: &[(&str, &str)]) -> Vec<String> {
    let source = |(path, text): &(&str, &str)| Source {
        path: format!("api/src/{path}"),
        text: (*text).to_owned(),
    };
    let sources: Vec<_> = files.iter().map(source).collect();
    circles(&Crate::of("api/src", &["lib.rs"], &sources).edges())
}

#[test]
fn a_circle_is_noticed() {
    let root = ("lib.rs", "mod a; mod b;");
    let a = ("a.rs", "use crate::b::B;\npub struct A(B);");
    let found = circles_of(&[root, a, ("b.rs", "pub struct B; fn f(_: &super::a::A) {}")]);
    assert_eq!(
        found,
        ["a circle of 2: api/src/a.rs, api/src/b.rs\n  \
          api/src/a.rs -> api/src/b.rs: B\n  api/src/b.rs -> api/src/a.rs: A"]
    );
    assert!(circles_of(&[root, a, ("b.rs", "pub struct B;")]).is_empty());
    assert_eq!(
        circles_of(&[root, a, ("b.rs", "use super::a::*; pub struct B; fn f(_: A) {}")]).len(),
        1
    );

    let other_crate = "mod a {} use ::a::A; pub struct B(A, ::a::A);";
    assert!(circles_of(&[root, a, ("b.rs", other_crate)]).is_empty());
    let in_tests = "pub struct B; #[cfg(test)] mod tests { use crate::a::A; }";
    assert!(circles_of(&[root, a, ("b.rs", in_tests)]).is_empty());
}

#[test]
fn a_circle_through_a_re_export_is_noticed() {
    let root = ("lib.rs", "pub mod face;");
    let inner = ("face/inner.rs", "pub struct Inner; fn f() { super::Beside::new() }");
    let beside = |text| ("face/beside.rs", text);
    let face = (
        "face/mod.rs",
        "mod beside; mod inner; pub use {beside::*, inner::Inner};",
    );
    let found = circles_of(&[
        root,
        face,
        inner,
        beside("use super::Inner as I; pub struct Beside(I);"),
    ]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("beside.rs -> api/src/face/inner.rs: Inner"),
        "{found:?}"
    );

    // A face that only shows what the others take from it is in no circle; one that defines it is.
    let alone = "use super::Beside; pub struct Inner(Beside);";
    let made_there = ("face/mod.rs", "mod inner; pub use inner::Inner; pub struct Beside;");
    let used_there = (
        "face/mod.rs",
        "mod inner; pub use inner::Inner; pub struct Beside(Inner);",
    );
    assert!(circles_of(&[root, face, ("face/inner.rs", alone), beside("pub struct Beside;")]).is_empty());
    assert!(circles_of(&[root, made_there, ("face/inner.rs", alone)]).is_empty());
    assert_eq!(circles_of(&[root, used_there, ("face/inner.rs", alone)]).len(), 1);
}

#[test]
fn graphql_types_are_one_node() {
    let root = ("lib.rs", "mod room;");
    let face = ("room/mod.rs", "mod types; mod service;");
    let types = ("room/types/mod.rs", "mod prize; pub struct Room(prize::Prize);");
    let prize = (
        "room/types/prize.rs",
        "pub struct Prize(super::Room); fn f() { crate::room::service::find() }",
    );
    let service = |text| ("room/service.rs", text);
    assert!(circles_of(&[root, face, types, prize, service("pub fn find() {}")]).is_empty());
    let found = circles_of(&[
        root,
        face,
        types,
        prize,
        service("pub fn find() -> super::types::Room {}"),
    ]);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("a circle of 2: api/src/room/service.rs, the areas' GraphQL types\n"));
}
