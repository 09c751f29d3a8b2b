//! What was last seen of the database.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::Mutex;

use crate::{error::Result, operation::Services, store::Store};

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long an answer is good: whoever asks often must not make the database work.
const FRESH: Duration = Duration::from_millis(500);

/// The last look at the database.
#[derive(Clone, Default)]
pub(super) struct Readiness(Arc<Mutex<Option<(Instant, Seen)>>>);

/// What was seen.
#[derive(Clone, Copy, Default)]
pub(super) struct Seen {
    pub(super) database: bool,
    pub(super) migrations: bool,
    pub(super) writable: bool,
}

async fn look(store: &Store) -> Result<Seen> {
    Ok(Seen {
        database: true,
        migrations: store.is_migrated().await?,
        writable: store.is_writable().await?,
    })
}

impl Readiness {
    /// Looks, or remembers. Those who ask meanwhile wait for the same answer.
    pub(super) async fn seen(&self, services: Arc<Services>) -> Seen {
        let mut last = self.0.lock().await;
        if let Some((when, seen)) = *last
            && when.elapsed() < FRESH
        {
            return seen;
        }
        // On a task of its own: nothing that talks to the database is dropped half-way.
        let look = tokio::spawn(async move { look(&services.store).await });
        let seen = match tokio::time::timeout(PATIENCE, look).await {
            Ok(Ok(Ok(seen))) => seen,
            _ => Seen::default(),
        };
        *last = Some((Instant::now(), seen));
        seen
    }
}
