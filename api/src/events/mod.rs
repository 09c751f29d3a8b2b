//! The live log: wakes whoever waits for a room's next event.
//!
//! Nothing is delivered through this bus; it only says "look again". Delivery reads `room_events` after the
//! last sequence delivered, so a lost or doubled wake loses and doubles nothing.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use entity::RoomId;
use tokio::sync::watch;
use uuid::Uuid;

/// Wakes the streams of this process.
#[derive(Clone)]
pub struct Bus {
    process: Uuid,
    rooms: Arc<Mutex<HashMap<RoomId, watch::Sender<()>>>>,
    hears_others: Arc<AtomicBool>,
}

impl Default for Bus {
    fn default() -> Self {
        Self {
            process: Uuid::now_v7(),
            rooms: Arc::default(),
            hears_others: Arc::default(),
        }
    }
}

impl Bus {
    /// Tells this process from others that share its database.
    pub fn process(&self) -> Uuid {
        self.process
    }

    /// Whether wakes of other processes come through.
    pub fn hears_others(&self) -> bool {
        self.hears_others.load(Ordering::Relaxed)
    }

    /// Wakes of other processes come through, or no longer.
    pub fn set_hears_others(&self, hears: bool) {
        self.hears_others.store(hears, Ordering::Relaxed);
    }

    /// Something was committed to a room's log.
    pub fn wake(&self, room: RoomId) {
        let mut rooms = self.rooms();
        if let Some(sender) = rooms.get(&room)
            && sender.send(()).is_err()
        {
            rooms.remove(&room);
        }
    }

    /// Something may have been committed to any log.
    pub fn wake_all(&self) {
        self.rooms().retain(|_, sender| sender.send(()).is_ok());
    }

    /// Waits for wakes of a room. Subscribe before the first read, so that nothing falls between them.
    pub fn listen(&self, room: RoomId) -> watch::Receiver<()> {
        let mut rooms = self.rooms();
        rooms.retain(|_, sender| !sender.is_closed());
        rooms.entry(room).or_insert_with(|| watch::channel(()).0).subscribe()
    }

    fn rooms(&self) -> std::sync::MutexGuard<'_, HashMap<RoomId, watch::Sender<()>>> {
        self.rooms.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
