//! Audit records hold what changed, and do not repeat what did not.

use rstest::rstest;
use serde_json::json;
use tests::{Database, Scene};

use super::{much, write_much};
use crate::room::soundness::audits;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_holds_changed_fields_only(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    write_much(&scene, 'x').await.at("/updateRoom");
    let settings = json!({ "colours": { "front": "red", "back": "blue" }, "size": 3 });
    let mut input = much(&scene, 'x');
    input["settings"] = settings;
    input["title"] = json!("Other");
    scene
        .creator
        .mutate("updateRoom", input.clone(), "room { id }")
        .await
        .at("/updateRoom");
    let record = audits(&scene.world).await.pop().unwrap();
    let expected = json!({
        "before": { "title": "The room", "settings": {} },
        "after": {
            "title": "Other", "settings": { "colours": { "front": "red", "back": "blue" }, "size": 3 },
        },
    });
    assert_eq!(record.changes, expected);

    input["settings"]["colours"]["back"] = json!("green");
    scene
        .creator
        .mutate("updateRoom", input, "room { id }")
        .await
        .at("/updateRoom");
    let record = audits(&scene.world).await.pop().unwrap();
    let expected = json!({
        "before": { "settings": { "colours": { "back": "blue" } } },
        "after": { "settings": { "colours": { "back": "green" } } },
    });
    assert_eq!(record.changes, expected);
}
