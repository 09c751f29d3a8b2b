//! What turns private or is deleted vanishes at once, with everything in it; what opens is there at once.

use rstest::rstest;
use serde_json::json;
use tests::{Client, Database, World};

use super::tenant::{Place, Tenant};

/// How much of a room somebody sees: by its id, by its children's ids, and in lists.
async fn sees(client: &Client, place: &Place) -> Vec<bool> {
    let ids = [
        &place.room,
        &place.prizes[0],
        &place.prizes[1],
        &place.participant,
        &place.winner,
    ];
    let document =
        "query($ids: [ID!]!, $room: ID!) { nodes(ids: $ids) { id } room(id: $room) { prizes { nodes { id } } }
        rooms(first: 100) { nodes { id } } }";
    let answer = client.run(document, json!({ "ids": ids, "room": place.room })).await;
    let mut seen: Vec<_> = answer.list("/nodes").iter().map(|node| !node.is_null()).collect();
    seen.push(!answer.at("/room").is_null());
    seen.push(answer.list("/rooms/nodes").iter().any(|room| room["id"] == place.room));
    seen
}

async fn run(client: &Client, mutation: &str, input: serde_json::Value) {
    client
        .mutate(mutation, input, "room { id }")
        .await
        .at(&format!("/{mutation}"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_turns_private_vanishes_at_once_and_comes_back_at_once(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let tenant = Tenant::new(&world, "theirs").await;
    let other = Tenant::new(&world, "ours").await;
    let outsider = world.user("Otto Outsider").await;
    let others = [world.stranger(), &outsider, &other.admin];
    for round in 0..3 {
        let public = round % 2 == 1;
        let input = json!({ "roomId": tenant.public.room, "isPublic": public });
        run(&tenant.admin, "updateRoom", input).await;
        for client in others {
            assert_eq!(sees(client, &tenant.public).await, [public; 7], "public: {public}");
        }
        assert_eq!(sees(&tenant.admin, &tenant.public).await, [true; 7]);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_in_a_room_sees_it_until_they_leave_or_are_removed(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let tenant = Tenant::new(&world, "theirs").await;
    let place = &tenant.private;
    let (guest, other) = (world.user("Gina Guest").await, world.user("Hans Guest").await);
    let mut places = Vec::new();
    for client in [&guest, &other] {
        assert_eq!(sees(client, place).await, [false; 7]);
        let joined = client
            .mutate("joinRoom", json!({ "joinCode": place.code }), "participant { id }")
            .await;
        places.push(joined.text("/joinRoom/participant/id"));
        assert_eq!(sees(client, place).await, [true; 7]);
    }
    guest
        .mutate(
            "leaveRoom",
            json!({ "roomId": place.room }),
            "participant { leftAt room { id } }",
        )
        .await
        .at("/leaveRoom/participant/leftAt");
    assert_eq!(sees(&guest, place).await, [false; 7]);
    let input = json!({ "participantId": places[1] });
    tenant
        .admin
        .mutate("removeParticipant", input, "participant { deletedAt }")
        .await
        .at("/removeParticipant");
    assert_eq!(sees(&other, place).await, [false; 7]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_appears_when_it_is_opened_and_a_deleted_room_is_gone_for_all(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let tenant = Tenant::new(&world, "theirs").await;
    let stranger = world.stranger();
    let room = json!({ "roomId": tenant.draft.room });
    let listed = async |id: &str| {
        let answer = stranger
            .query("{ rooms(first: 100) { totalCount nodes { id } } }")
            .await;
        let nodes = answer.list("/rooms/nodes");
        assert_eq!(answer.at("/rooms/totalCount"), nodes.len());
        nodes.iter().any(|node| node["id"] == *id)
    };
    assert!(!listed(&tenant.draft.room).await, "a draft");
    run(&tenant.admin, "openRoom", room.clone()).await;
    assert!(listed(&tenant.draft.room).await, "opened");
    run(&tenant.admin, "completeRoom", room.clone()).await;
    assert!(listed(&tenant.draft.room).await, "completed");
    run(&tenant.admin, "deleteRoom", room).await;
    assert!(!listed(&tenant.draft.room).await, "deleted");
    run(&tenant.admin, "cancelRoom", json!({ "roomId": tenant.public.room })).await;
    assert_eq!(sees(stranger, &tenant.public).await, [true; 7], "cancelled");
    run(&tenant.admin, "deleteRoom", json!({ "roomId": tenant.public.room })).await;
    for client in [stranger, &tenant.admin] {
        assert_eq!(sees(client, &tenant.public).await, [false; 7], "deleted");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_no_member_any_more_sees_what_strangers_see(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    use entity::organization::membership;
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

    let world = World::new(database).await;
    let tenant = Tenant::new(&world, "theirs").await;
    let member = world
        .member(&tenant.organization, "Mia Member", membership::MemberRole::Admin)
        .await;
    assert_eq!(sees(&member, &tenant.private).await, [true; 7]);
    let user: entity::UserId = member.user.parse().unwrap();
    membership::Entity::delete_many()
        .filter(membership::Column::UserId.eq(user))
        .exec(&world.db)
        .await
        .unwrap();
    assert_eq!(sees(&member, &tenant.private).await, [false; 7]);
    let document =
        "query($id: ID!) { organization(id: $id) { id } apps { totalCount } viewer { memberships { totalCount } } }";
    let answer = member.run(document, json!({ "id": tenant.organization })).await;
    assert_eq!(
        answer.body["data"],
        json!({ "organization": null, "apps": { "totalCount": 0 }, "viewer": { "memberships": { "totalCount": 0 } } })
    );
}
