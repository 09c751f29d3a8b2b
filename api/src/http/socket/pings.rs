//! How often a client may ask whether the server is there.

use std::time::Duration;

use tokio::time::Instant;

/// Pings and pongs of one socket in a second, of both kinds: frames and messages. Clients send one in some seconds.
const MOST: u32 = 100;
/// The time in which they are counted.
const SPAN: Duration = Duration::from_secs(1);

/// The pings and pongs that a client has sent lately.
pub(super) struct Pings {
    since: Instant,
    count: u32,
}

impl Pings {
    pub(super) fn new() -> Self {
        Self {
            since: Instant::now(),
            count: 0,
        }
    }

    /// Counts one more, and says whether it may be.
    pub(super) fn one_more(&mut self) -> bool {
        let now = Instant::now();
        if now.duration_since(self.since) >= SPAN {
            *self = Self { since: now, count: 0 };
        }
        self.count += 1;
        self.count <= MOST
    }
}
