//! Who is on the list, and with which weight.

use chrono::Duration;
use draw::{Receipt, Standing};
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Client, Database, database::execute};

use super::stage::{Stage, done};

/// A stage with nobody in it, and a draw of one prize with a policy.
async fn commit(stage: &Stage, changes: Json) -> String {
    let mut policy = json!({ "level": "L0", "prizes": [{ "prizeId": stage.scene.prize(1).await }] });
    for (member, value) in changes.as_object().unwrap() {
        policy[member] = value.clone();
    }
    stage.create(policy).await
}

/// Freezes and runs; the list is these people with these weights, and nobody else. Each has a receipt that holds.
async fn assert_list(stage: &Stage, draw: &str, on: &[(&Client, u32)], off: &[&Client]) {
    stage.call("freezeDraw", draw).await;
    stage.call("runDraw", draw).await;
    let report = stage.verify(draw).await.unwrap();
    assert_eq!(report.standing, Standing::Drawn);
    let read = stage.read(draw, "entryCount totalWeight").await;
    let total: u64 = on.iter().map(|(_, weight)| u64::from(*weight)).sum();
    assert_eq!(read, json!({ "entryCount": on.len(), "totalWeight": total }));
    let document = format!("{{ drawReceipt(drawId: \"{draw}\") {{ index weight document }} }}");
    for (person, weight) in on {
        let answer = person.query(&document).await;
        assert_eq!(answer.number("/drawReceipt/weight"), i64::from(*weight));
        let receipt = Receipt::parse(answer.text("/drawReceipt/document").as_bytes()).unwrap();
        receipt.verify().unwrap();
        receipt.matches(&report).unwrap();
        assert_eq!(receipt.user, person.user);
    }
    for person in off {
        let answer = person.query(&document).await;
        let receipt = answer.at("/drawReceipt");
        assert!(receipt["index"].is_null() && receipt["document"].is_null(), "{receipt}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn participants_who_are_not_of_the_organization_when_nothing_is_said(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 0).await;
    let scene = &stage.scene;
    let (guest, _) = scene.participant("Gustav Guest").await;
    let (moderator, _) = scene.staff("Mona Moderator", "MODERATOR").await;
    let (organizer, _) = scene.staff("Olga Organizer", "ORGANIZER").await;
    let (watches, _) = scene.staff("Walter Watches", "VIEWER").await;
    scene.viewer.join(&scene.room).await;
    let draw = commit(&stage, json!({})).await;
    let off = [
        &moderator,
        &organizer,
        &watches,
        &scene.viewer,
        &scene.creator,
        &scene.outsider,
    ];
    assert_list(&stage, &draw, &[(&guest, 1)], &off).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn roles_and_staff_as_the_policy_says(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 0).await;
    let scene = &stage.scene;
    let (guest, _) = scene.participant("Gustav Guest").await;
    let (moderator, _) = scene.staff("Mona Moderator", "MODERATOR").await;
    let (watches, _) = scene.staff("Walter Watches", "VIEWER").await;
    scene.viewer.join(&scene.room).await;
    let (creator, member) = (&scene.creator, &scene.viewer);

    let crew = json!({ "roles": ["ORGANIZER", "MODERATOR"] });
    let draw = commit(&stage, json!({ "eligibility": crew })).await;
    assert_list(&stage, &draw, &[(&moderator, 1)], &[&guest, &watches, creator, member]).await;

    let everybody = json!({ "roles": ["PARTICIPANT", "ORGANIZER", "MODERATOR", "ORGANIZER"], "staff": true });
    let draw = commit(&stage, json!({ "eligibility": everybody })).await;
    let on = [(&guest, 1), (&moderator, 1), (creator, 1), (member, 1)];
    assert_list(&stage, &draw, &on, &[&watches]).await;

    let draw = commit(&stage, json!({ "eligibility": { "staff": true } })).await;
    assert_list(
        &stage,
        &draw,
        &[(&guest, 1), (member, 1)],
        &[&moderator, creator, &watches],
    )
    .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_came_in_time(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 0).await;
    let (scene, clock) = (&stage.scene, &stage.world().clock);
    let begin = clock.now();
    let (early, _) = scene.participant("Early").await;
    let (returns, _) = scene.participant("Returns").await;
    clock.advance(Duration::seconds(10));
    let (just, _) = scene.participant("Just").await;
    let room = json!({ "roomId": scene.room });
    done(&returns, "leaveRoom", room.clone()).await;
    let before = json!({ "joinedBefore": begin + Duration::seconds(10) });
    let closes = begin + Duration::seconds(20);
    let by_joining = commit(&stage, json!({ "eligibility": before })).await;
    let by_closing = commit(&stage, json!({ "closesAt": closes })).await;
    clock.advance(Duration::seconds(10));
    let (last, _) = scene.participant("Last").await;
    clock.advance(Duration::milliseconds(1));
    let (late, _) = scene.participant("Late").await;
    done(&returns, "joinRoom", room).await;

    assert_list(&stage, &by_joining, &[(&early, 1)], &[&just, &last, &late, &returns]).await;
    let on = [(&early, 1), (&just, 1), (&last, 1)];
    assert_list(&stage, &by_closing, &on, &[&late, &returns]).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_a_verified_address(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 0).await;
    let (verified, _) = stage.scene.participant("Vera Verified").await;
    let (other, _) = stage.scene.participant("Otto Other").await;
    let sql = "UPDATE users SET email_verified_at = created_at WHERE display_name = 'Vera Verified'";
    execute(&stage.world().db, sql).await;
    let draw = commit(&stage, json!({ "eligibility": { "emailVerified": true } })).await;
    assert_list(&stage, &draw, &[(&verified, 1)], &[&other]).await;
    let draw = commit(&stage, json!({})).await;
    assert_list(&stage, &draw, &[(&verified, 1), (&other, 1)], &[]).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tickets_weigh_up_to_the_cap_and_none_is_out(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 5).await;
    let (capped, plain, equal) = (
        commit(&stage, json!({ "weights": "TICKETS", "ticketCap": 7 })).await,
        commit(&stage, json!({ "weights": "TICKETS" })).await,
        commit(&stage, json!({})).await,
    );
    for ((_, place), tickets) in stage.people.iter().zip([0, 1, 7, 8, u32::MAX]) {
        let update = json!({ "participantId": place, "tickets": tickets });
        done(&stage.scene.creator, "updateParticipant", update).await;
    }
    let people: Vec<_> = stage.people.iter().map(|(person, _)| person).collect();
    let weighing = |weights: [u32; 4]| people[1..].iter().copied().zip(weights).collect::<Vec<_>>();
    assert_list(&stage, &capped, &weighing([1, 7, 7, 7]), &[people[0]]).await;
    assert_list(&stage, &plain, &weighing([1, 7, 8, u32::MAX]), &[people[0]]).await;
    let all: Vec<_> = people.iter().map(|person| (*person, 1)).collect();
    assert_list(&stage, &equal, &all, &[]).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_excluded_or_is_gone_is_out(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 0).await;
    let (scene, creator) = (&stage.scene, &stage.scene.creator);
    let (stays, _) = scene.participant("Stays").await;
    let (excluded, place) = scene.participant("Excluded").await;
    let (left, _) = scene.participant("Left").await;
    let (gone, gone_place) = scene.participant("Gone").await;
    let (removed, removed_place) = scene.participant("Removed").await;
    scene.participant("Deleted").await;
    let draw = commit(&stage, json!({})).await;
    done(&left, "leaveRoom", json!({ "roomId": scene.room })).await;
    done(&gone, "leaveRoom", json!({ "roomId": scene.room })).await;
    done(creator, "removeParticipant", json!({ "participantId": removed_place })).await;
    for place in [&place, &gone_place] {
        let exclude = json!({ "drawId": draw, "participantId": place, "reason": "Knows the organizer" });
        done(creator, "excludeFromDraw", exclude).await;
    }
    // Excluded is excluded, also after going and coming back.
    for mutation in ["leaveRoom", "joinRoom"] {
        done(&excluded, mutation, json!({ "roomId": scene.room })).await;
    }
    let sql = "UPDATE users SET deleted_at = created_at WHERE display_name = 'Deleted'";
    execute(&stage.world().db, sql).await;
    assert_list(&stage, &draw, &[(&stays, 1)], &[&excluded, &left, &gone, &removed]).await;

    let transcript = stage.transcript(&draw).await;
    let exclusions = transcript["exclusions"].as_array().unwrap();
    let document = format!("{{ drawReceipt(drawId: \"{draw}\") {{ entryId }} }}");
    for (exclusion, person) in exclusions.iter().zip([&excluded, &gone]) {
        let pid = person.query(&document).await.text("/drawReceipt/entryId");
        assert_eq!(
            (&exclusion["pid"], &exclusion["reason"]),
            (&json!(pid), &json!("Knows the organizer"))
        );
    }
    assert_eq!(exclusions.len(), 2);

    let other = commit(&stage, json!({})).await;
    assert_list(
        &stage,
        &other,
        &[(&stays, 1), (&excluded, 1)],
        &[&left, &gone, &removed],
    )
    .await;
}
