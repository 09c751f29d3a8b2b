//! Somebody who follows a room.

use serde_json::{Value as Json, json};
use tests::{Client, Socket, socket::Received};

/// One subscription on a socket of its own.
pub(crate) struct Follower {
    pub(crate) socket: Socket,
    field: &'static str,
}

impl Follower {
    /// Follows all events behind a sequence, or from now on; of each, `selection` is asked for.
    pub(crate) async fn events(client: &Client, room: &str, after: Option<i64>, selection: &str) -> Self {
        Self::open(client, "roomEvents", room, after, selection).await
    }

    /// Follows the announcements of winners.
    pub(crate) async fn winners(client: &Client, room: &str, after: Option<i64>, selection: &str) -> Self {
        Self::open(client, "winnerAnnounced", room, after, selection).await
    }

    async fn open(client: &Client, field: &'static str, room: &str, after: Option<i64>, selection: &str) -> Self {
        let mut socket = client.socket().await;
        let document = format!(
            "subscription($room: ID!, $after: Long) {{ {field}(roomId: $room, after: $after) {{ {selection} }} }}"
        );
        // An argument that is left out and one that is null are the same here.
        let variables = json!({ "room": room, "after": after });
        socket.subscribe("1", &document, variables).await;
        Self { socket, field }
    }

    /// The next event.
    pub(crate) async fn next(&mut self) -> Json {
        self.socket.next().await[self.field].clone()
    }

    /// The sequence of the next event.
    pub(crate) async fn sequence(&mut self) -> i64 {
        let event = self.next().await;
        event["sequence"]
            .as_i64()
            .unwrap_or_else(|| panic!("no sequence in {event}"))
    }

    /// The code with which the stream ends; an event before fails.
    pub(crate) async fn end(&mut self) -> String {
        let errors = match self.socket.receive().await {
            Received::Next(_, payload) if !payload["errors"].is_null() => payload["errors"].clone(),
            Received::Error(_, errors) => return code(&errors),
            // A session that ends takes its sockets with it.
            Received::Closed(Some(4401)) => return "UNAUTHENTICATED".to_owned(),
            other => panic!("expected the end of the stream, got {other:?}"),
        };
        assert_eq!(self.socket.receive().await, Received::Complete("1".to_owned()));
        code(&errors)
    }

    /// Nothing came since the last event that was taken. A query on the same socket is answered after what is on its
    /// way already.
    pub(crate) async fn is_silent(&mut self) {
        self.socket.subscribe("marker", "{ __typename }", json!({})).await;
        loop {
            match self.socket.receive().await {
                Received::Next(id, _) if id == "marker" => {}
                Received::Complete(id) if id == "marker" => return,
                other => panic!("expected silence, got {other:?}"),
            }
        }
    }
}

fn code(errors: &Json) -> String {
    errors[0]["extensions"]["code"]
        .as_str()
        .unwrap_or_else(|| panic!("no code in {errors}"))
        .to_owned()
}

/// The sequence of a room's newest event.
pub(crate) async fn newest(client: &Client, room: &str) -> i64 {
    log(client, room, "sequence")
        .await
        .last()
        .map_or(0, |event| event["sequence"].as_i64().unwrap())
}

/// A room's whole log, read page by page.
pub(crate) async fn log(client: &Client, room: &str, selection: &str) -> Vec<Json> {
    let document = format!(
        "query($room: ID!, $after: Long!) {{ room(id: $room) {{ events(after: $after, first: 100) {{ last: sequence {selection} }} }} }}"
    );
    let mut events: Vec<Json> = Vec::new();
    loop {
        let after = events.last().map_or(0, |event| event["last"].as_i64().unwrap());
        let answer = client.run(&document, json!({ "room": room, "after": after })).await;
        let page = answer.list("/room/events");
        events.extend(page.iter().cloned());
        if page.len() < 100 {
            break;
        }
    }
    for event in &mut events {
        event.as_object_mut().unwrap().remove("last");
    }
    events
}

/// Changes a participant's tickets: one event.
pub(crate) async fn change(client: &Client, participant: &str, tickets: i64) {
    let input = json!({ "participantId": participant, "tickets": tickets });
    let answer = client
        .mutate("updateParticipant", input, "participant { tickets }")
        .await;
    assert_eq!(answer.number("/updateParticipant/participant/tickets"), tickets);
}
