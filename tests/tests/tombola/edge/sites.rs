//! What browsers are told: which sites may ask, and what may be done with an answer.

use api::config::{Config, WebOrigin};
use reqwest::{Method, Response, header::HeaderMap};
use rstest::rstest;
use tests::{Database, World};

use crate::program::Program;

const SITE: &str = "https://app.example.com";

fn with_sites(config: &mut Config) {
    let site = |text: &str| WebOrigin::try_from(text.to_owned()).unwrap();
    config.browser.origins = vec![site(SITE), site("http://localhost:5173")];
}

async fn ask(world: &World, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    let client = world.stranger();
    let mut request = client.http().request(method, format!("{}{path}", client.base()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

/// The words of a list in a header.
fn words(headers: &HeaderMap, name: &str) -> Vec<String> {
    let values = headers.get_all(name).iter().map(|value| value.to_str().unwrap());
    values
        .flat_map(|value| value.split(','))
        .map(|word| word.trim().to_ascii_lowercase())
        .collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_configured_site_may_ask_with_these_headers(#[values(Database::Sqlite)] database: Database) {
    let world = World::with(database, with_sites).await;
    let wanted = [
        ("origin", SITE),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization,content-type"),
    ];
    let answer = ask(&world, Method::OPTIONS, "/graphql", &wanted).await;
    assert_eq!(answer.status(), 200);
    let headers = answer.headers();
    assert_eq!(header(headers, "access-control-allow-origin"), SITE);
    assert!(words(headers, "vary").contains(&"origin".to_owned()));
    assert_eq!(
        words(headers, "access-control-allow-methods"),
        ["get", "post", "options"]
    );
    let allowed = words(headers, "access-control-allow-headers");
    for needed in [
        "authorization",
        "content-type",
        "if-none-match",
        "idempotency-key",
        "tombola-app",
        "tombola-explain",
        "last-event-id",
        "x-request-id",
        "apollo-require-preflight",
    ] {
        assert!(allowed.contains(&needed.to_owned()), "{needed}: {allowed:?}");
    }
    assert!(!headers.contains_key("access-control-allow-credentials"));
    assert!(headers.contains_key("access-control-max-age"));

    let answer = ask(&world, Method::GET, "/.well-known/jwks.json", &[("origin", SITE)]).await;
    assert_eq!(header(answer.headers(), "access-control-allow-origin"), SITE);
    let readable = words(answer.headers(), "access-control-expose-headers");
    for needed in [
        "content-disposition",
        "etag",
        "ratelimit-limit",
        "ratelimit-remaining",
        "ratelimit-reset",
        "retry-after",
        "www-authenticate",
        "x-request-id",
    ] {
        assert!(readable.contains(&needed.to_owned()), "{needed}: {readable:?}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_other_site_may(#[values(Database::Sqlite)] database: Database) {
    let world = World::with(database, with_sites).await;
    for origin in [
        "https://evil.example.com",
        "https://app.example.com.evil.com",
        "http://app.example.com",
        "https://app.example.com:8443",
        "https://APP.example.com",
        "null",
    ] {
        for method in [Method::OPTIONS, Method::GET] {
            let wanted = [("origin", origin), ("access-control-request-method", "POST")];
            let answer = ask(&world, method, "/.well-known/jwks.json", &wanted).await;
            assert!(
                !answer.headers().contains_key("access-control-allow-origin"),
                "{origin}"
            );
            // A cache must not show this answer to the site that may.
            assert!(
                words(answer.headers(), "vary").contains(&"origin".to_owned()),
                "{origin}"
            );
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_configuration_no_site_may(#[values(Database::Sqlite)] database: Database) {
    let world = World::new(database).await;
    for method in [Method::OPTIONS, Method::GET, Method::POST] {
        let wanted = [("origin", SITE), ("access-control-request-method", "POST")];
        let answer = ask(&world, method, "/graphql", &wanted).await;
        let named = answer
            .headers()
            .keys()
            .find(|name| name.as_str().starts_with("access-control"));
        assert_eq!(named, None);
    }
}

#[rstest]
#[case::wildcard("*")]
#[case::wildcard_host("https://*.example.com")]
#[case::slash("https://app.example.com/")]
#[case::path("https://app.example.com/app")]
#[case::capitals("https://App.example.com")]
#[case::default_port("https://app.example.com:443")]
#[case::no_scheme("app.example.com")]
#[case::other_scheme("file:///home")]
#[case::none("null")]
#[case::user("https://ann@app.example.com")]
#[tokio::test]
async fn what_is_no_exact_origin_keeps_the_server_from_starting(#[case] origin: &str) {
    let program = Program::new().with("TOMBOLA_BROWSER__ORIGINS", &format!("[\"{SITE}\", \"{origin}\"]"));
    program.run(&["check"]).await.assert_refused(&[
        "browser.origins",
        &format!("“{origin}”"),
        "https://app.example.com",
    ]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_says_what_may_be_done_with_it(#[values(Database::Sqlite)] database: Database) {
    let world = World::new(database).await;
    for (method, path) in [
        (Method::POST, "/graphql"),
        (Method::GET, "/graphql"),
        (Method::PUT, "/graphql"),
        (Method::GET, "/health/live"),
        (Method::GET, "/metrics"),
        (Method::GET, "/draws/x/transcript.json"),
        (Method::GET, "/nothing"),
    ] {
        let answer = ask(&world, method.clone(), path, &[]).await;
        let headers = answer.headers();
        assert_eq!(header(headers, "x-content-type-options"), "nosniff", "{method} {path}");
        assert_eq!(header(headers, "referrer-policy"), "no-referrer", "{method} {path}");
        assert_eq!(
            header(headers, "cross-origin-resource-policy"),
            "same-origin",
            "{method} {path}"
        );
        assert_eq!(header(headers, "cache-control"), "no-store", "{method} {path}");
        assert!(!headers.contains_key("strict-transport-security"), "{method} {path}");
        let policies: Vec<_> = headers.get_all("content-security-policy").iter().collect();
        assert_eq!(policies.len(), 1, "{method} {path}: {policies:?}");
        if path != "/nothing" {
            assert_eq!(
                policies[0], "default-src 'none'; frame-ancestors 'none'",
                "{method} {path}"
            );
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_tls_browsers_are_told_to_stay_there(#[values(Database::Sqlite)] database: Database) {
    let change = |config: &mut Config| config.public_url = Some("https://tombola.example.com".to_owned());
    let world = World::with(database, change).await;
    for path in ["/", "/health/live", "/nothing"] {
        let answer = ask(&world, Method::GET, path, &[]).await;
        assert_eq!(
            header(answer.headers(), "strict-transport-security"),
            "max-age=31536000",
            "{path}"
        );
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_answers_are_packed(#[values(Database::Sqlite)] database: Database) {
    let world = World::new(database).await;
    let client = world.stranger();
    for coding in ["gzip", "br"] {
        let fields: String = (0..50)
            .map(|number| format!("a_rather_long_name_{number}: __typename "))
            .collect();
        let answer = client
            .http()
            .post(format!("{}/graphql", client.base()))
            .header("content-type", "application/json")
            .header("accept-encoding", coding)
            .body(serde_json::json!({ "query": format!("{{ rooms {{ {fields} }} }}") }).to_string())
            .send()
            .await
            .unwrap();
        assert_eq!(header(answer.headers(), "content-encoding"), coding);
        assert!(words(answer.headers(), "vary").contains(&"accept-encoding".to_owned()));
        assert!(answer.bytes().await.unwrap().len() < 1000);
    }
}
