//! Settings: defaults, then the file, then variables; what is wrong is named with what is allowed.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rstest::rstest;
use serde_json::{Value as Json, json};

use crate::program::Program;

#[rstest]
#[case::unknown_key("TOMBOLA_DATABSE__URL", "sqlite:x", &["databse", "no such key", "database"])]
#[case::unknown_inner_key("TOMBOLA_DATABASE__PATH", "x", &["database.path", "no such key", "url", "max_connections"])]
#[case::missing_underscore("TOMBOLA_DATABASE_URL", "sqlite:x", &["database_url", "no such key"])]
#[case::no_address("TOMBOLA_LISTEN", "4000", &["listen", "4000"])]
#[case::open_address("TOMBOLA_LISTEN", "0.0.0.0:4000", &["listen", "0.0.0.0:4000", "loopback", "https://"])]
#[case::open_address_of_ipv6("TOMBOLA_LISTEN", "[::]:4000", &["listen", "[::]:4000", "loopback"])]
#[case::no_web_address("TOMBOLA_PUBLIC_URL", "tombola.example.com", &["public_url", "tombola.example.com", "https://"])]
#[case::no_number("TOMBOLA_SHUTDOWN_SECONDS", "soon", &["shutdown_seconds", "soon"])]
#[case::negative("TOMBOLA_SHUTDOWN_SECONDS", "-1", &["shutdown_seconds", "-1"])]
#[case::too_large("TOMBOLA_SHUTDOWN_SECONDS", "601", &["shutdown_seconds", "601", "0 to 600"])]
#[case::zero("TOMBOLA_OPERATION_SECONDS", "0", &["operation_seconds", "found 0", "1 to 600"])]
#[case::no_connection("TOMBOLA_DATABASE__MAX_CONNECTIONS", "0", &["database.max_connections", "found 0", "1 to 1000"])]
#[case::overflow("TOMBOLA_DATABASE__MAX_CONNECTIONS", "99999999999999999999", &["database.max_connections"])]
#[case::other_database("TOMBOLA_DATABASE__URL", "mysql://root:hunter2@localhost/x", &["database.url", "mysql", "sqlite:", "postgres:"])]
#[case::no_database("TOMBOLA_DATABASE__URL", "", &["database.url", "sqlite:"])]
#[case::short_token("TOMBOLA_AUTH__ACCESS_TOKEN_SECONDS", "29", &["auth.access_token_seconds", "29", "30 to 3600"])]
#[case::long_token("TOMBOLA_AUTH__ACCESS_TOKEN_SECONDS", "3601", &["auth.access_token_seconds", "3601", "30 to 3600"])]
#[case::no_issuer("TOMBOLA_AUTH__ISSUER", " ", &["auth.issuer", "empty"])]
#[case::no_hash("TOMBOLA_AUTH__PARALLEL_HASHES", "0", &["auth.parallel_hashes", "1 to 64"])]
#[case::impatient("TOMBOLA_EVENTS__POLL_MILLISECONDS", "1", &["events.poll_milliseconds", "50 to 60000"])]
#[case::hectic("TOMBOLA_DRAWS__TICK_MILLISECONDS", "9", &["draws.tick_milliseconds", "found 9", "10 to 60000"])]
#[case::sleepy("TOMBOLA_DRAWS__TICK_MILLISECONDS", "60001", &["draws.tick_milliseconds", "60001", "10 to 60000"])]
#[case::no_beacon("TOMBOLA_DRAWS__DRAND_URL", "api.drand.sh", &["draws.drand_url", "api.drand.sh", "https://"])]
#[case::other_beacon("TOMBOLA_DRAWS__DRAND_URL", "ftp://api.drand.sh", &["draws.drand_url", "ftp://api.drand.sh", "https://"])]
#[case::unknown_key_of_draws("TOMBOLA_DRAWS__TICK", "1", &["draws.tick", "no such key", "tick_milliseconds", "drand_url"])]
#[case::no_time_for_a_head("TOMBOLA_CONNECTIONS__HEADER_SECONDS", "0", &["connections.header_seconds", "found 0", "1 to 120"])]
#[case::no_rest("TOMBOLA_CONNECTIONS__KEEP_ALIVE_SECONDS", "3601", &["connections.keep_alive_seconds", "1 to 3600"])]
#[case::no_client("TOMBOLA_CONNECTIONS__MAX", "0", &["connections.max", "1 to 1000000"])]
#[case::no_address_at_all("TOMBOLA_CONNECTIONS__PER_ADDRESS", "0", &["connections.per_address", "1 to 1000000"])]
#[case::no_proxy("TOMBOLA_CONNECTIONS__TRUSTED_PROXIES", "[\"10.0.0.0/33\"]", &["connections.trusted_proxies", "10.0.0.0/33", "10.0.0.0/8"])]
#[case::other_header("TOMBOLA_CONNECTIONS__FORWARDED_HEADER", "x-real-ip", &["connections.forwarded_header", "x-real-ip", "x-forwarded-for", "forwarded"])]
#[case::no_request("TOMBOLA_RATES__REQUESTS_PER_MINUTE", "0", &["rates.requests_per_minute", "1 to 10000000"])]
#[case::no_burst("TOMBOLA_RATES__BURST", "0", &["rates.burst", "1 to 10000000"])]
#[case::no_sign_in("TOMBOLA_RATES__SIGN_INS_PER_MINUTE", "0", &["rates.sign_ins_per_minute", "1 to 10000000"])]
#[case::nobody_behind_an_address("TOMBOLA_RATES__CALLERS_PER_ADDRESS", "0", &["rates.callers_per_address", "1 to 10000000"])]
#[case::no_password("TOMBOLA_RATES__PASSWORDS_PER_MINUTE", "0", &["rates.passwords_per_minute", "1 to 10000000"])]
#[case::no_password_at_once("TOMBOLA_RATES__PASSWORD_BURST", "0", &["rates.password_burst", "1 to 10000000"])]
#[case::no_join_code("TOMBOLA_RATES__JOIN_CODES_PER_MINUTE", "0", &["rates.join_codes_per_minute", "1 to 10000000"])]
#[case::no_join_code_at_once("TOMBOLA_RATES__JOIN_CODE_BURST", "0", &["rates.join_code_burst", "1 to 10000000"])]
#[case::no_sign_in_at_once("TOMBOLA_RATES__SIGN_IN_BURST", "0", &["rates.sign_in_burst", "1 to 10000000"])]
#[case::guessable("TOMBOLA_TELEMETRY__METRICS_TOKEN", "hunter2", &["telemetry.metrics_token", "found 7 bytes", "16 or more"])]
#[case::number_as_token("TOMBOLA_TELEMETRY__METRICS_TOKEN", "123456", &["telemetry.metrics_token", "string"])]
#[case::no_collector("TOMBOLA_TELEMETRY__OTLP_URL", "127.0.0.1:4318", &["telemetry.otlp_url", "127.0.0.1:4318", "https://"])]
#[case::no_patience("TOMBOLA_IDEMPOTENCY__WAIT_SECONDS", "0", &["idempotency.wait_seconds", "found 0", "1 to 60"])]
#[case::patience("TOMBOLA_IDEMPOTENCY__WAIT_SECONDS", "61", &["idempotency.wait_seconds", "61", "1 to 60"])]
#[case::forgetful("TOMBOLA_IDEMPOTENCY__KEEP_HOURS", "0", &["idempotency.keep_hours", "found 0", "1 to 8760"])]
#[case::other_format("TOMBOLA_LOG__FORMAT", "xml", &["log.format", "xml", "auto", "text", "json"])]
#[case::no_filter("TOMBOLA_LOG__FILTER", "api=loud", &["log.filter", "api=loud", "info"])]
#[tokio::test]
async fn a_setting_that_does_not_fit_is_named_with_what_is_allowed(
    #[case] name: &str,
    #[case] value: &str,
    #[case] parts: &[&str],
) {
    let program = Program::new().with(name, value);
    for command in [&["serve"] as &[&str], &["check"], &["demo"], &["migrate", "up"]] {
        let ended = program.run(command).await;
        ended.assert_refused(parts);
        assert!(ended.err.contains("the configuration cannot be used"), "{ended:#?}");
        assert!(!ended.err.contains("hunter2"), "a password is in the log: {ended:#?}");
    }
    assert_eq!(
        std::fs::read_dir(program.folder()).unwrap().count(),
        0,
        "nothing was made"
    );
}

#[tokio::test]
async fn all_faults_are_named_at_once() {
    let program = Program::new()
        .with("TOMBOLA_OPERATION_SECONDS", "0")
        .with("TOMBOLA_AUTH__SESSION_DAYS", "1000")
        .with("TOMBOLA_LISTEN", "192.0.2.1:4000");
    let ended = program.run(&["serve"]).await;
    ended.assert_refused(&["operation_seconds", "auth.session_days", "192.0.2.1"]);
}

#[rstest]
#[case::unknown_table("[databse]\nurl = \"sqlite:x\"", &["databse", "tombola.toml"])]
#[case::unknown_key("[database]\npath = \"x\"", &["database.path", "tombola.toml"])]
#[case::other_type("[database]\nmax_connections = \"many\"", &["database.max_connections", "many", "tombola.toml"])]
#[case::out_of_range("operation_seconds = 9999", &["operation_seconds", "9999", "1 to 600"])]
#[case::no_toml("listen = ", &["tombola.toml"])]
#[case::not_even_text("\u{0}\u{1}", &["tombola.toml"])]
#[tokio::test]
async fn a_file_that_does_not_fit_is_named(#[case] content: &str, #[case] parts: &[&str]) {
    let program = Program::new();
    program.file("tombola.toml", content);
    let ended = program.run(&["--config", "tombola.toml", "serve"]).await;
    ended.assert_refused(parts);
    let ended = program.with("TOMBOLA_CONFIG", "tombola.toml").run(&["check"]).await;
    ended.assert_refused(parts);
}

#[tokio::test]
async fn a_file_that_is_not_there_is_named() {
    let ended = Program::new().run(&["--config", "nowhere.toml"]).await;
    ended.assert_refused(&["--config", "nowhere.toml"]);
}

/// Who signs the access tokens of a server: `auth.issuer`.
async fn issuer(program: &Program, arguments: &[&str]) -> String {
    let serving = program.serve(arguments).await;
    let input = json!({
        "email": format!("{}@example.com", uuid::Uuid::now_v7().simple()),
        "password": "quiet otter paints seven doors", "displayName": "Ann",
    });
    let answer = serving
        .client()
        .mutate("signUp", input, "signedIn { accessToken }")
        .await;
    let token = answer.text("/signUp/signedIn/accessToken");
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Json = serde_json::from_slice(&claims).unwrap();
    serving.stop().await.is_ok();
    claims["iss"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_variable_goes_before_the_file_and_the_file_before_the_default() {
    let program = Program::new();
    program.file("tombola.toml", "[auth]\nissuer = \"from the file\"\n");
    assert_eq!(issuer(&program, &["serve"]).await, "tombola");
    assert_eq!(
        issuer(&program, &["--config", "tombola.toml", "serve"]).await,
        "from the file"
    );
    assert_eq!(
        issuer(&program, &["serve", "--config", "tombola.toml"]).await,
        "from the file"
    );
    let program = program.with("TOMBOLA_AUTH__ISSUER", "from a variable");
    assert_eq!(issuer(&program, &["--config", "tombola.toml"]).await, "from a variable");
    let program = program
        .with("TOMBOLA_CONFIG", "tombola.toml")
        .with("TOMBOLA_AUTH__ISSUER", "another");
    assert_eq!(
        issuer(&program, &[]).await,
        "another",
        "serving is what happens without a command"
    );
}

#[tokio::test]
async fn an_open_address_behind_tls_is_allowed() {
    let program = Program::new()
        .with("TOMBOLA_LISTEN", "0.0.0.0:0")
        .with("TOMBOLA_PUBLIC_URL", "https://tombola.example.com/");
    let serving = program.serve(&["serve"]).await;
    assert_eq!(serving.address, "https://tombola.example.com");
    serving.stop().await.is_ok();
}

#[test]
fn the_example_in_the_repository_holds_the_defaults() {
    let example = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tombola.example.toml");
    let text = std::fs::read_to_string(&example).unwrap();
    // Everything it holds is a setting, with its default.
    let loaded = api::config::Config::load(Some(&example)).unwrap();
    assert_eq!(format!("{loaded:?}"), format!("{:?}", api::config::Config::default()));
    // And it holds all of them, those without a default as comments.
    let all = serde_json::to_value(api::config::Config::default()).unwrap();
    for (key, value) in all.as_object().unwrap() {
        let keys = match value.as_object() {
            Some(table) => table.keys().collect(),
            None => vec![key],
        };
        for key in keys {
            let written = text
                .lines()
                .any(|line| line.trim_start_matches("# ").starts_with(&format!("{key} =")));
            assert!(written, "{key} is not in tombola.example.toml");
        }
    }
}
