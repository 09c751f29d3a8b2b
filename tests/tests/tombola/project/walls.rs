//! What keeps tenants apart in the code, and areas out of the floors below them.

use super::sources::{code_of, rust_below};

/// Where rows are looked for. On SQLite these files are the only wall between tenants.
const FINDERS: [&str; 3] = ["/finder", "api/src/store/", "api/src/loaders/"];

/// What looks for rows.
const LOOKS: [&str; 5] = ["::find()", "::find_by_id(", "::seen(", "Query::select()", "any_row"];

/// Sessions are looked up before there is a caller who could see anything.
const BEFORE_ANY_CALLER: &str = "api/src/sessions/mod.rs";

fn looks_outside_finders(path: &str, text: &str) -> Vec<String> {
    if FINDERS.iter().any(|place| path.contains(place)) || path == BEFORE_ANY_CALLER {
        return Vec::new();
    }
    // However it is broken into lines.
    let code: String = code_of(text).split_whitespace().collect();
    LOOKS
        .iter()
        .filter(|look| code.contains(**look))
        .map(|look| format!("{path}: {look}"))
        .collect()
}

#[test]
fn rows_are_found_in_finders_alone() {
    let sources = rust_below("api/src");
    let found: Vec<_> = sources
        .iter()
        .flat_map(|source| looks_outside_finders(&source.path, &source.text))
        .collect();
    assert!(found.is_empty(), "move these into a finder of their area: {found:#?}");

    let text = "let row = room::Entity::find_by_id(id)\n    .one(&tx);";
    assert_eq!(looks_outside_finders("api/src/room/service/room.rs", text).len(), 1);
    assert_eq!(looks_outside_finders("api/src/room/finder/room.rs", text).len(), 0);
}

/// Other ways into a transaction that writes than `Operation::change`, and who may take them.
const WAYS: [(&str, &[&str]); 3] = [
    // The server itself: what a clock, a command line or the demo asks for.
    (
        "store.write(",
        &[
            "api/src/demo.rs",
            "api/src/draw/service/work.rs",
            "api/src/operation/once.rs",
            "api/src/published/mod.rs",
        ],
    ),
    // Accounts and sessions, which belong to no tenant.
    (
        ".write_account(",
        &[
            "api/src/identity/service/account.rs",
            "api/src/identity/service/refresh.rs",
            "api/src/identity/service/session.rs",
            "api/src/operation/once.rs",
        ],
    ),
    // A tenant that is being founded.
    (
        ".write_as(",
        &["api/src/identity/service/account.rs", "api/src/organization/service.rs"],
    ),
];

#[test]
fn changes_begin_in_one_way() {
    let sources = rust_below("api/src");
    for (way, allowed) in WAYS {
        let takes = |text: &str| code_of(text).split_whitespace().collect::<String>().contains(way);
        let takers: Vec<_> = sources
            .iter()
            .filter(|source| takes(&source.text))
            .map(|source| source.path.as_str())
            .collect();
        assert_eq!(
            takers, allowed,
            "{way}: change things with Operation::change, or say here why not"
        );
    }
}

/// Modules below the areas.
const FLOORS: [&str; 4] = ["events", "loaders", "operation", "store"];

/// What areas are about. A tenant is an organization, and so its members and its plan are known to the store.
const WORDS: [&str; 12] = [
    "agent",
    "app",
    "draw",
    "identity",
    "participant",
    "participation",
    "prize",
    "room",
    "session_id",
    "skill",
    "training",
    "winner",
];

/// The words of a name: `RoomId` and `room_id` are `room` and `id`; in the singular.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in name.split('_') {
        let mut word = String::new();
        for c in part.chars() {
            if c.is_uppercase() && !word.is_empty() && !word.ends_with(char::is_uppercase) {
                words.push(std::mem::take(&mut word));
            }
            word.extend(c.to_lowercase());
        }
        words.push(word);
    }
    words.iter().map(|word| word.trim_end_matches('s').to_owned()).collect()
}

fn area_words(text: &str) -> Vec<String> {
    let code = code_of(text);
    // What a client program calls itself.
    let names = code
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|name| *name != "user_agent");
    names
        .filter(|name| words(name).iter().any(|word| WORDS.contains(&word.as_str())))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_floors_know_no_area() {
    let mut found = Vec::new();
    for floor in FLOORS {
        for source in rust_below(&format!("api/src/{floor}")) {
            let names = area_words(&source.text);
            if !names.is_empty() {
                found.push(format!("{}: {}", source.path, names.join(", ")));
            }
        }
    }
    assert!(found.is_empty(), "an area says this of itself: {found:#?}");

    assert_eq!(
        area_words("fn f(id: RoomId) { wake(prizes, user_agent) }"),
        ["RoomId", "prizes"]
    );
    assert!(area_words("// a room\nlet x = \"room\"; mushroom(withdraw)").is_empty());
}
