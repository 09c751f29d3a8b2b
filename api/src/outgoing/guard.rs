//! Which addresses may be asked. A name is looked up once, and what was found is what is connected to: a name that leads
//! elsewhere a moment later gains nothing.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use ipnet::{Ipv4Net, Ipv6Net};
use reqwest::{
    Url,
    dns::{Addrs, Name, Resolve, Resolving},
};
use url::Host;

use super::error::OutgoingError;
use crate::config::Network;

/// IPv4 that is not of the public Internet (IANA, IPv4 Special-Purpose Address Registry; multicast and reserved).
const PRIVATE_V4: [Ipv4Net; 14] = [
    v4([0, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    v4([100, 64, 0, 0], 10),
    v4([127, 0, 0, 0], 8),
    v4([169, 254, 0, 0], 16),
    v4([172, 16, 0, 0], 12),
    v4([192, 0, 0, 0], 24),
    v4([192, 0, 2, 0], 24),
    v4([192, 88, 99, 0], 24),
    v4([192, 168, 0, 0], 16),
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    v4([224, 0, 0, 0], 3),
];

/// The public Internet of IPv6 (IANA, IPv6 Global Unicast Allocations), and what in it is for special purposes, such as tunnels that
/// lead to IPv4.
const PUBLIC_V6: Ipv6Net = v6([0x2000, 0], 3);
const PRIVATE_V6: [Ipv6Net; 4] = [
    v6([0x2001, 0], 23),
    v6([0x2001, 0xdb8], 32),
    v6([0x2002, 0], 16),
    v6([0x3fff, 0], 20),
];

const fn v4([a, b, c, d]: [u8; 4], prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6([a, b]: [u16; 2], prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), prefix)
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => PRIVATE_V4.iter().any(|network| network.contains(&address)),
        IpAddr::V6(address) => {
            !PUBLIC_V6.contains(&address) || PRIVATE_V6.iter().any(|network| network.contains(&address))
        }
    }
}

/// Decides which addresses may be asked.
pub(super) struct Guard {
    allowed: Vec<Network>,
}

/// A name that leads to a private address.
#[derive(Debug, thiserror::Error)]
#[error("{0} leads to a private address")]
pub(super) struct PrivateName(pub(super) String);

impl Guard {
    pub(super) fn new(allowed: &[Network]) -> Self {
        Self {
            allowed: allowed.to_vec(),
        }
    }

    /// Whether an address may be asked.
    fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        !is_private(address) || self.allowed.iter().any(|network| network.contains(address))
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
