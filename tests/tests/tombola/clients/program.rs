//! A client program, run against a server of its own.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use tests::{Database, World};
use tokio::process::Command;

/// Longest run of a program.
const PATIENCE: Duration = Duration::from_secs(300);

/// The folder of the programs.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients")
}

/// Runs an interpreter with these arguments against a fresh server; it must end well.
pub async fn runs(database: Database, interpreter: &Path, arguments: &[&str], installed: &Path) {
    assert!(
        installed.exists(),
        "{} is not there. Run `make clients`, or the tests by `make test`.",
        installed.display()
    );
    let world = World::new(database).await;
    let run = Command::new(interpreter)
        .args(arguments)
        .current_dir(folder())
        .env("TOMBOLA_URL", world.stranger().base())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(PATIENCE, run)
        .await
        .unwrap_or_else(|_| panic!("{arguments:?} does not end"))
        .unwrap_or_else(|error| panic!("{} does not start: {error}", interpreter.display()));
    assert!(
        output.status.success(),
        "{arguments:?} on {database:?}: {}\n{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    world.stop().await;
}
