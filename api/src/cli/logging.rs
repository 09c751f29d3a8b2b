//! Logs: for people on a terminal, JSON otherwise.

use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{LogConfig, LogFormat};

/// Libraries whose finest lines show what is sent, tokens included: no setting makes them tell.
const SHOW_WHAT_IS_SENT: [&str; 2] = ["tungstenite=debug", "tokio_tungstenite=debug"];

/// Starts logging to standard error. Standard output is for what commands answer.
pub(super) fn start(config: &LogConfig) {
    let mut filter = EnvFilter::try_new(&config.filter).unwrap_or_default();
    for quiet in SHOW_WHAT_IS_SENT {
        filter = filter.add_directive(quiet.parse().unwrap_or_default());
    }
    let terminal = std::io::stderr().is_terminal();
    let builder = fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false);
    let started = if config.format == LogFormat::Json || (config.format == LogFormat::Auto && !terminal) {
        builder
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .try_init()
    } else {
        builder.with_ansi(terminal).compact().try_init()
    };
    // Only a second start in one process can fail, and then logging runs already.
    drop(started);
}
