//! Deleted rows are invisible, except to history: a winner still leads to its participant, prize and user.

use entity::{PrizeId, UserId, identity::user, room::app};
use rstest::rstest;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::json;
use tests::{Answer, Client, Database, Scene};

const ROOM: &str = "query($id: ID!) { room(id: $id) {
    participants { totalCount nodes { id } }
    prizes { totalCount nodes { id } }
    winners { totalCount nodes { status prize { id deletedAt } participant { id leftAt deletedAt
      user { id displayName deletedAt } winners { totalCount } } } } } }";

async fn read(client: &Client, room: &str) -> Answer {
    client.run(ROOM, json!({ "id": room })).await
}

async fn assert_node_gone(client: &Client, id: &str) {
    let document = "query($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }";
    let answer = client.run(document, json!({ "id": id })).await;
    assert_eq!(
        answer.body["data"],
        json!({ "node": null, "nodes": [null] }),
        "{}",
        answer.body
    );
    assert!(answer.is_ok());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prize_that_was_taken_off_the_list_is_reached_from_its_winner_only(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(1).await;
    let kept = scene.prize(1).await;
    let (_, place) = scene.participant("Gina Guest").await;
    let winner = scene.award(&prize, &place).await;
    let input = json!({ "winnerId": winner, "reason": "by mistake" });
    scene
        .creator
        .mutate("revokeWinner", input, "winner { id }")
        .await
        .text("/revokeWinner/winner/id");
    let deleted = scene
        .creator
        .mutate("deletePrize", json!({ "prizeId": prize }), "prize { deletedAt }")
        .await;
    assert!(deleted.at("/deletePrize/prize/deletedAt").is_string());

    let answer = read(&scene.outsider, &scene.room).await;

    assert_eq!(
        answer.at("/room/prizes"),
        &json!({ "totalCount": 1, "nodes": [{ "id": kept }] })
    );
    assert_eq!(answer.text("/room/winners/nodes/0/prize/id"), prize);
    assert!(answer.at("/room/winners/nodes/0/prize/deletedAt").is_string());
    assert_node_gone(&scene.admin, &prize).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_left_or_was_removed_is_reached_from_their_win_only(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(2).await;
    let (leaver, left) = scene.participant("Lea Leaver").await;
    let (_, removed) = scene.participant("Rolf Removed").await;
    scene.award(&prize, &left).await;
    scene.award(&prize, &removed).await;
    leaver
        .mutate("leaveRoom", json!({ "roomId": scene.room }), "participant { leftAt }")
        .await
        .at("/leaveRoom");
    let input = json!({ "participantId": removed });
    scene
        .creator
        .mutate("removeParticipant", input, "participant { deletedAt }")
        .await
        .at("/removeParticipant");

    let answer = read(&scene.outsider, &scene.room).await;

    assert_eq!(answer.number("/room/participants/totalCount"), 1, "the organizer");
    assert_eq!(answer.list("/room/participants/nodes").len(), 1);
    let winners = answer.list("/room/winners/nodes");
    let facts = |number: usize| {
        let who = &winners[number]["participant"];
        (
            who["id"].clone(),
            who["leftAt"].is_string(),
            who["deletedAt"].is_string(),
        )
    };
    assert_eq!(facts(0), (json!(left), true, false));
    assert_eq!(facts(1), (json!(removed), true, true));
    assert_eq!(winners[0]["participant"]["winners"]["totalCount"], 1);
    assert_node_gone(&scene.admin, &removed).await;
    let places = "{ viewer { participations { totalCount nodes { id } } } }";
    assert_eq!(
        leaver.query(places).await.number("/viewer/participations/totalCount"),
        0
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_account_keeps_its_name_in_history(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(1).await;
    let (guest, place) = scene.participant("Doris Deleted").await;
    scene.award(&prize, &place).await;
    let id: UserId = guest.user.parse().unwrap();
    user::Entity::update_many()
        .col_expr(user::Column::DeletedAt, Expr::value(scene.world.clock.now()))
        .filter(user::Column::Id.eq(id))
        .exec(&scene.world.db)
        .await
        .unwrap();

    let answer = read(&scene.outsider, &scene.room).await;

    assert_eq!(
        answer.text("/room/winners/nodes/0/participant/user/displayName"),
        "Doris Deleted"
    );
    assert!(
        answer
            .at("/room/winners/nodes/0/participant/user/deletedAt")
            .is_string()
    );
    assert_node_gone(&scene.admin, &guest.user).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_room_takes_everything_in_it_along(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(1).await;
    let (guest, place) = scene.participant("Gina Guest").await;
    let winner = scene.award(&prize, &place).await;
    let input = json!({ "roomId": scene.room });
    scene
        .creator
        .mutate("completeRoom", input.clone(), "room { id }")
        .await
        .at("/completeRoom");
    let selection = "room { deletedAt organization { id } participants { totalCount nodes { id } } prizes { totalCount nodes { id } }
        winners { totalCount } events { sequence } viewerParticipation { id } }";

    let deleted = scene.creator.mutate("deleteRoom", input, selection).await;

    assert!(deleted.at("/deleteRoom/room/deletedAt").is_string());
    assert_eq!(
        deleted.at("/deleteRoom/room/prizes"),
        &json!({ "totalCount": 0, "nodes": [] })
    );
    assert_eq!(
        deleted.at("/deleteRoom/room/participants"),
        &json!({ "totalCount": 0, "nodes": [] })
    );
    for client in [&scene.admin, &scene.creator, &guest, &scene.outsider] {
        for id in [&scene.room, &prize, &place, &winner] {
            assert_node_gone(client, id).await;
        }
        let lists = "{ rooms { totalCount } viewer { participations { totalCount nodes { id } } } }";
        let answer = client.query(lists).await;
        assert_eq!(answer.number("/rooms/totalCount"), 0);
        assert_eq!(answer.number("/viewer/participations/totalCount"), 0);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_app_is_gone_from_its_rooms_and_lists(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let input = json!({ "organizationId": scene.organization, "name": "Lottery", "manifest": {} });
    let app = scene
        .admin
        .mutate("registerApp", input, "app { id }")
        .await
        .text("/registerApp/app/id");
    let input = json!({ "roomId": scene.room, "appId": app });
    scene
        .creator
        .mutate("updateRoom", input, "room { app { id } }")
        .await
        .text("/updateRoom/room/app/id");
    app::Entity::update_many()
        .col_expr(app::Column::DeletedAt, Expr::value(scene.world.clock.now()))
        .exec(&scene.world.db)
        .await
        .unwrap();

    let document = "query($room: ID!, $app: ID!) { room(id: $room) { title app { id } } app(id: $app) { id }
        apps { totalCount nodes { id } } viewer { memberships { nodes { organization { apps { totalCount } } } } } }";
    let answer = scene
        .admin
        .run(document, json!({ "room": scene.room, "app": app }))
        .await;

    assert!(answer.at("/room/title").is_string());
    assert!(answer.at("/room/app").is_null());
    assert!(answer.at("/app").is_null());
    assert_eq!(answer.at("/apps"), &json!({ "totalCount": 0, "nodes": [] }));
    assert_eq!(
        answer.number("/viewer/memberships/nodes/0/organization/apps/totalCount"),
        0
    );
    assert_node_gone(&scene.admin, &app).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_that_never_was_is_null(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let id: PrizeId = scene.world.clock.new_id();
    let rest = id.to_string().replacen("prize_", "", 1);
    for prefix in [
        "user",
        "session",
        "org",
        "member",
        "app",
        "room",
        "participant",
        "prize",
        "winner",
    ] {
        assert_node_gone(&scene.admin, &format!("{prefix}_{rest}")).await;
    }
    for (id, what) in [
        (format!("audit_{rest}"), "no kind"),
        ("room_nonsense".to_owned(), "no id"),
    ] {
        let answer = scene
            .admin
            .run("query($id: ID!) { node(id: $id) { id } }", json!({ "id": id }))
            .await;
        answer.assert_refused_for("VALIDATION", "id");
        assert!(answer.message().contains(what), "{}", answer.body);
    }
}
