//! What a snapshot has shown is not looked up again, and opens nothing else.

use std::{any::TypeId, sync::Arc};

use api::{
    caller::Caller,
    loaders::{ById, Children, ChildrenOf, Snapshot},
    store::{Page, WindowArguments},
};
use entity::{
    Id, ParticipantId, PrizeId, RoomId, WinnerId,
    room::{participant, prize, room, winner},
};
use rstest::rstest;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::json;
use tests::{Database, Scene, World};
use uuid::Uuid;

use super::tenant::Tenant;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_hidden_is_seen_after_what_was_shown(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let tenant = Tenant::new(&world, "theirs").await;
    let services = world.services();
    // PostgreSQL's own wall is open for the whole tenant here: what is left is that of the server.
    let organization = tenant.organization.parse::<entity::OrganizationId>().unwrap();
    let reading = match database {
        Database::Sqlite => services.store.read(&Caller::Anonymous),
        Database::Postgres => {
            let target = api::store::Target::tenant(organization);
            services.store.read_located(&Caller::Anonymous, &target).await.unwrap()
        }
    };
    let snapshot = Snapshot::new(reading, services.metrics.clone());
    let (public, private) = (&tenant.public, &tenant.private);
    let shown = snapshot
        .load::<ById<room::Entity>>(id(&public.room))
        .await
        .unwrap()
        .unwrap();
    assert!(shown.is_some());

    for (place, is_seen) in [(public, true), (private, false), (&tenant.draft, false)] {
        let prize: PrizeId = id(&place.prizes[0]);
        let found = snapshot.load::<ById<prize::Entity>>(prize).await.unwrap().unwrap();
        assert_eq!(found.is_some(), is_seen, "a prize by its id");
        let participant: ParticipantId = id(&place.participant);
        let found = snapshot
            .load::<ById<participant::Entity>>(participant)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found.is_some(), is_seen, "a participant by its id");
        let children = ChildrenOf {
            column: prize::Column::RoomId,
            kind: TypeId::of::<RoomId>(),
            parent: id::<RoomId>(&place.room).into(),
            page: Arc::new(Page::natural((), WindowArguments::default()).unwrap()),
        };
        let found = snapshot
            .load::<Children<prize::Entity>>(children)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(!found.rows.is_empty(), is_seen, "the prizes of a room");
        if !place.winner.is_empty() {
            let winner: WinnerId = id(&place.winner);
            let found = snapshot.load::<ById<winner::Entity>>(winner).await.unwrap().unwrap();
            assert_eq!(found.is_some(), is_seen, "a winner by its id");
        }
    }
}

fn id<I: Id>(text: &str) -> I {
    text.parse().unwrap()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_was_shown_is_not_looked_up_for_what_hangs_on_it(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let document = "{ rooms(first: 5) { nodes {
        participants(first: 5) { totalCount nodes { id } }
        prizes(first: 5) { totalCount nodes { id winners(first: 5) { totalCount nodes { prize { id } participant { id } } } } }
    } } }";
    let request = scene.admin.http().post(format!("{}/graphql", scene.admin.base()));
    let request = request
        .header("tombola-explain", "1")
        .bearer_auth(scene.admin.token.as_deref().unwrap());
    let answer = request.json(&json!({ "query": document })).send().await.unwrap();
    let answer: serde_json::Value = answer.json().await.unwrap();
    let statements = answer["extensions"]["explain"]["statements"].as_array().unwrap().iter();
    let of_rooms = statements.filter(|one| one["sql"].as_str().unwrap().contains("FROM \"rooms\""));
    assert_eq!(of_rooms.count(), 1, "{answer:#}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_that_were_shown_leave_room_for_many_that_are_asked_for(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    const MANY: u128 = 9_000;
    let scene = Scene::new(database).await;
    let like = room::Entity::find_by_id(id::<RoomId>(&scene.room)).one(&scene.world.db);
    let like = like.await.unwrap().unwrap();
    let copies: Vec<_> = (0..MANY)
        .map(|number| {
            let mut copy = like.clone().into_active_model().reset_all();
            copy.id = Set(RoomId(Uuid::from_u128(number + 1)));
            copy.join_code = Set(format!("{number:08}"));
            copy
        })
        .collect();
    for some in copies.chunks(1_000) {
        let insert = room::Entity::insert_many(some.to_vec());
        insert.exec_without_returning(&scene.world.db).await.unwrap();
    }
    let services = scene.world.services();
    let reading = services.store.read(&Caller::Anonymous);
    let snapshot = Snapshot::new(reading, services.metrics.clone());
    let rooms = (0..MANY).map(|number| RoomId(Uuid::from_u128(number + 1))).collect();
    let shown = snapshot.load_many::<ById<room::Entity>>(rooms).await.unwrap();
    assert!(shown.values().all(|room| room.as_ref().is_ok_and(Option::is_some)));

    let people = (0..MANY)
        .map(|number| ParticipantId(Uuid::from_u128(number + 1)))
        .collect();
    let found = snapshot.load_many::<ById<participant::Entity>>(people).await.unwrap();
    assert!(found.values().all(|person| person.as_ref().is_ok_and(Option::is_none)));
}
