//! `[connections]`.

use std::{fmt, net::IpAddr, time::Duration};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::Faults;

/// Connections of clients and proxies.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectionsConfig {
    /// How long a client may take for the head of a request, in seconds.
    pub header_seconds: u64,
    /// How long a connection may say nothing between two requests, in seconds.
    pub keep_alive_seconds: u64,
    /// Connections at most; one more is refused.
    pub max: u32,
    /// Connections of one address at most; trusted proxies have no limit of their own.
    pub per_address: u32,
    /// Proxies whose word about a client's address is believed: addresses and networks.
    pub trusted_proxies: Vec<Network>,
    /// Where those proxies write the client's address.
    pub forwarded_header: ForwardedHeader,
}

/// Where a proxy writes the client's address. Only one is read: what a proxy does not write, it passes on, and then a
/// client could have written it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedHeader {
    /// The one that most proxies write.
    XForwardedFor,
    /// RFC 7239.
    Forwarded,
}

/// An address, or a network such as `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network(IpNet);

impl Network {
    /// Whether an address belongs to it.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        network
            .map(Self)
            .map_err(|_| format!("found “{text}”, allowed are an address and a network such as 10.0.0.0/8"))
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Default for ConnectionsConfig {
    fn default() -> Self {
        Self {
            header_seconds: 10,
            keep_alive_seconds: 75,
            max: 10_000,
            per_address: 4000,
            trusted_proxies: Vec::new(),
            forwarded_header: ForwardedHeader::XForwardedFor,
        }
    }
}

impl ConnectionsConfig {
    pub(super) fn check(&self, faults: &mut Faults) {
        faults.range("connections.header_seconds", self.header_seconds, 1, 120);
        faults.range("connections.keep_alive_seconds", self.keep_alive_seconds, 1, 3600);
        faults.range("connections.max", self.max.into(), 1, 1_000_000);
        faults.range("connections.per_address", self.per_address.into(), 1, 1_000_000);
    }

    /// How long the head of a request may take.
    pub fn header_limit(&self) -> Duration {
        Duration::from_secs(self.header_seconds)
    }

    /// How long a connection may rest between two requests.
    pub fn keep_alive(&self) -> Duration {
        Duration::from_secs(self.keep_alive_seconds)
    }

    /// Whether an address is that of a trusted proxy.
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|network| network.contains(address))
    }
}
