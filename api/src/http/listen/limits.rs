//! Places for connections: so many in all, so many for one address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    config::ConnectionsConfig,
    rates::counted,
    telemetry::{ConnectionLimit, Metrics, Open},
};

/// The places that are taken.
#[derive(Clone)]
pub(super) struct ConnectionLimits(Arc<Shared>);

struct Shared {
    config: ConnectionsConfig,
    metrics: Metrics,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: u32,
    of_address: HashMap<IpAddr, u32>,
}

/// A place, until it is dropped.
pub(super) struct ConnectionPermit {
    limits: ConnectionLimits,
    address: IpAddr,
    _open: Open,
}

impl ConnectionLimits {
    pub(super) fn new(config: ConnectionsConfig, metrics: Metrics) -> Self {
        let taken = Mutex::default();
        Self(Arc::new(Shared { config, metrics, taken }))
    }

    /// A place for a connection.
    ///
    /// # Errors
    /// The limit that leaves none.
    pub(super) fn enter(&self, peer: IpAddr) -> Result<ConnectionPermit, ConnectionLimit> {
        let address = counted(peer);
        match self.take(address, peer) {
            Ok(()) => Ok(ConnectionPermit {
                limits: self.clone(),
                address,
                _open: self.0.metrics.connection_opened(),
            }),
            Err(limit) => {
                tracing::debug!(%peer, ?limit, "a connection was refused");
                self.0.metrics.connection_refused(limit);
                Err(limit)
            }
        }
    }

    fn take(&self, address: IpAddr, peer: IpAddr) -> Result<(), ConnectionLimit> {
        let config = &self.0.config;
        let mut taken = self.taken();
        if taken.all >= config.max {
            return Err(ConnectionLimit::All);
        }
        let of_address = taken.of_address.get(&address).copied().unwrap_or_default();
        if of_address >= config.per_address && !config.trusts(peer) {
            return Err(ConnectionLimit::Address);
        }
        taken.all += 1;
        taken.of_address.insert(address, of_address + 1);
        Ok(())
    }

    fn give_back(&self, address: IpAddr) {
        let mut taken = self.taken();
        taken.all -= 1;
        if let Some(of_address) = taken.of_address.get_mut(&address) {
            *of_address -= 1;
            if *of_address == 0 {
                taken.of_address.remove(&address);
            }
        }
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        self.limits.give_back(self.address);
    }
}
