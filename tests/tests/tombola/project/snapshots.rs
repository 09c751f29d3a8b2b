//! Generated texts that are checked in. `make generate` writes them anew.

use super::sources::top;

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
