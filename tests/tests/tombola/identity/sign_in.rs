//! Signing in with a password.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Database, World, database::execute};

use super::account::{Account, PASSWORD, opens, sign_in};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_knows_the_password_gets_a_session(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    world.clock.advance(chrono::Duration::minutes(1));
    for email in ["ann@example.com", " ANN@Example.com "] {
        let answer = sign_in(world.stranger(), email, PASSWORD).await;
        let signed_in = answer.at("/signIn");
        assert_eq!(signed_in["__typename"], "SignedIn");
        assert_eq!(signed_in["viewer"]["email"], "ann@example.com");
        assert_eq!(signed_in["viewer"]["lastLoginAt"], "2026-06-01T12:01:00.000Z");
        assert_eq!(signed_in["accessTokenExpiresAt"], "2026-06-01T12:11:00.000Z");
        let session = &signed_in["viewer"]["session"];
        assert_eq!(session["ipAddress"], "127.0.0.1");
        assert_eq!(session["assuranceLevel"], "PASSWORD");
        assert_eq!(session["expiresAt"], "2026-07-01T12:01:00.000Z");
        let access = signed_in["accessToken"].as_str().unwrap();
        assert_ne!(access, account.access);
        assert!(opens(&world, access).await);
    }
    assert!(opens(&world, &account.access).await, "the first session goes on");
    assert_eq!(world.dump().await["sessions"].len(), 3);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_credentials_are_refused_alike_whatever_is_wrong(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    for name in ["ann", "disabled", "deleted", "passwordless"] {
        Account::sign_up(&world, &format!("{name}@example.com")).await;
    }
    for (change, name) in [
        ("disabled_at = created_at", "disabled"),
        ("deleted_at = created_at", "deleted"),
        ("password_hash = NULL", "passwordless"),
    ] {
        execute(
            &world.db,
            &format!("UPDATE users SET {change} WHERE email LIKE '{name}%'"),
        )
        .await;
    }
    let long = PASSWORD.repeat(50);
    let mut bodies = Vec::new();
    for (email, password) in [
        ("ann@example.com", "another password"),
        ("ann@example.com", ""),
        ("ann@example.com", &PASSWORD.to_uppercase()),
        ("ann@example.com", &format!("{PASSWORD} ")),
        ("ann@example.com", &long),
        ("nobody@example.com", PASSWORD),
        ("disabled@example.com", PASSWORD),
        ("deleted@example.com", PASSWORD),
        ("passwordless@example.com", PASSWORD),
        ("passwordless@example.com", ""),
        ("", PASSWORD),
        ("no address", PASSWORD),
        ("a%@example.com", PASSWORD),
        ("' OR 1 = 1 --", PASSWORD),
    ] {
        let input = json!({ "email": email, "password": password });
        let answer = world
            .refuses(world.stranger(), "signIn", input, "UNAUTHENTICATED", None)
            .await;
        assert_eq!(answer.status, 200);
        let mut body = answer.body;
        assert_eq!(body["data"]["signIn"], Json::Null);
        body["errors"][0]["locations"].take();
        bodies.push(body);
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "{bodies:#?}");
    assert_eq!(
        bodies[0]["errors"][0]["extensions"],
        json!({ "code": "UNAUTHENTICATED" })
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_operation_signs_in_once(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    Account::sign_up(&world, "ann@example.com").await;
    Account::sign_up(&world, "ben@example.com").await;
    let document = "mutation($password: String!) {
        first: signIn(input: { email: \"ann@example.com\", password: $password }) {
            ... on SignedIn { accessToken viewer { email } } }
        second: signIn(input: { email: \"ben@example.com\", password: $password }) { __typename }
        third: signUp(input: { email: \"new@example.com\", password: $password, displayName: \"New\" }) { __typename }
    }";
    let answer = world.stranger().run(document, json!({ "password": PASSWORD })).await;
    assert_eq!(answer.body["data"]["first"]["viewer"]["email"], "ann@example.com");
    assert_eq!(answer.body["data"]["second"], Json::Null);
    assert_eq!(answer.body["data"]["third"], Json::Null);
    let codes: Vec<_> = answer
        .errors()
        .iter()
        .map(|error| &error["extensions"]["code"])
        .collect();
    assert_eq!(codes, ["LIMITED", "LIMITED"]);
    assert!(opens(&world, answer.body["data"]["first"]["accessToken"].as_str().unwrap()).await);
    let dump = world.dump().await;
    assert_eq!((dump["sessions"].len(), dump["users"].len()), (3, 2));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_operation_guesses_once(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    Account::sign_up(&world, "ann@example.com").await;
    let guesses: String = (0..20)
        .map(|number| {
            let password = if number == 19 {
                PASSWORD.to_owned()
            } else {
                format!("guess {number}")
            };
            format!(
                "g{number}: signIn(input: {{ email: \"ann@example.com\", password: {password:?} }}) {{ __typename }} "
            )
        })
        .collect();
    let answer = world.stranger().query(&format!("mutation {{ {guesses} }}")).await;
    let codes: Vec<_> = answer
        .errors()
        .iter()
        .map(|error| error["extensions"]["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes.len(), 20);
    assert_eq!(codes.iter().filter(|code| **code == "UNAUTHENTICATED").count(), 1);
    assert_eq!(codes.iter().filter(|code| **code == "LIMITED").count(), 19);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_token_does_not_keep_anybody_from_signing_in(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    world.clock.advance(chrono::Duration::hours(1));
    let stale = world.stranger().signed_in(&account.access, "");
    assert_eq!(stale.query("{ viewer { email } }").await.status, 401);
    assert!(sign_in(&stale, "ann@example.com", PASSWORD).await.is_ok());
    // But only signing in: a second field or another operation goes unheard.
    let input = "input: { email: \"ann@example.com\", password: \"x\" }";
    for document in [
        format!("mutation {{ signIn({input}) {{ __typename }} signOut {{ __typename }} }}"),
        "query { signIn: viewer { email } }".to_owned(),
        "mutation { signIn: signOut { __typename } }".to_owned(),
    ] {
        let answer = stale.query(&document).await;
        assert_eq!(answer.status, 401, "{document}");
        answer.assert_refused("UNAUTHENTICATED");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hash_with_old_costs_is_made_anew_at_the_next_sign_in(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    Account::sign_up(&world, "ann@example.com").await;
    let hash = async || {
        use sea_orm::EntityTrait;
        let rows = entity::identity::user::Entity::find().all(&world.db).await.unwrap();
        rows[0].password_hash.clone().unwrap()
    };
    let costs = "$argon2id$v=19$m=19456,t=2,p=1$";
    assert!(
        hash().await.starts_with(costs),
        "argon2id with OWASP's costs: {}",
        hash().await
    );

    let cheap = Params::new(8192, 1, 1, None).unwrap();
    let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, cheap);
    let old = cheap.hash_password(PASSWORD.as_bytes()).unwrap().to_string();
    execute(&world.db, &format!("UPDATE users SET password_hash = '{old}'")).await;
    sign_in(world.stranger(), "ann@example.com", "another password")
        .await
        .assert_refused("UNAUTHENTICATED");
    assert_eq!(hash().await, old, "a wrong password changes nothing");
    assert!(sign_in(world.stranger(), "ann@example.com", PASSWORD).await.is_ok());
    let new = hash().await;
    assert!(new.starts_with(costs), "{new}");
    assert!(sign_in(world.stranger(), "ann@example.com", PASSWORD).await.is_ok());
    assert_eq!(hash().await, new, "once is enough");
}
