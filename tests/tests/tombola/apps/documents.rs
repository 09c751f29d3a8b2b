//! Documents that are published for an app from the command line, and where they are found again.

use api::published::{PublishedDocuments, hash};
use rstest::rstest;
use serde_json::json;
use tests::{Database, Scene};

use crate::program::{Ended, Program};

const VIEWER: &str = "query Viewer { viewer { email } }";
const ROOMS: &str =
    "query Rooms($first: Int!) { rooms(first: $first) { nodes { ...Part } } }\nfragment Part on Room { id title }";
const MAKE: &str = "mutation Make($input: CreatePrizeInput!) { createPrize(input: $input) { prize { id } } }";

/// A scene with two apps, and the program on its database.
struct Shelf {
    scene: Scene,
    program: Program,
    /// Client ids.
    apps: [String; 2],
}

impl Shelf {
    async fn new(database: Database) -> Self {
        let scene = Scene::new(database).await;
        let mut apps = Vec::new();
        for name in ["One", "Two"] {
            let input = json!({ "organizationId": scene.organization, "name": format!("App {name}"), "manifest": {} });
            let app = scene.admin.mutate("registerApp", input, "app { clientId }").await;
            apps.push(app.text("/registerApp/app/clientId"));
        }
        let key = scene.world.folder().join("tombola.key");
        let program = Program::on(&scene.world.database.server_url())
            .with("TOMBOLA_AUTH__SIGNING_KEY_FILE", key.to_str().unwrap());
        let apps = apps.try_into().unwrap();
        Self { scene, program, apps }
    }

    async fn run(&self, command: &str, rest: &[&str]) -> Ended {
        let mut arguments = vec!["documents", command, "--app", &self.apps[0]];
        arguments.extend(rest);
        self.program.run(&arguments).await
    }

    /// What a process that has just started finds.
    async fn find(&self, client: Option<&str>, key: &str) -> Option<String> {
        let documents = PublishedDocuments::new(self.scene.world.services().store.clone());
        let text = documents.find(client, key).await.unwrap();
        text.map(|text| text.to_string())
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_are_found_by_hash_and_by_their_manifest_s_id(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let shelf = Shelf::new(database).await;
    shelf.program.file("viewer.graphql", VIEWER);
    shelf
        .program
        .file("relay.json", json!({ "0123abcd": ROOMS }).to_string());
    let apollo = json!({
        "format": "apollo-persisted-query-manifest", "version": 1,
        "operations": [{ "id": hash(MAKE), "name": "Make", "type": "mutation", "body": MAKE }],
    });
    shelf.program.file("apollo.json", apollo.to_string());
    let files = ["viewer.graphql", "relay.json", "apollo.json"];
    let published = shelf.run("publish", &files).await;
    published.is_ok();
    for part in [
        &hash(VIEWER),
        "0123abcd Rooms",
        &hash(ROOMS),
        &hash(MAKE),
        "4 keys added",
    ] {
        assert!(published.out.contains(part), "{part}: {}", published.out);
    }
    let again = shelf.run("publish", &files).await;
    again.is_ok();
    assert!(again.out.contains("0 keys added"), "{}", again.out);

    let [one, other] = &shelf.apps;
    for (text, key) in [(VIEWER, &hash(VIEWER)), (ROOMS, &hash(ROOMS)), (MAKE, &hash(MAKE))] {
        assert_eq!(shelf.find(Some(one), key).await.as_deref(), Some(text));
        assert_eq!(shelf.find(None, key).await.as_deref(), Some(text));
        assert_eq!(shelf.find(Some(other), key).await, None);
    }
    assert_eq!(shelf.find(Some(one), "0123abcd").await.as_deref(), Some(ROOMS));
    // What a manifest calls a document means nothing without its app.
    assert_eq!(shelf.find(None, "0123abcd").await, None);
    assert_eq!(shelf.find(Some("tmb_client_none"), &hash(VIEWER)).await, None);
    assert_eq!(shelf.find(Some(one), &hash("other")).await, None);

    let list = shelf.run("list", &[]).await;
    list.is_ok();
    assert_eq!(list.out.lines().count(), 4, "{}", list.out);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_are_listed_alike_on_every_database(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let shelf = Shelf::new(database).await;
    // A collation of a language would say: a, A_b, Ab, B.
    for name in ["B", "a", "Ab", "A_b"] {
        let file = format!("{name}.graphql");
        shelf.program.file(&file, format!("query {name} {{ __typename }}"));
        shelf.run("publish", &[&file]).await.is_ok();
    }
    let list = shelf.run("list", &[]).await;
    list.is_ok();
    let names = list.out.lines().map(|line| line.split_whitespace().last().unwrap());
    assert_eq!(names.collect::<Vec<_>>(), ["A_b", "Ab", "B", "a"], "{}", list.out);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removed_document_and_those_of_an_inactive_app_are_found_no_more(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let shelf = Shelf::new(database).await;
    shelf
        .program
        .file("relay.json", json!({ "0123abcd": ROOMS, "ffff": VIEWER }).to_string());
    shelf.run("publish", &["relay.json"]).await.is_ok();
    let one = Some(shelf.apps[0].as_str());
    let removed = shelf.run("remove", &["0123abcd"]).await;
    assert!(removed.is_ok().out.contains("2 keys removed"), "{}", removed.out);
    for key in ["0123abcd", &hash(ROOMS)] {
        assert_eq!(shelf.find(one, key).await, None);
    }
    shelf
        .run("remove", &["0123abcd"])
        .await
        .assert_refused(&["no such document"]);
    // It comes back, and its id may stand for something else.
    shelf.program.file("next.json", json!({ "0123abcd": MAKE }).to_string());
    shelf.run("publish", &["next.json"]).await.is_ok();
    assert_eq!(shelf.find(one, "0123abcd").await.as_deref(), Some(MAKE));
    shelf
        .run("publish", &["relay.json"])
        .await
        .assert_refused(&["relay.json: 0123abcd", "another document"]);
    assert_eq!(shelf.find(one, &hash(ROOMS)).await, None);

    let question = format!(
        "{{ organization(id: \"{}\") {{ apps {{ nodes {{ id clientId }} }} }} }}",
        shelf.scene.organization
    );
    let apps = shelf.scene.admin.query(&question).await;
    let app = apps
        .list("/organization/apps/nodes")
        .iter()
        .find(|app| app["clientId"] == shelf.apps[0]);
    let input = json!({ "appId": app.unwrap()["id"] });
    assert!(
        shelf
            .scene
            .admin
            .mutate("deactivateApp", input, "app { id }")
            .await
            .is_ok()
    );
    assert_eq!(shelf.find(one, "ffff").await, None);
    assert_eq!(shelf.find(None, &hash(VIEWER)).await, None);
}

#[rstest]
#[case::syntax("a.graphql", "query {", &["a.graphql", "line 1, column 8"])]
#[case::unknown_field("a.graphql", "{ nothing }", &["a.graphql:1:3", "nothing"])]
#[case::unknown_type("m.json", r#"{"x": "query A($a: Nothing) { viewer { email } }"}"#, &["m.json: x", "Nothing"])]
#[case::cyclic("a.graphql", "{ ...A } fragment A on Query { ...A }", &["a.graphql", "A"])]
#[case::never_two_things("a.graphql", "query A($id: ID!) { x: viewer { email } x: room(id: $id) { id } }", &["a.graphql", "x"])]
#[case::too_many_aliases("a.graphql", &format!("{{ {} }}", (0..21).map(|n| format!("a{n}: __typename ")).collect::<String>()), &["a.graphql", "20"])]
#[case::no_text("m.json", r#"{"x": 1}"#, &["m.json", "x is no text"])]
#[case::no_json("m.json", "{ \"x\": ", &["m.json", "no JSON"])]
#[case::version("m.json", r#"{"format": "apollo-persisted-query-manifest", "version": 2, "operations": []}"#, &["m.json", "version 1"])]
#[case::no_body("m.json", r#"{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id": "x", "name": "A"}]}"#, &["m.json: A", "a body"])]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_is_named_and_nothing_is_published(#[case] file: &str, #[case] content: &str, #[case] parts: &[&str]) {
    let shelf = Shelf::new(Database::Sqlite).await;
    shelf.program.file("good.graphql", VIEWER);
    shelf.program.file(file, content);
    let ended = shelf.run("publish", &["good.graphql", file]).await;
    ended.assert_refused(parts);
    assert!(ended.err.contains("nothing was published"), "{}", ended.err);
    assert_eq!(shelf.find(None, &hash(VIEWER)).await, None);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_app_is_refused(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let shelf = Shelf::new(database).await;
    shelf.program.file("viewer.graphql", VIEWER);
    for rest in [
        &["publish", "--app", "tmb_client_none", "viewer.graphql"] as &[&str],
        &["list", "--app", "none"],
    ] {
        let arguments: Vec<_> = ["documents"].iter().chain(rest).copied().collect();
        shelf.program.run(&arguments).await.assert_refused(&["no such app"]);
    }
}
