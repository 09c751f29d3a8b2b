//! Where a request comes from: the peer, or whom trusted proxies name.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, header::FORWARDED};

use crate::config::{ConnectionsConfig, ForwardedHeader};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The client's address. From the peer backwards, each hop is believed as long as it is a trusted proxy; what stands
/// before the first that is not, anybody could have written.
pub(super) fn client_address(config: &ConnectionsConfig, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let mut client = peer.to_canonical();
    if !config.trusts(client) {
        return client;
    }
    for hop in hops(config.forwarded_header, headers).into_iter().rev() {
        // A proxy that hides where a request came from is the last that is known.
        let Some(address) = hop else { return client };
        client = address.to_canonical();
        if !config.trusts(client) {
            return client;
        }
    }
    client
}

/// Whether a proxy says that it stands in between.
pub(super) fn is_forwarded(headers: &HeaderMap) -> bool {
    headers.contains_key(FORWARDED) || headers.keys().any(|name| name.as_str().starts_with("x-forwarded-"))
}

/// The hops that a header names, the nearest last. One that names no address is none.
fn hops(header: ForwardedHeader, headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let name = match header {
        ForwardedHeader::XForwardedFor => X_FORWARDED_FOR,
        ForwardedHeader::Forwarded => FORWARDED,
    };
    let values = headers.get_all(name);
    let texts = values.iter().map(|value| value.to_str().unwrap_or_default());
    let elements = texts.flat_map(|text| text.split(','));
    match header {
        ForwardedHeader::XForwardedFor => elements.map(node).collect(),
        ForwardedHeader::Forwarded => elements.map(|element| node(named_for(element)?)).collect(),
    }
}

/// The value of `for` in an element of `Forwarded` (RFC 7239 §4).
fn named_for(element: &str) -> Option<&str> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("for")
            .then(|| value.trim().trim_matches('"'))
    })
}

/// An address with or without a port, of IPv6 with or without brackets.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(address.ip());
    }
    text.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(header: ForwardedHeader, peer: &str, lines: &[&str]) -> String {
        let trusted = ["10.0.0.0/8", "::1", "2001:db8:1::/48"];
        let config = ConnectionsConfig {
            trusted_proxies: trusted.map(|text| text.to_owned().try_into().unwrap()).to_vec(),
            forwarded_header: header,
            ..ConnectionsConfig::default()
        };
        let mut headers = HeaderMap::new();
        let name = match header {
            ForwardedHeader::XForwardedFor => X_FORWARDED_FOR,
            ForwardedHeader::Forwarded => FORWARDED,
        };
        for line in lines {
            headers.append(&name, line.parse().unwrap());
        }
        client_address(&config, peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn the_rightmost_hop_that_is_no_proxy_is_the_client() {
        for (peer, lines, wanted) in [
            ("10.0.0.1", &[] as &[&str], "10.0.0.1"),
            ("10.0.0.1", &["192.0.2.7"], "192.0.2.7"),
            ("10.0.0.1", &["203.0.113.9, 192.0.2.7"], "192.0.2.7"),
            ("10.0.0.1", &["203.0.113.9", "192.0.2.7, 10.1.1.1"], "192.0.2.7"),
            ("::ffff:10.0.0.1", &["::ffff:192.0.2.7"], "192.0.2.7"),
            ("::1", &["2001:db8:2::7, 2001:db8:1::9"], "2001:db8:2::7"),
            ("10.0.0.1", &["192.0.2.7:4711"], "192.0.2.7"),
            ("10.0.0.1", &["[2001:db8::7]:4711"], "2001:db8::7"),
            ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            // What is no address ends the chain.
            ("10.0.0.1", &["203.0.113.9, unknown"], "10.0.0.1"),
            ("10.0.0.1", &["203.0.113.9, "], "10.0.0.1"),
            ("10.0.0.1", &["203.0.113.9, evil, 10.0.0.2"], "10.0.0.2"),
            // Whoever is no proxy is not believed.
            ("192.0.2.1", &["203.0.113.9"], "192.0.2.1"),
            ("11.0.0.1", &["10.0.0.1"], "11.0.0.1"),
        ] {
            assert_eq!(
                client(ForwardedHeader::XForwardedFor, peer, lines),
                wanted,
                "{peer} {lines:?}"
            );
        }
    }

    #[test]
    fn forwarded_is_read_as_its_rfc_says() {
        for (lines, wanted) in [
            (&["for=192.0.2.7;proto=https;by=10.0.0.1"] as &[&str], "192.0.2.7"),
            (&["For=\"[2001:db8::7]:4711\""], "2001:db8::7"),
            (&["proto=https; for=203.0.113.9, FOR=192.0.2.7"], "192.0.2.7"),
            (&["for=203.0.113.9", "for=10.0.0.2"], "203.0.113.9"),
            (&["for=203.0.113.9, for=unknown"], "10.0.0.1"),
            (&["for=203.0.113.9, for=_hidden"], "10.0.0.1"),
            (&["for=203.0.113.9, proto=https"], "10.0.0.1"),
        ] {
            assert_eq!(
                client(ForwardedHeader::Forwarded, "10.0.0.1", lines),
                wanted,
                "{lines:?}"
            );
        }
    }
}
