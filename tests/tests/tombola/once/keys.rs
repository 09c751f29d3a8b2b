//! What a key is, whose it is, and what it stands for.

use api::idempotency::{Fingerprint, IdempotencyKey};
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Database, Scene};

use super::{count, document, prize, prizes};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_operation_with_the_same_key_is_refused(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let client = scene.creator.keyed("one");
    assert!(
        client
            .mutate("createPrize", prize(&scene, "First"), "prize { id }")
            .await
            .is_ok()
    );
    let before = scene.world.dump().await;
    let others = [
        client
            .mutate("createPrize", prize(&scene, "Second"), "prize { id }")
            .await,
        client
            .mutate("createPrize", prize(&scene, "First"), "prize { name }")
            .await,
        client
            .mutate("openRoom", json!({ "roomId": scene.room }), "room { id }")
            .await,
        client.query(&document(&scene, &["a", "b"])).await,
    ];
    for other in others {
        other.assert_refused_for("CONFLICT", "Idempotency-Key");
        assert!(other.message().contains("another operation"), "{}", other.body);
    }
    assert_eq!(scene.world.dump().await, before);
    // A query has nothing to do once.
    assert!(client.query("{ viewer { email } }").await.is_ok());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn variables_are_compared_as_values(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let client = scene.creator.keyed("one");
    let document = "mutation($input: CreatePrizeInput!) { createPrize(input: $input) { prize { id } } }";
    let (one, other): (Json, Json) = (
        serde_json::from_str(&format!(r#"{{"input":{{"roomId":"{0}","name":"A"}}}}"#, scene.room)).unwrap(),
        serde_json::from_str(&format!(
            r#"{{ "input": {{ "name": "A", "roomId": "{0}" }} }}"#,
            scene.room
        ))
        .unwrap(),
    );
    let first = client.run(document, one).await;
    assert!(first.is_ok(), "{}", first.body);
    assert_eq!(client.run(document, other).await.body["data"], first.body["data"]);
    assert_eq!(prizes(&scene).await, ["A"]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn users_do_not_share_keys(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let (one, other) = (scene.creator.keyed("same"), scene.admin.keyed("same"));
    let first = one.mutate("createPrize", prize(&scene, "Carl's"), "prize { id }").await;
    let second = other
        .mutate("createPrize", prize(&scene, "Ada's"), "prize { id }")
        .await;
    assert!(first.is_ok() && second.is_ok(), "{} {}", first.body, second.body);
    let same = other
        .mutate("createPrize", prize(&scene, "Ada's"), "prize { id }")
        .await;
    assert_eq!(same.body["data"], second.body["data"]);
    assert_eq!(prizes(&scene).await, ["Carl's", "Ada's"]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_means_nothing_of_who_is_not_signed_in(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let sign_up = |name: &str| json!({ "email": format!("{name}@example.com"), "password": "quiet otter paints seven doors", "displayName": name });
    let stranger = scene.world.stranger().keyed("one");
    for name in ["ann", "bob"] {
        let answer = stranger
            .mutate("signUp", sign_up(name), "signedIn { accessToken }")
            .await;
        assert!(answer.is_ok(), "{}", answer.body);
    }
    let again = stranger
        .mutate("signUp", sign_up("bob"), "signedIn { accessToken }")
        .await;
    again.assert_refused_for("CONFLICT", "email");
    assert_eq!(count(&scene.world, "idempotency_keys").await, 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_without_a_key_leaves_nothing_to_replay(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    for _ in 0..2 {
        scene.prize(1).await;
    }
    assert_eq!(prizes(&scene).await.len(), 2);
    assert_eq!(count(&scene.world, "idempotency_keys").await, 0);
}

#[rstest]
#[case::empty("")]
#[case::blank("a b")]
#[case::long(&"k".repeat(256))]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_key_is_refused(#[case] key: &str) {
    let scene = Scene::new(Database::Sqlite).await;
    let answer = scene
        .creator
        .keyed(key)
        .mutate("createPrize", prize(&scene, "A"), "prize { id }")
        .await;
    answer.assert_refused_for("VALIDATION", "Idempotency-Key");
    assert!(prizes(&scene).await.is_empty());
}

#[test]
fn a_key_is_visible_ascii() {
    for good in ["k", "!~", &"k".repeat(255)] {
        assert_eq!(IdempotencyKey::parse(good).unwrap().as_str(), good);
    }
    for bad in ["", " ", "k\n", "ü", "\u{7f}", &"k".repeat(256)] {
        assert_eq!(
            IdempotencyKey::parse(bad).unwrap_err().field(),
            Some("Idempotency-Key"),
            "{bad:?}"
        );
    }
}

#[test]
fn a_fingerprint_tells_parts_apart() {
    let of = |query: &str, name: Option<&str>, variables: Json| Fingerprint::of(query, name, &variables);
    let all = [
        of("a", None, json!({})),
        of("a", None, json!(null)),
        of("a", Some(""), json!({})),
        of("a", Some("b"), json!({})),
        of("ab", None, json!({})),
        of("a\",\"b", None, json!({})),
        of("a", None, json!({ "b": 1 })),
        of("a", None, json!({ "b": "1" })),
        of("a", None, json!({ "b": [1, 2] })),
        of("a", None, json!({ "b": [2, 1] })),
    ];
    for (place, one) in all.iter().enumerate() {
        assert!(all[..place].iter().all(|other| one != other), "{place}");
    }
    assert_eq!(
        of("a", None, serde_json::from_str(r#"{"x":{"b":1,"a":2},"y":0}"#).unwrap()),
        of("a", None, serde_json::from_str(r#"{"y":0,"x":{"a":2,"b":1}}"#).unwrap()),
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alias_beyond_measure_is_refused_with_a_key(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let make = async |key: &str, alias: &str| {
        let document = document(&scene, &["x"]).replacen("x:", &format!("{alias}:"), 1);
        scene.creator.keyed(key).query(&document).await
    };
    let answer = make("one", &"a".repeat(255)).await;
    assert!(answer.is_ok(), "{}", answer.body);
    let answer = make("two", &"a".repeat(256)).await;
    answer.assert_refused_for("VALIDATION", "Idempotency-Key");
}
