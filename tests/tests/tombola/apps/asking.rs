//! Clients that name a published document instead of sending it, and servers that execute no others.

use api::published::{NewDocument, PublishedDocuments, hash};
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Client, Database, Scene, Second};

use crate::transport::socket::Raw;

const OWN: &str = "query Own { __typename }";
const OTHERS: &str = "query Others { kind: __typename }";
const CHANGE: &str = "mutation { createOrganization(input: { name: \"Unpublished\" }) { organization { id } } }";

/// A scene with two apps, of which each has published a document under an id.
struct Shelf {
    scene: Scene,
    /// Client ids.
    apps: [String; 2],
}

impl Shelf {
    async fn new(database: Database) -> Self {
        let scene = Scene::new(database).await;
        let documents = PublishedDocuments::new(scene.world.services().store.clone());
        let mut apps = Vec::new();
        for (id, text) in [("own", OWN), ("others", OTHERS)] {
            let input = json!({ "organizationId": scene.organization, "name": id, "manifest": {} });
            let app = scene.admin.mutate("registerApp", input, "app { clientId }").await;
            let app = app.text("/registerApp/app/clientId");
            let document = NewDocument {
                place: id.to_owned(),
                id: Some(id.to_owned()),
                name: id.to_owned(),
                text: text.to_owned(),
            };
            documents.publish(&app, &[document]).await.unwrap();
            apps.push(app);
        }
        let apps = apps.try_into().unwrap();
        Self { scene, apps }
    }

    /// Another server on the same database, which executes published documents only.
    async fn strict(&self) -> Second {
        Second::start(&self.scene.world, |config| config.graphql.published_only = true).await
    }
}

/// The code of what a request is refused with, or nothing; the app is named in the header.
async fn asks(client: &Client, app: Option<&str>, body: &Json) -> Option<String> {
    let mut request = client.http().post(format!("{}/graphql", client.base()));
    if let Some(app) = app {
        request = request.header("tombola-app", app);
    }
    let answer: Json = request.json(body).send().await.unwrap().json().await.unwrap();
    let code = answer["errors"][0]["extensions"]["code"].as_str();
    assert_eq!(code.is_none(), answer["data"].is_object(), "{answer}");
    code.map(ToOwned::to_owned)
}

fn by_id(id: &str) -> Json {
    json!({ "documentId": id })
}

fn by_hash(version: u32, hash: &str) -> Json {
    json!({ "extensions": { "persistedQuery": { "version": version, "sha256Hash": hash } } })
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_is_asked_for_by_its_name(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let shelf = Shelf::new(database).await;
    let client = shelf.scene.world.stranger();
    let [own, other] = [&shelf.apps[0], &shelf.apps[1]].map(|app| Some(app.as_str()));
    let key = hash(OWN);
    let unknown = Some("PERSISTED_QUERY_NOT_FOUND");
    for (app, body, expected) in [
        (None, by_id(&key), None),
        (None, by_id(&format!("sha256:{key}")), None),
        (None, by_hash(1, &key), None),
        (None, by_hash(1, &key.to_ascii_uppercase()), None),
        (own, by_id(&key), None),
        (own, by_id("own"), None),
        (None, by_id("own"), unknown),
        (other, by_id("own"), unknown),
        (other, by_id(&key), unknown),
        (other, by_hash(1, &key), unknown),
        (Some("tmb_client_none"), by_id(&key), unknown),
        (None, by_hash(1, &hash("{ __typename }")), unknown),
        (own, by_hash(2, &key), Some("VALIDATION")),
    ] {
        assert_eq!(asks(client, app, &body).await.as_deref(), expected, "{app:?} {body}");
        // A request without headers names its app beside the document.
        let Some(app) = app else { continue };
        let mut body = body;
        body["extensions"]["app"] = json!(app);
        assert_eq!(asks(client, None, &body).await.as_deref(), expected, "{body}");
    }
}

/// Whoever keeps texts under the hashes that came with them would execute one for another.
#[tokio::test]
async fn a_text_that_comes_with_the_hash_of_another_is_refused() {
    let shelf = Shelf::new(Database::Sqlite).await;
    let client = shelf.scene.world.stranger();
    for (key, expected) in [
        (hash(OWN), None),
        (hash(OTHERS), Some("VALIDATION")),
        (String::new(), Some("VALIDATION")),
    ] {
        let mut body = by_hash(1, &key);
        body["query"] = json!(OWN);
        assert_eq!(asks(client, None, &body).await.as_deref(), expected, "{body}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_of_published_documents_executes_no_others(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let shelf = Shelf::new(database).await;
    let strict = shelf.strict().await;
    let client = strict.client(&shelf.scene.outsider);
    let [own, other] = [&shelf.apps[0], &shelf.apps[1]].map(|app| Some(app.as_str()));
    let required = Some("PERSISTED_QUERY_REQUIRED");
    for (app, query, expected) in [
        (None, OWN, None),
        (own, OWN, None),
        (other, OWN, required),
        (None, "{ __typename }", required),
        (own, "{ __typename }", required),
    ] {
        let body = json!({ "query": query });
        assert_eq!(asks(&client, app, &body).await.as_deref(), expected, "{app:?} {query}");
    }
    assert_eq!(asks(&client, None, &by_id(&hash(OWN))).await, None);

    // On every way in, and before anything is done.
    let before = shelf.scene.world.dump().await;
    let refused = client.query(CHANGE).await;
    refused.assert_refused("PERSISTED_QUERY_REQUIRED");
    let mut raw = Raw::ready(&client).await;
    raw.subscribe("1", CHANGE).await;
    let message = raw.receive().await;
    assert_eq!(
        message["payload"][0]["extensions"]["code"].as_str(),
        required,
        "{message}"
    );
    assert_eq!(shelf.scene.world.dump().await, before);
    drop(raw);
    strict.stop().await;
}
