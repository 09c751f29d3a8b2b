//! Every field of the schema, asked by a stranger, by somebody without an organization, and by another tenant's ADMIN.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::json;
use tests::{Client, Database, World};

use super::{selection::everything, tenant::Tenant};
use crate::relations::schema::Schema;

struct Two {
    world: World,
    schema: Schema,
    ours: Tenant,
    theirs: Tenant,
    /// Strangers to `theirs`.
    others: [Client; 3],
}

impl Two {
    async fn new(database: Database) -> Self {
        // Everything that can be reached is asked for in one document.
        let world = World::with(database, |config| {
            config.limits.document_bytes = 1024 * 1024;
            config.limits.tokens = 100_000;
            config.limits.fields = 100_000;
            config.limits.cost = usize::MAX;
            config.limits.depth = 30;
            config.limits.aliases = 10_000;
            config.limits.root_fields = 1000;
        })
        .await;
        let schema = Schema::read(world.stranger()).await;
        let ours = Tenant::with_draws(&world, "ours").await;
        let theirs = Tenant::with_draws(&world, "theirs").await;
        let others = [
            world.stranger().clone(),
            world.user("Otto Outsider").await,
            ours.admin.clone(),
        ];
        Self {
            world,
            schema,
            ours,
            theirs,
            others,
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_field_of_anything_private_is_reached_by_its_id(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let two = Two::new(database).await;
    let document = format!(
        "query($id: ID!) {{ node(id: $id) {} }}",
        everything(&two.schema, "Node", 3)
    );
    let ids = two.theirs.hidden_ids();
    for id in &ids {
        let own = two.theirs.admin.run(&document, json!({ "id": id })).await;
        assert!(
            own.is_ok() && own.at("/node").is_object(),
            "the ADMIN sees it: {}",
            own.body
        );
        for client in &two.others {
            let answer = client.run(&document, json!({ "id": id })).await;
            assert!(answer.at("/node").is_null(), "{}", answer.body);
        }
    }
    let kinds = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename } }";
    let kinds = two.theirs.admin.run(kinds, json!({ "ids": ids })).await;
    let kinds: BTreeSet<_> = kinds
        .list("/nodes")
        .iter()
        .map(|node| node["__typename"].as_str())
        .collect();
    let every: BTreeSet<_> = two
        .schema
        .members("Node")
        .iter()
        .map(|kind| Some(kind.as_str()))
        .collect();
    assert_eq!(kinds, every, "the tenant hides one of each kind");
    let all = format!(
        "query($ids: [ID!]!) {{ nodes(ids: $ids) {} }}",
        everything(&two.schema, "Node", 2)
    );
    let seen = two.theirs.admin.run(&all, json!({ "ids": ids })).await;
    assert!(
        seen.body.to_string().contains(&two.theirs.mark),
        "the mark is to be found"
    );
    for client in &two.others {
        let answer = client.run(&all, json!({ "ids": ids })).await;
        assert_eq!(answer.at("/nodes"), &json!(vec![(); ids.len()]));
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_query_with_their_ids_shows_nothing_private(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let two = Two::new(database).await;
    let (theirs, schema) = (&two.theirs, &two.schema);
    let room = everything(schema, "Room", 4);
    let rooms = everything(schema, "RoomConnection", 4);
    let mut queries = vec![
        (
            "app",
            format!("app(id: \"{}\") {}", theirs.app, everything(schema, "App", 4)),
        ),
        (
            "apps",
            format!(
                "apps(organizationId: \"{}\") {}",
                theirs.organization,
                everything(schema, "AppConnection", 4)
            ),
        ),
        ("apps", format!("apps {}", everything(schema, "AppConnection", 4))),
        (
            "organization",
            format!(
                "organization(id: \"{}\") {}",
                theirs.organization,
                everything(schema, "Organization", 4)
            ),
        ),
        (
            "organization",
            format!(
                "organization(slug: \"{}\") {}",
                theirs.slug,
                everything(schema, "Organization", 4)
            ),
        ),
        ("viewer", format!("viewer {}", everything(schema, "Viewer", 4))),
        (
            "node",
            format!("node(id: \"{}\") {}", theirs.public.room, everything(schema, "Node", 4)),
        ),
        (
            "nodes",
            format!(
                "nodes(ids: [\"{}\", \"{}\"]) {}",
                theirs.public.winner,
                theirs.public.participant,
                everything(schema, "Node", 4)
            ),
        ),
        (
            "roomByJoinCode",
            format!("roomByJoinCode(joinCode: \"{}\") {room}", theirs.draft.code),
        ),
        ("rooms", format!("rooms {rooms}")),
    ];
    let (draw, receipt) = (everything(schema, "Draw", 4), everything(schema, "DrawReceipt", 4));
    for place in [&theirs.public, &theirs.private, &theirs.draft] {
        queries.push(("room", format!("room(id: \"{}\") {room}", place.room)));
        queries.push(("draw", format!("draw(id: \"{}\") {draw}", place.draw)));
        queries.push((
            "drawReceipt",
            format!("drawReceipt(drawId: \"{}\") {receipt}", place.draw),
        ));
    }
    for filter in [
        format!("organizationId: \"{}\"", theirs.organization),
        format!("appId: \"{}\"", theirs.app),
        "isPublic: false".to_owned(),
        "status: [DRAFT]".to_owned(),
        format!("text: \"{}\"", theirs.mark),
    ] {
        queries.push(("rooms", format!("rooms(filter: {{ {filter} }}) {rooms}")));
        let own = format!(
            "apps {{ nodes {{ rooms(filter: {{ {filter} }}) {rooms} organization {{ rooms(filter: {{ {filter} }}) {rooms} }} }} }}"
        );
        queries.push(("apps", own));
    }
    let asked: BTreeSet<_> = queries.iter().map(|(name, _)| (*name).to_owned()).collect();
    let known: BTreeSet<_> = schema
        .get("Query")
        .fields
        .iter()
        .map(|field| field.name.clone())
        .collect();
    assert_eq!(asked, known, "each query has its place here");
    for client in &two.others {
        for (_, query) in &queries {
            let answer = client.query(&format!("{{ {query} }}")).await;
            let refused = answer
                .errors()
                .iter()
                .all(|error| ["NOT_FOUND", "UNAUTHENTICATED"].contains(&error["extensions"]["code"].as_str().unwrap()));
            assert!(refused, "{query}: {}", answer.body);
            // One's own e-mail address is one's own.
            let mut answer = answer;
            hide_own_addresses(&mut answer.body);
            theirs.assert_no_leak(&answer);
        }
    }
}

fn hide_own_addresses(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            let own = fields
                .get("__typename")
                .is_some_and(|kind| kind == "Viewer" || kind == "Membership");
            if own {
                fields.remove("email");
            }
            fields.values_mut().for_each(hide_own_addresses);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(hide_own_addresses),
        _ => {}
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_public_room_shows_its_children_but_neither_code_nor_notes_nor_owner(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let two = Two::new(database).await;
    let theirs = &two.theirs;
    let document = "query($id: ID!) { room(id: $id) { title settings joinCode organization { id } app { id } viewerParticipation { id }
        participants { totalCount nodes { user { displayName } metadata } } prizes { totalCount nodes { name } }
        winners { totalCount nodes { status participant { user { displayName } metadata } } } events { sequence }
        draws { totalCount nodes { id status seed supersedes { id } exclusions { nodes { reason } } steps { nodes { kind } } } } }
        rooms { nodes { title } } }";
    for client in &two.others {
        let answer = client.run(document, json!({ "id": theirs.public.room })).await;
        let room = answer.at("/room");
        assert_eq!(room["title"], "Open room");
        for hidden in ["joinCode", "organization", "app", "viewerParticipation"] {
            assert!(room[hidden].is_null(), "{hidden}: {room}");
        }
        let people = json!({ "totalCount": 2, "nodes": [
            { "user": { "displayName": "Carl Creator" }, "metadata": null },
            { "user": { "displayName": "Open guest" }, "metadata": null },
        ] });
        assert_eq!(room["participants"], people);
        assert_eq!(room["prizes"]["totalCount"], 2);
        let winner = json!({ "status": "PENDING", "participant": { "user": { "displayName": "Open guest" }, "metadata": null } });
        assert_eq!(room["winners"]["nodes"], json!([winner]));
        assert_eq!(room["events"].as_array().unwrap().len(), 8);
        let draw = json!({ "totalCount": 1, "nodes": [{
            "id": theirs.public.draw, "status": "COMMITTED", "seed": null, "supersedes": null,
            "exclusions": { "nodes": [{ "reason": "Open reason" }] },
            "steps": { "nodes": [{ "kind": "COMMITTED" }, { "kind": "EXCLUDED" }] },
        }] });
        assert_eq!(room["draws"], draw);
        let titles: Vec<_> = answer
            .list("/rooms/nodes")
            .iter()
            .map(|room| room["title"].clone())
            .collect();
        let own = if client.user == two.ours.admin.user { 4 } else { 2 };
        assert_eq!(titles.len(), own, "the public rooms of both, and one's own: {titles:?}");
    }
    for id in [
        &theirs.public.participant,
        &theirs.public.prizes[0],
        &theirs.public.winner,
        &theirs.public.draw,
        &theirs.public.steps[0],
        &theirs.public.exclusion,
    ] {
        let answer = two
            .world
            .stranger()
            .run("query($id: ID!) { node(id: $id) { id } }", json!({ "id": id }))
            .await;
        assert_eq!(answer.at("/node/id"), id);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn someone_is_met_in_rooms_and_organizations_that_one_sees_and_nowhere_else(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let two = Two::new(database).await;
    let profile = "query($id: ID!) { node(id: $id) { ... on Profile { displayName } } }";
    let user_of = async |client: &Client, participant: &str| {
        let document = "query($id: ID!) { node(id: $id) { ... on Participant { user { id } } } }";
        client
            .run(document, json!({ "id": participant }))
            .await
            .text("/node/user/id")
    };
    let seen = user_of(&two.theirs.admin, &two.theirs.public.participant).await;
    let hidden = user_of(&two.theirs.admin, &two.theirs.private.participant).await;
    for client in &two.others {
        assert_eq!(
            client
                .run(profile, json!({ "id": seen }))
                .await
                .text("/node/displayName"),
            "Open guest"
        );
        assert!(client.run(profile, json!({ "id": hidden })).await.at("/node").is_null());
        let own = json!({ "id": client.user });
        if !client.user.is_empty() {
            assert!(client.run(profile, own).await.at("/node/displayName").is_string());
        }
    }
    assert!(
        two.theirs
            .admin
            .run(profile, json!({ "id": hidden }))
            .await
            .at("/node/displayName")
            .is_string()
    );
}
