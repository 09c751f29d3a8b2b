//! Generated texts that are checked in. `make generate` writes them anew.

use api::{config::Config, limit::Limit};

use super::{layers::map, sources::top};

const UPDATE: &str = "TOMBOLA_UPDATE_SNAPSHOTS";

/// Compares a file with what it is generated from.
fn is_current(path: &str, generated: &str) {
    let file = top().join(path);
    let generated = format!("{}\n", generated.trim());
    if std::env::var_os(UPDATE).is_some_and(|value| value == "1") {
        std::fs::write(&file, &generated).expect("the file can be written");
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    if found.trim() == generated.trim() {
        return;
    }
    let difference = found.lines().zip(generated.lines()).position(|(old, new)| old != new);
    let line = difference.unwrap_or_else(|| found.lines().count().min(generated.lines().count()));
    panic!(
        "{path} is not current from line {} on:\n  there:     {}\n  generated: {}\nRun `make generate` and look at the difference.",
        line + 1,
        found.lines().nth(line).unwrap_or("(its end)"),
        generated.lines().nth(line).unwrap_or("(its end)"),
    );
}

#[test]
fn the_schema_in_the_repository_is_the_one_that_is_served() {
    is_current("schema.graphql", &api::schema::sdl());
}

/// The page with the text of every file that it shows, below a line that names the file.
fn with_examples(page: &str) -> String {
    let mut lines = page.lines();
    let mut whole = String::new();
    while let Some(line) = lines.next() {
        whole.push_str(&format!("{line}\n"));
        let Some(path) = line
            .strip_prefix("<!-- example ")
            .and_then(|rest| rest.strip_suffix(" -->"))
        else {
            continue;
        };
        let fence = lines.next().expect("an example stands between fences");
        assert!(fence.starts_with("```"), "{path}: {fence}");
        let example = std::fs::read_to_string(top().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        whole.push_str(&format!("{fence}\n{}\n```\n", example.trim()));
        assert!(lines.any(|line| line == "```"), "{path}: the example does not end");
    }
    whole
}

#[test]
fn the_examples_in_the_documents_are_the_ones_that_run() {
    let page = std::fs::read_to_string(top().join("docs/api.md")).expect("the page is there");
    assert!(page.matches("<!-- example ").count() > 7, "examples are named");
    is_current("docs/api.md", &with_limits(&with_examples(&page)));
}

/// The page with the limits as the configuration has them.
fn with_limits(page: &str) -> String {
    let (before, rest) = page.split_once("<!-- limits -->").expect("the table has its place");
    let (_, after) = rest.split_once("<!-- /limits -->").expect("the table ends");
    let settings = serde_json::to_value(Config::default()).expect("settings can be written");
    let rows = Limit::ALL.map(|limit| {
        let setting = settings.pointer(&format!("/{}", limit.key().replace('.', "/")));
        let setting = setting.unwrap_or_else(|| panic!("no setting {}", limit.key()));
        format!("| `{}` | {setting} | `{}` |\n", limit.key(), limit.code())
    });
    let head = "| setting | unless it is set | code |\n| --- | --- | --- |\n";
    format!(
        "{before}<!-- limits -->\n{head}{}<!-- /limits -->{after}",
        rows.concat()
    )
}

#[test]
fn the_map_in_the_readme_is_that_of_the_modules() {
    let page = std::fs::read_to_string(top().join("README.md")).expect("the page is there");
    let (before, rest) = page.split_once("<!-- modules -->").expect("the map has its place");
    let (_, after) = rest.split_once("<!-- /modules -->").expect("the map ends");
    let map = format!("{before}<!-- modules -->\n{}<!-- /modules -->{after}", map());
    is_current("README.md", &map);
}

#[test]
fn the_policy_in_the_documents_is_the_one_that_decides() {
    let text = format!(
        "# Who may do what\n\n\
         The one table that every service asks (`api/src/policy.rs`), written by `make generate`. A caller may have \
         several relations to a thing; one that is allowed is enough. Everybody with an account is *signed in*.\n\n{}",
        api::policy::matrix()
    );
    is_current("docs/policy.md", &text);
}
