//! What an operation may cost is an upper bound: no answer costs more, has more bytes, or goes on when it would.

use std::{collections::HashMap, sync::Arc};

use api::{
    caller::{Caller, Origin},
    config::Limits,
    document::{Document, Language},
    operation::{Allowance, Operation},
};
use async_graphql::{Request, Variables};
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Answer, Client, Database, Scene, World};

use super::dice::Dice;

/// Documents that are made up for each caller.
const DOCUMENTS: u64 = 120;

const SCHEMA: &str = "{ __schema { types { kind name possibleTypes { name } fields(includeDeprecated: true) {
    name type { ...T } args { name type { ...T } } } } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// A scene in which every text is as long, and takes as many bytes, as it may.
async fn filled(database: Database) -> Scene {
    let scene = Scene::in_world(World::with(database, |config| config.limits.cost = 10_000_000).await).await;
    let text = |length: usize| {
        "😀".repeat(length / 2) + &"\"".repeat(length / 4) + &"\\".repeat(length - length / 2 - length / 4)
    };
    let json = |bytes: usize| json!({ "a": vec![1; 100], "b": "\"\u{1}".repeat((bytes - 300) / 8) });
    let me =
        json!({ "displayName": text(100), "firstName": text(100), "lastName": text(100), "preferences": json(16_000) });
    scene
        .creator
        .mutate("updateProfile", me, "viewer { email }")
        .await
        .at("/updateProfile");
    let room = json!({ "roomId": scene.room, "title": text(200), "description": text(5000), "settings": json(16_000) });
    scene
        .creator
        .mutate("updateRoom", room, "room { id }")
        .await
        .at("/updateRoom");
    for number in 0..12 {
        let input = json!({
            "roomId": scene.room, "name": text(200 - number), "description": text(2000), "metadata": json(16_000), "quantity": 5,
        });
        let prize = scene
            .creator
            .mutate("createPrize", input, "prize { id }")
            .await
            .text("/createPrize/prize/id");
        let (_, place) = scene.participant(&text(100)).await;
        scene.award(&prize, &place).await;
    }
    let room = json!({ "title": text(200), "description": text(5000), "isPublic": true });
    for _ in 0..4 {
        scene.creator.draft_room(&scene.organization, room.clone()).await;
    }
    let app = json!({
        "organizationId": scene.organization, "name": text(100), "slug": "an-app",
        "manifest": { "permissions": vec!["\"😀"; 100] },
    });
    scene
        .admin
        .mutate("registerApp", app, "app { id }")
        .await
        .at("/registerApp");
    for _ in 0..3 {
        let prize = json!({ "roomId": scene.room, "name": text(200), "quantity": 3 });
        let prize = scene
            .creator
            .mutate("createPrize", prize, "prize { id }")
            .await
            .text("/createPrize/prize/id");
        let policy = json!({ "level": "L0", "prizes": [{ "prizeId": prize }] });
        let draw = scene
            .creator
            .mutate(
                "createDraw",
                json!({ "roomId": scene.room, "policy": policy }),
                "draw { id }",
            )
            .await
            .text("/createDraw/draw/id");
        scene
            .creator
            .mutate("freezeDraw", json!({ "drawId": draw }), "draw { id }")
            .await
            .at("/freezeDraw");
    }
    scene
}

/// Makes up documents from what a schema tells of itself.
struct Author {
    types: HashMap<String, Json>,
    ids: Vec<(&'static str, String)>,
    dice: Dice,
}

fn named(ty: &Json) -> &str {
    match ty["ofType"].is_object() {
        true => named(&ty["ofType"]),
        false => ty["name"].as_str().unwrap(),
    }
}

impl Author {
    async fn new(scene: &Scene) -> Self {
        let schema = scene.admin.query(SCHEMA).await;
        let types = schema.list("/__schema/types").iter();
        let types = types.map(|ty| (ty["name"].as_str().unwrap().to_owned(), ty.clone()));
        let some = scene
            .creator
            .query(&format!(
                "{{ room(id: \"{}\") {{ joinCode draws {{ nodes {{ id steps {{ nodes {{ id }} }} }} }} prizes {{ nodes {{ id }} }} }}
                   apps {{ nodes {{ id }} }} }}",
                scene.room
            ))
            .await;
        let ids = [
            ("Room", scene.room.clone()),
            ("Organization", scene.organization.clone()),
            ("Profile", scene.creator.user.clone()),
            ("Code", some.text("/room/joinCode")),
            ("Draw", some.text("/room/draws/nodes/0/id")),
            ("Prize", some.text("/room/prizes/nodes/0/id")),
            ("DrawStep", some.text("/room/draws/nodes/0/steps/nodes/0/id")),
            ("App", some.text("/apps/nodes/0/id")),
        ];
        Self {
            types: types.collect(),
            ids: ids.into(),
            dice: Dice(7),
        }
    }

    fn id(&mut self, kind: &str) -> String {
        let known = self
            .ids
            .iter()
            .find(|(name, _)| *name == kind)
            .map(|(_, id)| id.clone());
        known.unwrap_or_else(|| self.ids[self.dice.roll(self.ids.len())].1.clone())
    }

    fn argument(&mut self, field: &str, argument: &Json) -> Option<String> {
        let name = argument["name"].as_str().unwrap();
        let is_needed = argument["type"]["kind"] == "NON_NULL";
        let value = match name {
            "id" | "drawId" if field == "node" => format!("{:?}", self.id("any")),
            "id" | "drawId" => {
                let kind = if name == "drawId" {
                    "Draw".into()
                } else {
                    field[..1].to_uppercase() + &field[1..]
                };
                format!("{:?}", self.id(&kind))
            }
            "ids" => {
                let count = self.dice.roll(20);
                let ids: Vec<_> = (0..count).map(|_| format!("{:?}", self.id("any"))).collect();
                format!("[{}]", ids.join(" "))
            }
            "joinCode" => format!("{:?}", self.id("Code")),
            "first" if self.dice.roll(2) == 0 => (1 + self.dice.roll(100)).to_string(),
            "name" => ["\"Room\"", "\"Mutation\"", "\"RoomEvent\""][self.dice.roll(3)].into(),
            "includeDeprecated" => "true".into(),
            _ if is_needed => return None,
            _ => return None,
        };
        Some(format!("{name}: {value}"))
    }

    fn selection(&mut self, parent: &str, depth: usize) -> String {
        let ty = self.types[parent].clone();
        let mut parts = Vec::new();
        for possible in ty["possibleTypes"].as_array().into_iter().flatten() {
            if self.dice.roll(3) == 0 {
                let name = possible["name"].as_str().unwrap();
                parts.push(format!("... on {name} {}", self.selection(name, depth)));
            }
        }
        let fields = ty["fields"].as_array().cloned().unwrap_or_default();
        let count = if fields.is_empty() { 0 } else { 1 + self.dice.roll(4) };
        for _ in 0..count {
            let field = &fields[self.dice.roll(fields.len())];
            parts.extend(self.field(field, depth));
        }
        if self.dice.roll(6) == 0 && parent != "Query" {
            parts.extend(fields.iter().filter_map(|field| self.field(field, 0)));
        }
        if parts.is_empty() {
            parts.push("__typename".into());
        }
        format!("{{ {} }}", parts.join(" "))
    }

    /// A field under a name of its own, or nothing when it would have parts too deep.
    fn field(&mut self, field: &Json, depth: usize) -> Option<String> {
        let (name, of) = (field["name"].as_str().unwrap(), named(&field["type"]).to_owned());
        let arguments: Vec<_> = field["args"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|argument| self.argument(name, argument))
            .collect();
        let arguments = if arguments.is_empty() {
            String::new()
        } else {
            format!("({})", arguments.join(" "))
        };
        let is_composite = ["OBJECT", "INTERFACE", "UNION"].contains(&self.types[&of]["kind"].as_str().unwrap());
        let alias = format!("a{}", self.dice.roll(1 << 40));
        match is_composite {
            false => Some(format!("{alias}: {name}{arguments}")),
            true if depth == 0 => None,
            true => Some(format!("{alias}: {name}{arguments} {}", self.selection(&of, depth - 1))),
        }
    }
}

/// Holds an answer to what was promised; says whether it was executed.
fn holds(document: &str, answer: &Answer) -> bool {
    let Some(data) = answer.body.get("data") else {
        return false;
    };
    let cost = &answer.body["extensions"]["cost"];
    let (requested, actual) = (cost["requested"].as_u64().unwrap(), cost["actual"].as_u64().unwrap());
    assert!(actual <= requested, "{actual} of {requested}: {document}");
    let bytes = serde_json::to_string(data).unwrap().len() as u64;
    assert!(
        bytes <= 1024 * (requested + 1),
        "{bytes} bytes at {requested}: {document}"
    );
    let is_costly = |error: &Json| error["extensions"]["code"] == "TOO_COSTLY";
    assert!(!answer.errors().iter().any(is_costly), "{document}: {}", answer.body);
    true
}

async fn asks(author: &mut Author, client: &Client, root: &str) -> usize {
    let mut executed = 0;
    for _ in 0..DOCUMENTS {
        let depth = 1 + author.dice.roll(5);
        let document = match root {
            "Query" => author.selection("Query", depth),
            _ => format!("{{ __schema {} }}", author.selection("__Schema", depth + 1)),
        };
        let answer = client.query(&document).await;
        executed += usize::from(holds(&document, &answer));
    }
    executed
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_costs_more_than_was_asked_for(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = filled(database).await;
    let mut author = Author::new(&scene).await;
    let mut executed = 0;
    for client in [&scene.creator, scene.world.stranger()] {
        for root in ["Query", "__Schema"] {
            executed += asks(&mut author, client, root).await;
        }
    }
    assert!(executed > DOCUMENTS as usize, "only {executed} documents were executed");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_at_their_longest_cost_no_more_than_was_asked_for(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = filled(database).await;
    let document = "{ viewer { firstName lastName email timezone preferences profile { displayName avatarUrl } session { userAgent } }
        apps { nodes { name slug permissions manifest } }
        rooms(orderBy: { field: TITLE }) { pageInfo { startCursor endCursor }
        edges { cursor node { title description settings joinCode
            prizes { nodes { name description metadata imageUrl } } events(first: 100) { __typename sequence
                ... on RoomChanged { title } ... on PrizeCreated { name } ... on WinnerAnnounced { prizeName displayName } }
            draws { nodes { policyDocument policyHash signature { keyId publicKey value } steps { nodes { reason } }
                policy { prizes { name prizeId prize { name } } eligibility { roles } } } } } } } }";
    let answer = scene.creator.query(document).await;
    assert!(answer.is_ok(), "{}", answer.body);
    assert!(holds(document, &answer));
    let cost = &answer.body["extensions"]["cost"];
    assert!(cost["actual"].as_u64().unwrap() > 300, "{cost}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_execution_ends_where_its_cost_does(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = filled(database).await;
    let services = scene.world.services();
    let schema = api::schema::serving(&services.config);
    let run = async |document: &str, allowed: u64| {
        let operation = Operation::new(services.clone(), Caller::Anonymous, Origin::default());
        let request = Request::new(document).data(Arc::new(operation.allowing(Allowance(allowed))));
        serde_json::to_value(schema.execute(request).await).unwrap()
    };
    let room = format!("room(id: \"{}\")", scene.room);
    for (list, objects) in [
        (format!("{{ {room} {{ prizes {{ nodes {{ id }} }} }} }}"), 17),
        (format!("{{ {room} {{ prizes {{ edges {{ node {{ id }} }} }} }} }}"), 17),
        (format!("{{ {room} {{ events(first: 9) {{ sequence }} }} }}"), 10),
        (
            format!("{{ {room} {{ draws {{ nodes {{ policy {{ prizes {{ name }} }} }} }} }} }}"),
            11,
        ),
        ("{ rooms { nodes { organization { id } } } }".to_owned(), 2),
        ("{ rooms { nodes { id } } }".to_owned(), 2),
    ] {
        let whole = run(&list, objects).await;
        assert_eq!(whole.get("errors"), None, "{list}: {whole}");
        let cut = run(&list, objects - 1).await;
        let error = &cut["errors"][0]["message"];
        assert!(
            error.as_str().is_some_and(|text| text.contains("longer than its cost")),
            "{list}: {cut}"
        );
    }
}

#[test]
fn everything_in_the_schema_has_a_bound() {
    let sdl = api::schema::sdl();
    assert_eq!(Language::of(&sdl).unwrap().unbounded(), Vec::<String>::new());
    let more = sdl.replacen(
        "type Viewer {",
        "type Viewer {\n\tthings: [Room!]!\n\tword: String!\n\twords: [ID!]!\n\tplain: Int\n",
        1,
    );
    let language = Language::of(&more).unwrap();
    assert_eq!(language.unbounded(), ["Viewer.things", "Viewer.word", "Viewer.words"]);
    for (field, code) in [
        ("things { id }", Some("TOO_COSTLY")),
        ("word", Some("TOO_COSTLY")),
        ("words", Some("TOO_COSTLY")),
        ("plain", None),
    ] {
        let text = format!("{{ viewer {{ {field} }} }}");
        let document = Arc::new(Document::read(&text, &language, &Limits::default()).unwrap());
        let chosen = document.choose(None).unwrap();
        let values = chosen.coerce(Variables::default()).unwrap();
        let checked = chosen.check(&values, &Limits::default());
        assert_eq!(checked.err().map(|error| error.code()), code, "{field}");
    }
    let other = sdl.replacen("\tpolicyHash: String!", "\tpolicyMark: String!", 1);
    assert_eq!(
        Language::of(&other).unwrap().unbounded(),
        ["Draw.policyHash", "Draw.policyMark"]
    );
}
