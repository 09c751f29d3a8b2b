//! Making an account.

use futures::future::join_all;
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Database, World};

use super::account::{Account, PASSWORD, opens, sign_in};
use crate::room::soundness::audits;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_account_is_signed_in_at_once(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let input = json!({
        "email": "  Ann@Example.COM ", "password": PASSWORD, "displayName": " Ann Account ",
    });
    let selection = "organization { id } signedIn { accessToken accessTokenExpiresAt refreshToken
        viewer { email emailVerifiedAt firstName lastName timezone preferences platformRole lastLoginAt
            profile { displayName avatarUrl deletedAt } memberships { totalCount } session { assuranceLevel } } }";
    let answer = world.stranger().mutate("signUp", input, selection).await;
    assert_eq!(answer.at("/signUp/organization"), &Json::Null);
    assert_eq!(
        answer.text("/signUp/signedIn/accessTokenExpiresAt"),
        "2026-06-01T12:10:00.000Z"
    );
    assert!(answer.text("/signUp/signedIn/refreshToken").starts_with("tmb_refresh_"));
    assert_eq!(
        answer.at("/signUp/signedIn/viewer"),
        &json!({
            "email": "ann@example.com", "emailVerifiedAt": null, "firstName": null, "lastName": null,
            "timezone": "UTC", "preferences": {}, "platformRole": "NONE", "lastLoginAt": "2026-06-01T12:00:00.000Z",
            "profile": { "displayName": "Ann Account", "avatarUrl": null, "deletedAt": null },
            "memberships": { "totalCount": 0 }, "session": { "assuranceLevel": "PASSWORD" },
        })
    );
    assert!(opens(&world, &answer.text("/signUp/signedIn/accessToken")).await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organization_is_founded_with_its_first_admin(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let input = json!({
        "email": "ann@example.com", "password": PASSWORD, "displayName": "Ann", "organizationName": " Ann's Events ",
    });
    let selection =
        "organization { id name slug status plan memberships { nodes { role email user { displayName } } } }
        signedIn { accessToken viewer { memberships { nodes { role organization { id } } } } }";
    let answer = world.stranger().mutate("signUp", input, selection).await;
    let organization = answer.at("/signUp/organization");
    assert_eq!(organization["name"], "Ann's Events");
    assert!(
        organization["slug"].as_str().unwrap().starts_with("ann-s-events-"),
        "{organization}"
    );
    assert_eq!(
        (&organization["status"], &organization["plan"]),
        (&json!("ACTIVE"), &json!("STARTER"))
    );
    assert_eq!(
        organization["memberships"]["nodes"],
        json!([{ "role": "ADMIN", "email": "ann@example.com", "user": { "displayName": "Ann" } }])
    );
    let mine = answer.at("/signUp/signedIn/viewer/memberships/nodes");
    assert_eq!(
        mine,
        &json!([{ "role": "ADMIN", "organization": { "id": organization["id"] } }])
    );

    let actions: Vec<_> = audits(&world).await.into_iter().map(|record| record.action).collect();
    assert_eq!(actions, ["ORGANIZATION_CREATED", "SIGNED_UP"]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_has_an_account_is_taken_in_any_case(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    Account::sign_up(&world, "ann@example.com").await;
    for email in ["ann@example.com", "ANN@EXAMPLE.COM", " Ann@example.com"] {
        let input = json!({
            "email": email, "password": PASSWORD, "displayName": "Another", "organizationName": "Another",
        });
        world
            .refuses(world.stranger(), "signUp", input, "CONFLICT", Some("email"))
            .await;
    }
    // Once the account is deleted, the address is free again, and inherits nothing.
    tests::database::execute(&world.db, "UPDATE users SET deleted_at = created_at").await;
    let again = Account::sign_up(&world, "ann@example.com").await;
    let answer = again
        .client
        .query("{ viewer { memberships { totalCount } participations { totalCount } } }")
        .await;
    assert_eq!(answer.number("/viewer/memberships/totalCount"), 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_sign_up_with_one_address_at_once_one_gets_it(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let input =
        json!({ "email": "ann@example.com", "password": PASSWORD, "displayName": "Ann", "organizationName": "A" });
    let tries = (0..6).map(|_| world.stranger().mutate("signUp", input.clone(), "organization { id }"));
    let answers = join_all(tries).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for refused in answers.iter().filter(|answer| !answer.is_ok()) {
        refused.assert_refused_for("CONFLICT", "email");
    }
    let dump = world.dump().await;
    assert_eq!(dump["users"].len(), 1);
    assert_eq!(dump["organizations"].len(), 1);
    assert_eq!(dump["sessions"].len(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_weak_short_or_long_password_is_refused(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let long = "kX9".repeat(43);
    for (password, reason) in [
        ("", "8 to 128"),
        ("1234567", "8 to 128"),
        ("kX9$vQ2", "8 to 128"),
        (long.as_str(), "8 to 128"),
        ("12345678", "guessed"),
        ("password", "guessed"),
        ("Password1", "guessed"),
        ("qwertyuiop", "guessed"),
        ("aaaaaaaaaaaaaaaa", "guessed"),
        // Their own address and name.
        ("constance", "guessed"),
        ("papadopoulos", "guessed"),
    ] {
        let input = json!({
            "email": "constance@example.com", "password": password, "displayName": "Papadopoulos",
        });
        let answer = world
            .refuses(world.stranger(), "signUp", input, "VALIDATION", Some("password"))
            .await;
        assert!(answer.message().contains(reason), "{password}: {}", answer.message());
        let is_word = password.len() < 8 || password == "password";
        assert!(
            is_word || !answer.body.to_string().contains(password),
            "{}",
            answer.body
        );
    }
    // Length counts characters, not bytes: the longest that is allowed, of four bytes each.
    let longest: String = (0..128_u32)
        .map(|n| char::from_u32(0x1F300 + n * n % 251).unwrap())
        .collect();
    let input = json!({ "email": "ann@example.com", "password": longest, "displayName": "Ann" });
    let answer = world.stranger().mutate("signUp", input, "__typename").await;
    assert!(answer.is_ok(), "{}", answer.body);
    assert!(sign_in(world.stranger(), "ann@example.com", &longest).await.is_ok());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_address_is_refused(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let long = format!("{}@example.com", "a".repeat(250));
    for email in [
        "ann",
        "@example.com",
        "ann@",
        "ann@example",
        "ann@@example.com",
        "ann example@example.com",
        "Ann <ann@example.com>",
        "ann@[127.0.0.1]",
        "\"ann\"@example.com",
        "ann@example.com\nbcc: all@example.com",
        &long,
    ] {
        let input = json!({ "email": email, "password": PASSWORD, "displayName": "Ann" });
        let answer = world
            .refuses(world.stranger(), "signUp", input, "VALIDATION", Some("email"))
            .await;
        assert!(answer.message().contains("name@example.com"), "{}", answer.message());
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_password_typed_on_another_keyboard_is_the_same(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    // Composed and decomposed letters, a ligature, full-width digits.
    let input = json!({ "email": "ann@example.com", "password": "Übergröße ﬁnden ４７", "displayName": "Ann" });
    let answer = world.stranger().mutate("signUp", input, "__typename").await;
    assert!(answer.is_ok(), "{}", answer.body);
    let answer = sign_in(world.stranger(), "ann@example.com", "U\u{308}bergro\u{308}ße finden 47").await;
    assert!(answer.is_ok(), "{}", answer.body);
    let answer = sign_in(world.stranger(), "ann@example.com", "Ubergroße finden 47").await;
    answer.assert_refused("UNAUTHENTICATED");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_operation_has_one_password_judged(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let before = world.dump().await;
    let tries: String = (0..20)
        .map(|number| {
            let input = format!("email: \"a{number}@example.com\", password: \"short\", displayName: \"Ann\"");
            format!("s{number}: signUp(input: {{ {input} }}) {{ __typename }} ")
        })
        .collect();
    let answer = world.stranger().query(&format!("mutation {{ {tries} }}")).await;
    let count = |code: &str| {
        let errors = answer.errors().iter();
        errors.filter(|error| error["extensions"]["code"] == code).count()
    };
    assert_eq!((count("VALIDATION"), count("LIMITED")), (1, 19), "{}", answer.body);
    assert_eq!(world.dump().await, before);
}
