//! The text filter: wildcards of SQL stand for themselves, upper and lower case are the same in every script.

use rstest::rstest;
use serde_json::json;
use tests::{Client, Database, Scene};

/// Title and description.
const ROOMS: &[(&str, Option<&str>)] = &[
    ("100% luck", None),
    ("100 percent luck", Some("no sign here")),
    ("snake_case", Some("one_two")),
    ("snakeXcase", None),
    ("back\\slash", None),
    ("backslash", Some("C:\\temp\\")),
    ("Äpfel und Öl", Some("GROSSE STRASSE")),
    ("äpfel", Some("große Straße")),
    ("ΟΔΥΣΣΕΥΣ", None),
    ("ПРИВЕТ мир", None),
    ("日本の部屋", Some("🎉 party 🎉")),
    ("it's \"quoted\"", Some("semi;colon -- comment")),
    ("[a-z]* ? .+", Some("$1 {2}")),
    ("two  spaces", Some("first line\nsecond line")),
    ("İstanbul", None),
    ("ﬁne ligature", Some("Ǆ digraph")),
];

const TEXTS: &[&str] = &[
    "%",
    "%%",
    "_",
    "__",
    "\\",
    "\\%",
    "\\_",
    "\\\\",
    "100%",
    "0% l",
    "e_c",
    "E_C",
    "k\\s",
    "K\\S",
    "C:\\TEMP\\",
    "ÄPFEL",
    "äpfel",
    "Öl",
    "strasse",
    "STRASSE",
    "straße",
    "STRAßE",
    "σσε",
    "ΣΣΕ",
    "οδυσσευς",
    "ΟΔΥΣΣΕΥΣ",
    "привет",
    "Мир",
    "日本",
    "部",
    "🎉",
    "it's",
    "\"QUOTED\"",
    ";",
    "-- comment",
    "[a-z]",
    "*",
    "?",
    ".+",
    "$1",
    "{2}",
    "  ",
    " und ",
    "two  s",
    "İ",
    "istanbul",
    "İSTANBUL",
    "ﬁ",
    "fi",
    "ǆ",
    "luck",
    "LUCK",
    "nothing has this",
    "'; DROP TABLE rooms; --",
];

async fn find(client: &Client, text: &str) -> tests::Answer {
    let document =
        "query($text: String!) { rooms(filter: { text: $text }, first: 100) { totalCount nodes { title } } }";
    client.run(document, json!({ "text": text })).await
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_is_found_in_titles_and_descriptions_in_any_case(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    for (title, description) in ROOMS {
        let input = json!({ "title": title, "description": description });
        scene.creator.draft_room(&scene.organization, input).await;
    }
    for text in TEXTS {
        if text.trim().is_empty() {
            find(&scene.creator, text).await.is_refused_for("VALIDATION", "text");
            continue;
        }
        // Spaces at the ends are taken off, as everywhere.
        let wanted = text.trim().to_lowercase();
        let holds = |text: &str| text.to_lowercase().contains(&wanted);
        let expected: Vec<_> = ROOMS
            .iter()
            .filter(|(title, description)| holds(&format!("{title}\n{}", description.unwrap_or_default())))
            .map(|(title, _)| json!({ "title": title }))
            .collect();

        let answer = find(&scene.creator, text).await;

        assert_eq!(answer.at("/rooms/nodes"), &json!(expected), "{text}");
        assert_eq!(answer.at("/rooms/totalCount"), expected.len(), "{text}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_title_is_found_by_its_new_text_alone(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let input = json!({ "roomId": scene.room, "title": "Ünique Name", "description": "Über alles" });
    scene
        .creator
        .mutate("updateRoom", input, "room { id }")
        .await
        .at("/updateRoom");
    for (text, count) in [("ünique", 1), ("ÜBER", 1), ("The room", 0)] {
        assert_eq!(
            find(&scene.outsider, text).await.number("/rooms/totalCount"),
            count,
            "{text}"
        );
    }
    let input = json!({ "roomId": scene.room, "description": null });
    scene
        .creator
        .mutate("updateRoom", input, "room { id }")
        .await
        .at("/updateRoom");
    assert_eq!(find(&scene.outsider, "über").await.number("/rooms/totalCount"), 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_finds_nothing_that_the_viewer_may_not_see(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    scene
        .creator
        .draft_room(
            &scene.organization,
            json!({ "title": "Hidden surprise", "isPublic": true }),
        )
        .await;
    scene
        .creator
        .active_room(&scene.organization, json!({ "title": "Private surprise" }))
        .await;
    for (client, count) in [(&scene.viewer, 2), (&scene.outsider, 0), (scene.world.stranger(), 0)] {
        assert_eq!(find(client, "surprise").await.number("/rooms/totalCount"), count);
    }
}
