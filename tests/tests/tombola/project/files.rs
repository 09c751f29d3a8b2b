//! Files stay small, and nothing is left undone or silenced without a reason.

use super::sources::{Source, code_of, rust_below};

/// Lines of a file at most.
const LINES: usize = 450;

fn program() -> Vec<Source> {
    ["api/src", "entity/src", "migration/src"]
        .into_iter()
        .flat_map(rust_below)
        .collect()
}

fn everything() -> Vec<Source> {
    let tests = ["tests/src", "tests/tests"].into_iter().flat_map(rust_below);
    program().into_iter().chain(tests).collect()
}

#[test]
fn no_file_is_long() {
    for source in everything() {
        let lines = source.text.lines().count();
        assert!(
            lines < LINES,
            "{} has {lines} lines: split it into a folder of the same name",
            source.path
        );
    }
}

#[test]
fn nothing_is_left_to_do() {
    for source in everything() {
        let code = code_of(&source.text);
        for left in ["todo!", "unimplemented!", "dbg!"] {
            assert!(!code.contains(left), "{} has {left}", source.path);
        }
        // Comments too: what is to be done is an issue.
        for word in ["TODO", "FIXME", "XXX", "HACK"] {
            let is_here = source.path.ends_with("project/files.rs");
            assert!(is_here || !source.text.contains(word), "{} has {word}", source.path);
        }
    }
}

#[test]
fn every_silenced_lint_has_a_reason() {
    for source in everything() {
        let code = code_of(&source.text);
        for silencer in ["allow(", "expect("] {
            for (place, _) in code.match_indices(silencer) {
                let before = code[..place].trim_end();
                if !before.ends_with("#[") && !before.ends_with("#![") {
                    continue;
                }
                let end = code[place..].find(")]").map_or(code.len(), |end| place + end);
                let attribute = &code[place..end];
                assert!(
                    attribute.contains("reason ="),
                    "{}: #[{attribute})] has no reason",
                    source.path
                );
            }
        }
    }
}

#[test]
fn no_file_is_called_after_nothing() {
    for source in everything() {
        for part in source.path.split(['/', '.']) {
            assert!(
                !["utils", "util", "helpers", "helper", "common", "misc"].contains(&part),
                "{}",
                source.path
            );
        }
    }
}

#[test]
fn every_module_of_the_program_says_what_it_is_for() {
    for source in program() {
        assert!(source.text.starts_with("//! "), "{} begins without //!", source.path);
    }
}
