//! As whom addresses are counted.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where those come from whose address is not known.
pub const NOWHERE: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// As whom an address is counted: whoever has one of IPv6 has a whole /64.
pub fn counted(address: IpAddr) -> IpAddr {
    network(address, 64)
}

/// The widest network that one customer may have: of IPv6 a /48 (RFC 6177), of IPv4 the address.
pub fn wide(address: IpAddr) -> IpAddr {
    network(address, 48)
}

fn network(address: IpAddr, bits: u32) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !(u128::MAX >> bits))),
        address => address,
    }
}
