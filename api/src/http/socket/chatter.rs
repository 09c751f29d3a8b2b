//! How often a client may say what asks for nothing.

use std::time::Duration;

use tokio::time::Instant;

/// Messages of one socket in a second that ask for nothing: pings and pongs of both kinds, frames and messages, and
/// `complete` for what does not run. Clients send one in some seconds.
const MOST: u32 = 100;
/// The time in which they are counted.
const SPAN: Duration = Duration::from_secs(1);

/// What a client has said lately without asking for anything.
pub(super) struct Chatter {
    since: Instant,
    count: u32,
}

impl Chatter {
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
