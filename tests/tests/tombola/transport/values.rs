//! Values of variables: one that was not sent is left out, null is null, and defaults stand in wherever a variable does
//! (GraphQL §6.1.2, §6.4.1).

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Client, Database, Scene, socket::Received};

const UPDATE: &str = "mutation($room: ID!, $title: String, $description: String, $starts: DateTime, $most: Int) {
    updateRoom(input: { roomId: $room, title: $title, description: $description, startsAt: $starts, maxParticipants: $most }) {
        room { title description startsAt maxParticipants } } }";
const STREAM: &str = "text/event-stream";

/// A room in which everything is set that can be emptied.
async fn filled_room(scene: &Scene) -> String {
    let input = json!({
        "title": "Harvest", "description": "Bring a chair", "startsAt": "2026-12-24T18:00:00Z", "maxParticipants": 50,
    });
    scene.creator.active_room(&scene.organization, input).await
}

/// The data of a document that is sent by server-sent events.
async fn by_events(client: &Client, document: &str, variables: Json) -> Json {
    let request = client.http().post(format!("{}/graphql", client.base()));
    let request = request
        .header("accept", STREAM)
        .bearer_auth(client.token.as_deref().unwrap());
    let body = json!({ "query": document, "variables": variables });
    let text = request.json(&body).send().await.unwrap().text().await.unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("data:")).unwrap();
    serde_json::from_str::<Json>(line).unwrap()["data"].clone()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_not_sent_stays_and_null_empties(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let room = filled_room(&scene).await;
    let filled = json!({
        "title": "Dinner", "description": "Bring a chair", "startsAt": "2026-12-24T18:00:00.000Z", "maxParticipants": 50,
    });
    let sent = json!({ "room": room, "title": "Dinner" });
    let answer = scene.creator.run(UPDATE, sent.clone()).await;
    assert_eq!(answer.at("/updateRoom/room"), &filled);
    let mut socket = scene.creator.socket().await;
    socket.subscribe("1", UPDATE, sent.clone()).await;
    assert_eq!(socket.next().await["updateRoom"]["room"], filled);
    assert_eq!(
        by_events(&scene.creator, UPDATE, sent).await["updateRoom"]["room"],
        filled
    );

    let emptied = json!({ "room": room, "description": null, "starts": null });
    let answer = scene.creator.run(UPDATE, emptied).await;
    let room = answer.at("/updateRoom/room");
    assert_eq!((&room["description"], &room["startsAt"]), (&Json::Null, &Json::Null));
    assert_eq!(
        (&room["title"], &room["maxParticipants"]),
        (&json!("Dinner"), &json!(50))
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_not_sent_stays_in_prizes_and_profiles(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(3).await;
    let document = "mutation($prize: ID!, $description: String, $image: String, $metadata: JSON, $quantity: Int) {
        updatePrize(input: { prizeId: $prize, description: $description, imageUrl: $image, metadata: $metadata, quantity: $quantity }) {
            prize { description imageUrl metadata quantity } } }";
    let kept = json!({
        "description": "Red", "imageUrl": "https://example.com/a.png", "metadata": { "a": 1 }, "quantity": 3,
    });
    let sent = json!({
        "prize": prize, "description": "Red", "image": "https://example.com/a.png", "metadata": { "a": 1 },
    });
    for variables in [sent, json!({ "prize": prize })] {
        let answer = scene.creator.run(document, variables).await;
        assert_eq!(answer.at("/updatePrize/prize"), &kept);
    }
    let document = "mutation($first: String, $last: String) {
        updateProfile(input: { firstName: $first, lastName: $last }) { viewer { firstName lastName } } }";
    for (variables, first, last) in [
        (
            json!({ "first": "Carl", "last": "Creator" }),
            json!("Carl"),
            json!("Creator"),
        ),
        (json!({ "last": null }), json!("Carl"), Json::Null),
        (json!({}), json!("Carl"), Json::Null),
    ] {
        let answer = scene.creator.run(document, variables).await;
        assert_eq!(
            answer.at("/updateProfile/viewer"),
            &json!({ "firstName": first, "lastName": last })
        );
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_default_of_a_place_stands_unless_null_is_sent(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let document = "mutation($room: ID!, $quantity: Int) {
        createPrize(input: { roomId: $room, name: \"One\", quantity: $quantity }) { prize { quantity } } }";
    let answer = scene.creator.run(document, json!({ "room": scene.room })).await;
    assert_eq!(answer.number("/createPrize/prize/quantity"), 1);

    let before = scene.world.dump().await;
    let null = json!({ "room": scene.room, "quantity": null });
    let answer = scene.creator.run(document, null).await;
    answer.assert_refused_for("VALIDATION", "quantity");
    assert!(answer.body.get("data").is_none(), "{}", answer.body);
    assert_eq!(scene.world.dump().await, before);

    // What is skipped is not asked for.
    let skipped = document.replace("quantity: $quantity })", "quantity: $quantity }) @skip(if: true)");
    let answer = scene
        .creator
        .run(&skipped, json!({ "room": scene.room, "quantity": null }))
        .await;
    assert_eq!(answer.at(""), &json!({}));
    let defaulted = document.replace("$quantity: Int)", "$quantity: Int = 4)");
    let answer = scene.creator.run(&defaulted, json!({ "room": scene.room })).await;
    assert_eq!(answer.number("/createPrize/prize/quantity"), 4);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_begins_at_its_default_when_after_was_not_sent(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let document = "subscription($room: ID!, $after: Long, $yes: Boolean = true) {
        roomEvents(roomId: $room, after: $after) { sequence @include(if: $yes) kind: __typename @skip(if: $yes) } }";
    let mut socket = scene.creator.socket().await;
    socket
        .subscribe("1", document, json!({ "room": scene.room, "after": 0 }))
        .await;
    assert_eq!(socket.next().await, json!({ "roomEvents": { "sequence": 1 } }));
    // From now on: the next one is what comes next.
    let page = "query($room: ID!, $after: Long) { room(id: $room) { events(first: 1, after: $after) { sequence } } }";
    let answer = scene.creator.run(page, json!({ "room": scene.room })).await;
    assert_eq!(answer.number("/room/events/0/sequence"), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conditions_see_the_defaults_of_variables(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let change = |definition: &str, condition: &str, name: &str| {
        format!(
            "mutation($room: ID!, {definition}) {{
                createPrize(input: {{ roomId: $room, name: \"{name}\" }}) {condition} {{ prize {{ id }} }} }}"
        )
    };
    for (definition, condition, name) in [
        ("$dry: Boolean = true", "@skip(if: $dry)", "Skipped"),
        ("$go: Boolean! = false", "@include(if: $go)", "Left out"),
        ("$go: Boolean! = true", "@include(if: $go)", "Made"),
    ] {
        let answer = scene
            .creator
            .run(&change(definition, condition, name), json!({ "room": scene.room }))
            .await;
        assert!(answer.is_ok(), "{}", answer.body);
    }
    let document = "query($room: ID!, $yes: Boolean = true) { room(id: $room) {
        prizes { nodes { name } } ...T @include(if: $yes) ... @skip(if: $yes) { status } } } fragment T on Room { title }";
    let answer = scene.creator.run(document, json!({ "room": scene.room })).await;
    let expected = json!({ "prizes": { "nodes": [{ "name": "Made" }] }, "title": "The room" });
    assert_eq!(answer.at("/room"), &expected);
    let null = json!({ "room": scene.room, "yes": null });
    scene
        .creator
        .run(document, null)
        .await
        .assert_refused_for("VALIDATION", "if");
    // A variable that is used in a condition of __typename is used.
    let document = "query($yes: Boolean!) { __typename @include(if: $yes) }";
    let answer = scene.creator.run(document, json!({ "yes": true })).await;
    assert_eq!(answer.at("/__typename"), "Query");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retry_without_a_variable_is_another_request_than_one_with_null() {
    let scene = Scene::new(Database::Sqlite).await;
    let room = filled_room(&scene).await;
    let client = scene.creator.keyed("a-key");
    for _ in 0..2 {
        let answer = client.run(UPDATE, json!({ "room": room, "title": "Once" })).await;
        assert_eq!(answer.text("/updateRoom/room/description"), "Bring a chair");
    }
    let null = json!({ "room": room, "title": "Once", "description": null });
    client.run(UPDATE, null).await.assert_refused("CONFLICT");
}

/// Each variable that does not fit is told with its name, or that of the input field.
#[rstest]
#[case::missing("query($room: ID!) { room(id: $room) { id } }", json!({}), "room", "was not sent")]
#[case::null("query($room: ID!) { room(id: $room) { id } }", json!({ "room": null }), "room", "is null")]
#[case::kind("query($n: Int) { rooms(first: $n) { totalCount } }", json!({ "n": "1" }), "n", "32 bits")]
#[case::fraction("query($n: Int) { rooms(first: $n) { totalCount } }", json!({ "n": 1.5 }), "n", "32 bits")]
#[case::item("query($a: [ID!]!) { nodes(ids: $a) { id } }", json!({ "a": ["x", true] }), "a", "\"1\"")]
#[case::unknown("query($o: RoomOrder) { rooms(orderBy: $o) { totalCount } }", json!({ "o": { "feild": "TITLE", "field": "TITLE" } }), "feild", "\"field\"")]
#[case::lacking("query($o: RoomOrder) { rooms(orderBy: $o) { totalCount } }", json!({ "o": {} }), "field", "was not sent")]
#[case::enumeration("query($o: RoomOrder) { rooms(orderBy: $o) { totalCount } }", json!({ "o": { "field": "SIZE" } }), "field", "one of its values")]
#[case::no_object("query($o: RoomOrder) { rooms(orderBy: $o) { totalCount } }", json!({ "o": "TITLE" }), "o", "an object")]
#[tokio::test]
async fn a_variable_that_does_not_fit_is_named(
    #[case] document: &str,
    #[case] variables: Json,
    #[case] field: &str,
    #[case] words: &str,
) {
    let world = tests::World::new(Database::Sqlite).await;
    let answer = world.stranger().run(document, variables).await;
    answer.assert_refused_for("VALIDATION", field);
    assert!(answer.message().contains(words), "{}", answer.message());
    assert!(answer.body.get("data").is_none(), "{}", answer.body);
}

/// As JavaScript writes them: 2.0 is 2.
#[tokio::test]
async fn whole_numbers_are_whole_however_they_are_written() {
    let world = tests::World::new(Database::Sqlite).await;
    let document = "query($n: Int) { rooms(first: $n) { totalCount } }";
    let answer = world.stranger().run(document, json!({ "n": 2.0 })).await;
    assert!(answer.is_ok(), "{}", answer.body);
}

#[rstest]
#[case::fields(format!("{{ {} }}", (0..50).map(|n| format!("nothing{n} ")).collect::<String>()), json!({}))]
#[case::values(format!("{{ {} }}", (0..15).map(|n| format!("a{n}: node(id: {{}}) {{ id }} b{n}: rooms(first: \"\") {{ totalCount }} ")).collect::<String>().replace("a14", "c").replace("b14", "d")), json!({}))]
#[case::variables("query($a: [ID!]!) { nodes(ids: $a) { id } }".to_owned(), json!({ "a": vec![true; 50] }))]
#[tokio::test]
async fn twenty_faults_are_told_at_most(#[case] document: String, #[case] variables: Json) {
    let world = tests::World::with(Database::Sqlite, |config| config.limits.root_fields = 100).await;
    let answer = world.stranger().run(&document, variables).await;
    answer.assert_refused("VALIDATION");
    assert_eq!(answer.errors().len(), 20, "{}", answer.body);
}

/// A value of the document is repeated in an error in some words at most.
#[tokio::test]
async fn an_error_repeats_little_of_a_long_value() {
    let world = tests::World::new(Database::Sqlite).await;
    let document = format!("{{ rooms(first: \"{}\") {{ totalCount }} }}", "x".repeat(60_000));
    let answer = world.stranger().query(&document).await;
    answer.assert_refused_for("VALIDATION", "first");
    assert!(answer.message().len() < 500, "{}", answer.message().len());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn objects_of_which_nothing_is_selected_are_empty(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let document = "query($room: ID!, $gone: ID!, $x: Boolean!) {
        room(id: $room) { title @include(if: $x) events(first: 2) { ... on PrizeDeleted { name } } ... @skip(if: true) { id } }
        gone: room(id: $gone) { title @include(if: $x) }
        rooms(first: 1) { pageInfo { hasNextPage @include(if: $x) } nodes { id @include(if: $x) } edges { node { ...N } } }
        node(id: $room) { ... on Prize { name } }
        app: room(id: $room) { app { name @include(if: $x) } } } fragment N on Room { id @include(if: $x) }";
    let gone = entity::RoomId::from(uuid::Uuid::from_u128(7)).to_string();
    let answer = scene
        .creator
        .run(document, json!({ "room": scene.room, "gone": gone, "x": false }))
        .await;
    let data = &answer.body["data"];
    assert_eq!(data["room"], json!({ "events": [{}, {}] }), "{}", answer.body);
    assert_eq!(
        data["rooms"],
        json!({ "pageInfo": {}, "nodes": [{}], "edges": [{ "node": {} }] })
    );
    assert_eq!((&data["node"], &data["gone"]), (&json!({}), &Json::Null));
    assert_eq!(data["app"], json!({ "app": null }), "what is missing is null");

    let document = "subscription($room: ID!) { roomEvents(roomId: $room, after: 0) { ... on PrizeDeleted { name } } }";
    let mut socket = scene.creator.socket().await;
    socket.subscribe("1", document, json!({ "room": scene.room })).await;
    for _ in 0..2 {
        assert_eq!(socket.next().await, json!({ "roomEvents": {} }));
    }
}

/// Each stands in a document, and is one text.
#[rstest]
#[case::quotes(r#""""Say \""" and C:\temp""""#, "Say \"\"\" and C:\\temp")]
#[case::indented("\"\"\"\n    One\n      two\n    \"\"\"", "One\n  two")]
#[case::pair(r#""a \uD83D\uDE00 b""#, "a 😀 b")]
#[case::braces(r#""a \u{1F600} \u{41} b""#, "a 😀 A b")]
#[case::four_digits(r#""\u00e9\n\t\"\\\/""#, "é\n\t\"\\/")]
#[case::as_it_is("\"é 😀 \u{2028}\"", "é 😀 \u{2028}")]
#[tokio::test]
async fn texts_in_documents_are_read_as_the_specification_says(#[case] literal: &str, #[case] text: &str) {
    let scene = Scene::new(Database::Sqlite).await;
    let document = format!(
        "mutation($room: ID!) {{ createPrize(input: {{ roomId: $room, name: \"x\", metadata: {{ text: {literal} }} }}) {{ prize {{ metadata }} }} }}"
    );
    let answer = scene.creator.run(&document, json!({ "room": scene.room })).await;
    assert_eq!(answer.text("/createPrize/prize/metadata/text"), text);
    // In the default of a variable, too.
    let document = format!(
        "mutation($room: ID!, $metadata: JSON = {{ text: {literal} }}) {{ createPrize(input: {{ roomId: $room, name: \"x\", metadata: $metadata }}) {{ prize {{ metadata }} }} }}"
    );
    let answer = scene.creator.run(&document, json!({ "room": scene.room })).await;
    assert_eq!(answer.text("/createPrize/prize/metadata/text"), text);
}

#[rstest]
#[case::high(r#""\uD83D""#)]
#[case::low(r#""\uDE00""#)]
#[case::reversed(r#""\uDE00\uD83D""#)]
#[case::braces(r#""\u{D83D}""#)]
#[case::too_large(r#""\u{110000}""#)]
#[case::not_closed(r#""\u{41""#)]
#[tokio::test]
async fn half_a_character_is_refused_with_its_place(#[case] literal: &str) {
    let world = tests::World::new(Database::Sqlite).await;
    let answer = world
        .stranger()
        .query(&format!("{{\n  node(id: {literal}) {{ id }} }}"))
        .await;
    answer.assert_refused("VALIDATION");
    assert_eq!(answer.body["errors"][0]["locations"][0]["line"], 2, "{}", answer.body);
}

#[tokio::test]
async fn an_empty_operation_name_is_none() {
    let world = tests::World::new(Database::Sqlite).await;
    let client = world.stranger();
    let request = |accept: &str| {
        client
            .http()
            .post(format!("{}/graphql", client.base()))
            .header("accept", accept)
    };
    for document in ["query A { __typename }", "{ __typename }"] {
        let body = json!({ "query": document, "operationName": "" });
        let answer = request("application/graphql-response+json")
            .json(&body)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{document}");
        let text = request(STREAM).json(&body).send().await.unwrap().text().await.unwrap();
        assert!(text.contains("\"__typename\":\"Query\""), "{text}");
        let url = format!(
            "{}/graphql?query={}&operationName=",
            client.base(),
            document.replace(' ', "+")
        );
        let get = client.http().get(url.replace('{', "%7B").replace('}', "%7D"));
        let answer = get.header("accept", "application/json").send().await.unwrap();
        assert!(answer.text().await.unwrap().contains("\"Query\""));
        let mut socket = client.socket().await;
        socket
            .send(json!({ "type": "subscribe", "id": "1", "payload": body }))
            .await;
        assert!(matches!(socket.receive().await, Received::Next(..)), "{document}");
    }
    let body = json!({ "query": "query A { __typename } query B { __typename }", "operationName": "" });
    let answer = request("application/graphql-response+json")
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 400);
}
