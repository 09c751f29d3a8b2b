//! What can go wrong, in the words that a client gets: with a request as such, or with what it asks for.

mod request;

use std::{borrow::Cow, sync::Arc, time::Duration};

use sea_orm::DbErr;

use crate::outage::Outage;

pub use request::{Fault, RequestError, RequestResult};

/// The result of everything below the GraphQL layer.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure with a stable code. Every message says what to do; internals stay in the log.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in, or no longer.
    #[error("{0}")]
    Unauthenticated(Cow<'static, str>),
    /// The caller sees the thing but may not do this to it.
    #[error("{0}")]
    Forbidden(Cow<'static, str>),
    /// The thing does not exist, or the caller may not see it.
    #[error("{message}")]
    NotFound {
        /// What was looked for.
        message: Cow<'static, str>,
        /// The argument that named it.
        field: Option<&'static str>,
    },
    /// An argument breaks a rule.
    #[error("{message}")]
    Validation {
        /// The rule and what to do.
        message: Cow<'static, str>,
        /// The argument at fault.
        field: &'static str,
    },
    /// The request is well-formed, but the present state forbids it.
    #[error("{message}")]
    Conflict {
        /// The state and what to do.
        message: Cow<'static, str>,
        /// The argument at fault, if there is one.
        field: Option<&'static str>,
    },
    /// The same request is still running; its answer can be had a little later.
    #[error("{message}")]
    StillRunning {
        /// What runs and what to do.
        message: Cow<'static, str>,
        /// When to ask again.
        retry_after: Duration,
    },
    /// A limit was reached: fewer, smaller or later requests will pass.
    #[error("{0}")]
    Limited(Cow<'static, str>),
    /// A bound of the matter was reached, such as the number of prizes in a room: waiting does not help.
    #[error("{0}")]
    Bound(Cow<'static, str>),
    /// The database does not do it now.
    #[error("{}", .0.sentence())]
    Outage(Outage),
    /// The database went away while a change was being committed: it was made, or it was not.
    #[error("{}", unsettled(*.has_key))]
    Unsettled {
        /// Whether a retry finds out: the change has an `Idempotency-Key`.
        has_key: bool,
    },
    /// The request itself cannot be served.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// Our fault. The cause goes to the log under the request id, never to a client.
    #[error("Something went wrong on the server. Try again; if it happens again, report the request id.")]
    Internal(Arc<anyhow::Error>),
}

impl Error {
    /// The value of `extensions.code`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated(_) => "UNAUTHENTICATED",
            Self::Forbidden(_) => "FORBIDDEN",
            Self::NotFound { .. } => "NOT_FOUND",
            Self::Validation { .. } => "VALIDATION",
            Self::Conflict { .. } | Self::StillRunning { .. } | Self::Unsettled { has_key: true } => "CONFLICT",
            Self::Limited(_) | Self::Bound(_) | Self::Outage(_) => "LIMITED",
            Self::Request(error) => error.code(),
            Self::Internal(_) | Self::Unsettled { has_key: false } => "INTERNAL",
        }
    }

    /// The value of `extensions.field`: the argument at fault.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::Validation { field, .. } => Some(field),
            Self::Request(error) => error.field(),
            Self::NotFound { field, .. } | Self::Conflict { field, .. } => *field,
            _ => None,
        }
    }

    /// How long a client should wait before it asks again, in whole seconds, when that is known: `Retry-After`.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::StillRunning { retry_after, .. } => Some(*retry_after),
            Self::Limited(_) | Self::Unsettled { has_key: true } => Some(Duration::from_secs(1)),
            Self::Outage(outage) => Some(outage.retry_after()),
            Self::Request(error) => error.retry_after(),
            _ => None,
        }
    }

    /// Nobody is signed in.
    pub fn sign_in_first() -> Self {
        Self::Unauthenticated("Sign in first: send the access token of signIn as “Authorization: Bearer …”.".into())
    }

    /// `what` does not exist or is hidden.
    pub fn not_found(what: &str, field: &'static str) -> Self {
        Self::NotFound {
            message: format!("There is no such {what}, or it is not visible to you. Check the id.").into(),
            field: Some(field),
        }
    }

    /// An argument breaks a rule.
    pub fn validation(field: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::Validation {
            message: message.into(),
            field,
        }
    }

    /// The present state forbids it.
    pub fn conflict(message: impl Into<Cow<'static, str>>) -> Self {
        Self::Conflict {
            message: message.into(),
            field: None,
        }
    }

    /// The present state forbids the value of one argument.
    pub fn conflict_of(field: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::Conflict {
            message: message.into(),
            field: Some(field),
        }
    }

    /// An operation with the same `Idempotency-Key` has not ended, however long this one waited.
    pub fn still_running(waited: Duration) -> Self {
        let seconds = waited.as_secs().max(1);
        Self::StillRunning {
            message: format!(
                "Another request with this Idempotency-Key is still running. Send it again in {seconds} s to get its answer."
            )
            .into(),
            retry_after: Duration::from_secs(seconds),
        }
    }

    /// A retry of what showed a secret.
    pub fn shown_before() -> Self {
        Self::conflict(
            "This was done before, and its answer held a secret that is shown once. Use what you got then; if it was lost, \
             ask for a new one with another Idempotency-Key.",
        )
    }

    /// Our fault.
    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        Self::Internal(Arc::new(cause.into()))
    }
}

fn unsettled(has_key: bool) -> &'static str {
    match has_key {
        true => {
            "The server lost its database while the change was being stored. Send the request again with the same \
             Idempotency-Key to get its answer: nothing is done twice."
        }
        false => {
            "The server lost its database while the change was being stored, so that it may have been made. Look \
             whether it was before you send it again; with an Idempotency-Key a retry is safe."
        }
    }
}

impl From<DbErr> for Error {
    fn from(cause: DbErr) -> Self {
        match Outage::of(&cause) {
            Some(outage) => {
                tracing::warn!(error = %cause, ?outage, "the database did not do it now");
                Self::Outage(outage)
            }
            None => Self::internal(cause),
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(cause: serde_json::Error) -> Self {
        Self::internal(cause)
    }
}
