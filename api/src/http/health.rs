//! Whether this process lives, and whether it is to get requests. Neither says more than that.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::state::AppState;

/// `/health/live`: it answers, so it lives.
pub(super) async fn live() -> Response {
    Json(json!({ "status": "live" })).into_response()
}

/// `/health/ready`: database, migrations, that changes can be made, announcements of other processes, and that nobody has told it to stop.
pub(super) async fn ready(State(state): State<AppState>) -> Response {
    let seen = state.readiness.seen(state.services.clone()).await;
    let events = state.services.store.hears_other_processes();
    let serving = !state.shutdown.is_cancelled();
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
