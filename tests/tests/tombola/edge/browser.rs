//! The page in a real browser: signs in, reads, awards, watches. `web/test/graphiql.mjs` drives it.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::program::{PATIENCE, Program};

/// Why the browser cannot be driven here.
async fn obstacle(web: &Path) -> Option<String> {
    let chromium = std::env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned());
    if !Path::new(&chromium).is_file() {
        return Some(format!(
            "there is no Chromium at {chromium}: install the package `chromium`, or set CHROMIUM"
        ));
    }
    if !web.join("node_modules/playwright-core").is_dir() {
        return Some("web/node_modules is missing: run `npm ci` in web/".to_owned());
    }
    let node = Command::new("node").arg("--version").output().await;
    if !node.is_ok_and(|output| output.status.success()) {
        return Some("there is no Node.js: install the package `nodejs`".to_owned());
    }
    None
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn graphiql_signs_in_queries_and_watches_a_winner() {
    let web = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../web");
    let program = Program::new();
    let mut reason = obstacle(&web).await;
    let serving = program.serve(&["demo"]).await;
    let page = serving
        .client()
        .http()
        .get(&serving.address)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    if reason.is_none() && page.contains("npm run build") {
        reason = Some("the program was built without its page: run `make web`, then `cargo build`".to_owned());
    }
    if let Some(reason) = reason {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{reason}");
        say(&format!("skipped: {reason}"));
        serving.stop().await.is_ok();
        return;
    }

    let pictures = program.folder().join("pictures");
    let drive = Command::new("node")
        .args([Path::new("test/graphiql.mjs"), Path::new(&serving.address), &pictures])
        .current_dir(&web)
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(PATIENCE * 3, drive)
        .await
        .expect("the browser ends")
        .expect("node runs");
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{out}\n{err}");
    assert!(out.contains(" 0 failed") && !out.contains("skipped"), "{out}");
    serving.stop().await.is_ok();
}

#[expect(
    clippy::print_stderr,
    reason = "whoever runs the tests should know what was left out"
)]
fn say(text: &str) {
    eprintln!("{text}");
}
