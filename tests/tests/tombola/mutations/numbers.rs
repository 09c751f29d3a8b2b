//! Numbers in every argument that takes one: negative, zero, overflowing, no whole numbers, in variables and in the
//! document.

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Answer, Client, Database, World};

use super::{
    arguments::{Argument, Schema},
    place::Place,
};

/// Smallest and largest number that each takes.
fn bounds(argument: &Argument) -> (i64, i64) {
    match argument.field.as_str() {
        "quantity" | "maxParticipants" => (1, 1_000_000),
        "tickets" => (0, 4_294_967_295),
        "alternates" => (0, 1_000_000),
        "winLimit" => (1, 1000),
        "paceSeconds" => (1, 600),
        "ticketCap" => (1, 4_294_967_295),
        "claimWindowSeconds" => (60, 366 * 86_400),
        "drandRound" => (FIRST_ROUND, LAST_ROUND),
        other => panic!("what may {other} be?"),
    }
}

fn outside((least, most): (i64, i64)) -> Vec<Json> {
    [
        least - 1,
        most + 1,
        -3_000_000_000,
        i64::from(u32::MAX) * 2,
        i64::MIN,
        i64::MAX,
    ]
    .into_iter()
    .filter(|number| *number < least || *number > most)
    .map(|number| json!(number))
    .chain([
        json!(u64::MAX),
        json!(1.5),
        json!(1e300),
        json!("1"),
        json!(true),
        json!([1]),
    ])
    .collect()
}

/// The drand rounds that a draw can name at the tests' time: from half a minute later to the end of the year 9999.
const FIRST_ROUND: i64 = (START + 30 - 1_692_803_367) / 3 + 1;
const LAST_ROUND: i64 = (253_402_300_799 - 1_692_803_367) / 3 + 1;
/// When the tests' clock begins: 2026-06-01T12:00:00Z.
const START: i64 = 1_780_315_200;

/// A value as a document writes it. Words in capitals are those of enums.
fn literal(value: &Json) -> String {
    let is_word = |text: &str| {
        let is_capital = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
        text.len() > 1 && text.starts_with(|c: char| c.is_ascii_uppercase()) && text.chars().all(is_capital)
    };
    match value {
        Json::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{name}: {}", literal(value)));
            format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
        Json::Array(list) => format!("[{}]", list.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Json::String(word) if is_word(word) => word.clone(),
        other => other.to_string(),
    }
}

async fn in_document(client: &Client, argument: &Argument, input: &Json) -> Answer {
    let document = format!(
        "mutation {{ {}(input: {}) {{ __typename }} }}",
        argument.mutation,
        literal(input)
    );
    client.query(&document).await
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_out_of_range_is_refused_in_every_argument(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values("Int", "Long")] kind: &str,
) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;

    for argument in Schema::read(world.stranger()).await.arguments(kind) {
        for number in outside(bounds(&argument)) {
            let input = argument.put(&place.input(&argument.mutation), number.clone());
            world
                .refuses(
                    &place.admin,
                    &argument.mutation,
                    input.clone(),
                    "VALIDATION",
                    Some(&argument.field),
                )
                .await;
            let answer = in_document(&place.admin, &argument, &input).await;
            answer.assert_refused_for("VALIDATION", &argument.field);
        }
        // Three thousand million fits no Int, but tickets go further.
        let input = argument.put(&place.input(&argument.mutation), json!(3_000_000_000_i64));
        if kind == "Int" {
            world
                .refuses(
                    &place.admin,
                    &argument.mutation,
                    input.clone(),
                    "VALIDATION",
                    Some(&argument.field),
                )
                .await;
            let answer = in_document(&place.admin, &argument, &input).await;
            answer.assert_refused_for("VALIDATION", &argument.field);
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_alone_in_a_variable_is_held_to_the_same_bounds(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;
    let document = "mutation($room: ID!, $quantity: Int!) {
        createPrize(input: { roomId: $room, name: \"A prize\", quantity: $quantity }) { prize { quantity } } }";
    for quantity in [
        json!(0),
        json!(-1),
        json!(1_000_001),
        json!(3_000_000_000_i64),
        json!(1.5),
    ] {
        let before = world.dump().await;
        let variables = json!({ "room": place.room, "quantity": quantity });
        let answer = place.admin.run(document, variables).await;
        answer.assert_refused("VALIDATION");
        assert!(answer.message().contains("quantity"), "{}", answer.body);
        assert_eq!(world.dump().await, before);
    }
    let answer = place
        .admin
        .run(document, json!({ "room": place.room, "quantity": 1_000_000 }))
        .await;
    assert_eq!(answer.number("/createPrize/prize/quantity"), 1_000_000);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_smallest_and_the_largest_number_are_taken_in_every_argument(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values("Int", "Long")] kind: &str,
) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;
    // The smallest capacity has room for the organizer alone.
    if kind == "Int" {
        for participant in [&place.lucky, &place.unlucky] {
            let input = json!({ "participantId": participant });
            let answer = place.admin.mutate("removeParticipant", input, "__typename").await;
            assert!(answer.is_ok(), "{}", answer.body);
        }
    }

    for argument in Schema::read(world.stranger()).await.arguments(kind) {
        let (least, most) = bounds(&argument);
        for number in [least, most] {
            let mut input = argument.put(&place.input(&argument.mutation), json!(number));
            if argument.mutation == "addParticipant" {
                input["userId"] = json!(world.user("Somebody").await.user);
            }
            if argument.mutation == "createDraw" {
                // A prize is in one draw.
                input["policy"]["prizes"][0]["prizeId"] = json!(place.another_prize_to_draw().await);
                input["supersedes"] = Json::Null;
            }
            let answer = place.admin.mutate(&argument.mutation, input, "__typename").await;
            assert!(answer.is_ok(), "{argument:?} = {number}: {}", answer.body);
        }
    }
}
