//! Traces over OTLP, when somebody wants them.
//!
//! Spans for traces have a target of their own: the log leaves them out, so that its lines carry the request's id as
//! ever, and without a collector they cost nothing.

use std::time::Duration;

use opentelemetry::{KeyValue, trace::TracerProvider};
use opentelemetry_otlp::{ExporterBuildError, Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use tracing::{Span, Subscriber, info_span};
use tracing_subscriber::{Layer, filter::Targets, registry::LookupSpan};

use super::labels::OperationKind;

/// The target of spans for traces.
pub const SPANS: &str = "tombola::spans";
/// How long the last spans may take to the collector when the process ends.
const FLUSHING: Duration = Duration::from_secs(2);

/// Spans on their way to a collector.
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Sends spans to a collector, in batches and from a thread of its own.
    ///
    /// # Errors
    /// When the address is none.
    pub fn to(url: &str) -> Result<Self, ExporterBuildError> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{}/v1/traces", url.trim_end_matches('/')))
            .build()?;
        let resource = Resource::builder()
            .with_service_name("tombola")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource)
            .build();
        Ok(Self(provider))
    }

    /// Hands spans on.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("tombola"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_filter(Targets::new().with_target(SPANS, tracing::Level::INFO))
    }

    /// Sends what has not been sent yet, and ends. Blocks its thread.
    pub fn finish(self) {
        if let Err(error) = self.0.shutdown_with_timeout(FLUSHING) {
            tracing::warn!(%error, "the last traces did not reach the collector");
        }
    }
}

/// The span of an operation. What runs inside is logged under the request's id only when the request's span is entered
/// as well, and first: `work.instrument(operation_span(…)).in_current_span()`.
pub fn operation_span(name: Option<&str>, kind: OperationKind) -> Span {
    info_span!(
        target: SPANS,
        "operation",
        graphql.operation.name = name,
        graphql.operation.r#type = kind.text(),
    )
}

/// The span of a loader's batch.
pub fn batch_span(keys: usize) -> Span {
    info_span!(target: SPANS, "batch", tombola.batch.keys = keys)
}

/// The span of a statement. It tells the kind of the statement, never its text.
pub fn statement_span(system: &'static str, sql: &str) -> Span {
    let operation = sql.split_ascii_whitespace().next().unwrap_or_default();
    info_span!(
        target: SPANS,
        "statement",
        otel.kind = "client",
        db.system.name = system,
        db.operation.name = operation,
    )
}
