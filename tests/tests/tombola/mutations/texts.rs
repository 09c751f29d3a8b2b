//! Texts in every argument that takes one: empty, too long, with control characters.

use rstest::rstest;
use serde_json::json;
use tests::{Database, World};

use super::{arguments::Schema, place::Place};

/// Credentials that are wrong are refused as credentials, whatever is wrong with them.
const CREDENTIALS: [&str; 3] = ["signIn.email", "signIn.password", "refreshSession.refreshToken"];

/// An empty text in these counts as none.
const MAY_BE_EMPTY: [&str; 11] = [
    "createPrize.description",
    "createPrize.imageUrl",
    "createRoom.description",
    "declinePrize.reason",
    "refreshSession.requestId",
    "updatePrize.description",
    "updatePrize.imageUrl",
    "updateProfile.avatarUrl",
    "updateProfile.firstName",
    "updateProfile.lastName",
    "updateRoom.description",
];

/// Texts and the longest that each takes, in characters.
const LIMITS: [(&str, usize); 21] = [
    ("createOrganization.name", 200),
    ("createPrize.description", 2000),
    ("createPrize.name", 200),
    ("createRoom.description", 5000),
    ("createRoom.title", 200),
    ("declinePrize.reason", 500),
    ("disqualifyWinner.reason", 500),
    ("excludeFromDraw.reason", 500),
    ("registerApp.name", 100),
    ("revokeWinner.reason", 500),
    ("signUp.displayName", 100),
    ("signUp.organizationName", 200),
    ("updateApp.name", 100),
    ("updatePrize.description", 2000),
    ("updatePrize.name", 200),
    ("updateProfile.displayName", 100),
    ("updateProfile.firstName", 100),
    ("updateProfile.lastName", 100),
    ("updateRoom.description", 5000),
    ("updateRoom.title", 200),
    ("voidDraw.reason", 500),
];

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_text_is_refused_in_every_argument_that_needs_one(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;
    for argument in Schema::read(world.stranger()).await.arguments("String") {
        let name = format!("{}.{}", argument.mutation, argument.field);
        if MAY_BE_EMPTY.contains(&name.as_str()) {
            continue;
        }
        for empty in ["", "   ", "\t\n", "\u{2003}", "\u{200b}\u{feff}"] {
            let input = argument.put(&place.input(&argument.mutation), json!(empty));
            if CREDENTIALS.contains(&name.as_str()) {
                world
                    .refuses(&place.admin, &argument.mutation, input, "UNAUTHENTICATED", None)
                    .await;
            } else {
                world
                    .refuses(
                        &place.admin,
                        &argument.mutation,
                        input,
                        "VALIDATION",
                        Some(&argument.field),
                    )
                    .await;
            }
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_over_long_text_is_refused_in_every_argument(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;
    for argument in Schema::read(world.stranger()).await.arguments("String") {
        let name = format!("{}.{}", argument.mutation, argument.field);
        for long in ["x".repeat(5001), "https://example.com/".to_owned() + &"x".repeat(5000)] {
            let input = argument.put(&place.input(&argument.mutation), json!(long));
            let (code, field) = if CREDENTIALS.contains(&name.as_str()) {
                ("UNAUTHENTICATED", None)
            } else {
                ("VALIDATION", Some(argument.field.as_str()))
            };
            world
                .refuses(&place.admin, &argument.mutation, input, code, field)
                .await;
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_control_character_is_refused_in_every_argument(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;
    for argument in Schema::read(world.stranger()).await.arguments("String") {
        let name = format!("{}.{}", argument.mutation, argument.field);
        for bad in ["\0", "nul\0in", "bell \u{7} in", "https://example.com/\0"] {
            let is_nul = bad.contains('\0');
            if name == "signUp.password" && !is_nul {
                // It is never stored, only hashed: a password may hold anything else.
                continue;
            }
            let input = argument.put(&place.input(&argument.mutation), json!(bad));
            let (code, field) = if CREDENTIALS.contains(&name.as_str()) && !is_nul {
                ("UNAUTHENTICATED", None)
            } else {
                ("VALIDATION", Some(argument.field.as_str()))
            };
            world
                .refuses(&place.admin, &argument.mutation, input, code, field)
                .await;
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_description_has_several_lines(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;
    for argument in Schema::read(world.stranger()).await.arguments("String") {
        let name = format!("{}.{}", argument.mutation, argument.field);
        if CREDENTIALS.contains(&name.as_str()) || name == "signUp.password" || argument.field == "joinCode" {
            continue;
        }
        let input = argument.put(&place.input(&argument.mutation), json!("one\r\ntwo"));
        if argument.field == "description" {
            let answer = place.admin.mutate(&argument.mutation, input, "__typename").await;
            assert!(answer.is_ok(), "{name}: {}", answer.body);
        } else {
            world
                .refuses(
                    &place.admin,
                    &argument.mutation,
                    input,
                    "VALIDATION",
                    Some(&argument.field),
                )
                .await;
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_longest_text_is_taken_and_one_character_more_is_not(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;
    let arguments = Schema::read(world.stranger()).await.arguments("String");
    for (name, limit) in LIMITS {
        let argument = arguments
            .iter()
            .find(|argument| format!("{}.{}", argument.mutation, argument.field) == name)
            .unwrap_or_else(|| panic!("there is no {name}"));
        // Characters, not bytes: each of these has four.
        let (fits, too_long) = ("🎉".repeat(limit), "🎉".repeat(limit + 1));
        let good = place.input(&argument.mutation);
        let answer = world
            .refuses(
                &place.admin,
                &argument.mutation,
                argument.put(&good, json!(too_long)),
                "VALIDATION",
                Some(&argument.field),
            )
            .await;
        assert!(
            answer.message().contains(&limit.to_string()),
            "{name}: {}",
            answer.message()
        );
        let mut input = argument.put(&good, json!(fits));
        if name == "registerApp.name" {
            input["slug"] = json!("another");
        }
        if argument.mutation == "signUp" {
            input["email"] = json!(format!("{}@example.com", argument.field.to_lowercase()));
        }
        let answer = place.admin.mutate(&argument.mutation, input, "__typename").await;
        assert!(answer.is_ok(), "{name}: {}", answer.body);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_is_not_https_is_refused(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;
    for (mutation, field) in [
        ("createPrize", "imageUrl"),
        ("updatePrize", "imageUrl"),
        ("updateProfile", "avatarUrl"),
    ] {
        for bad in [
            "picture.png",
            "http://example.com/a.png",
            "javascript:alert(1)",
            "https://",
            "data:,x",
        ] {
            let mut input = place.input(mutation);
            input[field] = json!(bad);
            world
                .refuses(&place.admin, mutation, input, "VALIDATION", Some(field))
                .await;
        }
    }
}
