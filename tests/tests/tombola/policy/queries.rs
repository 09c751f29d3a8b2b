//! What strangers and people of another organization read of a private room and its organization: nothing, by any
//! query of the schema.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Client, Database, Scene};

/// Every query, with the pointer to what it finds.
const QUERIES: [(&str, &str, &str); 11] = [
    ("app", "query($app: ID!) { app(id: $app) { id } }", "/app"),
    (
        "apps",
        "query($organization: ID!) { apps(organizationId: $organization) { nodes { id } } }",
        "/apps/nodes/0",
    ),
    ("draw", "query($draw: ID!) { draw(id: $draw) { id } }", "/draw"),
    (
        "drawReceipt",
        "query($draw: ID!) { drawReceipt(drawId: $draw) { nonce } }",
        "/drawReceipt",
    ),
    ("node", "query($prize: ID!) { node(id: $prize) { id } }", "/node"),
    ("nodes", "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", "/nodes"),
    (
        "organization",
        "query($organization: ID!) { organization(id: $organization) { id } }",
        "/organization",
    ),
    ("room", "query($room: ID!) { room(id: $room) { id } }", "/room"),
    (
        "roomByJoinCode",
        "query($code: String!) { roomByJoinCode(joinCode: $code) { organization { id } } }",
        "/roomByJoinCode/organization",
    ),
    (
        "rooms",
        "query($organization: ID!) { rooms(filter: { organizationId: $organization, isPublic: false }) { nodes { id } } }",
        "/rooms/nodes/0",
    ),
    (
        "viewer",
        "query { viewer { memberships { nodes { organization { slug } } } } }",
        "/viewer/memberships/nodes/0",
    ),
];

struct Private {
    scene: Scene,
    variables: Json,
    ids: Vec<String>,
}

async fn private(database: Database) -> Private {
    let scene = Scene::new(database).await;
    let app = json!({ "organizationId": scene.organization, "name": "An app", "manifest": {} });
    let app = scene
        .admin
        .mutate("registerApp", app, "app { id }")
        .await
        .text("/registerApp/app/id");
    let room = scene
        .creator
        .active_room(&scene.organization, json!({ "appId": app }))
        .await;
    let prize = json!({ "roomId": room, "name": "A prize" });
    let prize = scene
        .creator
        .mutate("createPrize", prize, "prize { id }")
        .await
        .text("/createPrize/prize/id");
    let guest = scene.world.user("Gustav Guest").await;
    let place = json!({ "roomId": room, "userId": guest.user });
    let place = scene
        .creator
        .mutate("addParticipant", place, "participant { id }")
        .await;
    let place = place.text("/addParticipant/participant/id");
    let award = json!({ "prizeId": prize, "participantId": place });
    let winner = scene
        .creator
        .mutate("awardPrize", award, "winner { id }")
        .await
        .text("/awardPrize/winner/id");
    let (draw, exclusion, step) = draw(&scene, &room, &place).await;
    let document = "query($id: ID!, $room: ID!) { viewer { session { id } } room(id: $room) { joinCode }
        organization(id: $id) { memberships { nodes { id } } } }";
    let answer = scene
        .creator
        .run(document, json!({ "id": scene.organization, "room": room }))
        .await;
    let session = answer.text("/viewer/session/id");
    let membership = answer.text("/organization/memberships/nodes/0/id");
    let code = answer.text("/room/joinCode");

    let ids = vec![
        scene.organization.clone(),
        app.clone(),
        room.clone(),
        prize.clone(),
        place,
        winner,
        session,
        membership,
        guest.user.clone(),
        draw.clone(),
        step,
        exclusion,
    ];
    let variables = json!({
        "organization": scene.organization, "app": app, "room": room, "prize": prize, "ids": ids, "code": code, "draw": draw,
    });
    Private { scene, variables, ids }
}

/// A draw with someone who was kept out; answers the ids of the draw, of the exclusion and of its first step.
async fn draw(scene: &Scene, room: &str, place: &str) -> (String, String, String) {
    let creator = &scene.creator;
    let prize = json!({ "roomId": room, "name": "A prize to draw" });
    let prize = creator.mutate("createPrize", prize, "prize { id }").await;
    let policy = json!({ "level": "L0", "prizes": [{ "prizeId": prize.text("/createPrize/prize/id") }] });
    let input = json!({ "roomId": room, "policy": policy });
    let draw = creator.mutate("createDraw", input, "draw { id }").await;
    let draw = draw.text("/createDraw/draw/id");
    let input = json!({ "drawId": draw, "participantId": place, "reason": "Knows the hosts" });
    let selection = "exclusion { id } draw { steps { nodes { id } } }";
    let answer = creator.mutate("excludeFromDraw", input, selection).await;
    let exclusion = answer.text("/excludeFromDraw/exclusion/id");
    (draw, exclusion, answer.text("/excludeFromDraw/draw/steps/nodes/0/id"))
}

fn is_nothing(found: Option<&Json>) -> bool {
    match found {
        None | Some(Json::Null) => true,
        Some(Json::Array(list)) => list.iter().all(Json::is_null),
        Some(_) => false,
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_query_shows_an_outsider_anything_private(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let Private { scene, variables, .. } = private(database).await;
    let rival = scene.world.user("Rita Rival").await;
    rival
        .mutate("createOrganization", json!({ "name": "Rivals" }), "organization { id }")
        .await
        .text("/createOrganization/organization/id");

    let fields = scene
        .outsider
        .query("{ __schema { queryType { fields { name } } } }")
        .await;
    let fields: BTreeSet<_> = fields
        .list("/__schema/queryType/fields")
        .iter()
        .map(|field| field["name"].as_str().unwrap())
        .collect();
    let known: BTreeSet<_> = QUERIES.iter().map(|(name, ..)| *name).collect();
    assert_eq!(known, fields, "left: queries here; right: the schema");

    for (name, document, pointer) in QUERIES {
        for outsider in [scene.world.stranger(), &scene.outsider, &rival] {
            let answer = outsider.run(document, variables.clone()).await;
            if name == "drawReceipt" {
                // One's own entry: of nobody there is none, and of a draw that is not seen neither.
                let is_known = !outsider.user.is_empty();
                answer.assert_refused(if is_known { "NOT_FOUND" } else { "UNAUTHENTICATED" });
                continue;
            }
            assert!(answer.is_ok(), "{name}: {}", answer.body);
            if name == "viewer" && outsider.user == rival.user {
                assert_ne!(answer.body["data"].pointer("/viewer/memberships/nodes/0"), None);
                continue;
            }
            assert!(
                is_nothing(answer.body["data"].pointer(pointer)),
                "{name}: {}",
                answer.body
            );
        }
        // Whoever belongs there finds it by the same query.
        let answer = scene.creator.run(document, variables.clone()).await;
        assert!(!is_nothing(Some(answer.at(pointer))), "{name}: {}", answer.body);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_private_room_behind_its_code_shows_its_own_fields_and_no_people(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let Private { scene, variables, .. } = private(database).await;
    let document = "query($code: String!) { roomByJoinCode(joinCode: $code) {
        title status joinCode app { id } organization { id } viewerParticipation { id } events { sequence }
        participants { nodes { id } } prizes { nodes { id } } winners { nodes { id } } draws { nodes { id } } } }";
    for outsider in [scene.world.stranger(), &scene.outsider] {
        let answer = outsider.run(document, variables.clone()).await;
        let room = answer.at("/roomByJoinCode");
        assert_eq!(room["title"], "A room");
        assert_eq!(room["status"], "ACTIVE");
        for hidden in ["joinCode", "app", "organization", "viewerParticipation"] {
            assert_eq!(room[hidden], Json::Null, "{room}");
        }
        assert_eq!(room["events"], json!([]), "{room}");
        for hidden in ["participants", "prizes", "winners", "draws"] {
            assert_eq!(room[hidden]["nodes"], json!([]), "{room}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn node_finds_for_each_kind_of_id_what_its_reader_may_see(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let Private { scene, ids, .. } = private(database).await;
    let kinds = async |client: &Client| {
        let mut kinds = Vec::new();
        for id in &ids {
            let document = "query($id: ID!) { node(id: $id) { __typename id } }";
            let answer = client.run(document, json!({ "id": id })).await;
            let node = answer.at("/node");
            assert!(node.is_null() || node["id"] == json!(id), "{node}");
            kinds.push(node["__typename"].as_str().unwrap_or("-").to_owned());
        }
        kinds.join(" ")
    };
    let all = "Organization App Room Prize Participant Winner Session Membership Profile Draw DrawStep DrawExclusion";
    assert_eq!(kinds(&scene.creator).await, all);
    assert_eq!(
        kinds(&scene.viewer).await,
        all.replace("Session", "-"),
        "a session is its user's alone"
    );
    assert_eq!(kinds(&scene.outsider).await, "- - - - - - - - - - - -");
    assert_eq!(kinds(scene.world.stranger()).await, "- - - - - - - - - - - -");
}
