//! Texts that people read, in every argument that takes one: they show something, and change no direction of reading.

use rstest::rstest;
use serde_json::json;
use tests::{Database, World};

use super::{
    arguments::{Argument, Schema},
    place::Place,
};

/// What nobody sees: blanks that are no white space, fillers, tags, selectors, and marks without a letter.
const INVISIBLE: [&str; 6] = [
    "\u{2800}\u{2800}",
    "\u{3164}",
    "\u{115f}\u{1160}\u{ffa0}",
    "\u{200d}\u{200c}\u{2060}\u{e0041}",
    "\u{fe0f}\u{301} \u{e0100}",
    "\u{200f}\u{61c}",
];

/// What turns the direction of all that follows.
const TURNING: [&str; 3] = ["gpj\u{202e}exe", "\u{2066}in\u{2069}", "\u{202a}a"];

/// What is fine, in names of the world.
const FINE: [&str; 5] = ["👩‍👩‍👧‍👦", "می‌خواهم", "\u{200f}שלום (3)\u{200f}", "क्‍ष 1️⃣", "e\u{301} 🏴󠁧󠁢󠁥󠁮󠁧󠁿"];

/// The arguments that take any text in words.
async fn words(world: &World) -> Vec<Argument> {
    let mut found = Schema::read(world.stranger()).await.arguments("String");
    let words = [
        "title",
        "name",
        "displayName",
        "firstName",
        "lastName",
        "reason",
        "description",
        "organizationName",
    ];
    found.retain(|argument| words.contains(&argument.field.as_str()));
    assert!(found.len() >= 15, "{found:?}");
    found
}

async fn refused(world: &World, place: &Place, argument: &Argument, text: &str) -> String {
    let input = argument.put(&place.input(&argument.mutation), json!(text));
    let field = Some(argument.field.as_str());
    let answer = world.refuses(&place.admin, &argument.mutation, input, "VALIDATION", field);
    answer.await.message().to_owned()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_that_shows_nothing_is_refused_in_every_argument(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;
    for argument in words(&world).await {
        for text in INVISIBLE {
            let said = refused(&world, &place, &argument, text).await;
            assert!(said.contains("shows nothing"), "{argument:?} {text:?}: {said}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_that_turns_the_direction_of_reading_is_refused_in_every_argument(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;
    for argument in words(&world).await {
        for text in TURNING {
            let said = refused(&world, &place, &argument, text).await;
            assert!(said.contains("direction"), "{argument:?} {text:?}: {said}");
        }
        for text in ["one\u{2028}two", "one\u{2029}two"] {
            if argument.field != "description" {
                let said = refused(&world, &place, &argument, text).await;
                assert!(said.contains("line breaks"), "{argument:?} {text:?}: {said}");
            }
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_of_the_world_are_kept_as_they_are(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let place = Place::set(&world, true).await;
    for text in FINE {
        let input = json!({ "roomId": place.room, "title": text, "description": format!("{text}\n{text}") });
        let answer = place
            .admin
            .mutate("updateRoom", input, "room { title description }")
            .await;
        assert_eq!(answer.text("/updateRoom/room/title"), text);
        let input = json!({ "prizeId": place.prizes[0], "name": text });
        let answer = place.admin.mutate("updatePrize", input, "prize { name }").await;
        assert_eq!(answer.text("/updatePrize/prize/name"), text);
        let input = json!({ "displayName": text });
        let answer = place
            .admin
            .mutate("updateProfile", input, "viewer { profile { displayName } }")
            .await;
        assert_eq!(answer.text("/updateProfile/viewer/profile/displayName"), text);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_e_mail_address_hides_nothing(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    for hidden in ["\u{202e}", "\u{200b}", "\u{3164}", "\u{2800}"] {
        let input = json!({
            "email": format!("a{hidden}b@example.com"), "password": "correct-horse-bottle-9", "displayName": "Ann",
        });
        world
            .refuses(world.stranger(), "signUp", input, "VALIDATION", Some("email"))
            .await;
    }
}
