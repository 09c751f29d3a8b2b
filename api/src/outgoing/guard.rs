//! Which addresses may be asked. A name is looked up once, and what was found is what is connected to: a name that leads
//! elsewhere a moment later gains nothing.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use ipnet::IpNet;
use reqwest::{
    Url,
    dns::{Addrs, Name, Resolve, Resolving},
};
use url::Host;

use super::error::OutgoingError;
use crate::config::Network;

/// Addresses that are not of the public Internet (IANA, IPv4 and IPv6 Special-Purpose Address Registries; multicast).
const PRIVATE: [&str; 23] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",
    "::/128",
    "::1/128",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "fc00::/6",
];

/// Decides which addresses may be asked.
pub(super) struct Guard {
    private: Vec<IpNet>,
    allowed: Vec<Network>,
}

/// A name that leads to a private address.
#[derive(Debug, thiserror::Error)]
#[error("{0} leads to a private address")]
pub(super) struct PrivateName(pub(super) String);

impl Guard {
    pub(super) fn new(allowed: &[Network]) -> Self {
        Self {
            private: PRIVATE.iter().filter_map(|network| network.parse().ok()).collect(),
            allowed: allowed.to_vec(),
        }
    }

    /// Whether an address may be asked.
    fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let is_private = self.private.iter().any(|network| network.contains(&address));
        !is_private || self.allowed.iter().any(|network| network.contains(address))
    }

    /// Looks at a host that is an address.
    ///
    /// # Errors
    /// `Private`, or `Address` for what has no host.
    pub(super) fn check_host(&self, url: &Url) -> Result<(), OutgoingError> {
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::from(address),
            Some(Host::Ipv6(address)) => IpAddr::from(address),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(OutgoingError::Address(url.to_string())),
        };
        match self.allows(address) {
            true => Ok(()),
            false => Err(OutgoingError::Private(address.to_string())),
        }
    }
}

/// What is looked up for the client: only addresses that may be asked.
#[derive(Clone)]
pub(super) struct GuardedResolver(pub(super) Arc<Guard>);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.0.clone();
        Box::pin(async move {
            let name = name.as_str().to_owned();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<_> = found.iter().copied().filter(|found| guard.allows(found.ip())).collect();
            match allowed.is_empty() && !found.is_empty() {
                true => Err(PrivateName(name).into()),
                false => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}
