//! A stream lives no longer than the session that opened it.

use api::room::RoomFacts;
use chrono::Duration;
use entity::{UserId, identity::user};
use rstest::rstest;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use tests::{Client, Database, Scene};

use super::follower::{Follower, change, newest};

/// A scene with a follower, an onlooker of the same room, and a participant to change.
async fn followed(database: Database) -> (Scene, Follower, Client, String, i64) {
    let scene = Scene::new(database).await;
    let place = scene.participant("Gina").await.1;
    let client = scene.world.user("Fred Follower").await;
    let last = newest(&scene.outsider, &scene.room).await;
    let mut follower = Follower::events(&client, &scene.room, Some(last), "sequence").await;
    change(&scene.creator, &place, 2).await;
    assert_eq!(follower.sequence().await, last + 1);
    (scene, follower, client, place, last + 1)
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_signs_out_gets_no_further_event(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let (scene, mut follower, client, place, last) = followed(database).await;
    let mut onlooker = Follower::events(&scene.outsider, &scene.room, Some(last), "sequence").await;

    client
        .query("mutation { signOut { session { id } } }")
        .await
        .at("/signOut");
    change(&scene.creator, &place, 3).await;

    assert_eq!(follower.end().await, "UNAUTHENTICATED");
    assert_eq!(onlooker.sequence().await, last + 1, "others go on");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disabled_account_gets_no_further_event(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let (scene, mut follower, client, place, _) = followed(database).await;
    let id: UserId = client.user.parse().unwrap();
    user::Entity::update_many()
        .col_expr(user::Column::DisabledAt, Expr::value(scene.world.clock.now()))
        .filter(user::Column::Id.eq(id))
        .exec(&scene.world.db)
        .await
        .unwrap();
    // A session's state is trusted for a second.
    scene.world.clock.advance(Duration::seconds(2));
    change(&scene.creator, &place, 3).await;
    assert_eq!(follower.end().await, "UNAUTHENTICATED");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_outlives_its_access_token_but_not_its_session(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (scene, mut follower, _, place, last) = followed(database).await;
    let room: entity::RoomId = scene.room.parse().unwrap();
    let tokens = &scene.world.services().tokens;
    let (user, session, _) = tokens.verify(scene.creator.token.as_deref().unwrap()).unwrap();
    scene.world.clock.advance(Duration::hours(1));
    let (fresh, _) = tokens.issue(user, session).unwrap();
    let organizer = scene.creator.signed_in(&fresh, &scene.creator.user);
    change(&organizer, &place, 3).await;
    assert_eq!(follower.sequence().await, last + 1);

    scene.world.clock.advance(Duration::days(31));
    // Everybody's session is over, so the change comes from elsewhere.
    let rows = crate::relations::rows::Rows(scene.world.clock.clone());
    let found = entity::room::room::Entity::find_by_id(room)
        .one(&scene.world.db)
        .await
        .unwrap()
        .unwrap();
    let event = rows.event(
        &found,
        last + 2,
        api::room::Event::RoomChanged(RoomFacts {
            title: "Late".to_owned(),
            ..RoomFacts::default()
        }),
    );
    crate::relations::rows::insert::<entity::room::room_event::Entity>(&scene.world.db, &[event]).await;
    scene.world.services().bus.wake(room);
    assert_eq!(follower.end().await, "UNAUTHENTICATED");
}
