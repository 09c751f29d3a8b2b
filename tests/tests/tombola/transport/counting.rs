//! Every request is counted, whatever it asks for; probes are not.

use rstest::rstest;
use tests::{Database, World};

use super::{
    admission::{error, number, send, standing, strict, told},
    socket::Raw,
};

/// Each of these once cost more than its caller paid.
#[rstest]
#[case::page("/")]
#[case::schema("/schema.graphql")]
#[case::keys("/.well-known/jwks.json")]
#[case::transcript("/draws/draw_00000000000000000000000000/transcript.json")]
#[case::winners("/rooms/room_00000000000000000000000000/winners.csv")]
#[case::participants("/rooms/room_00000000000000000000000000/participants.csv")]
#[case::asset("/favicon.svg")]
#[case::nothing("/nothing")]
#[case::query("/graphql?query={__typename}")]
#[tokio::test]
async fn every_address_is_counted(#[case] path: &str) {
    let world = strict(Database::Sqlite).await;
    let client = world.stranger();
    let get = async |path: &str| {
        let request = client.http().get(format!("{}{path}", client.base()));
        request.send().await.unwrap()
    };
    for left in [2, 1, 0] {
        let response = get(path).await;
        assert_ne!(response.status(), 429);
        assert_eq!(standing(&response), (3, left));
    }
    let refused = get(path).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(standing(&refused), (3, 0));
    assert_eq!(number(refused.headers(), "retry-after"), 1);
    let (_, body) = told(refused).await;
    assert_eq!(error(&body)["extensions"]["code"], "RATE_LIMITED", "{body}");
    for probe in ["/health/live", "/health/ready", "/metrics"] {
        assert_eq!(get(probe).await.status(), 200, "{probe}");
    }
}

/// To look at a token is work: a bad one is counted for its address.
#[tokio::test]
async fn a_user_is_counted_and_so_is_a_bad_token() {
    let world = strict(Database::Sqlite).await;
    let ann = world.user("Ann").await;
    let response = send(&ann, &[], r#"{"query":"{ __typename }"}"#).await;
    assert_eq!(standing(&response), (3, 2));
    let bad = world.stranger().signed_in("no token", "");
    assert_eq!(send(&bad, &[], r#"{"query":"{ __typename }"}"#).await.status(), 401);
    assert_eq!(send(&bad, &[], r#"{"query":"{ __typename }"}"#).await.status(), 401);
    assert_eq!(send(&bad, &[], r#"{"query":"{ __typename }"}"#).await.status(), 429);
}

#[tokio::test]
async fn who_may_not_read_the_figures_is_counted() {
    let world = World::with(Database::Sqlite, |config| {
        config.rates.burst = 3;
        config.rates.requests_per_minute = 60;
        config.rates.callers_per_address = 1;
        config.telemetry.metrics_token = Some("a-token-of-sixteen-letters".into());
    })
    .await;
    let client = world.stranger();
    let ask = async |token: &str| {
        let request = client
            .http()
            .get(format!("{}/metrics", client.base()))
            .bearer_auth(token);
        request.send().await.unwrap().status().as_u16()
    };
    for wanted in [404, 404, 404, 429] {
        assert_eq!(ask("a guess").await, wanted);
    }
    assert_eq!(ask("a-token-of-sixteen-letters").await, 200);
}

#[tokio::test]
async fn a_socket_is_counted_before_it_opens() {
    let world = strict(Database::Sqlite).await;
    let _one = Raw::ready(world.stranger()).await;
    // The upgrade and connection_init.
    let response = send(world.stranger(), &[], r#"{"query":"{ __typename }"}"#).await;
    assert_eq!(standing(&response), (3, 0));
    let client = world.stranger();
    let refused = client
        .http()
        .get(format!("{}/graphql", client.base()))
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
        .header("sec-websocket-protocol", "graphql-transport-ws")
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 429);
}
