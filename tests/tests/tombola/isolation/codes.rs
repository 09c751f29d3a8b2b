//! A join code opens a private room's own fields to whoever knows it, and what is in it only after joining.

use rstest::rstest;
use serde_json::json;
use tests::{Answer, Client, Database, World};

use super::tenant::Tenant;

const DOCUMENT: &str =
    "query($code: String!) { roomByJoinCode(joinCode: $code) { id title description status isPublic settings
    maxParticipants joinCode deletedAt organization { name } app { name } viewerParticipation { id }
    participants { totalCount nodes { id } staff: edges { cursor } } prizes { totalCount nodes { name } }
    winners { totalCount nodes { id } } events { sequence } } }";

async fn find(client: &Client, code: &str) -> Answer {
    client.run(DOCUMENT, json!({ "code": code })).await
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_shows_a_private_room_but_nothing_that_is_in_it(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let tenant = Tenant::new(&world, "theirs").await;
    let outsider = world.user("Otto Outsider").await;
    let other = Tenant::new(&world, "ours").await;
    for client in [world.stranger(), &outsider, &other.admin] {
        let answer = find(client, &tenant.private.code).await;
        let room = answer.at("/roomByJoinCode");
        assert_eq!(room["id"], tenant.private.room);
        assert_eq!((&room["status"], &room["isPublic"]), (&json!("ACTIVE"), &json!(false)));
        for hidden in ["joinCode", "organization", "app", "viewerParticipation", "deletedAt"] {
            assert!(room[hidden].is_null(), "{hidden}: {room}");
        }
        for list in ["participants", "prizes", "winners"] {
            assert_eq!(room[list]["totalCount"], 0, "{list}: {room}");
            assert_eq!(room[list]["nodes"], json!([]), "{list}: {room}");
        }
        assert_eq!(room["events"], json!([]));
        // Knowing the code opens nothing by the id.
        let node = client
            .run(
                "query($id: ID!) { node(id: $id) { id } }",
                json!({ "id": tenant.private.room }),
            )
            .await;
        assert!(node.at("/node").is_null());
    }
    let joined = outsider
        .mutate(
            "joinRoom",
            json!({ "joinCode": tenant.private.code }),
            "participant { id }",
        )
        .await;
    let answer = find(&outsider, &tenant.private.code).await;
    let room = answer.at("/roomByJoinCode");
    assert_eq!(
        room["viewerParticipation"]["id"],
        *joined.at("/joinRoom/participant/id")
    );
    assert_eq!(
        (&room["participants"]["totalCount"], &room["prizes"]["totalCount"]),
        (&json!(3), &json!(2))
    );
    assert!(room["joinCode"].is_null() && room["organization"].is_null(), "{room}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_of_a_draft_a_deleted_room_or_nothing_is_not_found(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let tenant = Tenant::new(&world, "theirs").await;
    let input = json!({ "roomId": tenant.private.room });
    tenant
        .admin
        .mutate("cancelRoom", input.clone(), "room { id }")
        .await
        .at("/cancelRoom");
    let outsider = world.user("Otto Outsider").await;
    find(&outsider, &tenant.private.code).await.at("/roomByJoinCode/id");
    tenant
        .admin
        .mutate("deleteRoom", input, "room { id }")
        .await
        .at("/deleteRoom");
    let mut said = Vec::new();
    for code in [&tenant.draft.code, &tenant.private.code, "00000000"] {
        let answer = find(&outsider, code).await;
        answer.assert_refused_for("NOT_FOUND", "joinCode");
        tenant.assert_no_leak(&answer);
        said.push(answer.body);
    }
    assert!(said.iter().all(|body| *body == said[0]), "{said:?}");
    let join = json!({ "joinCode": tenant.draft.code });
    world
        .refuses(&outsider, "joinRoom", join, "NOT_FOUND", Some("joinCode"))
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_may_be_typed_in_any_way(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let tenant = Tenant::new(&world, "theirs").await;
    let code = &tenant.private.code;
    let typed = [
        code.to_lowercase(),
        format!("{}-{}", &code[..4], &code[4..]),
        format!(" {} {} ", &code[..3], &code[3..]),
    ];
    for typed in typed {
        assert_eq!(
            find(world.stranger(), &typed).await.text("/roomByJoinCode/id"),
            tenant.private.room,
            "{typed}"
        );
    }
}
