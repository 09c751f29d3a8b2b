//! Every command explains itself.

use rstest::rstest;

use crate::program::Program;

#[tokio::test]
async fn the_program_lists_its_commands_with_examples() {
    let help = Program::new().run(&["--help"]).await;
    help.is_ok();
    for part in [
        "live rooms",
        "Usage:",
        "serve",
        "demo",
        "roles",
        "migrate",
        "schema",
        "policy",
        "verify",
        "documents",
        "check",
        "--config",
        "Examples:",
        "TOMBOLA_DATABASE__URL",
        "README",
    ] {
        assert!(help.out.contains(part), "{part}: {}", help.out);
    }
}

#[rstest]
#[case(&["serve"], &["GraphiQL"])]
#[case(&["demo"], &["--reset", "--no-serve", "SQLite"])]
#[case(&["roles"], &["--print", "superuser", "TOMBOLA_OWNER_PASSWORD", "TOMBOLA_SERVER_PASSWORD"])]
#[case(&["migrate"], &["up", "down", "status", "tombola_owner"])]
#[case(&["migrate", "up"], &["missing"])]
#[case(&["migrate", "down"], &["--steps", "--yes", "lost"])]
#[case(&["migrate", "status"], &["applied"])]
#[case(&["schema"], &["schema definition language"])]
#[case(&["policy"], &["who may do what"])]
#[case(&["verify"], &["--receipt", "--key", "transcript", "exit status", "without a server"])]
#[case(&["documents"], &["publish", "list", "remove", "server's address"])]
#[case(&["documents", "publish"], &["--app", "Relay", "Apollo", "SHA-256", "schema"])]
#[case(&["documents", "list"], &["--app", "SHA-256"])]
#[case(&["documents", "remove"], &["--app", "within a minute"])]
#[case(&["check"], &["exit status"])]
#[tokio::test]
async fn every_command_has_help_that_teaches(#[case] command: &[&str], #[case] parts: &[&str]) {
    let arguments: Vec<_> = command.iter().copied().chain(["--help"]).collect();
    let help = Program::new().run(&arguments).await;
    help.is_ok();
    let text = help.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("Usage: tombola"), "{text}");
    for part in parts {
        assert!(text.to_lowercase().contains(&part.to_lowercase()), "{part}: {text}");
    }
    // Every option says what it does.
    for option in help
        .out
        .lines()
        .filter(|line| line.trim_start().starts_with("--") && !line.trim().contains("  "))
    {
        let next = help.out.lines().skip_while(|line| *line != option).nth(1);
        assert!(
            next.is_some_and(|line| line.trim().len() > 5),
            "{option} has no description"
        );
    }
}

#[tokio::test]
async fn an_unknown_command_is_refused_and_nothing_starts() {
    let program = Program::new();
    for arguments in [
        &["sreve"] as &[&str],
        &["--confg", "x"],
        &["migrate"],
        &["migrate", "sideways"],
    ] {
        let ended = program.run(arguments).await;
        assert_eq!(ended.code, Some(2), "{ended:#?}");
        assert!(ended.err.contains("Usage:"), "{ended:#?}");
    }
    assert_eq!(std::fs::read_dir(program.folder()).unwrap().count(), 0);
}

#[tokio::test]
async fn schema_and_policy_need_no_database() {
    let program = Program::on("postgres://nobody:nothing@127.0.0.1:1/none");
    let schema = program.run(&["schema"]).await;
    assert_eq!(schema.is_ok().out.trim(), api::schema::sdl().trim());
    let policy = program.run(&["policy"]).await;
    assert_eq!(policy.is_ok().out.trim(), api::policy::matrix().trim());
    let version = program.run(&["--version"]).await;
    assert!(version.is_ok().out.starts_with("tombola 0."), "{version:?}");
}
