//! What is wrong with a request as such, before anybody looks at what it asks for (GraphQL §7.1.2 request errors), and the
//! limits and rates that it is held to.

use std::{borrow::Cow, sync::Arc, time::Duration};

use crate::limit::{Limit, RateState};

/// The result of reading a request.
pub type RequestResult<T> = Result<T, RequestError>;

/// Why a request is not served, whatever it asks for.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RequestError {
    /// A request that is not in the shape of one.
    #[error("{message}")]
    Malformed {
        /// What is wrong and what to send.
        message: Cow<'static, str>,
        /// The parameter at fault.
        field: &'static str,
    },
    /// A way to ask that HTTP has a status of its own for: 405, 406, 415.
    #[error("{message}")]
    Unacceptable {
        /// The status.
        status: u16,
        /// What to do instead.
        message: Cow<'static, str>,
        /// The header or method at fault.
        field: &'static str,
    },
    /// A document that is asked for by a key which stands for none.
    #[error("No document is published under this id. Send the document itself, or publish it for this app first.")]
    UnknownDocument,
    /// A document that was not published, where nothing else is executed.
    #[error("This server executes published documents only. Publish the document for its app first.")]
    UnpublishedDocument,
    /// A document or variables that break the rules of GraphQL.
    #[error("{}", .0.first().map(|fault| fault.message.as_str()).unwrap_or_default())]
    Invalid(Arc<[Fault]>),
    /// A document that can be read and not executed as it was sent.
    #[error("{message}")]
    Inexecutable {
        /// The rule and what to do.
        message: Cow<'static, str>,
        /// The parameter at fault.
        field: &'static str,
    },
    /// A document that cannot be read.
    #[error("{message}")]
    Unreadable {
        /// Where it stops being one, and what was expected.
        message: Cow<'static, str>,
        /// Line and column of the place, from 1.
        place: Option<(usize, usize)>,
    },
    /// A bound of the configuration was crossed.
    #[error("{message}")]
    Exceeded {
        /// Which.
        limit: Limit,
        /// What was found, what is allowed, and what to do.
        message: Cow<'static, str>,
    },
    /// The caller sends too many requests.
    #[error("{message}")]
    TooOften {
        /// What happened and what to do.
        message: Cow<'static, str>,
        /// After which time the same request may pass; nothing when no waiting helps.
        retry_after: Option<Duration>,
        /// Where the caller stands.
        state: RateState,
    },
}

/// Something that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Fault {
    /// What.
    pub message: String,
    /// Line and column, from 1.
    pub place: Option<(usize, usize)>,
    /// The argument, input field or variable at fault, if it is known.
    pub field: Option<String>,
}

impl RequestError {
    /// The value of `extensions.code`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed { .. }
            | Self::Unacceptable { .. }
            | Self::Inexecutable { .. }
            | Self::Unreadable { .. }
            | Self::Invalid(_) => "VALIDATION",
            Self::UnknownDocument => "PERSISTED_QUERY_NOT_FOUND",
            Self::UnpublishedDocument => "PERSISTED_QUERY_REQUIRED",
            Self::Exceeded { limit, .. } => limit.code(),
            Self::TooOften { .. } => "RATE_LIMITED",
        }
    }

    /// The parameter, header or method at fault.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::Malformed { field, .. } | Self::Unacceptable { field, .. } | Self::Inexecutable { field, .. } => {
                Some(field)
            }
            _ => None,
        }
    }

    /// How long a client should wait before it sends the request again, when that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooOften { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// A request is not in the shape of one.
    pub fn malformed(field: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::Malformed {
            field,
            message: message.into(),
        }
    }

    /// A way to ask that HTTP has a status for.
    pub fn unacceptable(status: u16, field: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::Unacceptable {
            status,
            message: message.into(),
            field,
        }
    }

    /// A document cannot be executed as it was sent.
    pub fn inexecutable(field: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::Inexecutable {
            message: message.into(),
            field,
        }
    }

    /// A bound was crossed.
    pub fn exceeded(limit: Limit, message: impl Into<Cow<'static, str>>) -> Self {
        Self::Exceeded {
            limit,
            message: message.into(),
        }
    }

    /// An operation went on beyond its limit.
    pub fn too_long(limit: Duration) -> Self {
        let seconds = limit.as_secs();
        let message = format!("The operation took longer than {seconds} seconds. Ask for less at once.");
        Self::exceeded(Limit::Time, message)
    }
}
