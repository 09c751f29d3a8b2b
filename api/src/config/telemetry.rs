//! `[telemetry]`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Faults;

/// Metrics and traces.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelemetryConfig {
    /// Who shows this token may read `/metrics`. Without one, only the machine itself may.
    pub metrics_token: Option<MetricsToken>,
    /// Where traces go, such as `http://127.0.0.1:4318`; without an address they go nowhere.
    pub otlp_url: Option<String>,
}

/// A secret that no log shows.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MetricsToken(String);

impl MetricsToken {
    /// The secret itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<&str> for MetricsToken {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for MetricsToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MetricsToken(hidden)")
    }
}

/// Shortest token, in characters.
const SHORTEST: usize = 16;

impl TelemetryConfig {
    pub(super) fn check(&self, faults: &mut Faults) {
        faults.web_address("telemetry.otlp_url", self.otlp_url.as_deref());
        let Some(MetricsToken(token)) = &self.metrics_token else {
            return;
        };
        if token.len() < SHORTEST || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            faults.add(format!(
                "telemetry.metrics_token: found {} bytes, allowed are {SHORTEST} or more printable ASCII characters without spaces",
                token.len()
            ));
        }
    }
}
