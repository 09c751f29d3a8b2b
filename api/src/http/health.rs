//! Whether this process lives, and whether it is to get requests. Neither says more than that.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;
use tokio::sync::Mutex;

use super::Edge;
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
struct Seen {
    database: bool,
    migrations: bool,
    writable: bool,
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
    async fn seen(&self, services: Arc<Services>) -> Seen {
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

/// `/health/live`: it answers, so it lives.
pub(super) async fn live() -> Response {
    Json(json!({ "status": "live" })).into_response()
}

/// `/health/ready`: database, migrations, that changes can be made, announcements of other processes, and that nobody has told it to stop.
pub(super) async fn ready(State(edge): State<Edge>) -> Response {
    let seen = edge.readiness.seen(edge.services.clone()).await;
    let events = edge.services.store.hears_other_processes();
    let serving = !edge.shutdown.is_cancelled();
    let is_ready = seen.database && seen.migrations && seen.writable && events && serving;
    let word = |holds| if holds { "ok" } else { "failed" };
    let body = json!({
        "status": if is_ready { "ready" } else { "unready" },
        "checks": {
            "database": word(seen.database),
            "migrations": word(seen.migrations),
            "writable": word(seen.writable),
            "events": word(events),
            "serving": word(serving),
        },
    });
    let status = if is_ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(body)).into_response()
}
