//! A reader that has seen enough and goes, as `tombola policy | head -1` does.

use crate::program::Program;

#[tokio::test]
async fn a_closed_pipe_is_not_a_fault() {
    let program = Program::new()
        .with("TOMBOLA_OWNER_PASSWORD", "only-for-tests")
        .with("TOMBOLA_SERVER_PASSWORD", "only-for-tests");
    for name in ["good-0002.json", "good-0005.json"] {
        let seed = format!("{}/../draw/fuzz/seeds/{name}", env!("CARGO_MANIFEST_DIR"));
        program.file(name, std::fs::read(seed).unwrap());
    }
    program.file("none.json", "{}");
    // The database of the later commands is made on the way.
    for (arguments, code) in [
        (&["schema"][..], 0),
        (&["policy"], 0),
        (&["--help"], 0),
        (&["--version"], 0),
        (&["verify", "--help"], 0),
        (&["verify", "good-0002.json"], 0),
        (&["verify", "--json", "good-0002.json"], 0),
        (&["verify", "good-0005.json"], 3),
        (&["verify", "none.json"], 1),
        (&["verify", "--json", "none.json"], 1),
        (&["verify", "missing.json"], 2),
        (&["verify"], 2),
        (&["check"], 1),
        (&["roles", "--print"], 0),
        (&["roles"], 1),
        (&["migrate", "up"], 0),
        (&["migrate", "status"], 0),
        (&["check"], 0),
        (&["demo", "--no-serve"], 0),
        (&["documents", "list", "--app", "tmb_client_none"], 1),
    ] {
        for silent in [false, true] {
            let ended = program.run_unread(arguments, silent).await;
            assert_eq!(ended.code, Some(code), "{arguments:?}: {ended:#?}");
            assert!(!ended.err.contains("panicked"), "{arguments:?}: {ended:#?}");
        }
    }
}
