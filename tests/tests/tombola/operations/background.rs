//! Work in the background: it goes on, whatever becomes of one run of it, and ends with the process.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use api::{background::Background, error::Error, telemetry::Metrics};
use tests::{Database, World};
use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_fails_or_panics_is_counted_and_is_done_again() {
    let (shutdown, work, metrics) = (CancellationToken::new(), TaskTracker::new(), Metrics::default());
    let background = Background::new(shutdown.clone(), work.clone(), metrics.clone());
    let (runs, done) = (Arc::new(AtomicU32::new(0)), Arc::new(Notify::new()));
    let told = done.clone();
    background.every("tried", Duration::from_millis(1), move |_| {
        let (run, told) = (runs.fetch_add(1, Ordering::SeqCst), told.clone());
        assert_ne!(run, 0, "before the first run has begun");
        async move {
            match run {
                1 => Err(Error::conflict("the second run")),
                2 => panic!("in the middle of a run"),
                3 => Ok(()),
                // From the fifth on the figures of the first four are there.
                _ => {
                    told.notify_one();
                    Ok(())
                }
            }
        }
    });
    let patience = Duration::from_secs(60);
    assert!(
        tokio::time::timeout(patience, done.notified()).await.is_ok(),
        "the work has ended"
    );
    let text = metrics.text();
    assert!(
        text.contains("tombola_background_runs_total{work=\"tried\",outcome=\"failed\"} 3"),
        "{text}"
    );
    assert!(
        text.contains("tombola_background_runs_total{work=\"tried\",outcome=\"ok\"}"),
        "{text}"
    );
    shutdown.cancel();
    work.close();
    work.wait().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_on_beside_is_told_of_the_end() {
    let (shutdown, work) = (CancellationToken::new(), TaskTracker::new());
    let background = Background::new(shutdown.clone(), work.clone(), Metrics::default());
    background.beside(|shutdown| async move { shutdown.cancelled().await });
    assert_eq!(work.len(), 1);
    shutdown.cancel();
    work.close();
    work.wait().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_has_all_of_its_work_done() {
    let world = World::with(Database::Sqlite, |config| config.draws.tick_milliseconds = 10).await;
    let every = ["draws", "forgetting", "last_seen", "rates", "sessions"];
    // Each is done at once when the process starts; whether it could be done then is not what this is about.
    let all_have_run = async {
        loop {
            let text = world.services().metrics.text();
            let has_run = |work: &&str| text.contains(&format!("tombola_background_runs_total{{work=\"{work}\""));
            if every.iter().all(has_run) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let patience = Duration::from_secs(60);
    assert!(
        tokio::time::timeout(patience, all_have_run).await.is_ok(),
        "not all of {every:?}"
    );
}
