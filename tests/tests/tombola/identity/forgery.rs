//! Access tokens that somebody made or altered (RFC 8725): none opens anything.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Database, World};

use super::account::{Account, opens};

fn parts(token: &str) -> [String; 3] {
    let mut parts = token.split('.').map(str::to_owned);
    [parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap()]
}

fn decoded(part: &str) -> Json {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn encoded(value: &Json) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn changed(value: &Json, field: &str, to: Json) -> Json {
    let mut value = value.clone();
    match to {
        Json::Null => drop(value.as_object_mut().unwrap().remove(field)),
        to => value[field] = to,
    }
    value
}

/// The server's own key, as an intruder would need it.
fn own_key(world: &World) -> Vec<u8> {
    std::fs::read(world.folder().join("tombola.key")).unwrap()
}

/// A key that is not the server's.
fn foreign_key(world: &World) -> EncodingKey {
    let path = world.folder().join("foreign.key");
    api::credentials::SigningKey::load_or_create(&path).unwrap();
    EncodingKey::from_ed_der(&std::fs::read(path).unwrap())
}

fn signed(header: &Header, claims: &Json, key: &EncodingKey) -> String {
    encode(header, claims, key).unwrap()
}

fn good_header() -> Header {
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some("at+jwt".to_owned());
    header
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_altered_token_opens_nothing(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    let victim = Account::sign_up(&world, "vic@example.com").await;
    let [header, claims, signature] = parts(&account.access);
    let (head, body) = (decoded(&header), decoded(&claims));
    assert_eq!((&head["alg"], &head["typ"]), (&json!("EdDSA"), &json!("at+jwt")));
    let theirs = decoded(&parts(&victim.access)[1]);

    let none = |alg: &str| encoded(&changed(&head, "alg", json!(alg)));
    let mut flipped = signature.clone().into_bytes();
    flipped[10] = if flipped[10] == b'A' { b'B' } else { b'A' };
    let flipped = String::from_utf8(flipped).unwrap();
    let tokens = [
        ("other claims", format!("{header}.{}.{signature}", encoded(&theirs))),
        (
            "another user",
            format!(
                "{header}.{}.{signature}",
                encoded(&changed(&body, "sub", theirs["sub"].clone()))
            ),
        ),
        (
            "a later end",
            format!(
                "{header}.{}.{signature}",
                encoded(&changed(&body, "exp", json!(4_000_000_000_u32)))
            ),
        ),
        ("a flipped letter", format!("{header}.{claims}.{flipped}")),
        ("no signature", format!("{header}.{claims}.")),
        ("two parts", format!("{header}.{claims}")),
        ("four parts", format!("{header}.{claims}.{signature}.{signature}")),
        ("alg none", format!("{}.{claims}.", none("none"))),
        (
            "alg None with the signature",
            format!("{}.{claims}.{signature}", none("None")),
        ),
        ("alg NONE", format!("{}.{claims}.", none("NONE"))),
        ("alg HS256", format!("{}.{claims}.{signature}", none("HS256"))),
        ("alg RS256", format!("{}.{claims}.{signature}", none("RS256"))),
        (
            "no alg",
            format!("{}.{claims}.{signature}", encoded(&changed(&head, "alg", Json::Null))),
        ),
        ("padded", format!("{header}=.{claims}.{signature}")),
        ("spaced", format!("{header}. {claims}.{signature}")),
    ];
    for (what, token) in tokens {
        assert!(!opens(&world, &token).await, "{what}");
    }
    assert!(opens(&world, &account.access).await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_signed_with_another_key_opens_nothing_whatever_its_header_says(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    let claims = decoded(&parts(&account.access)[1]);
    let foreign = foreign_key(&world);
    let public = world.services().key.public().to_vec();

    let plain = signed(&good_header(), &claims, &foreign);
    assert!(!opens(&world, &plain).await, "a foreign key");
    // A header that brings, names or points to its own key.
    let [_, body, _] = parts(&plain);
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(&public) });
    for (field, value) in [
        ("kid", json!("../../dev/null")),
        ("kid", json!("' UNION SELECT 'x' --")),
        ("jku", json!("https://attacker.example/jwks.json")),
        ("x5u", json!("https://attacker.example/cert.pem")),
        ("jwk", jwk),
    ] {
        let mut header = good_header();
        match field {
            "kid" => header.kid = value.as_str().map(str::to_owned),
            "jku" => header.jku = value.as_str().map(str::to_owned),
            "x5u" => header.x5u = value.as_str().map(str::to_owned),
            _ => header.jwk = serde_json::from_value(value.clone()).ok(),
        }
        let token = signed(&header, &claims, &foreign);
        assert_ne!(parts(&token)[0], parts(&plain)[0], "{field} is in the header");
        assert_eq!(parts(&token)[1], body);
        assert!(!opens(&world, &token).await, "{field} = {value}");
    }
    // The public key as the secret of a symmetric algorithm.
    let mut header = good_header();
    header.alg = Algorithm::HS256;
    for secret in [public.clone(), URL_SAFE_NO_PAD.encode(&public).into_bytes(), Vec::new()] {
        let token = signed(&header, &claims, &EncodingKey::from_secret(&secret));
        assert!(!opens(&world, &token).await, "HS256 with the public key");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn even_a_token_signed_by_the_server_must_be_an_access_token_of_this_server_in_its_time(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    let other = Account::sign_up(&world, "ben@example.com").await;
    let claims = decoded(&parts(&account.access)[1]);
    let theirs = decoded(&parts(&other.access)[1]);
    let key = EncodingKey::from_ed_der(&own_key(&world));
    // That the tokens below fail is worth something only because this one does not.
    assert!(opens(&world, &signed(&good_header(), &claims, &key)).await);

    for typ in [None, Some("JWT"), Some("jwt"), Some("rt+jwt"), Some("")] {
        let mut header = good_header();
        header.typ = typ.map(str::to_owned);
        assert!(!opens(&world, &signed(&header, &claims, &key)).await, "typ {typ:?}");
    }
    let now = world.clock.now().timestamp();
    for (field, value) in [
        ("exp", json!((now + 600).to_string())),
        ("exp", json!(now)),
        ("exp", json!(now - 1)),
        ("exp", json!(-1)),
        ("exp", json!(i64::MAX)),
        ("exp", json!(1e300)),
        ("exp", Json::Null),
        ("nbf", json!(now + 60)),
        ("nbf", json!("0")),
        ("nbf", Json::Null),
        ("iss", json!("somebody-else")),
        ("iss", json!("")),
        ("iss", json!(["tombola", "somebody-else"])),
        ("iss", Json::Null),
        ("aud", json!("somebody-else")),
        ("aud", Json::Null),
        ("sub", theirs["sub"].clone()),
        ("sub", claims["sid"].clone()),
        ("sub", json!("")),
        ("sub", Json::Null),
        ("sid", theirs["sid"].clone()),
        ("sid", json!(entity::id::format("session", uuid::Uuid::now_v7()))),
        ("sid", claims["sub"].clone()),
        ("sid", Json::Null),
    ] {
        let token = signed(&good_header(), &changed(&claims, field, value.clone()), &key);
        assert!(!opens(&world, &token).await, "{field} = {value}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_of_another_server_opens_nothing(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let here = World::new(database).await;
    let there = World::new(database).await;
    let account = Account::sign_up(&there, "ann@example.com").await;
    Account::sign_up(&here, "ann@example.com").await;
    assert!(opens(&there, &account.access).await);
    assert!(!opens(&here, &account.access).await);
    let issuer = World::with(database, |config| config.auth.issuer = "another".to_owned()).await;
    // The same key under another name.
    let path = issuer.folder().join("tombola.key");
    let claims = decoded(&parts(&Account::sign_up(&issuer, "ann@example.com").await.access)[1]);
    let key = EncodingKey::from_ed_der(&std::fs::read(path).unwrap());
    assert!(opens(&issuer, &signed(&good_header(), &claims, &key)).await);
    let token = signed(&good_header(), &changed(&claims, "iss", json!("tombola")), &key);
    assert!(!opens(&issuer, &token).await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_from_a_little_ahead_is_good(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    // Another node's clock runs ahead by a few seconds.
    world.clock.advance(Duration::seconds(-3));
    assert!(opens(&world, &account.access).await);
    world.clock.advance(Duration::seconds(-60));
    assert!(!opens(&world, &account.access).await);
}

/// A header may demand that something is understood, and nothing is (RFC 7515 §4.1.11).
#[rstest]
#[case::an_extension(json!(["exp"]))]
#[case::an_unencoded_payload(json!(["b64"]))]
#[case::one_of_ours(json!(["typ"]))]
#[case::nothing(json!([]))]
#[case::no_list(json!("exp"))]
#[case::null(Json::Null)]
#[tokio::test]
async fn a_token_that_demands_something_opens_nothing(#[case] crit: Json) {
    let world = World::new(Database::Sqlite).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    let [header, claims, _] = parts(&account.access);
    let key = api::credentials::SigningKey::load_or_create(&world.folder().join("tombola.key")).unwrap();
    let token = |header: &Json| {
        let message = format!("{}.{claims}", encoded(header));
        let signature = key.sign(message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    };
    let mut header = decoded(&header);
    assert!(opens(&world, &token(&header)).await);
    header["crit"] = crit;
    assert!(!opens(&world, &token(&header)).await, "{header}");
}
