//! `[browser]`.

use serde::{Deserialize, Serialize};
use url::Url;

/// Pages of other sites.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrowserConfig {
    /// Sites whose pages may ask this server in a browser.
    pub origins: Vec<WebOrigin>,
}

/// An exact origin (RFC 6454 §6.2), such as `https://app.example.com`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebOrigin(String);

impl WebOrigin {
    /// As a browser sends it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for WebOrigin {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let is_exact = Url::parse(&text).is_ok_and(|url| {
            ["http", "https"].contains(&url.scheme())
                && url.origin().ascii_serialization() == text
                && !text.contains('*')
        });
        if is_exact {
            return Ok(Self(text));
        }
        Err(format!(
            "found “{text}”, allowed is an exact origin as a browser sends it, such as https://app.example.com: \
             no path, no slash at the end, no wildcard, no port that goes without saying"
        ))
    }
}

impl From<WebOrigin> for String {
    fn from(origin: WebOrigin) -> Self {
        origin.0
    }
}
