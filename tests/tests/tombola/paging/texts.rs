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
    ("Cafe\u{301} Noe\u{308}l", None),
    ("ΟΔΟΣ ΑΘΗΝΑΣ", Some("οδός")),
    ("パーティー", Some("ハ\u{309A}ーティー")),
    ("ﬁne ligature", Some("Ǆ digraph")),
];

/// A text, and the rooms that hold it when both are folded: `unicodedata.normalize("NFC", …normalize("NFD", text).casefold())`
/// of Python says so.
const TEXTS: &[(&str, &[usize])] = &[
    ("%", &[0]),
    ("%%", &[]),
    ("_", &[2]),
    ("__", &[]),
    ("\\", &[4, 5]),
    ("\\%", &[]),
    ("\\_", &[]),
    ("\\\\", &[]),
    ("100%", &[0]),
    ("0% l", &[0]),
    ("e_c", &[2]),
    ("E_C", &[2]),
    ("k\\s", &[4]),
    ("K\\S", &[4]),
    ("C:\\TEMP\\", &[5]),
    ("ÄPFEL", &[6, 7]),
    ("äpfel", &[6, 7]),
    ("Öl", &[6]),
    ("strasse", &[6, 7]),
    ("STRASSE", &[6, 7]),
    ("straße", &[6, 7]),
    ("STRAßE", &[6, 7]),
    ("σσε", &[8]),
    ("ΣΣΕ", &[8]),
    ("οδυσσευς", &[8]),
    ("ΟΔΥΣΣΕΥΣ", &[8]),
    ("привет", &[9]),
    ("Мир", &[9]),
    ("日本", &[10]),
    ("部", &[10]),
    ("🎉", &[10]),
    ("it's", &[11]),
    ("\"QUOTED\"", &[11]),
    (";", &[11]),
    ("-- comment", &[11]),
    ("[a-z]", &[12]),
    ("*", &[12]),
    ("?", &[12]),
    (".+", &[12]),
    ("$1", &[12]),
    ("{2}", &[12]),
    ("  ", &[]),
    (" und ", &[6]),
    ("two  s", &[13]),
    ("İ", &[14]),
    ("istanbul", &[]),
    ("İSTANBUL", &[14]),
    ("ﬁ", &[13, 18]),
    ("fi", &[13, 18]),
    ("ǆ", &[18]),
    ("luck", &[0, 1]),
    ("LUCK", &[0, 1]),
    ("nothing has this", &[]),
    ("'; DROP TABLE rooms; --", &[]),
    ("A\u{308}PFEL", &[6, 7]),
    ("CAFÉ", &[15]),
    ("cafe\u{301}", &[15]),
    ("noël", &[15]),
    ("οδος αθηνας", &[16]),
    ("ΟΔΌΣ", &[16]),
    ("οδυσσευσ", &[8]),
    ("パ", &[17]),
    ("FINE", &[18]),
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
    for (text, holding) in TEXTS {
        if text.trim().is_empty() {
            find(&scene.creator, text)
                .await
                .assert_refused_for("VALIDATION", "text");
            continue;
        }
        let titles = holding.iter().map(|&room| ROOMS[room].0);
        let expected: Vec<_> = titles.map(|title| json!({ "title": title })).collect();

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
