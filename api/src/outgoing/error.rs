//! Why others were not asked, or did not answer.

use reqwest::StatusCode;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum OutgoingError {
    /// The address is not one of HTTP.
    #[error("{0} is not an address of a web server")]
    Address(String),
    /// The host is, or its name leads to, a private address.
    #[error("{0} is a private address, and outgoing.private_networks does not allow it")]
    Private(String),
    /// It was not reached, or not in time.
    #[error(transparent)]
    Unreached(reqwest::Error),
    /// It answered something else than 200; it is not followed elsewhere.
    #[error("it answered {0}")]
    Status(StatusCode),
    /// It answered more than is read.
    #[error("its answer has more than {0} bytes")]
    TooLarge(usize),
    /// What it answered is not the JSON that was expected.
    #[error("its answer is not what was expected: {0}")]
    Unexpected(#[from] serde_json::Error),
}
