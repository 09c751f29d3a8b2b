//! Bytes that the process keeps because of others: answers that their clients have not taken yet, and bodies that have not
//! come to their end. They are counted together. When there are more than may be, whoever keeps the process waiting longest
//! is cut off, so that nobody waits because of somebody slow.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::body::Bytes;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// All bytes of one kind.
#[derive(Clone, Default)]
pub(super) struct BufferLimit(Arc<Shared>);

#[derive(Default)]
struct Shared {
    /// In bytes; nothing is without an end.
    most: Option<usize>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    bytes: usize,
    serial: u64,
    /// Those who keep any.
    keepers: HashMap<u64, Kept>,
}

struct Kept {
    bytes: usize,
    /// When it began, or got on last.
    since: Instant,
    cut: CancellationToken,
}

/// Somebody on whose account bytes are kept: a connection, a socket, a stream, a body.
#[derive(Clone, Default)]
pub(super) struct BufferAccount {
    backlog: BufferLimit,
    serial: u64,
    cut: CancellationToken,
}

/// Bytes that are kept, until it is dropped.
pub(super) struct BufferedBytes {
    keeper: BufferAccount,
    bytes: usize,
}

impl BufferLimit {
    pub(super) fn new(most: usize) -> Self {
        Self(Arc::new(Shared {
            most: Some(most),
            state: Mutex::default(),
        }))
    }

    /// Somebody new.
    pub(super) fn keeper(&self) -> BufferAccount {
        let mut state = self.state();
        state.serial += 1;
        BufferAccount {
            backlog: self.clone(),
            serial: state.serial,
            cut: CancellationToken::new(),
        }
    }

    fn add(&self, keeper: &BufferAccount, bytes: usize) {
        let mut state = self.state();
        state.bytes += bytes;
        let kept = state.keepers.entry(keeper.serial).or_insert_with(|| Kept {
            bytes: 0,
            since: Instant::now(),
            cut: keeper.cut.clone(),
        });
        kept.bytes += bytes;
        if let Some(most) = self.0.most {
            state.cut_down_to(most);
        }
    }

    fn take_off(&self, serial: u64, bytes: usize) {
        let mut state = self.state();
        state.bytes -= bytes;
        if let Some(kept) = state.keepers.get_mut(&serial) {
            kept.bytes -= bytes;
            kept.since = Instant::now();
            if kept.bytes == 0 {
                state.keepers.remove(&serial);
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Cuts off the slowest until what the others keep is not too much.
    fn cut_down_to(&mut self, most: usize) {
        if self.bytes <= most {
            return;
        }
        let going = self.keepers.values().filter(|kept| kept.cut.is_cancelled());
        let mut bytes = self.bytes - going.map(|kept| kept.bytes).sum::<usize>();
        while bytes > most {
            let staying = self.keepers.values().filter(|kept| !kept.cut.is_cancelled());
            let Some(slowest) = staying.min_by_key(|kept| kept.since) else {
                return;
            };
            bytes -= slowest.bytes;
            slowest.cut.cancel();
        }
    }
}

impl BufferAccount {
    /// Somebody else of the same kind.
    pub(super) fn sibling(&self) -> Self {
        self.backlog.keeper()
    }

    /// Counts bytes.
    pub(super) fn hold(&self, bytes: usize) -> BufferedBytes {
        self.backlog.add(self, bytes);
        BufferedBytes {
            keeper: self.clone(),
            bytes,
        }
    }

    /// Counts bytes for as long as any part of them is kept, and keeps something else as long.
    pub(super) fn keep<T: Send + 'static>(&self, bytes: Vec<u8>, beside: T) -> Bytes {
        let held = self.hold(bytes.len());
        Bytes::from_owner(Owner {
            bytes,
            _held: held,
            _beside: beside,
        })
    }

    /// Waits until it is cut off.
    pub(super) async fn is_cut(&self) {
        self.cut.cancelled().await;
    }
}

impl BufferedBytes {
    /// On whose account.
    pub(super) fn keeper(&self) -> &BufferAccount {
        &self.keeper
    }

    /// Counts more bytes.
    pub(super) fn grow(&mut self, bytes: usize) {
        self.keeper.backlog.add(&self.keeper, bytes);
        self.bytes += bytes;
    }
}

impl Drop for BufferedBytes {
    fn drop(&mut self) {
        self.keeper.backlog.take_off(self.keeper.serial, self.bytes);
    }
}

struct Owner<T> {
    bytes: Vec<u8>,
    _held: BufferedBytes,
    _beside: T,
}

impl<T> AsRef<[u8]> for Owner<T> {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::BufferLimit;

    #[test]
    fn whoever_waits_longest_is_cut_off() {
        let backlog = BufferLimit::new(100);
        let (slow, quick, last) = (backlog.keeper(), backlog.keeper(), backlog.keeper());
        let _slow = slow.hold(50);
        let begun = quick.hold(20);
        let _quick = quick.hold(20);
        assert!(!slow.cut.is_cancelled() && !quick.cut.is_cancelled());
        let mut held = last.hold(10);
        held.grow(1);
        assert!(slow.cut.is_cancelled() && !quick.cut.is_cancelled() && !last.cut.is_cancelled());
        // What is cut off counts no more, though it is still there.
        held.grow(40);
        assert!(!quick.cut.is_cancelled());
        drop(begun);
        held.grow(30);
        assert!(
            !quick.cut.is_cancelled() && last.cut.is_cancelled(),
            "who got on is not the slowest"
        );
    }

    #[test]
    fn bytes_are_kept_as_long_as_any_of_them_is() {
        let backlog = BufferLimit::new(100);
        let mut bytes = backlog.keeper().keep(vec![0; 80], ());
        let piece = bytes.split_to(10);
        drop(bytes);
        assert_eq!(backlog.state().bytes, 80);
        drop(piece);
        assert_eq!(backlog.state().bytes, 0);
        assert!(backlog.state().keepers.is_empty());
    }
}
