//! Requests that are no good GraphQL: each gets an answer, and the server goes on.

use rstest::rstest;
use tests::{Database, World};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_that_does_not_fit_says_where(#[values(Database::Sqlite)] database: Database) {
    let world = World::new(database).await;
    for (document, part) in [
        ("", ""),
        ("{", "expected"),
        ("{ nothing }", "nothing"),
        ("{ viewer }", "viewer"),
        ("{ viewer { email email: displayName } }", "displayName"),
        ("query($x: Nothing) { viewer { email } }", "Nothing"),
        ("{ room { title } }", "id"),
        ("{ ...Nowhere }", "Nowhere"),
        ("mutation { openRoom(input: {}) { room { id } } }", "roomId"),
        ("mutation { openRoom { room { id } } }", "input"),
        ("query A { viewer { email } } query B { viewer { email } }", "peration"),
    ] {
        let answer = world.stranger().query(document).await;
        assert_eq!(answer.code(), Some("VALIDATION"), "{document}: {}", answer.body);
        assert!(answer.message().contains(part), "{document}: {}", answer.message());
        assert_eq!(answer.body.get("data"), None, "{document}: {}", answer.body);
    }
    let missing = world
        .stranger()
        .query("mutation { openRoom(input: {}) { room { id } } }")
        .await;
    assert_eq!(missing.field(), Some("roomId"), "{}", missing.body);
    let unknown = world
        .stranger()
        .query("mutation { openRoom(input: { roomId: \"x\", room: 1 }) { room { id } } }")
        .await;
    assert_eq!(unknown.field(), Some("room"), "{}", unknown.body);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_that_nests_or_asks_too_deep_is_refused(#[values(Database::Sqlite)] database: Database) {
    let world = World::new(database).await;
    let nested = |levels: usize| {
        format!(
            "{{ rooms {}{{ id }}{} }}",
            "{ nodes { app { rooms ".repeat(levels),
            "} } }".repeat(levels)
        )
    };
    for levels in [6, 30, 100, 20_000] {
        let answer = world.stranger().query(&nested(levels)).await;
        // The longest has more bytes than a document may have.
        answer.assert_refused(if levels < 20_000 {
            "TOO_DEEP"
        } else {
            "DOCUMENT_TOO_LARGE"
        });
    }
    let list = format!(
        "query($x: JSON = {}1{}) {{ viewer {{ email }} }}",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    world.stranger().query(&list).await.assert_refused("TOO_DEEP");
    // Brackets in texts and comments do not count.
    let text = format!(
        "{{ room(id: \"{}\") {{ id }} }} # {}",
        "{[(".repeat(100),
        "{".repeat(200)
    );
    world
        .stranger()
        .query(&text)
        .await
        .assert_refused_for("VALIDATION", "id");
    assert!(world.stranger().query("{ __typename }").await.is_ok());
}
