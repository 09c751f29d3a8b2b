//! `[rates]`.

use serde::{Deserialize, Serialize};

use super::Faults;

/// How often somebody may ask.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatesConfig {
    /// Requests a minute of one user, or of one address where nobody is signed in.
    pub requests_per_minute: u32,
    /// Requests of a caller at once, when they have asked for nothing for a while.
    pub burst: u32,
    /// Attempts a minute to sign in, sign up or refresh, of one address.
    pub sign_ins_per_minute: u32,
    /// Such attempts at once.
    pub sign_in_burst: u32,
}

impl Default for RatesConfig {
    fn default() -> Self {
        Self {
            requests_per_minute: 1200,
            burst: 200,
            sign_ins_per_minute: 10,
            sign_in_burst: 10,
        }
    }
}

impl RatesConfig {
    pub(super) fn check(&self, faults: &mut Faults) {
        for (key, found) in [
            ("rates.requests_per_minute", self.requests_per_minute),
            ("rates.burst", self.burst),
            ("rates.sign_ins_per_minute", self.sign_ins_per_minute),
            ("rates.sign_in_burst", self.sign_in_burst),
        ] {
            faults.range(key, found.into(), 1, 10_000_000);
        }
    }
}
