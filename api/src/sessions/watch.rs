//! Who must know when a session ends: open sockets and streams. One statement looks after all of them.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use chrono::{DateTime, Utc};
use entity::SessionId;
use tokio::sync::watch;

/// Why somebody may no longer listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The access token's time is over; a new one is needed.
    Expired,
    /// The session was ended, or its user disabled.
    Revoked,
}

/// The open watches of one process.
#[derive(Clone, Default)]
pub(super) struct Watches {
    next: Arc<AtomicU64>,
    open: Arc<Mutex<HashMap<u64, Watched>>>,
}

struct Watched {
    session: SessionId,
    expires: DateTime<Utc>,
    end: watch::Sender<Option<Ending>>,
}

/// Tells when a session may no longer be used. Dropped, it looks no more.
pub struct Watch {
    key: u64,
    watches: Watches,
    ended: watch::Receiver<Option<Ending>>,
}

impl Watches {
    pub(super) fn open(&self, session: SessionId, expires: DateTime<Utc>) -> Watch {
        let key = self.next.fetch_add(1, Ordering::Relaxed);
        let (end, ended) = watch::channel(None);
        self.locked().insert(key, Watched { session, expires, end });
        Watch {
            key,
            watches: self.clone(),
            ended,
        }
    }

    /// The sessions that somebody watches, each once.
    pub(super) fn sessions(&self) -> Vec<SessionId> {
        let mut sessions: Vec<_> = self.locked().values().map(|watched| watched.session).collect();
        sessions.sort();
        sessions.dedup();
        sessions
    }

    /// Ends the watches of one session.
    pub(super) fn revoke(&self, session: SessionId) {
        for watched in self.locked().values().filter(|watched| watched.session == session) {
            watched.end.send_replace(Some(Ending::Revoked));
        }
    }

    /// Ends what has expired.
    pub(super) fn expire(&self, now: DateTime<Utc>) {
        for watched in self.locked().values().filter(|watched| watched.expires <= now) {
            watched.end.send_if_modified(|ending| {
                let first = ending.is_none();
                ending.get_or_insert(Ending::Expired);
                first
            });
        }
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<u64, Watched>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch {
    /// Waits until the session may no longer be used.
    pub async fn ended(&mut self) -> Ending {
        loop {
            let ending = *self.ended.borrow_and_update();
            if let Some(ending) = ending {
                return ending;
            }
            if self.ended.changed().await.is_err() {
                // The registry holds the other half for as long as this watch lives.
                return std::future::pending().await;
            }
        }
    }

    /// Goes on with a newer access token.
    pub fn prolong(&self, expires: DateTime<Utc>) {
        if let Some(watched) = self.watches.locked().get_mut(&self.key) {
            watched.expires = expires;
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.watches.locked().remove(&self.key);
    }
}
