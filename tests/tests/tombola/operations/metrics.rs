//! `/metrics`: what it tells, and whom.

use std::time::Duration;

use api::{
    config::{Config, MetricsToken},
    telemetry::{Metrics, OperationKind, Outcome},
};
use reqwest::header::HeaderMap;
use rstest::rstest;
use tests::{Database, Scene, World};

const TOKEN: &str = "only-for-tests-0123456789";

async fn read(world: &World, headers: &[(&str, &str)]) -> (u16, HeaderMap, String) {
    let client = world.stranger();
    let mut request = client.http().get(format!("{}/metrics", client.base()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    (status, headers, answer.text().await.unwrap())
}

/// The figure of a line.
fn figure(text: &str, line: &str) -> f64 {
    let found = text.lines().find_map(|one| one.strip_prefix(line)?.strip_prefix(' '));
    let found = found.unwrap_or_else(|| panic!("no line {line} in\n{text}"));
    found.parse().unwrap()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_statements_and_batches_are_counted(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    scene
        .creator
        .query("{ rooms { nodes { title organization { name } } } }")
        .await;
    let (status, headers, text) = read(&scene.world, &[]).await;
    assert_eq!(status, 200);
    assert!(
        headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("application/openmetrics-text")
    );
    assert!(text.ends_with("# EOF\n"), "{text}");
    assert!(figure(&text, "tombola_database_statements_total") > 1.0);
    assert!(figure(&text, "tombola_connections") >= 1.0);
    assert!(figure(&text, "tombola_batch_keys_count") >= 1.0);
    let pool = match database {
        Database::Sqlite => "readers",
        Database::Postgres => "all",
    };
    // A connection comes home a moment after its answer has gone out.
    let open = ["idle", "in_use"].map(|state| {
        let name = format!("tombola_database_connections{{pool=\"{pool}\",state=\"{state}\"}}");
        figure(&text, &name)
    });
    assert!(open.iter().sum::<f64>() >= 1.0, "{text}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_token_only_the_machine_itself_may_read(#[values(Database::Sqlite)] database: Database) {
    let world = World::new(database).await;
    assert_eq!(read(&world, &[]).await.0, 200);
    let (missing, _, nothing) = {
        let client = world.stranger();
        let answer = client
            .http()
            .get(format!("{}/nothing", client.base()))
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), (), answer.text().await.unwrap())
    };
    for forwarded in [
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "for=127.0.0.1"),
    ] {
        let (status, _, text) = read(&world, &[forwarded]).await;
        assert_eq!((status, &text), (missing, &nothing), "{forwarded:?}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_token_whoever_shows_it_may_read(#[values(Database::Sqlite)] database: Database) {
    let change = |config: &mut Config| config.telemetry.metrics_token = Some(MetricsToken::from(TOKEN));
    let world = World::with(database, change).await;
    let right = format!("Bearer {TOKEN}");
    assert_eq!(read(&world, &[("authorization", &right)]).await.0, 200);
    let forwarded = [("authorization", right.as_str()), ("x-forwarded-for", "192.0.2.7")];
    assert_eq!(read(&world, &forwarded).await.0, 200);
    for wrong in [
        "",
        "Bearer",
        "Bearer ",
        TOKEN,
        &format!("Basic {TOKEN}"),
        &format!("Bearer {TOKEN}x"),
        &format!("Bearer {}", &TOKEN[1..]),
    ] {
        let (status, _, text) = read(&world, &[("authorization", wrong)]).await;
        assert_eq!(status, 404, "{wrong}");
        assert!(!text.contains("tombola_"), "{text}");
    }
    assert_eq!(read(&world, &[]).await.0, 404, "the machine itself needs it, too");
}

#[test]
fn operations_are_told_apart_up_to_a_bound() {
    let metrics = Metrics::default();
    let count = |name: Option<&str>| {
        metrics.operation(name, OperationKind::Query, Outcome::Ok, Duration::from_millis(3));
    };
    for number in 0..1000 {
        count(Some(&format!("Operation{number}")));
    }
    count(None);
    count(Some("Operation0"));
    metrics.operation(
        Some("Operation0"),
        OperationKind::Mutation,
        Outcome::Errors,
        Duration::from_secs(1),
    );
    let text = metrics.text();
    let total = |labels: &str| figure(&text, &format!("tombola_operations_total{{{labels}}}"));
    assert_eq!(total("name=\"Operation0\",kind=\"query\",outcome=\"ok\""), 2.0);
    assert_eq!(total("name=\"Operation0\",kind=\"mutation\",outcome=\"errors\""), 1.0);
    assert_eq!(total("name=\"Operation199\",kind=\"query\",outcome=\"ok\""), 1.0);
    assert_eq!(total("name=\"other\",kind=\"query\",outcome=\"ok\""), 800.0);
    assert_eq!(total("name=\"anonymous\",kind=\"query\",outcome=\"ok\""), 1.0);
    let timed = "tombola_operation_seconds_bucket{le=\"0.004\",name=\"Operation0\",kind=\"query\"}";
    assert_eq!(figure(&text, timed), 2.0);
}

#[test]
fn what_is_open_is_counted_as_long_as_it_is() {
    let metrics = Metrics::default();
    let (socket, other) = (metrics.socket_opened(), metrics.socket_opened());
    let subscription = metrics.subscription_opened();
    metrics.error("NOT_FOUND");
    let text = metrics.text();
    assert_eq!(figure(&text, "tombola_sockets"), 2.0);
    assert_eq!(figure(&text, "tombola_subscriptions"), 1.0);
    assert_eq!(figure(&text, "tombola_errors_total{code=\"NOT_FOUND\"}"), 1.0);
    drop((socket, subscription));
    let text = metrics.text();
    assert_eq!(figure(&text, "tombola_sockets"), 1.0);
    assert_eq!(figure(&text, "tombola_subscriptions"), 0.0);
    drop(other);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_server_has_its_own_figures(#[values(Database::Sqlite)] database: Database) {
    let (one, other) = (World::new(database).await, World::new(database).await);
    one.services().metrics.error("ONLY_HERE");
    assert!(read(&one, &[]).await.2.contains("ONLY_HERE"));
    assert!(!read(&other, &[]).await.2.contains("ONLY_HERE"));
}
