//! The span of a request, which goes on a trace that the client began.

use axum::{
    extract::Request,
    http::{HeaderMap, StatusCode},
};
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::{Span, field::Empty, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::telemetry::SPANS;

/// The header of W3C Trace Context.
const TRACE_PARENT: &str = "traceparent";

/// The span of a request.
pub(super) fn request_span(request: &Request, request_id: &str) -> Span {
    let span = info_span!(
        target: SPANS,
        "request",
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = %request.method(),
        url.path = request.uri().path(),
        http.response.status_code = Empty,
        tombola.request_id = request_id,
    );
    if !span.is_disabled() {
        follow(&span, request.headers());
    }
    span
}

/// Takes down how a request was answered.
pub(super) fn answered(span: &Span, status: StatusCode) {
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
}

fn follow(span: &Span, headers: &HeaderMap) {
    if headers.contains_key(TRACE_PARENT) {
        let context = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
        // It fails only where no traces are wanted.
        let _ = span.set_parent(context);
    }
}
