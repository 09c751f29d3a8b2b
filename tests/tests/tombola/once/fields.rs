//! Operations with several root fields: each is made once, and a retry makes what was not made.

use rstest::rstest;
use serde_json::json;
use tests::{Answer, Database, Scene, World};

use super::{count, document, prize, prizes};
use crate::identity::account::{Account, PASSWORD, refresh};

fn ids(answer: &Answer, names: &[&str]) -> Vec<String> {
    names
        .iter()
        .map(|name| answer.text(&format!("/{name}/prize/id")))
        .collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retry_completes_what_failed(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let (_, place) = scene.participant("Gina").await;
    let prize = scene.prize(1).await;
    let other = scene.prize(1).await;
    let taken = scene.award(&prize, &place).await;
    let award = |alias: &str, prize: &str| {
        format!(
            "{alias}: awardPrize(input: {{ prizeId: \"{prize}\", participantId: \"{place}\" }}) {{ winner {{ id status }} }}"
        )
    };
    let made = format!(
        "a: createPrize(input: {{ roomId: \"{}\", name: \"A\" }}) {{ prize {{ id }} }}",
        scene.room
    );
    let document = format!("mutation {{ {made} {} {} }}", award("b", &prize), award("c", &other));

    let client = scene.creator.keyed("one");
    let first = client.query(&document).await;
    first.assert_refused("CONFLICT");
    assert_eq!(first.errors()[0]["path"], json!(["b"]));
    assert_eq!(count(&scene.world, "idempotency_keys").await, 2);

    // Now it can be done.
    let revoke = json!({ "winnerId": taken, "reason": "A mistake" });
    assert!(
        scene
            .creator
            .mutate("revokeWinner", revoke, "winner { id }")
            .await
            .is_ok()
    );
    let second = client.query(&document).await;
    assert!(second.is_ok(), "{}", second.body);
    for done in ["/a/prize/id", "/c/winner/id"] {
        assert_eq!(second.at(done), first.body["data"].pointer(done).unwrap());
    }
    assert_eq!(second.text("/b/winner/status"), "PENDING");
    assert_eq!(count(&scene.world, "winners").await, 3);
    assert_eq!(client.query(&document).await.body["data"], second.body["data"]);
    assert_eq!(count(&scene.world, "winners").await, 3);
    assert_eq!(prizes(&scene).await.len(), 3);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_field_has_an_outcome_of_its_own(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let names = ["a", "b", "c", "d", "e"];
    let client = scene.creator.keyed("one");
    let first = client.query(&document(&scene, &names)).await;
    let made = ids(&first, &names);
    assert_eq!(
        client.query(&document(&scene, &names)).await.body["data"],
        first.body["data"]
    );
    assert_eq!(prizes(&scene).await, names);
    assert_eq!(ids(&first, &names), made);
}

/// What a payload shows besides the outcome is read anew: nobody keeps seeing what they may not see any more.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn relations_of_a_replayed_answer_are_read_as_the_caller_is_now(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let client = scene.creator.keyed("one");
    let selection = "prize { name room { title prizes { totalCount } } }";
    let first = client.mutate("createPrize", prize(&scene, "A"), selection).await;
    assert_eq!(first.number("/createPrize/prize/room/prizes/totalCount"), 1);
    scene.prize(1).await;
    let second = client.mutate("createPrize", prize(&scene, "A"), selection).await;
    assert_eq!(second.text("/createPrize/prize/name"), "A");
    assert_eq!(second.number("/createPrize/prize/room/prizes/totalCount"), 2);
}

/// In its first run the second field is done as Bob. In the retry it must not be done as Ann.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_follows_signing_in_as_another_is_not_done_as_oneself(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let ann = Account::sign_up(&scene.world, "ann@example.com").await;
    Account::sign_up(&scene.world, "bob@example.com").await;
    let document = format!(
        "mutation {{ signIn(input: {{ email: \"bob@example.com\", password: \"{PASSWORD}\" }}) {{ __typename }} \
         joinRoom(input: {{ roomId: \"{}\" }}) {{ participant {{ id }} }} }}",
        scene.room
    );
    let client = ann.client.keyed("one");
    let first = client.query(&document).await;
    assert!(first.is_ok(), "{}", first.body);
    let before = scene.world.dump().await;
    let second = client.query(&document).await;
    let codes: Vec<_> = second
        .errors()
        .iter()
        .map(|error| &error["extensions"]["code"])
        .collect();
    assert_eq!(codes, ["CONFLICT", "UNAUTHENTICATED"], "{}", second.body);
    assert_eq!(scene.world.dump().await, before);
}

/// The use of a spent token ends its session, which lasts although the verb fails.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_changed_on_the_way_to_a_failure_is_no_outcome(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let spent = Account::sign_up(&world, "ann@example.com").await.refresh;
    assert!(refresh(world.stranger(), &spent, None).await.is_ok());
    let client = Account::sign_in(&world, "ann@example.com").await.client.keyed("one");
    for _ in 0..2 {
        refresh(&client, &spent, None).await.assert_refused("UNAUTHENTICATED");
        assert_eq!(count(&world, "idempotency_keys").await, 0);
    }
}
