//! The page for people at `/`: no other host, a strict policy.

use rstest::rstest;
use tests::{Database, World};

async fn get(world: &World, path: &str) -> (u16, reqwest::header::HeaderMap, String) {
    let client = world.stranger();
    let response = client
        .http()
        .get(format!("{}{path}", client.base()))
        .send()
        .await
        .unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (
        status,
        headers,
        String::from_utf8_lossy(&response.bytes().await.unwrap()).into_owned(),
    )
}

/// The values of an attribute in a page.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!("{name}=\"");
    let mut found: Vec<_> = html
        .split(&start)
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    found.sort_unstable();
    found
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_names_no_other_host_and_forbids_any(#[values(Database::Sqlite)] database: Database) {
    let world = World::new(database).await;
    let (status, headers, html) = get(&world, "/").await;
    assert_eq!(status, 200);
    assert!(
        headers["content-type"].to_str().unwrap().starts_with("text/html"),
        "{headers:?}"
    );
    let policy = headers["content-security-policy"].to_str().unwrap();
    let directives: Vec<_> = policy
        .split(';')
        .map(|one| one.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    for needed in [
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(directives.iter().any(|one| one == needed), "{needed}: {policy}");
    }
    for forbidden in ["*", "unsafe-eval", "http:", "https:", "ws:", "wss:", "blob:"] {
        assert!(!policy.contains(forbidden), "{forbidden}: {policy}");
    }
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["referrer-policy"], "no-referrer");

    assert!(!html.contains("http://") && !html.contains("https://"), "{html}");
    for name in ["src", "href"] {
        for value in attributes(&html, name) {
            assert!(!value.starts_with("//") && !value.contains(':'), "{name}={value}");
        }
    }
    assert!(html.contains("Tombola"), "{html}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_the_page_loads_is_there(#[values(Database::Sqlite)] database: Database) {
    let world = World::new(database).await;
    let (_, _, html) = get(&world, "/").await;
    if html.contains("npm run build") {
        // Built without its page, the program says how to build it; there is nothing to load.
        assert!(html.contains("/graphql"), "{html}");
        return;
    }
    let loaded: Vec<_> = attributes(&html, "src")
        .into_iter()
        .chain(attributes(&html, "href"))
        .collect();
    assert!(loaded.len() > 2, "{html}");
    for path in loaded {
        let (status, headers, _) = get(&world, &format!("/{}", path.trim_start_matches(['.', '/']))).await;
        assert_eq!(status, 200, "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        let kind = headers["content-type"].to_str().unwrap();
        let wanted = match path.rsplit('.').next().unwrap() {
            "js" => "javascript",
            "css" => "css",
            "svg" => "svg",
            other => panic!("what is a {other}?"),
        };
        assert!(kind.contains(wanted), "{path}: {kind}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_but_the_page_is_served(#[values(Database::Sqlite)] database: Database) {
    let world = World::new(database).await;
    for path in [
        "/Cargo.toml",
        "/..%2f..%2fCargo.toml",
        "/assets/../../package.json",
        "/%00",
        "/tombola.key",
        "//etc/passwd",
    ] {
        let (status, headers, text) = get(&world, path).await;
        assert_eq!(status, 404, "{path}: {text}");
        assert!(headers.contains_key("content-security-policy"), "{path}");
        assert!(text.contains("/graphql"), "{path}: {text}");
    }
}
