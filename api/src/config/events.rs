//! `[events]`.

use serde::{Deserialize, Serialize};

use super::Faults;

/// The live log.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventsConfig {
    /// How often an open stream looks whether its caller may still listen, and for what no wake told, in milliseconds.
    pub poll_milliseconds: u64,
    /// How often the server looks whether the sessions behind open sockets and streams are live, in milliseconds.
    pub session_milliseconds: u64,
}

impl Default for EventsConfig {
    fn default() -> Self {
        Self {
            poll_milliseconds: 15_000,
            session_milliseconds: 500,
        }
    }
}

impl EventsConfig {
    pub(super) fn check(&self, faults: &mut Faults) {
        faults.range("events.poll_milliseconds", self.poll_milliseconds, 50, 60_000);
        faults.range("events.session_milliseconds", self.session_milliseconds, 50, 60_000);
    }
}
