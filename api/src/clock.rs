//! Time and randomness, handed in, so that tests can fix them.

use std::{
    sync::{Arc, LazyLock, Mutex},
    time::Instant,
};

use chrono::{DateTime, Duration, SubsecRound, Utc};
use uuid::Uuid;

/// Tells the time: the system's, or a test's.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<Mutex<DateTime<Utc>>>>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands at `start` until it is advanced.
    pub fn fixed(start: DateTime<Utc>) -> Self {
        Self(Some(Arc::new(Mutex::new(start.trunc_subsecs(3)))))
    }

    /// Now, in whole milliseconds: what the database keeps.
    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            None => Utc::now().trunc_subsecs(3),
            Some(time) => *time.lock().unwrap_or_else(|poisoned| poisoned.into_inner()),
        }
    }

    /// Time since some moment, which is never set back, for what has to wait. A fixed clock tells its own.
    pub fn ticks(&self) -> std::time::Duration {
        static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);
        match &self.0 {
            None => BEGINNING.elapsed(),
            Some(_) => self
                .now()
                .signed_duration_since(DateTime::UNIX_EPOCH)
                .to_std()
                .unwrap_or_default(),
        }
    }

    /// Moves a fixed clock on; the system's clock ignores it.
    pub fn advance(&self, by: Duration) {
        if let Some(time) = &self.0 {
            *time.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) += by;
        }
    }

    /// A new primary key: UUIDv7 (RFC 9562 §5.7), so that keys sort by creation, also within a millisecond.
    pub fn new_id<I: From<Uuid>>(&self) -> I {
        I::from(Uuid::now_v7())
    }
}

/// Random bytes from the operating system's generator.
///
/// # Errors
/// When the system has no randomness to give, which no caller can mend.
pub fn random_bytes<const N: usize>() -> crate::error::Result<[u8; N]> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| crate::error::Error::internal(anyhow::anyhow!("no randomness")))?;
    Ok(bytes)
}
