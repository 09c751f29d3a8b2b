//! Which media type an answer gets (RFC 9110 §12.5.1; GraphQL over HTTP §6).

use axum::http::{
    HeaderMap, HeaderValue,
    header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE},
};

use crate::error::{RequestError, RequestResult};

/// In which form a client takes its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `application/graphql-response+json`: the status tells what became of the request.
    Graphql,
    /// `application/json`, for clients from before: the status tells of HTTP alone.
    Json,
}

impl Form {
    /// The value of `Content-Type`.
    pub(crate) fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Graphql => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        })
    }
}

/// Whether a client takes a stream of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Streaming {
    /// One answer alone.
    Refused,
    /// Where one answer will not do.
    Accepted,
    /// Rather than one answer.
    Preferred,
}

/// What a client accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Accepted {
    /// The form of one answer, if it takes one.
    pub(crate) form: Option<Form>,
    /// Whether it takes a stream of events.
    pub(crate) stream: Streaming,
    /// Whether it would rather have a page for people.
    pub(crate) page: bool,
}

/// Reads `Accept`. A client that says nothing gets `application/json`.
pub(crate) fn accepted(headers: &HeaderMap) -> Accepted {
    let texts: Vec<_> = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let text = texts.join(",");
    if text.trim().is_empty() {
        return Accepted {
            form: Some(Form::Json),
            stream: Streaming::Refused,
            page: false,
        };
    }
    let ranges: Vec<_> = text.split(',').filter_map(range).collect();
    let weight = |names: &[&str]| {
        // The most specific range that fits decides.
        let fits = names
            .iter()
            .find_map(|name| ranges.iter().find(|(range, _)| range == name));
        fits.map_or(0, |(_, weight)| *weight)
    };
    let graphql = weight(&["application/graphql-response+json"]);
    let json = weight(&["application/json", "application/*", "*/*"]);
    let stream = weight(&["text/event-stream", "text/*"]);
    let html = weight(&["text/html"]);
    let form = match (graphql, json) {
        (0, 0) => None,
        (graphql, json) if graphql >= json => Some(Form::Graphql),
        _ => Some(Form::Json),
    };
    Accepted {
        form,
        stream: match stream {
            0 => Streaming::Refused,
            stream if stream > graphql.max(json) => Streaming::Preferred,
            _ => Streaming::Accepted,
        },
        page: html > 0 && html >= graphql.max(json).max(stream),
    }
}

/// A media range and its weight in thousandths.
fn range(text: &str) -> Option<(String, u32)> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next()?.to_ascii_lowercase();
    let mut weight = 1000;
    for part in parts {
        if let Some((key, value)) = part.split_once('=') {
            let key = key.trim().to_ascii_lowercase();
            // An answer is always UTF-8.
            if key == "charset" && !is_utf8(value) {
                return None;
            }
            if key == "q" {
                let given: f32 = value.trim().parse().ok()?;
                weight = (given.clamp(0.0, 1.0) * 1000.0) as u32;
            }
        }
    }
    (!name.is_empty()).then_some((name, weight))
}

fn is_utf8(charset: &str) -> bool {
    let charset = charset.trim().trim_matches('"');
    charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
}

/// Refuses a body that is not JSON in UTF-8. What a browser sends to other sites without asking first (forms, plain text)
/// is among that, so no other site can act for its visitors.
///
/// # Errors
/// 415.
pub(crate) fn is_json(headers: &HeaderMap) -> RequestResult<()> {
    let unsupported = |message: &'static str| Err(RequestError::unacceptable(415, "Content-Type", message));
    let text = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut parts = text.split(';').map(str::trim);
    if !parts
        .next()
        .is_some_and(|name| name.eq_ignore_ascii_case("application/json"))
    {
        return unsupported("The body must be JSON: send “Content-Type: application/json”.");
    }
    for part in parts {
        match part.split_once('=') {
            Some((key, value)) if key.trim().eq_ignore_ascii_case("charset") && !is_utf8(value) => {
                return unsupported("The body must be UTF-8: send “Content-Type: application/json; charset=utf-8”.");
            }
            _ => {}
        }
    }
    match headers.get(CONTENT_ENCODING).map(HeaderValue::as_bytes) {
        None | Some(b"identity") => Ok(()),
        Some(_) => unsupported("The body must not be compressed: send it without Content-Encoding."),
    }
}
