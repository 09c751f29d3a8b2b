//! How many sockets and streams are open, for each caller and each network address.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use entity::UserId;

use crate::{
    caller::Caller,
    config::Limits,
    error::{RequestError, RequestResult},
    limit::Limit,
    rates::counted,
};

/// Counts what is open.
#[derive(Clone, Default)]
pub(super) struct StreamLimits {
    callers: Counts<UserId>,
    addresses: Counts<IpAddr>,
}

/// A place that is taken until it is dropped.
pub(super) struct StreamPermit {
    _address: Option<CountedPlace<IpAddr>>,
    _caller: Option<CountedPlace<UserId>>,
}

impl StreamLimits {
    /// A socket, whose caller is not known yet.
    ///
    /// # Errors
    /// `TOO_MANY_SOCKETS`.
    pub(super) fn socket(&self, address: Option<IpAddr>, limits: &Limits) -> RequestResult<StreamPermit> {
        Ok(StreamPermit {
            _address: self.address(address, limits)?,
            _caller: None,
        })
    }

    /// The caller of a socket.
    ///
    /// # Errors
    /// `TOO_MANY_SOCKETS`.
    pub(super) fn caller(&self, caller: &Caller, limits: &Limits) -> RequestResult<StreamPermit> {
        Ok(StreamPermit {
            _address: None,
            _caller: self.user(caller, limits)?,
        })
    }

    /// A stream of server-sent events.
    ///
    /// # Errors
    /// `TOO_MANY_SOCKETS`.
    pub(super) fn stream(
        &self,
        caller: &Caller,
        address: Option<IpAddr>,
        limits: &Limits,
    ) -> RequestResult<StreamPermit> {
        Ok(StreamPermit {
            _address: self.address(address, limits)?,
            _caller: self.user(caller, limits)?,
        })
    }

    fn address(&self, address: Option<IpAddr>, limits: &Limits) -> RequestResult<Option<CountedPlace<IpAddr>>> {
        let taken = address.map(|address| self.addresses.take(counted(address), limits.sockets_per_address));
        match taken {
            Some(None) => Err(full(
                Limit::SocketsPerAddress,
                "this address",
                limits.sockets_per_address,
            )),
            Some(place) => Ok(place),
            None => Ok(None),
        }
    }

    fn user(&self, caller: &Caller, limits: &Limits) -> RequestResult<Option<CountedPlace<UserId>>> {
        let taken = caller.user().map(|user| self.callers.take(user, limits.sockets));
        match taken {
            Some(None) => Err(full(Limit::Sockets, "you", limits.sockets)),
            Some(place) => Ok(place),
            None => Ok(None),
        }
    }
}

fn full(limit: Limit, whose: &str, allowed: usize) -> RequestError {
    let message =
        format!("There are {allowed} sockets and streams open for {whose}, the most allowed. Close one first.");
    RequestError::exceeded(limit, message)
}

struct Counts<K>(Arc<Mutex<HashMap<K, usize>>>);

impl<K> Clone for Counts<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K> Default for Counts<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

struct CountedPlace<K: Eq + Hash> {
    counts: Counts<K>,
    key: K,
}

impl<K: Eq + Hash + Copy> Counts<K> {
    fn take(&self, key: K, most: usize) -> Option<CountedPlace<K>> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(key).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(CountedPlace {
            counts: self.clone(),
            key,
        })
    }
}

impl<K: Eq + Hash> Drop for CountedPlace<K> {
    fn drop(&mut self) {
        let mut counts = self.counts.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.key);
            }
        }
    }
}
