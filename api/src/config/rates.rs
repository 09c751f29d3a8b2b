//! `[rates]`.

use serde::{Deserialize, Serialize};

use super::Faults;

/// How often somebody may ask, and how often they may guess.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatesConfig {
    /// Requests a minute of one user.
    pub requests_per_minute: u32,
    /// Requests of a user at once, when they have asked for nothing for a while.
    pub burst: u32,
    /// All of one address together have so many times what one user has.
    pub callers_per_address: u32,
    /// Sign-ups and attempts to sign in a minute, of one address.
    pub passwords_per_minute: u32,
    /// Such attempts at once.
    pub password_burst: u32,
    /// Wrong attempts a minute to sign in to one account; ten times as many from one network.
    pub sign_ins_per_minute: u32,
    /// Such attempts at once.
    pub sign_in_burst: u32,
    /// Wrong join codes a minute of one user; ten times as many from one network.
    pub join_codes_per_minute: u32,
    /// Such codes at once.
    pub join_code_burst: u32,
}

impl Default for RatesConfig {
    fn default() -> Self {
        Self {
            requests_per_minute: 1200,
            burst: 200,
            callers_per_address: 25,
            passwords_per_minute: 600,
            password_burst: 1000,
            sign_ins_per_minute: 2,
            sign_in_burst: 10,
            join_codes_per_minute: 6,
            join_code_burst: 10,
        }
    }
}

impl RatesConfig {
    pub(super) fn check(&self, faults: &mut Faults) {
        for (key, found) in [
            ("rates.requests_per_minute", self.requests_per_minute),
            ("rates.burst", self.burst),
            ("rates.callers_per_address", self.callers_per_address),
            ("rates.passwords_per_minute", self.passwords_per_minute),
            ("rates.password_burst", self.password_burst),
            ("rates.sign_ins_per_minute", self.sign_ins_per_minute),
            ("rates.sign_in_burst", self.sign_in_burst),
            ("rates.join_codes_per_minute", self.join_codes_per_minute),
            ("rates.join_code_burst", self.join_code_burst),
        ] {
            faults.range(key, found.into(), 1, 10_000_000);
        }
    }
}
