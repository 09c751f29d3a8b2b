//! A tenant stores what its plan allows, and no byte more.

use futures::future::join_all;
use rstest::rstest;
use serde_json::json;
use tests::{Client, Database, Scene, World, database::execute};

use super::{much, stored, write_much};
use crate::draws::stage::Stage;

/// Of the smallest plan here, in bytes.
const QUOTA: i64 = 1_000_000;

async fn world(database: Database) -> World {
    World::with(database, |config| {
        config.quotas.starter_megabytes = 1;
        config.draws.tick_milliseconds = 20;
        config.auth.access_token_seconds = 3600;
    })
    .await
}

/// Writes until it is refused; answers how often it was not.
async fn fill(scene: &Scene) -> usize {
    for number in 0..100 {
        let answer = write_much(scene, ['ä', 'ö', 'ü'][number % 3]).await;
        if answer.code() == Some("LIMITED") {
            return number;
        }
        answer.at("/updateRoom");
    }
    panic!("100 changes of 10 kB each fit into a megabyte");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_value_that_is_written_is_counted(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::in_world(world(database).await).await;
    let before = stored(&scene.world, &scene.organization).await;
    assert!(before > 500, "an organization and a room: {before}");
    write_much(&scene, 'x').await.at("/updateRoom");
    let first = stored(&scene.world, &scene.organization).await - before;
    // The description, what is searched of it, the event, and the audit record.
    assert!((20_000..22_000).contains(&first), "{first}");
    write_much(&scene, 'y').await.at("/updateRoom");
    let second = stored(&scene.world, &scene.organization).await - before - first;
    // The audit record holds the text of before, too.
    assert!((25_000..27_000).contains(&second), "{second}");
    let all = stored(&scene.world, &scene.organization).await;
    scene
        .creator
        .query("{ rooms { nodes { description } } }")
        .await
        .at("/rooms");
    assert_eq!(
        stored(&scene.world, &scene.organization).await,
        all,
        "reading writes nothing"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_passes_the_quota_is_refused_and_changes_nothing(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::in_world(world(database).await).await;
    let other = scene.world.user("Olga Other").await;
    let input = json!({ "name": "Another" });
    let another = other.mutate("createOrganization", input, "organization { id }").await;
    let another = another.text("/createOrganization/organization/id");
    let (_, place) = scene.participant("Gina").await;
    let (helper, _) = scene.staff("Helga Helper", "ORGANIZER").await;
    let prize = scene.prize(1).await;
    let win = scene.award(&prize, &place).await;
    assert!(fill(&scene).await > 10);
    let full = stored(&scene.world, &scene.organization).await;
    assert!(full <= QUOTA && full > QUOTA - 50_000, "{full}");

    let refuse = |client, mutation, input| scene.world.refuses(client, mutation, input, "LIMITED", None);
    let told = refuse(&scene.creator, "updateRoom", much(&scene, 'é')).await;
    for words in [" of the 1 MB of its plan STARTER", "Nothing was changed"] {
        assert!(told.message().contains(words), "{}", told.message());
    }
    // What little is left is used up as well.
    let rest = QUOTA - stored(&scene.world, &scene.organization).await;
    let counter = format!("UPDATE storage_counters SET bytes = bytes + {rest} WHERE bytes > 900000");
    execute(&scene.world.db, &counter).await;
    let input = json!({ "roomId": scene.room, "name": "Another", "quantity": 1 });
    refuse(&scene.creator, "createPrize", input.clone()).await;
    let told = refuse(&helper, "createPrize", input).await;
    assert!(
        !told.message().contains("MB"),
        "{}: figures are for members",
        told.message()
    );

    // What is under way comes to its end, others are not concerned, and a larger plan helps.
    for (client, mutation, input) in [
        (
            &scene.creator,
            "revokeWinner",
            json!({ "winnerId": win, "reason": "Left" }),
        ),
        (&scene.creator, "removeParticipant", json!({ "participantId": place })),
        (&scene.creator, "completeRoom", json!({ "roomId": scene.room })),
    ] {
        let answer = client.mutate(mutation, input, "__typename").await;
        assert!(answer.is_ok(), "{mutation}: {}", answer.body);
    }
    other.draft_room(&another, json!({})).await;
    let plan = "UPDATE organizations SET plan = 'GROWTH'";
    execute(&scene.world.db, plan).await;
    scene.creator.draft_room(&scene.organization, json!({})).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_takes_part_uses_up_nothing_and_is_never_kept_out(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::in_world(world(database).await).await;
    let (guest, place) = scene.participant("Gina").await;
    let win = scene.award(&scene.prize(1).await, &place).await;
    let lost = scene.award(&scene.prize(1).await, &place).await;
    let before = stored(&scene.world, &scene.organization).await;
    let takes_part = async |person: &Client| {
        for mutation in ["joinRoom", "leaveRoom", "joinRoom"] {
            let input = json!({ "roomId": scene.room });
            let answer = person.mutate(mutation, input, "__typename").await;
            assert!(answer.is_ok(), "{mutation}: {}", answer.body);
        }
    };
    takes_part(&scene.outsider).await;
    let claim = guest.mutate("claimPrize", json!({ "winnerId": win }), "winner { id }");
    claim.await.at("/claimPrize");
    assert_eq!(
        stored(&scene.world, &scene.organization).await,
        before,
        "it is not the tenant's"
    );

    fill(&scene).await;
    execute(&scene.world.db, "UPDATE storage_counters SET bytes = 1000000").await;
    takes_part(&scene.world.user("Late").await).await;
    let decline = guest.mutate("declinePrize", json!({ "winnerId": lost }), "winner { id }");
    decline.await.at("/declinePrize");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draw_that_was_committed_is_drawn_although_the_quota_is_used_up(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::in_world(world(database).await, 3).await;
    let prize = stage.scene.prize(1).await;
    let draw = stage.create_simple("L0", &prize, 1).await;
    fill(&stage.scene).await;
    execute(&stage.world().db, "UPDATE storage_counters SET bytes = 1000000").await;
    let another = stage.scene.creator.mutate(
        "createDraw",
        json!({ "roomId": stage.scene.room, "policy": { "level": "L0", "prizes": [{ "prizeId": prize }] } }),
        "draw { id }",
    );
    assert!(!another.await.is_ok());
    stage.call("freezeDraw", &draw).await;
    stage.call("runDraw", &draw).await;
    assert_eq!(stage.winners(&draw).await.len(), 1);
    assert!(
        stored(stage.world(), &stage.scene.organization).await > QUOTA,
        "it counts all the same"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_at_once_pass_no_quota_together(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::in_world(world(database).await).await;
    let mut rooms = Vec::new();
    for _ in 0..8 {
        rooms.push(scene.creator.draft_room(&scene.organization, json!({})).await);
    }
    for round in 0..3 {
        let letter = ['ä', 'ö', 'ü'][round].to_string();
        let changes = (0..40).map(|number| {
            let input = json!({ "roomId": rooms[number % 8], "description": letter.repeat(4900 + number) });
            scene.creator.mutate("updateRoom", input, "room { id }")
        });
        for answer in join_all(changes).await {
            assert!(answer.is_ok() || answer.code() == Some("LIMITED"), "{}", answer.body);
        }
        assert!(stored(&scene.world, &scene.organization).await <= QUOTA);
    }
    let full = stored(&scene.world, &scene.organization).await;
    assert!(full > QUOTA - 50_000, "{full}");
}
