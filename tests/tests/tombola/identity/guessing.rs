//! Guessing is slow, for whoever guesses; people who know what is right get on.

use api::config::Config;
use futures::future::join_all;
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Answer, Database, Scene, World};

use super::account::{Account, PASSWORD, refresh, sign_in};

/// Three wrong passwords of an account at once, and three wrong join codes of a user; thirty of a network.
fn strict(config: &mut Config) {
    config.rates.sign_ins_per_minute = 1;
    config.rates.sign_in_burst = 3;
    config.rates.join_codes_per_minute = 1;
    config.rates.join_code_burst = 3;
    // Addresses are named in a header.
    config.connections.trusted_proxies = vec!["127.0.0.1".to_owned().try_into().unwrap()];
}

/// Signs in from an address.
async fn from(world: &World, address: &str, email: &str, password: &str) -> Answer {
    let input = json!({ "email": email, "password": password });
    let document = "mutation($input: SignInInput!) { signIn(input: $input) { __typename } }";
    let client = world.stranger();
    let response = client
        .http()
        .post(format!("{}/graphql", client.base()))
        .header("x-forwarded-for", address)
        .json(&json!({ "query": document, "variables": { "input": input } }))
        .send()
        .await
        .unwrap();
    let status = response.status().as_u16();
    if status == 429 {
        for name in [
            "retry-after",
            "ratelimit-limit",
            "ratelimit-remaining",
            "ratelimit-reset",
        ] {
            assert!(response.headers().contains_key(name), "{name}");
        }
    }
    let body = response.json().await.unwrap();
    Answer { status, body }
}

fn codes(answers: &[Answer], code: &str) -> usize {
    answers.iter().filter(|answer| answer.code() == Some(code)).count()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_passwords_are_refused_at_last_and_their_owner_gets_in_from_where_she_was(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::with(database, strict).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    let (home, elsewhere) = ("192.0.2.1", "198.51.100.7");
    assert!(from(&world, home, "ann@example.com", PASSWORD).await.is_ok());

    // Thirty at once, under many spellings: three are tried.
    let tries = (0..30).map(|number| {
        let email = ["ann@example.com", "ANN@Example.com", " ann@example.com"][number % 3];
        from(&world, elsewhere, email, "a wrong password")
    });
    let answers = join_all(tries).await;
    assert_eq!(codes(&answers, "UNAUTHENTICATED"), 3);
    assert_eq!(codes(&answers, "RATE_LIMITED"), 27);
    assert!(
        answers
            .iter()
            .filter(|answer| answer.code() == Some("RATE_LIMITED"))
            .all(|answer| answer.status == 429)
    );
    let before = world.dump().await;
    let right = from(&world, "203.0.113.5", "ann@example.com", PASSWORD).await;
    assert_eq!(
        (right.status, right.code()),
        (429, Some("RATE_LIMITED")),
        "not from somewhere new"
    );
    assert_eq!(world.dump().await, before);

    // Nobody else is kept out, and neither is she.
    assert_eq!(
        from(&world, elsewhere, "ben@example.com", "x").await.code(),
        Some("UNAUTHENTICATED")
    );
    for _ in 0..5 {
        assert!(from(&world, home, "ann@example.com", PASSWORD).await.is_ok());
    }
    assert!(refresh(world.stranger(), &account.refresh, None).await.is_ok());
    world.clock.advance(chrono::Duration::minutes(1));
    assert!(from(&world, "203.0.113.5", "ann@example.com", PASSWORD).await.is_ok());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_account_is_refused_as_one_that_is_there(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::with(database, strict).await;
    let mut answers = Vec::new();
    for _ in 0..5 {
        answers.push(from(&world, "192.0.2.1", "nobody@example.com", "a wrong password").await);
    }
    assert_eq!(codes(&answers, "UNAUTHENTICATED"), 3);
    assert_eq!(codes(&answers, "RATE_LIMITED"), 2);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_good_refresh_token_is_exchanged_whatever_others_try(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::with(database, strict).await;
    let account = Account::sign_up(&world, "ann@example.com").await;
    let mut answers = Vec::new();
    for number in 0..40 {
        let wrong = format!("tmb_refresh_{number:049}");
        answers.push(refresh(world.stranger(), &wrong, None).await);
    }
    assert_eq!(codes(&answers, "UNAUTHENTICATED"), 30);
    assert_eq!(codes(&answers, "RATE_LIMITED"), 10);
    for number in 0..31 {
        let email = format!("{number}@example.com");
        sign_in(world.stranger(), &email, "a wrong password").await;
    }
    let good = refresh(world.stranger(), &account.refresh, None).await;
    assert!(good.is_ok(), "{}", good.body);
}

/// A document that looks many codes up.
fn lookups(codes: impl Iterator<Item = String>) -> String {
    let fields = codes.enumerate();
    let fields = fields.map(|(number, code)| format!("c{number}: roomByJoinCode(joinCode: \"{code}\") {{ id }} "));
    format!("{{ {} }}", fields.collect::<String>())
}

fn errors(answer: &Answer, code: &str) -> usize {
    let errors = answer.errors().iter();
    errors.filter(|error| error["extensions"]["code"] == code).count()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_join_code_of_a_document_is_a_try(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::in_world(World::with(database, strict).await).await;
    let ann = scene.world.user("Ann").await;
    let answer = ann
        .query(&lookups((0..20).map(|number| format!("AAAAAA{number:02}"))))
        .await;
    assert_eq!(errors(&answer, "NOT_FOUND"), 3, "{}", answer.body);
    assert_eq!(errors(&answer, "RATE_LIMITED"), 17, "{}", answer.body);
    let refused = ann.query(&lookups(std::iter::once("AAAAAAAA".to_owned()))).await;
    assert_eq!(
        (refused.status, refused.code()),
        (429, Some("RATE_LIMITED")),
        "{}",
        refused.body
    );
    let input = json!({ "joinCode": "AAAAAAAA" });
    scene.world.refuses(&ann, "joinRoom", input, "RATE_LIMITED", None).await;

    // Strangers of the network have twenty-seven left together.
    let mut found = 0;
    for round in 0..3 {
        let codes = (0..20).map(|number| format!("BBBBB{round}{number:02}"));
        found += errors(&scene.world.stranger().query(&lookups(codes)).await, "NOT_FOUND");
    }
    assert_eq!(found, 27);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hall_with_the_right_code_meets_no_bound(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::in_world(World::with(database, strict).await).await;
    let code = async |room: &str| {
        let answer = scene
            .creator
            .query(&format!("{{ room(id: \"{room}\") {{ joinCode }} }}"))
            .await;
        answer.text("/room/joinCode")
    };
    // Before the room is opened everybody tries its code already, and it is no guess.
    let draft = scene
        .creator
        .draft_room(&scene.organization, json!({ "title": "Soon" }))
        .await;
    let soon = code(&draft).await;
    let document = lookups(std::iter::once(soon));
    let early = join_all((0..60).map(|_| scene.world.stranger().query(&document))).await;
    assert_eq!(codes(&early, "NOT_FOUND"), 60);

    let right = code(&scene.room).await;
    let mut people = Vec::new();
    for number in 0..40 {
        people.push(scene.world.user(&format!("Person {number}")).await);
    }
    let joined = join_all(people.iter().map(async |person| {
        let found = person.query(&lookups(std::iter::once(right.clone()))).await;
        let joined = person
            .mutate("joinRoom", json!({ "joinCode": right }), "participant { id }")
            .await;
        found.is_ok() && joined.is_ok()
    }))
    .await;
    assert!(joined.iter().all(|joined| *joined));
    // Nor does somebody beside them who guesses keep anybody out.
    let wrong = (0..31).map(|number| format!("CCCCCC{number:02}"));
    for code in wrong {
        scene.world.stranger().query(&lookups(std::iter::once(code))).await;
    }
    let late = scene.world.user("Late").await;
    let body: Json = late
        .mutate("joinRoom", json!({ "joinCode": right }), "participant { id }")
        .await
        .body;
    assert!(body.get("errors").is_none(), "{body}");
}
