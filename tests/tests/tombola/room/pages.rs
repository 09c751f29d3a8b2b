//! The arguments of every list: page sizes and cursors that do not fit are refused.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Client, Database, Scene};

/// Every list of the schema: its type and field, and a document around it.
const LISTS: [(&str, &str, &str); 17] = [
    ("Query", "rooms", "{ LIST }"),
    ("Query", "apps", "{ LIST }"),
    ("Viewer", "memberships", "{ viewer { LIST } }"),
    ("Viewer", "participations", "{ viewer { LIST } }"),
    (
        "Organization",
        "memberships",
        "{ organization(id: $organization) { LIST } }",
    ),
    ("Organization", "apps", "{ organization(id: $organization) { LIST } }"),
    ("Organization", "rooms", "{ organization(id: $organization) { LIST } }"),
    ("App", "rooms", "{ app(id: $app) { LIST } }"),
    ("Room", "participants", "{ room(id: $room) { LIST } }"),
    ("Room", "prizes", "{ room(id: $room) { LIST } }"),
    ("Room", "winners", "{ room(id: $room) { LIST } }"),
    ("Room", "draws", "{ room(id: $room) { LIST } }"),
    ("Draw", "steps", "{ draw(id: $draw) { LIST } }"),
    ("Draw", "exclusions", "{ draw(id: $draw) { LIST } }"),
    ("Draw", "winners", "{ draw(id: $draw) { LIST } }"),
    (
        "Participant",
        "winners",
        "{ node(id: $participant) { ... on Participant { LIST } } }",
    ),
    ("Prize", "winners", "{ node(id: $prize) { ... on Prize { LIST } } }"),
];

struct Lists {
    scene: Scene,
    variables: Json,
}

async fn lists(database: Database) -> Lists {
    let scene = Scene::new(database).await;
    let app = json!({ "organizationId": scene.organization, "name": "An app", "manifest": {} });
    let app = scene
        .admin
        .mutate("registerApp", app, "app { id }")
        .await
        .text("/registerApp/app/id");
    let move_to = json!({ "roomId": scene.room, "appId": app, "startsAt": "2026-07-01T12:00:00Z" });
    scene
        .creator
        .mutate("updateRoom", move_to, "room { id }")
        .await
        .text("/updateRoom/room/id");
    let prize = scene.prize(1).await;
    let (_, participant) = scene.participant("Gustav Guest").await;
    scene.award(&prize, &participant).await;
    let draw = drawn(&scene).await;
    let variables = json!({
        "organization": scene.organization, "app": app, "room": scene.room, "prize": prize,
        "participant": participant, "draw": draw,
    });
    Lists { scene, variables }
}

/// A draw with a winner, from which somebody was kept out.
async fn drawn(scene: &Scene) -> String {
    let policy = json!({ "level": "L0", "prizes": [{ "prizeId": scene.prize(1).await }] });
    let input = json!({ "roomId": scene.room, "policy": policy });
    let answer = scene.creator.mutate("createDraw", input, "draw { id }").await;
    let draw = answer.text("/createDraw/draw/id");
    let (_, other) = scene.participant("Olga Other").await;
    let exclude = json!({ "drawId": draw, "participantId": other, "reason": "Knows the hosts" });
    for (mutation, input) in [
        ("excludeFromDraw", exclude),
        ("freezeDraw", json!({ "drawId": draw })),
        ("runDraw", json!({ "drawId": draw })),
    ] {
        let answer = scene.creator.mutate(mutation, input, "draw { id }").await;
        assert!(answer.is_ok(), "{mutation}: {}", answer.body);
    }
    draw
}

impl Lists {
    /// A list with arguments, asked for by somebody who sees it.
    async fn ask(&self, list: (&str, &str, &str), arguments: &str, more: Json) -> tests::Answer {
        let (_, field, around) = list;
        let selection = format!("{field}{arguments} {{ edges {{ cursor }} }}");
        let document = around.replace("LIST", &selection);
        let mut variables = self.variables.clone();
        variables
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let known = [
            ("organization", "ID!"),
            ("app", "ID!"),
            ("room", "ID!"),
            ("prize", "ID!"),
            ("participant", "ID!"),
            ("draw", "ID!"),
        ];
        let declared = known.into_iter().chain([("size", "Int"), ("cursor", "String")]);
        let declared: Vec<_> = declared
            .filter(|(name, _)| document.contains(&format!("${name}")))
            .map(|(name, kind)| format!("${name}: {kind}"))
            .collect();
        let document = match declared.is_empty() {
            true => format!("query {document}"),
            false => format!("query({}) {document}", declared.join(", ")),
        };
        self.scene.creator.run(&document, variables).await
    }
}

async fn connections(client: &Client) -> BTreeSet<(String, String)> {
    let answer = client
        .query("{ __schema { types { name fields { name type { name } args { name } } } } }")
        .await;
    let mut found = BTreeSet::new();
    for kind in answer.list("/__schema/types") {
        for field in kind["fields"].as_array().into_iter().flatten() {
            let connection = field["type"]["name"]
                .as_str()
                .is_some_and(|name| name.ends_with("Connection"));
            if connection {
                let text = |value: &Json| value.as_str().unwrap().to_owned();
                let names: BTreeSet<_> = field["args"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|one| text(&one["name"]))
                    .collect();
                for name in ["first", "after", "last", "before"] {
                    assert!(names.contains(name), "{kind} {field} lacks {name}");
                }
                found.insert((text(&kind["name"]), text(&field["name"])));
            }
        }
    }
    found
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_list_of_the_schema_is_here(#[values(Database::Sqlite)] database: Database) {
    let scene = Scene::new(database).await;
    let known: BTreeSet<_> = LISTS
        .iter()
        .map(|(kind, field, _)| (kind.to_string(), field.to_string()))
        .collect();
    assert_eq!(
        known,
        connections(&scene.outsider).await,
        "left: lists here; right: the schema"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_size_that_does_not_fit_is_refused_by_every_list(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let lists = lists(database).await;
    for list in LISTS {
        for size in [0, 101, -1, 3_000_000_000_i64, -3_000_000_000, i64::MAX, i64::MIN] {
            for argument in ["first", "last"] {
                let answer = lists.ask(list, &format!("({argument}: {size})"), json!({})).await;
                answer.assert_refused_for("VALIDATION", argument);
                let message = answer.message();
                assert!(
                    message.contains("1 to 100") || message.contains("32-bit"),
                    "{list:?}: {message}"
                );
                let answer = lists
                    .ask(list, &format!("({argument}: $size)"), json!({ "size": size }))
                    .await;
                // What is no Int at all is the variable's fault.
                answer.assert_refused("VALIDATION");
                assert!(
                    [Some(argument), Some("size")].contains(&answer.field()),
                    "{}",
                    answer.body
                );
            }
        }
        for fits in [1, 100] {
            let answer = lists.ask(list, &format!("(first: {fits})"), json!({})).await;
            assert!(answer.is_ok(), "{list:?}: {}", answer.body);
        }
        let answer = lists.ask(list, "(first: 1, last: 1)", json!({})).await;
        answer.assert_refused_for("VALIDATION", "last");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_cursor_is_refused_by_every_list(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let lists = lists(database).await;
    for list in LISTS {
        let answer = lists.ask(list, "(first: 1)", json!({})).await;
        let pointer = {
            let text = answer.body["data"].to_string();
            let start = text
                .find("\"cursor\":\"")
                .unwrap_or_else(|| panic!("{list:?} is empty: {text}"))
                + 10;
            text[start..].split('"').next().unwrap().to_owned()
        };
        let good = pointer;
        let shortened = good[..good.len() - 3].to_owned();
        let broken = [
            "",
            "x",
            "0",
            "%%%",
            "eyJ9",
            &shortened,
            &format!("{good}=="),
            &format!("{good}x"),
        ];
        for cursor in broken {
            for argument in ["after", "before"] {
                let answer = lists
                    .ask(list, &format!("({argument}: $cursor)"), json!({ "cursor": cursor }))
                    .await;
                answer.assert_refused_for("VALIDATION", argument);
                assert!(answer.message().contains("cursor"), "{list:?}: {}", answer.message());
            }
        }
        let answer = lists.ask(list, "(after: $cursor)", json!({ "cursor": good })).await;
        assert!(answer.is_ok(), "{list:?}: {}", answer.body);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_of_another_order_is_refused(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let lists = lists(database).await;
    let orders = ["CREATED_AT", "STARTS_AT", "TITLE"];
    let page = async |order: &str, arguments: &str, cursor: Json| {
        let declared = if arguments.is_empty() { "" } else { "($cursor: String)" };
        let document =
            format!("query{declared} {{ rooms(orderBy: {{ field: {order} }}{arguments}) {{ edges {{ cursor }} }} }}");
        lists.scene.creator.run(&document, json!({ "cursor": cursor })).await
    };
    for order in orders {
        let cursor = page(order, "", Json::Null).await.text("/rooms/edges/0/cursor");
        for other in orders {
            for argument in ["after", "before"] {
                let answer = page(other, &format!(", {argument}: $cursor"), json!(cursor)).await;
                if order == other {
                    assert!(answer.is_ok(), "{}", answer.body);
                } else {
                    answer.assert_refused_for("VALIDATION", argument);
                    assert!(answer.message().contains("another order"), "{}", answer.message());
                }
            }
        }
        // And one of another list altogether.
        let answer = lists
            .ask(LISTS[9], "(after: $cursor)", json!({ "cursor": cursor }))
            .await;
        answer.assert_refused_for("VALIDATION", "after");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_filter_that_does_not_fit_is_refused(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let lists = lists(database).await;
    let rooms = async |filter: Json| {
        let document = "query($filter: RoomFilter) { rooms(filter: $filter) { nodes { id } } }";
        lists.scene.creator.run(document, json!({ "filter": filter })).await
    };
    for (filter, field) in [
        (json!({ "text": "" }), "text"),
        (json!({ "text": "  " }), "text"),
        (json!({ "text": "x".repeat(201) }), "text"),
        (json!({ "text": "a\0b" }), "text"),
        (json!({ "appId": lists.scene.room }), "appId"),
        (json!({ "organizationId": "none" }), "organizationId"),
        (json!({ "startsAfter": "1999-12-31T00:00:00Z" }), "startsAfter"),
        (json!({ "startsBefore": "3000-01-01T00:00:00Z" }), "startsBefore"),
        (json!({ "status": ["OPEN"] }), "status"),
        (json!({ "isPublic": "yes" }), "isPublic"),
    ] {
        let answer = rooms(filter.clone()).await;
        assert_eq!(answer.code(), Some("VALIDATION"), "{filter}: {}", answer.body);
        assert_eq!(answer.field(), Some(field), "{filter}: {}", answer.body);
    }
    // What is unknown narrows the list to nothing; that is no error.
    let unknown = entity::id::format("app", uuid::Uuid::now_v7());
    let answer = rooms(json!({ "appId": unknown })).await;
    assert_eq!(answer.at("/rooms/nodes"), &json!([]));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_is_read_in_pages_of_one_to_a_hundred(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let lists = lists(database).await;
    let log = async |first: Json, after: Json| {
        let document = "query($id: ID!, $first: Int, $after: Long! = 0) {
            room(id: $id) { events(first: $first, after: $after) { sequence } } }";
        let variables = json!({ "id": lists.scene.room, "first": first, "after": after });
        lists.scene.outsider.run(document, variables).await
    };
    for size in [0, -1, 101, 3_000_000_000_i64] {
        log(json!(size), json!(0))
            .await
            .assert_refused_for("VALIDATION", "first");
    }
    let answer = log(json!(2), json!(1)).await;
    assert_eq!(
        answer.at("/room/events"),
        &json!([{ "sequence": 2 }, { "sequence": 3 }])
    );
    log(json!(1), json!(-1)).await.assert_refused_for("VALIDATION", "after");
    assert_eq!(
        log(json!(1), json!(9_007_199_254_740_991_i64)).await.at("/room/events"),
        &json!([])
    );
    log(json!(1), json!(9_007_199_254_740_992_i64))
        .await
        .assert_refused("VALIDATION");
}
