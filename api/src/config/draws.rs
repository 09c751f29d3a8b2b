//! `[draws]`.

use serde::{Deserialize, Serialize};

use super::Faults;

/// Draws.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawsConfig {
    /// How often the server looks for winners to announce and claims that ran out, in milliseconds.
    pub tick_milliseconds: u64,
    /// Where the server asks for rounds of drand, such as `https://api.drand.sh`; without an address it asks nobody, and
    /// rounds are pasted.
    pub drand_url: Option<String>,
}

impl Default for DrawsConfig {
    fn default() -> Self {
        Self {
            tick_milliseconds: 500,
            drand_url: None,
        }
    }
}

impl DrawsConfig {
    pub(super) fn check(&self, faults: &mut Faults) {
        faults.range("draws.tick_milliseconds", self.tick_milliseconds, 10, 60_000);
        faults.web_address("draws.drand_url", self.drand_url.as_deref());
    }
}
