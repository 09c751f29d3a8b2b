//! One's own account: read and changed.

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Client, Database, World};

const FIELDS: &str = "firstName lastName timezone preferences profile { displayName avatarUrl }";

async fn change(client: &Client, input: Json) -> Json {
    let answer = client
        .mutate("updateProfile", input, &format!("viewer {{ {FIELDS} }}"))
        .await;
    answer.at("/updateProfile/viewer").clone()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_sets_what_it_names_keeps_what_it_leaves_out_and_empties_what_is_null(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let client = world.user("Ann Account").await;
    let full = json!({
        "displayName": " Annie ", "firstName": "Ann", "lastName": "Account",
        "avatarUrl": "https://example.com/ann.png", "timezone": "Europe/Vienna", "preferences": { "theme": "dark" },
    });
    let wanted = json!({
        "firstName": "Ann", "lastName": "Account", "timezone": "Europe/Vienna", "preferences": { "theme": "dark" },
        "profile": { "displayName": "Annie", "avatarUrl": "https://example.com/ann.png" },
    });
    assert_eq!(change(&client, full).await, wanted);
    assert_eq!(change(&client, json!({})).await, wanted);

    let nulls = json!({
        "displayName": null, "firstName": null, "lastName": null, "avatarUrl": null, "timezone": null,
        "preferences": null,
    });
    let mut emptied = wanted;
    (
        emptied["firstName"],
        emptied["lastName"],
        emptied["profile"]["avatarUrl"],
    ) = (Json::Null, Json::Null, Json::Null);
    assert_eq!(change(&client, nulls).await, emptied);
    // An empty text is nothing too.
    change(&client, json!({ "firstName": "Ann" })).await;
    assert_eq!(change(&client, json!({ "firstName": "  " })).await, emptied);
    let answer = client.query(&format!("{{ viewer {{ {FIELDS} }} }}")).await;
    assert_eq!(answer.at("/viewer"), &emptied);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_time_zone_is_one_that_iana_knows(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let client = world.user("Ann Account").await;
    for zone in ["Vienna", "Europe/Vienne", "+02:00", "../../etc/passwd", "Europe/"] {
        let input = json!({ "timezone": zone });
        let answer = world
            .refuses(&client, "updateProfile", input, "VALIDATION", Some("timezone"))
            .await;
        assert!(answer.message().contains("Europe/Vienna"), "{}", answer.message());
    }
    for (given, kept) in [
        ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("europe/vienna", "Europe/Vienna"),
    ] {
        assert_eq!(
            change(&client, json!({ "timezone": given })).await["timezone"],
            json!(kept)
        );
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_changes_an_account_but_its_owner(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let (ann, ben) = (world.user("Ann").await, world.user("Ben").await);
    change(&ann, json!({ "displayName": "Renamed" })).await;
    let answer = ben.query("{ viewer { profile { displayName } } }").await;
    assert_eq!(answer.text("/viewer/profile/displayName"), "Ben");
    // There is no argument that could name somebody else.
    for stray in ["userId", "id", "user", "email", "platformRole"] {
        let before = world.dump().await;
        let answer = ben
            .mutate(
                "updateProfile",
                json!({ "displayName": "X", stray: ann.user }),
                "viewer { email }",
            )
            .await;
        answer.assert_refused_for("VALIDATION", stray);
        assert_eq!(world.dump().await, before);
    }
}
