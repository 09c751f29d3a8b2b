//! An import points downwards only.

use std::collections::BTreeSet;

use super::{
    imports::{Import, imports, imports_of, module_of},
    sources::{Source, code_of, rust_below, top},
};

/// The modules of `api/src`, top to bottom. Those of one line may use each other only if [`PEERS`] says so.
const LAYERS: [&[&str]; 22] = [
    &["main"],
    &["cli"],
    &["app"],
    &["http"],
    &["front"],
    &["schema", "demo"],
    &["identity", "organization", "room", "draw"],
    &["gql"],
    &["document"],
    &["operation"],
    &["loaders"],
    &["policy"],
    &["sessions", "published"],
    &["store"],
    &["rates"],
    &["background", "outgoing"],
    &["events", "credentials", "telemetry"],
    &["caller", "idempotency"],
    &["validation", "patch"],
    &["config", "clock"],
    &["error"],
    &["limit", "outage"],
];

/// The areas, which use each other through their `mod.rs`; what is not GraphQL, only those that come before it here.
pub const PEERS: [&str; 4] = ["identity", "organization", "room", "draw"];

fn rank(module: &str) -> usize {
    let place = LAYERS.iter().position(|layer| layer.contains(&module));
    place.unwrap_or_else(|| panic!("{module} has no place among the layers in layers.rs: give it one"))
}

fn breaches(imports: &[Import]) -> Vec<String> {
    let mut breaches = Vec::new();
    for import in imports {
        let from = module_of(&import.file)
            .first()
            .cloned()
            .unwrap_or_else(|| "main".to_owned());
        let Some(to) = import.path.first() else {
            breaches.push(format!("{} takes everything of the crate", import.file));
            continue;
        };
        let is_peer = PEERS.contains(&from.as_str()) && PEERS.contains(&to.as_str());
        let is_down = rank(to) > rank(&from);
        if from != *to && !is_peer && !is_down {
            breaches.push(format!(
                "{} ({from}) takes {} from above",
                import.file,
                import.path.join("::")
            ));
        }
    }
    breaches
}

/// The modules of an area: what other areas must not reach into.
fn inner_modules(area: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for source in rust_below(&format!("api/src/{area}")) {
        names.extend(module_of(&source.path).get(1).cloned());
    }
    names
}

#[test]
fn imports_point_downwards() {
    let imports = imports();
    assert!(imports.len() > 300, "only {} imports were found", imports.len());
    let breaches = breaches(&imports);
    assert!(breaches.is_empty(), "{breaches:#?}");
}

#[test]
fn every_module_has_its_layer_and_every_layer_its_module() {
    let modules: BTreeSet<_> = rust_below("api/src")
        .iter()
        .filter(|source| source.path != "api/src/lib.rs")
        .map(|source| {
            module_of(&source.path)
                .first()
                .cloned()
                .unwrap_or_else(|| "main".to_owned())
        })
        .collect();
    let layers: BTreeSet<_> = LAYERS
        .iter()
        .copied()
        .flatten()
        .map(|module| (*module).to_owned())
        .collect();
    assert_eq!(modules, layers, "left: api/src; right: layers.rs");
}

/// The layers as a table: a row for each module, with what its first lines say of it.
pub fn map() -> String {
    let mut table = "| layer | module | what it is for |\n| --: | --- | --- |\n".to_owned();
    for (layer, modules) in (1..).zip(LAYERS) {
        for module in modules {
            let folder = top().join("api/src").join(module);
            let (name, file) = match folder.is_dir() {
                true => (format!("{module}/"), folder.join("mod.rs")),
                false => (format!("{module}.rs"), folder.with_extension("rs")),
            };
            let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            let lines = text.lines().map_while(|line| line.strip_prefix("//! "));
            let purpose: Vec<_> = lines.collect();
            table += &format!("| {layer} | `{name}` | {} |\n", purpose.join(" "));
        }
    }
    table
}

#[test]
fn an_import_from_above_is_noticed() {
    let breach = |file: &str, text: &str| {
        let source = Source {
            path: format!("api/src/{file}"),
            text: text.to_owned(),
        };
        breaches(&imports_of(&source)).len()
    };
    assert_eq!(
        breach("store/page.rs", "use crate::{error::Error, gql::Connection};"),
        1
    );
    assert_eq!(breach("policy.rs", "fn x() { super::operation::y(); }"), 1);
    assert_eq!(
        breach("room/service/room.rs", "fn x() { super::super::super::schema::sdl(); }"),
        1
    );
    assert_eq!(breach("gql/ids.rs", "use crate::*;"), 1);
    assert_eq!(
        breach("events/mod.rs", "use crate::credentials::Secret;"),
        1,
        "neighbours stay apart"
    );
    assert_eq!(breach("room/mod.rs", "use crate::{organization, store::Scope};"), 0);
    assert_eq!(breach("store/page.rs", "use super::visible::Listed;"), 0);
}

#[test]
fn an_area_uses_another_through_its_face_only() {
    let inner: Vec<_> = PEERS.iter().map(|area| (*area, inner_modules(area))).collect();
    for import in imports() {
        let from = module_of(&import.file);
        for (area, modules) in &inner {
            let is_outside = from.first().is_none_or(|own| own != area);
            let reaches_in = import.path.first().is_some_and(|to| to == area)
                && import.path.get(1).is_some_and(|part| modules.contains(part));
            assert!(
                !(is_outside && reaches_in),
                "{} reaches into {}",
                import.file,
                import.path.join("::")
            );
        }
    }
}

#[test]
fn only_http_knows_axum_and_only_the_graphql_layers_know_graphql() {
    for source in rust_below("api/src") {
        let module = module_of(&source.path);
        let (top, code) = (module.first().map_or("main", String::as_str), code_of(&source.text));
        if !["http", "app"].contains(&top) {
            assert!(!code.contains("axum"), "{} knows axum", source.path);
        }
        let is_graphql = match top {
            "front" | "schema" | "gql" | "document" | "cli" => true,
            area if PEERS.contains(&area) => !is_logic(&module),
            _ => false,
        };
        assert!(
            is_graphql || !code.contains("async_graphql"),
            "{} knows async-graphql",
            source.path
        );
    }
}

/// Services, finders and what they share: nothing in them would change if GraphQL were replaced.
fn is_logic(module: &[String]) -> bool {
    let speaks_graphql = |part: &str| ["types", "query", "mutation", "subscription"].contains(&part);
    let of_area = module.first().is_some_and(|area| PEERS.contains(&area.as_str()));
    of_area && module.get(1).is_some_and(|part| !speaks_graphql(part))
}

#[test]
fn services_and_finders_use_areas_that_come_before_their_own() {
    let place = |area: &str| PEERS.iter().position(|peer| *peer == area);
    let mut breaches = Vec::new();
    for import in imports() {
        let module = module_of(&import.file);
        let own = module.first().and_then(|area| place(area));
        let used = import.path.first().and_then(|area| place(area));
        if is_logic(&module) && own.zip(used).is_some_and(|(own, used)| used > own) {
            breaches.push(format!("{} takes {}", import.file, import.path.join("::")));
        }
    }
    assert!(breaches.is_empty(), "{breaches:#?}");
}

#[test]
fn services_and_finders_know_no_graphql_type_of_any_area() {
    let is_type = graphql_names();
    for import in imports() {
        let module = module_of(&import.file);
        if !is_logic(&module) {
            continue;
        }
        let forbidden = import.path.first().is_some_and(|to| to == "gql")
            || ["types", "query", "mutation", "subscription"]
                .iter()
                .any(|layer| import.path.get(1).is_some_and(|part| part == layer))
            || is_type.contains(&import.path[..import.path.len().min(2)].join("::"));
        assert!(!forbidden, "{} takes {}", import.file, import.path.join("::"));
    }
}

/// What the areas' faces show of their GraphQL files, such as `room::Prize`.
fn graphql_names() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for area in PEERS {
        let face = rust_below(&format!("api/src/{area}"))
            .into_iter()
            .find(|source| source.path.ends_with(&format!("{area}/mod.rs")));
        let code = code_of(&face.expect("an area has a face").text);
        for layer in ["types", "query", "mutation", "subscription"] {
            for (place, start) in code.match_indices(&format!("pub use {layer}::")) {
                let list = &code[place + start.len()..];
                let list = &list[..list.find(';').expect("a use has an end")];
                let words = list
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .filter(|word| !word.is_empty());
                names.extend(words.map(|word| format!("{area}::{word}")));
            }
        }
    }
    assert!(names.contains("room::Prize"), "{names:?}");
    names
}
