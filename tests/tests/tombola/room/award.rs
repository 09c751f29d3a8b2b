//! Awarding a prize outside a draw.

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Database, Scene};

use super::soundness::{assert_sound, events};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_award_takes_one_of_the_prize_and_announces_the_winner(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(2).await;
    let (guest, place) = scene.participant("Gustav Guest").await;
    let input = json!({ "prizeId": prize, "participantId": place });
    let selection = "winner { id source status revokedAt revokeReason prize { id quantity quantityRemaining }
        participant { id user { id displayName } } room { id } }";
    let answer = scene.creator.mutate("awardPrize", input, selection).await;
    let mut winner = answer.at("/awardPrize/winner").clone();
    let id = winner["id"].take();
    assert_eq!(
        winner,
        json!({
            "id": null, "source": "AWARD", "status": "PENDING", "revokedAt": null, "revokeReason": null,
            "prize": { "id": prize, "quantity": 2, "quantityRemaining": 1 },
            "participant": { "id": place, "user": { "id": guest.user, "displayName": "Gustav Guest" } },
            "room": { "id": scene.room },
        })
    );

    let event = events(&scene.world, &scene.room).await.pop().unwrap();
    assert_eq!(event.kind, "WINNER_ANNOUNCED");
    let document = "query($id: ID!, $after: Long!) { room(id: $id) { events(after: $after) { sequence
        ... on WinnerAnnounced { winnerId prizeId prizeName quantityRemaining participantId displayName userId } } } }";
    let variables = json!({ "id": scene.room, "after": event.sequence - 1 });
    let answer = scene.outsider.run(document, variables).await;
    assert_eq!(
        answer.at("/room/events"),
        &json!([{
            "sequence": event.sequence, "winnerId": id, "prizeId": prize, "prizeName": "A prize",
            "quantityRemaining": 1, "participantId": place, "displayName": "Gustav Guest", "userId": guest.user,
        }])
    );
    assert_sound(&scene.world, &scene.room).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_wins_the_same_prize_twice_unless_the_first_win_was_revoked(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let (prize, other) = (scene.prize(3).await, scene.prize(1).await);
    let (_, place) = scene.participant("Gustav Guest").await;
    let win = scene.award(&prize, &place).await;
    let input = json!({ "prizeId": prize, "participantId": place });
    let answer = scene
        .world
        .refuses(&scene.creator, "awardPrize", input, "CONFLICT", Some("participantId"))
        .await;
    assert!(answer.message().contains("already"), "{}", answer.message());

    scene.award(&other, &place).await;
    let revoke = json!({ "winnerId": win, "reason": "A mistake" });
    scene
        .creator
        .mutate("revokeWinner", revoke, "winner { id }")
        .await
        .text("/revokeWinner/winner/id");
    let again = scene.award(&prize, &place).await;
    assert_ne!(again, win);
    assert_sound(&scene.world, &scene.room).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prize_of_which_nothing_is_left_cannot_be_awarded(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(1).await;
    let (_, first) = scene.participant("First").await;
    let (_, second) = scene.participant("Second").await;
    scene.award(&prize, &first).await;
    let input = json!({ "prizeId": prize, "participantId": second });
    let answer = scene
        .world
        .refuses(&scene.creator, "awardPrize", input, "CONFLICT", Some("prizeId"))
        .await;
    assert!(answer.message().contains("left"), "{}", answer.message());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_viewer_of_the_room_cannot_win_and_everybody_else_in_it_can(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(5).await;
    let (_, place) = scene.staff("Vito Viewer", "VIEWER").await;
    let input = json!({ "prizeId": prize, "participantId": place });
    let answer = scene
        .world
        .refuses(&scene.creator, "awardPrize", input, "CONFLICT", Some("participantId"))
        .await;
    assert!(answer.message().contains("VIEWER"), "{}", answer.message());
    for role in ["ORGANIZER", "MODERATOR", "PARTICIPANT"] {
        let (_, place) = scene.staff(role, role).await;
        scene.award(&prize, &place).await;
    }
    assert_sound(&scene.world, &scene.room).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_participant_of_another_room_cannot_win(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(1).await;
    let elsewhere = scene
        .creator
        .active_room(&scene.organization, json!({ "isPublic": true }))
        .await;
    let place = scene.outsider.join(&elsewhere).await;
    let input = json!({ "prizeId": prize, "participantId": place });
    let answer = scene
        .world
        .refuses(&scene.creator, "awardPrize", input, "VALIDATION", Some("participantId"))
        .await;
    assert!(answer.message().contains("another room"), "{}", answer.message());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_is_not_active_awards_nothing(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    for (status, steps) in [
        ("DRAFT", &[] as &[&str]),
        ("COMPLETED", &["openRoom", "completeRoom"]),
        ("CANCELLED", &["cancelRoom"]),
    ] {
        let room = scene.creator.draft_room(&scene.organization, json!({})).await;
        let input = json!({ "roomId": room, "name": "A prize" });
        let prize = scene
            .creator
            .mutate("createPrize", input, "prize { id }")
            .await
            .text("/createPrize/prize/id");
        let add = json!({ "roomId": room, "userId": scene.outsider.user });
        let place = scene.creator.mutate("addParticipant", add, "participant { id }").await;
        let place = place.text("/addParticipant/participant/id");
        for step in steps {
            scene
                .creator
                .mutate(step, json!({ "roomId": room }), "room { id }")
                .await
                .text(&format!("/{step}/room/id"));
        }
        let input = json!({ "prizeId": prize, "participantId": place });
        let answer = scene
            .world
            .refuses(&scene.creator, "awardPrize", input, "CONFLICT", None)
            .await;
        let said = answer.message();
        assert!(said.contains(status) && said.contains("ACTIVE"), "{said}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_winner_stays_in_history_after_they_left_or_were_removed(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(2).await;
    let (leaver, first) = scene.participant("Lea Leaver").await;
    let (_, second) = scene.participant("Remo Removed").await;
    scene.award(&prize, &first).await;
    scene.award(&prize, &second).await;
    leaver
        .mutate("leaveRoom", json!({ "roomId": scene.room }), "participant { id }")
        .await
        .text("/leaveRoom/participant/id");
    let remove = json!({ "participantId": second });
    scene
        .creator
        .mutate("removeParticipant", remove, "participant { id }")
        .await
        .text("/removeParticipant/participant/id");
    tests::database::execute(
        &scene.world.db,
        "UPDATE users SET deleted_at = created_at WHERE display_name = 'Remo Removed'",
    )
    .await;

    let document = "query($id: ID!) { room(id: $id) { participants { nodes { id } } winners { nodes {
        participant { id leftAt deletedAt user { displayName deletedAt } } } } } }";
    let answer = scene.outsider.run(document, json!({ "id": scene.room })).await;
    let winners = answer.list("/room/winners/nodes");
    assert_eq!(winners[0]["participant"]["id"], json!(first));
    assert!(winners[0]["participant"]["leftAt"].is_string());
    assert_eq!(winners[0]["participant"]["deletedAt"], Json::Null);
    assert_eq!(winners[1]["participant"]["id"], json!(second));
    assert!(winners[1]["participant"]["deletedAt"].is_string());
    assert_eq!(winners[1]["participant"]["user"]["displayName"], "Remo Removed");
    assert!(winners[1]["participant"]["user"]["deletedAt"].is_string());
    assert_eq!(answer.list("/room/participants/nodes").len(), 1);
    assert_sound(&scene.world, &scene.room).await;
}
