//! So many at once, and networks take turns.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Error, Result};

/// A queue in which each network has so many places as there are in all: however many people of one network wait, somebody
/// of another waits for few of them.
pub struct Queue {
    parallel: usize,
    all: Arc<Semaphore>,
    networks: Mutex<HashMap<IpAddr, Weak<Semaphore>>>,
}

/// A place among those whose turn it is, until it is dropped.
pub struct QueuePlace {
    _of_network: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl Queue {
    /// Lets `parallel` through at once.
    pub fn new(parallel: usize) -> Self {
        Self {
            parallel,
            all: Arc::new(Semaphore::new(parallel)),
            networks: Mutex::default(),
        }
    }

    /// Waits for a place.
    ///
    /// # Errors
    /// `INTERNAL`, never in practice: the queue is not closed.
    pub async fn place(&self, network: IpAddr) -> Result<QueuePlace> {
        let of_network = self.of_network(network).acquire_owned().await;
        let of_network = of_network.map_err(Error::internal)?;
        let of_all = self.all.clone().acquire_owned().await;
        Ok(QueuePlace {
            _of_network: of_network,
            _of_all: of_all.map_err(Error::internal)?,
        })
    }

    fn of_network(&self, network: IpAddr) -> Arc<Semaphore> {
        let mut networks = self.networks.lock().unwrap_or_else(PoisonError::into_inner);
        // Only those that somebody holds or waits for are worth their place.
        networks.retain(|_, permits| permits.strong_count() > 0);
        let known = networks.entry(network).or_default();
        known.upgrade().unwrap_or_else(|| {
            let permits = Arc::new(Semaphore::new(self.parallel));
            *known = Arc::downgrade(&permits);
            permits
        })
    }
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt, future::join_all};

    use super::*;

    /// A crowd of one network waits; somebody of another is the next.
    #[tokio::test]
    async fn networks_take_turns() {
        let queue = Queue::new(1);
        let (crowd, other) = ([192, 0, 2, 1].into(), [192, 0, 2, 2].into());
        let first = queue.place(crowd).await.unwrap();
        let mut waiting = Box::pin(join_all((0..50).map(|_| queue.place(crowd))));
        assert!(waiting.as_mut().now_or_never().is_none());
        let mut someone = Box::pin(queue.place(other));
        assert!(someone.as_mut().now_or_never().is_none());
        drop(first);
        assert!(someone.as_mut().now_or_never().is_some(), "before the crowd");
    }
}
