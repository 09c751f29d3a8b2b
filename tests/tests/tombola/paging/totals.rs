//! `totalCount` counts what the viewer may see, the whole list and not the page.

use entity::{
    UserId,
    room::{participant, participant::ParticipantRole, prize, room_counter, winner},
};
use rstest::rstest;
use sea_orm::{EntityTrait, sea_query::Expr};
use serde_json::json;
use tests::{Database, Scene};

use super::scenery::{Dice, Scenery};
use crate::relations::rows::{Rows, insert};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_count_of_rooms_is_what_the_viewer_could_list(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scenery = Scenery::new(database, &mut Dice(6), 17).await;
    let public = scenery
        .rooms
        .iter()
        .filter(|room| room.is_public && room.status != entity::room::room::RoomStatus::Draft);
    let public = public.count();
    let outsider = scenery.world.user("Otto").await;
    let document = "{ rooms(first: 2) { totalCount nodes { id } } all: rooms(first: 100) { nodes { id } } }";
    for (client, expected) in [
        (&scenery.viewer, 17),
        (&outsider, public),
        (scenery.world.stranger(), public),
    ] {
        let answer = client.query(document).await;
        assert_eq!(answer.at("/rooms/totalCount"), expected);
        assert_eq!(answer.list("/rooms/nodes").len(), 2);
        assert_eq!(answer.list("/all/nodes").len(), expected);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counts_in_a_room_leave_out_what_is_gone(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(3).await;
    let gone = scene.prize(1).await;
    scene
        .creator
        .mutate("deletePrize", json!({ "prizeId": gone }), "prize { id }")
        .await
        .at("/deletePrize");
    let (leaver, left) = scene.participant("Lea").await;
    let (_, stays) = scene.participant("Stan").await;
    for place in [&left, &stays] {
        scene.award(&prize, place).await;
    }
    let winner = scene
        .creator
        .run(
            "query($id: ID!) { room(id: $id) { winners { nodes { id } } } }",
            json!({ "id": scene.room }),
        )
        .await;
    let input = json!({ "winnerId": winner.text("/room/winners/nodes/0/id"), "reason": "a slip" });
    scene
        .creator
        .mutate("revokeWinner", input, "winner { id }")
        .await
        .at("/revokeWinner");
    leaver
        .mutate("leaveRoom", json!({ "roomId": scene.room }), "participant { id }")
        .await
        .at("/leaveRoom");

    let document = "query($id: ID!) { room(id: $id) {
        participants(first: 1) { totalCount } organizers: participants(roles: [ORGANIZER]) { totalCount }
        guests: participants(roles: [PARTICIPANT, VIEWER]) { totalCount }
        prizes(first: 1) { totalCount nodes { winners { totalCount } pending: winners(statuses: [PENDING]) { totalCount } } }
        winners(first: 1) { totalCount } revoked: winners(statuses: [REVOKED]) { totalCount } } }";
    let answer = scene.outsider.run(document, json!({ "id": scene.room })).await;

    let expected = json!({
        "participants": { "totalCount": 2 }, "organizers": { "totalCount": 1 }, "guests": { "totalCount": 1 },
        "prizes": { "totalCount": 1, "nodes": [{ "winners": { "totalCount": 2 }, "pending": { "totalCount": 1 } }] },
        "winners": { "totalCount": 2 }, "revoked": { "totalCount": 1 },
    });
    assert_eq!(answer.at("/room"), &expected);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_of_a_thousand_is_counted_and_read_to_its_end(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let rows = Rows(scene.world.clock.clone());
    let found = entity::room::room::Entity::find()
        .one(&scene.world.db)
        .await
        .unwrap()
        .unwrap();
    let users: Vec<_> = (0..1000).map(|number| rows.user(&format!("User {number}"))).collect();
    let people: Vec<_> = users
        .iter()
        .map(|user| rows.participant(&found, user.id, ParticipantRole::Participant))
        .collect();
    let prize = rows.prize(&found, 0, "Teapot");
    let winners: Vec<_> = people.iter().map(|who| rows.winner(&prize, who)).collect();
    insert::<entity::identity::user::Entity>(&scene.world.db, &users).await;
    insert::<participant::Entity>(&scene.world.db, &people).await;
    insert::<prize::Entity>(&scene.world.db, &[prize]).await;
    insert::<winner::Entity>(&scene.world.db, &winners).await;
    room_counter::Entity::update_many()
        .col_expr(room_counter::Column::ParticipantCount, Expr::value(1001))
        .exec(&scene.world.db)
        .await
        .unwrap();

    let document = "query($id: ID!, $after: String) { room(id: $id) { participants(first: 100, after: $after) { totalCount
        nodes { user { id } } pageInfo { endCursor hasNextPage } } winners { totalCount } prizes { nodes { winners { totalCount } } } } }";
    let (mut seen, mut after) = (Vec::<UserId>::new(), None);
    loop {
        let answer = scene
            .outsider
            .run(document, json!({ "id": scene.room, "after": after }))
            .await;
        assert_eq!(answer.number("/room/participants/totalCount"), 1001);
        assert_eq!(answer.number("/room/winners/totalCount"), 1000);
        assert_eq!(answer.number("/room/prizes/nodes/0/winners/totalCount"), 1000);
        let nodes = answer.list("/room/participants/nodes");
        seen.extend(
            nodes
                .iter()
                .map(|node| node["user"]["id"].as_str().unwrap().parse::<UserId>().unwrap()),
        );
        if answer.at("/room/participants/pageInfo/hasNextPage") == false {
            break;
        }
        after = Some(answer.text("/room/participants/pageInfo/endCursor"));
    }
    let expected: Vec<_> = users.iter().map(|user| user.id).collect();
    assert_eq!(seen[1..], expected);
}
