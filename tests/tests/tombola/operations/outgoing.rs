//! What the server asks of others: no private address without its operator's word, nothing large, nothing elsewhere.

use api::{
    config::OutgoingConfig,
    outgoing::{Outgoing, OutgoingError},
};
use rstest::rstest;
use serde_json::{Value, json};

use crate::draws::beacon::{Beacon, Says};

/// A client as the settings make it by default.
fn careful() -> Outgoing {
    Outgoing::new(&OutgoingConfig::default())
}

/// A client that may ask this machine.
fn at_home() -> Outgoing {
    let private_networks = vec!["127.0.0.0/8".to_owned().try_into().unwrap()];
    Outgoing::new(&OutgoingConfig { private_networks })
}

#[rstest]
#[case::loopback("http://127.0.0.1:9/")]
#[case::loopback_as_a_number("http://2130706433:9/")]
#[case::loopback_in_octal("http://0177.0.0.1:9/")]
#[case::loopback_in_short("http://127.1:9/")]
#[case::everywhere("http://0.0.0.0:9/")]
#[case::loopback_of_ipv6("http://[::1]:9/")]
#[case::mapped("http://[::ffff:127.0.0.1]:9/")]
#[case::translated("http://[64:ff9b::7f00:1]:9/")]
#[case::compatible("http://[::7f00:1]:9/")]
#[case::stateless("http://[::ffff:0:7f00:1]:9/")]
#[case::tunnelled("http://[2002:7f00:1::1]:9/")]
#[case::office("http://10.1.2.3:9/")]
#[case::home("http://192.168.1.1:9/")]
#[case::carrier("http://100.64.0.1:9/")]
#[case::metadata_of_clouds("http://169.254.169.254/latest/meta-data/")]
#[case::unique_local("http://[fd00:ec2::254]/")]
#[case::link_local("http://[fe80::1]:9/")]
#[case::multicast("http://224.0.0.1:9/")]
#[case::a_name_that_leads_home("http://localhost:9/")]
#[tokio::test]
async fn private_addresses_are_not_asked(#[case] address: &str) {
    let outcome = careful().json::<Value>(address, 100).await;
    assert!(matches!(outcome, Err(OutgoingError::Private(_))), "{outcome:?}");
}

#[tokio::test]
async fn an_address_of_an_allowed_network_is_asked() {
    let beacon = Beacon::start().await;
    beacon.says(Says::This(200, json!({ "round": 1 }).to_string()));
    let answer: Value = at_home().json(&format!("{}/it", beacon.address), 100).await.unwrap();
    assert_eq!(answer, json!({ "round": 1 }));
    assert_eq!(beacon.asked(), ["/it"]);
    // The same machine by another network's address is still not.
    let outcome = at_home().json::<Value>("http://[::1]:9/", 100).await;
    assert!(matches!(outcome, Err(OutgoingError::Private(_))), "{outcome:?}");
}

#[tokio::test]
async fn the_refused_peer_hears_nothing() {
    let beacon = Beacon::start().await;
    let outcome = careful().json::<Value>(&beacon.address, 100).await;
    assert!(matches!(outcome, Err(OutgoingError::Private(_))), "{outcome:?}");
    assert_eq!(beacon.asked(), [""; 0]);
}

#[rstest]
#[case::too_much(200, "[1, 2, 3, 4, 5, 6, 7, 8, 9]", "more than 10 bytes")]
#[case::not_found(404, "{}", "it answered 404")]
#[case::elsewhere(302, "{}", "it answered 302")]
#[case::no_json(200, "<html>", "not what was expected")]
#[tokio::test]
async fn other_answers_are_none(#[case] status: u16, #[case] body: &str, #[case] says: &str) {
    let beacon = Beacon::start().await;
    beacon.says(Says::This(status, body.to_owned()));
    let error = at_home()
        .json::<Value>(&beacon.address, 10)
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains(says), "{error}");
    assert_eq!(beacon.asked().len(), 1, "it is asked once");
}

#[tokio::test]
async fn who_says_nothing_is_not_waited_for() {
    let beacon = Beacon::start().await;
    let error = at_home().json::<Value>(&beacon.address, 10).await.unwrap_err();
    assert!(matches!(error, OutgoingError::Unreached(_)), "{error:?}");
    assert!(
        !error.to_string().contains(&beacon.address),
        "the log names the address once"
    );
}

#[tokio::test]
async fn what_is_no_web_address_is_not_asked() {
    for address in ["", "drand", "mailto:a@b.at", "ftp://example.com/"] {
        let error = careful().json::<Value>(address, 10).await.unwrap_err();
        assert!(matches!(error, OutgoingError::Address(_)), "{address}: {error:?}");
    }
}
