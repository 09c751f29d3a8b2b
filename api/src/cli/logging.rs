//! Logs: for people on a terminal, JSON otherwise. Traces, when somebody wants them.

use std::io::IsTerminal;

use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    filter::{FilterExt, filter_fn},
    fmt,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::{
    config::{Config, LogConfig, LogFormat},
    telemetry::{SPANS, Traces},
};

/// Libraries whose finest lines show what is sent, tokens included: no setting makes them tell.
const SHOW_WHAT_IS_SENT: [&str; 2] = ["tungstenite", "tokio_tungstenite"];

/// Starts logging to standard error, and tracing. Standard output is for what commands answer.
///
/// # Errors
/// When traces cannot go where they are to go.
pub(super) fn start(config: &Config) -> Result<Option<Traces>, String> {
    let traces = config.telemetry.otlp_url.as_deref().map(Traces::to).transpose();
    let traces = traces.map_err(|error| format!("telemetry.otlp_url: traces cannot be sent there: {error}"))?;
    let started = tracing_subscriber::registry()
        .with(log(&config.log))
        .with(traces.as_ref().map(Traces::layer))
        .try_init();
    // Only a second start in one process can fail, and then logging runs already.
    drop(started);
    Ok(traces)
}

fn log(config: &LogConfig) -> impl Layer<Registry> + use<> {
    let filter = EnvFilter::try_new(&config.filter).unwrap_or_default();
    let terminal = std::io::stderr().is_terminal();
    // Where standard error was closed, there is nobody to tell that a line is lost: telling it would end the thread.
    let lines = fmt::layer()
        .with_writer(std::io::stderr)
        .log_internal_errors(false)
        .with_target(false);
    let lines = if config.format == LogFormat::Json || (config.format == LogFormat::Auto && !terminal) {
        lines
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .boxed()
    } else {
        lines.with_ansi(terminal).compact().boxed()
    };
    // A directive of our own could raise what the setting keeps low: this only takes away.
    lines.with_filter(filter.and(filter_fn(may_be_told)))
}

fn may_be_told(metadata: &Metadata<'_>) -> bool {
    let target = metadata.target();
    let library = target.split("::").next().unwrap_or(target);
    let shows = SHOW_WHAT_IS_SENT.contains(&library) && *metadata.level() > Level::INFO;
    target != SPANS && !shows
}
