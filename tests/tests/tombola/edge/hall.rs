//! A hall of people behind one address, who follow a join code into a live room, on a server with the default rates.

use api::config::RatesConfig;
use futures::future::join_all;
use rstest::rstest;
use serde_json::json;
use tests::{Client, Database, Scene, Socket, World};

/// Each has a password hashed, which takes its time; the rates of five hundred are tested in `rates.rs`.
const PEOPLE: usize = 40;

/// Signs up, looks the code up, joins, and watches the room over a socket.
async fn comes_in(stranger: &Client, code: &str, number: usize) -> Socket {
    let input = json!({
        "email": format!("guest{number}@example.com"), "password": "quiet otter paints seven doors",
        "displayName": format!("Guest {number}"),
    });
    let answer = stranger.mutate("signUp", input, "signedIn { accessToken }").await;
    let token = answer.text("/signUp/signedIn/accessToken");
    let guest = stranger.signed_in(&token, "");
    let found = guest
        .query(&format!("{{ roomByJoinCode(joinCode: \"{code}\") {{ id }} }}"))
        .await;
    let room = found.text("/roomByJoinCode/id");
    let joined = guest
        .mutate("joinRoom", json!({ "joinCode": code }), "participant { id }")
        .await;
    joined.at("/joinRoom/participant/id");
    let mut socket = Socket::open(guest.base(), Some(&token)).await;
    let document = format!("subscription {{ roomEvents(roomId: \"{room}\", after: 0) {{ sequence }} }}");
    socket.subscribe("1", &document, json!({})).await;
    socket.next().await;
    socket
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hall_gets_into_a_live_room(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::in_world(World::with(database, |config| config.rates = RatesConfig::default()).await).await;
    let answer = scene
        .creator
        .query(&format!("{{ room(id: \"{}\") {{ joinCode }} }}", scene.room))
        .await;
    let code = answer.text("/room/joinCode");
    let sockets = join_all((0..PEOPLE).map(|number| comes_in(scene.world.stranger(), &code, number))).await;
    assert_eq!(sockets.len(), PEOPLE);
}
