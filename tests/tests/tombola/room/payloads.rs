//! What a mutation answers: every object whose fields changed, so that a client's cache needs no second request.

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Client, Database, Scene};

/// The cursor of the last row of a room's list.
async fn last_cursor(client: &Client, room: &str, list: &str) -> Json {
    let document =
        format!("query($id: ID!) {{ room(id: $id) {{ {list}(last: 1) {{ edges {{ cursor node {{ id }} }} }} }} }}");
    let answer = client.run(&document, json!({ "id": room })).await;
    answer.at(&format!("/room/{list}/edges/0")).clone()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_joins_or_goes_sees_the_room_counted_and_an_edge_of_its_list(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let guest = scene.world.user("Gina").await;
    let selection = "participantEdge { cursor node { id } } room { id participantCount viewerParticipation { id }
        participants { totalCount } } participant { id }";
    let input = json!({ "roomId": scene.room });
    let answer = guest.mutate("joinRoom", input.clone(), selection).await;
    let place = answer.at("/joinRoom/participant/id").clone();
    assert_eq!(
        answer.at("/joinRoom/room"),
        &json!({ "id": scene.room, "participantCount": 2, "viewerParticipation": { "id": place },
            "participants": { "totalCount": 2 } })
    );
    assert_eq!(
        answer.at("/joinRoom/participantEdge"),
        &last_cursor(&guest, &scene.room, "participants").await,
        "the edge is that of the list"
    );

    let answer = guest
        .mutate(
            "leaveRoom",
            input,
            "room { id participantCount viewerParticipation { id } }",
        )
        .await;
    assert_eq!(
        answer.at("/leaveRoom/room"),
        &json!({ "id": scene.room, "participantCount": 1, "viewerParticipation": null })
    );

    let input = json!({ "roomId": scene.room, "userId": guest.user });
    let answer = scene.creator.mutate("addParticipant", input, selection).await;
    assert_eq!(answer.at("/addParticipant/room/participantCount"), 2);
    assert_eq!(answer.at("/addParticipant/participantEdge/node/id"), &place);
    let input = json!({ "participantId": place });
    let answer = scene
        .creator
        .mutate("removeParticipant", input, "room { participantCount }")
        .await;
    assert_eq!(answer.at("/removeParticipant/room/participantCount"), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_leaves_a_private_room_does_not_see_it_any_more(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let room = scene
        .creator
        .draft_room(&scene.organization, json!({ "isPublic": false }))
        .await;
    let opened = scene
        .creator
        .mutate(
            "openRoom",
            json!({ "roomId": room }),
            "room { joinCode participantCount }",
        )
        .await;
    assert_eq!(opened.at("/openRoom/room/participantCount"), 1);
    let code = opened.text("/openRoom/room/joinCode");
    let guest = scene.world.user("Gina").await;
    let document = "query($code: String!) { roomByJoinCode(joinCode: $code) { id participantCount } }";
    let answer = guest.run(document, json!({ "code": code })).await;
    assert_eq!(
        answer.at("/roomByJoinCode"),
        &json!({ "id": room, "participantCount": null }),
        "a stranger with the code reads the room's own fields"
    );
    let input = json!({ "joinCode": code });
    let answer = guest.mutate("joinRoom", input, "room { participantCount }").await;
    assert_eq!(answer.at("/joinRoom/room/participantCount"), 2);
    let input = json!({ "roomId": room });
    let answer = guest.mutate("leaveRoom", input, "room { id } participant { id }").await;
    assert_eq!(answer.at("/leaveRoom/room"), &Json::Null);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prize_that_is_made_awarded_and_taken_back_is_answered_as_it_is(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let input = json!({ "roomId": scene.room, "name": "Teapot", "quantity": 2 });
    let selection = "prize { id } prizeEdge { cursor node { id } } room { id prizes { totalCount } }";
    let answer = scene.creator.mutate("createPrize", input, selection).await;
    let prize = answer.text("/createPrize/prize/id");
    assert_eq!(
        answer.at("/createPrize/prizeEdge"),
        &last_cursor(&scene.creator, &scene.room, "prizes").await
    );
    assert_eq!(
        answer.at("/createPrize/room"),
        &json!({ "id": scene.room, "prizes": { "totalCount": 1 } })
    );

    let (_, place) = scene.participant("Gustav").await;
    let input = json!({ "prizeId": prize, "participantId": place });
    let selection = "winner { id } winnerEdge { cursor node { id } } prize { id quantityRemaining }";
    let answer = scene.creator.mutate("awardPrize", input, selection).await;
    let winner = answer.text("/awardPrize/winner/id");
    let left = |remaining: i32| json!({ "id": prize, "quantityRemaining": remaining });
    assert_eq!(answer.at("/awardPrize/prize"), &left(1));
    assert_eq!(
        answer.at("/awardPrize/winnerEdge"),
        &last_cursor(&scene.creator, &scene.room, "winners").await
    );

    let input = json!({ "winnerId": winner, "reason": "a slip" });
    let selection = "winner { status } prize { id quantityRemaining }";
    let answer = scene.creator.mutate("revokeWinner", input, selection).await;
    assert_eq!(answer.at("/revokeWinner/prize"), &left(2));
    let answer = scene
        .creator
        .mutate(
            "deletePrize",
            json!({ "prizeId": prize }),
            "prize { deletedAt } room { prizes { totalCount } }",
        )
        .await;
    assert_eq!(answer.at("/deletePrize/room/prizes/totalCount"), 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edge_of_a_payload_is_a_place_in_the_list(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let mut cursors = Vec::new();
    for name in ["one", "two", "three"] {
        let input = json!({ "roomId": scene.room, "name": name });
        let answer = scene.creator.mutate("createPrize", input, "prizeEdge { cursor }").await;
        cursors.push(answer.text("/createPrize/prizeEdge/cursor"));
    }
    let document = "query($id: ID!, $after: String) { room(id: $id) { prizes(after: $after) { nodes { name } } } }";
    let answer = scene
        .creator
        .run(document, json!({ "id": scene.room, "after": cursors[0] }))
        .await;
    assert_eq!(
        answer.at("/room/prizes/nodes"),
        &json!([{ "name": "two" }, { "name": "three" }])
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_sequence_of_a_room_is_that_of_its_newest_event(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    scene.prize(2).await;
    scene.participant("Gina").await;
    let document = "query($id: ID!) { room(id: $id) { lastSequence events(first: 100) { sequence } } }";
    let answer = scene.outsider.run(document, json!({ "id": scene.room })).await;
    let newest = answer.list("/room/events").last().unwrap()["sequence"].clone();
    assert_eq!(answer.at("/room/lastSequence"), &newest);
}
