//! Filters of room lists: what comes back is what the same filter in memory keeps.

use chrono::Duration;
use entity::{
    AppId,
    room::{
        app,
        room::{self, RoomStatus},
    },
};
use rstest::rstest;
use sea_orm::ActiveEnum;
use serde_json::{Value as Json, json};
use tests::Database;

use super::scenery::{Dice, FIELDS, Scenery, direction, ids, sorted, start};
use crate::relations::rows::{Rows, insert};

const DOCUMENT: &str = "query($filter: RoomFilter, $order: RoomOrder) {
    rooms(filter: $filter, orderBy: $order, first: 100) { totalCount nodes { id } } }";

async fn keeps(scenery: &Scenery, filter: Json, order: (&str, bool), kept: impl Fn(&room::Model) -> bool) {
    let (field, descending) = order;
    let order = json!({ "field": field, "direction": direction(descending) });
    let answer = scenery
        .viewer
        .run(DOCUMENT, json!({ "filter": filter, "order": order }))
        .await;
    let mut expected = sorted(&scenery.rooms, field, descending);
    expected.retain(kept);
    let found: Vec<_> = answer
        .list("/rooms/nodes")
        .iter()
        .map(|node| node["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(found, ids(&expected), "{filter}");
    assert_eq!(answer.at("/rooms/totalCount"), expected.len(), "{filter}");
}

/// Rooms of which some have one of two apps.
async fn scenery(database: Database, dice: &mut Dice) -> (Scenery, Vec<AppId>) {
    let mut scenery = Scenery::new(database, dice, 0).await;
    let rows = Rows(scenery.clock().clone());
    let apps = [
        rows.app(scenery.organization, "One"),
        rows.app(scenery.organization, "Two"),
    ];
    insert::<app::Entity>(&scenery.world.db, &apps).await;
    let apps: Vec<_> = apps.iter().map(|app| app.id).collect();
    for _ in 0..40 {
        let mut room = scenery.seen(dice);
        if room.organization_id == scenery.organization && dice.roll(3) > 0 {
            room.app_id = Some(*dice.pick(&apps));
        }
        scenery.write(&room).await;
        scenery.rooms.push(room);
    }
    (scenery, apps)
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_mix_of_filters_keeps_what_the_same_filters_in_memory_keep(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let mut dice = Dice(7);
    let (scenery, apps) = scenery(database, &mut dice).await;
    let statuses = [
        RoomStatus::Draft,
        RoomStatus::Active,
        RoomStatus::Completed,
        RoomStatus::Cancelled,
    ];
    for number in 0..150 {
        let mut filter = json!({});
        let wanted: Vec<_> = statuses.into_iter().filter(|_| dice.roll(2) == 0).collect();
        let by_status = dice.roll(3) == 0;
        if by_status {
            filter["status"] = wanted.iter().map(ActiveEnum::to_value).collect();
        }
        let public = (dice.roll(3) == 0).then(|| dice.roll(2) == 0);
        if let Some(public) = public {
            filter["isPublic"] = json!(public);
        }
        let app = (dice.roll(4) == 0).then(|| *dice.pick(&apps));
        if let Some(app) = app {
            filter["appId"] = json!(app.to_string());
        }
        let ours = dice.roll(3) == 0;
        if ours {
            filter["organizationId"] = json!(scenery.organization.to_string());
        }
        let from = (dice.roll(3) == 0).then(|| start(dice.roll(5)));
        if let Some(from) = from {
            filter["startsAfter"] = json!(from);
        }
        let until = (dice.roll(3) == 0).then(|| start(dice.roll(5)));
        if let Some(until) = until {
            filter["startsBefore"] = json!(until);
        }
        let order = (FIELDS[number % 3], dice.roll(2) == 0);
        keeps(&scenery, filter, order, |room| {
            (!by_status || wanted.contains(&room.status))
                && public.is_none_or(|public| room.is_public == public)
                && app.is_none_or(|app| room.app_id == Some(app))
                && (!ours || room.organization_id == scenery.organization)
                && from.is_none_or(|from| room.starts_at.is_some_and(|start| start >= from))
                && until.is_none_or(|until| room.starts_at.is_some_and(|start| start < until))
        })
        .await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_filter_takes_its_lower_bound_and_not_its_upper_one_in_any_time_zone(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let mut dice = Dice(8);
    let (scenery, _) = scenery(database, &mut dice).await;
    let at = start(2);
    let elsewhere = at
        .with_timezone(&chrono::FixedOffset::east_opt(5 * 3600 + 1800).unwrap())
        .to_rfc3339();
    let order = ("STARTS_AT", false);
    let is_at = |room: &room::Model| room.starts_at == Some(at);
    assert!(scenery.rooms.iter().any(is_at) && scenery.rooms.iter().any(|room| room.starts_at.is_none()));
    let end = at + Duration::milliseconds(1);
    keeps(
        &scenery,
        json!({ "startsAfter": elsewhere, "startsBefore": end }),
        order,
        is_at,
    )
    .await;
    keeps(
        &scenery,
        json!({ "startsAfter": at, "startsBefore": elsewhere }),
        order,
        |_| false,
    )
    .await;
    keeps(&scenery, json!({ "startsAfter": end }), order, |room| {
        room.starts_at.is_some_and(|start| start > at)
    })
    .await;
    keeps(&scenery, json!({ "startsBefore": elsewhere }), order, |room| {
        room.starts_at.is_some_and(|start| start < at)
    })
    .await;
    keeps(&scenery, json!({ "status": [] }), order, |_| false).await;
    keeps(&scenery, json!({}), order, |_| true).await;
}
