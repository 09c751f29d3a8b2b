//! A participant's own proof that they were on the list.

use draw::{CHUNK, Receipt};
use entity::{SessionId, UserId, identity::session, room::participant};
use rstest::rstest;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::{Value as Json, json};
use tests::{Client, Database, World};

use super::{crowd::crowd, stage::Stage};
use crate::program::Program;

const PEOPLE: usize = 9000;

async fn receipt(client: &Client, draw: &str) -> Json {
    let document = format!("{{ drawReceipt(drawId: \"{draw}\") {{ nonce entryId index weight path document }} }}");
    client.query(&document).await.at("/drawReceipt").clone()
}

/// A session of someone who was put there past the API.
async fn signed_in(world: &World, user: UserId) -> Client {
    let id: SessionId = world.clock.new_id();
    let like = session::Entity::find().one(&world.db).await.unwrap().unwrap();
    let mut row: session::ActiveModel = like.into();
    (row.id, row.user_id) = (Set(id), Set(user));
    session::Entity::insert(sea_orm::ActiveModelTrait::reset_all(row))
        .exec_without_returning(&world.db)
        .await
        .unwrap();
    let (token, _) = world.services().tokens.issue(user, id).unwrap();
    world.stranger().signed_in(&token, &user.to_string())
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_gets_their_own_receipt_and_who_is_not_on_the_list_none(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 4).await;
    let prize = stage.scene.prize(1).await;
    let draw = stage.create_simple("L0", &prize, 0).await;
    let excluded = &stage.people[3];
    let out = json!({ "drawId": draw, "participantId": excluded.1, "reason": "Works here" });
    assert!(stage.tell("excludeFromDraw", out).await.is_ok());

    let mut before = Vec::new();
    for (client, _) in &stage.people {
        let found = receipt(client, &draw).await;
        for later in ["index", "weight", "path", "document"] {
            assert!(found[later].is_null(), "{found}");
        }
        let nonce = draw::Hex::<16>::parse(found["nonce"].as_str().unwrap()).unwrap();
        let pid = draw::pid(&draw, &client.user, &nonce.0);
        assert_eq!(found["entryId"], json!(draw::Hex(pid).to_string()));
        before.push(found);
    }
    stage.call("freezeDraw", &draw).await;
    let late = stage.scene.participant("Late").await.0;

    let mut indexes = Vec::new();
    for ((client, _), before) in stage.people.iter().zip(&before).take(3) {
        let found = receipt(client, &draw).await;
        assert_eq!(
            (&found["nonce"], &found["entryId"]),
            (&before["nonce"], &before["entryId"])
        );
        let text = found["document"].as_str().unwrap();
        let proof = Receipt::parse(text.as_bytes()).unwrap();
        proof.verify().unwrap();
        let report = stage.verify(&draw).await.unwrap();
        proof.matches(&report).unwrap();
        assert_eq!((&proof.user, &proof.draw), (&client.user, &draw));
        assert_eq!((&found["index"], &found["weight"]), (&json!(proof.index), &json!(1)));
        let path: Vec<_> = proof.path.iter().map(ToString::to_string).collect();
        assert_eq!(found["path"], json!(path));
        indexes.push(proof.index);
    }
    indexes.sort_unstable();
    assert_eq!(indexes, [0, 1, 2]);
    for client in [&excluded.0, &late] {
        let found = receipt(client, &draw).await;
        assert!(found["nonce"].is_string(), "{found}");
        for nothing in ["index", "weight", "path", "document"] {
            assert!(found[nothing].is_null(), "{found}");
        }
    }
    assert!(
        receipt(&stage.scene.outsider, &draw).await.is_null(),
        "who was never there has no entry"
    );
    let document = format!("{{ drawReceipt(drawId: \"{draw}\") {{ nonce }} }}");
    stage
        .world()
        .stranger()
        .query(&document)
        .await
        .assert_refused("UNAUTHENTICATED");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_checks_a_receipt_alone_and_against_its_transcript(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 3).await;
    let (prize, other) = (stage.scene.prize(1).await, stage.scene.prize(1).await);
    let (draw, other) = (stage.drawn(&prize, 0).await, stage.drawn(&other, 0).await);
    let found = receipt(&stage.people[1].0, &draw).await;
    let text = found["document"].as_str().unwrap();
    let program = Program::new();
    program.file("receipt.json", text);
    program.file("transcript.json", stage.transcript_text(&draw).await);
    program.file("other.json", stage.transcript_text(&other).await);
    for arguments in [
        &["verify", "--receipt", "receipt.json"][..],
        &["verify", "--receipt", "receipt.json", "transcript.json"],
        &["verify", "transcript.json", "--receipt", "receipt.json", "--json"],
    ] {
        program.run(arguments).await.is_ok();
    }
    let ended = program
        .run(&["verify", "--receipt", "receipt.json", "other.json"])
        .await;
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    assert!(ended.out.contains("does NOT hold"), "{ended:#?}");

    let mut forged: Json = serde_json::from_str(text).unwrap();
    forged["user"] = json!(stage.people[0].0.user);
    program.file("forged.json", forged.to_string());
    let ended = program.run(&["verify", "--receipt", "forged.json"]).await;
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    assert!(ended.out.contains("pid"), "{ended:#?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receipts_hold_at_both_ends_and_where_the_chunks_of_a_long_list_meet(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 1).await;
    crowd(&stage, PEOPLE - 1).await;
    let prize = stage.scene.prize(3).await;
    let draw = stage.create_simple("L0", &prize, 2).await;
    stage.call("freezeDraw", &draw).await;
    stage.call("runDraw", &draw).await;

    let mut entrants = Vec::new();
    for place in participant::Entity::find().all(&stage.world().db).await.unwrap() {
        if place.role == participant::ParticipantRole::Participant {
            let user = place.user_id.unwrap();
            let nonce = place.entry_nonce.as_slice().try_into().unwrap();
            entrants.push((draw::pid(&draw, &user.to_string(), nonce), user));
        }
    }
    entrants.sort_unstable();
    assert_eq!(entrants.len(), PEOPLE);
    let text = stage.transcript_text(&draw).await;
    let report = draw::verify(text.as_bytes(), &mut |_| {}).unwrap();
    for index in [
        0,
        1,
        CHUNK - 1,
        CHUNK,
        CHUNK + 1,
        2 * CHUNK - 1,
        2 * CHUNK,
        PEOPLE - 2,
        PEOPLE - 1,
    ] {
        let (pid, user) = entrants[index];
        let found = receipt(&signed_in(stage.world(), user).await, &draw).await;
        assert_eq!(found["entryId"], json!(draw::Hex(pid).to_string()));
        assert_eq!(found["index"], json!(index));
        let proof = Receipt::parse(found["document"].as_str().unwrap().as_bytes()).unwrap();
        proof.verify().unwrap();
        proof.matches(&report).unwrap();
    }

    // Somebody else's reading of the same page says the same.
    let program = Program::new();
    let file = program.file("transcript.json", &text);
    let verify = concat!(env!("CARGO_MANIFEST_DIR"), "/../draw/verify.py");
    let ended = tokio::process::Command::new("python3")
        .arg(verify)
        .arg(file)
        .output()
        .await
        .unwrap();
    let told = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success(), "{told}");
}
