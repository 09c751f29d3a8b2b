//! Queries of unusual shape: without the database, with aliases, with fragments that come twice.

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::Database;

use super::crowd::Crowd;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_that_needs_no_row_sends_no_statement(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let crowd = Crowd::new(database).await;
    for document in [
        "{ __typename }",
        "{ __schema { queryType { name } } __type(name: \"Room\") { fields { name } } }",
        "query($no: Boolean = false) { __typename rooms @include(if: $no) { totalCount } }",
    ] {
        let before = crowd.world.statements();
        let answer = crowd.viewer.query(document).await;
        assert!(answer.is_ok(), "{}", answer.body);
        assert_eq!(crowd.world.statements(), before, "{document}");
    }
    let before = crowd.world.statements();
    let answer = crowd.world.stranger().query("{ viewer { email } }").await;
    assert!(answer.at("/viewer").is_null());
    assert_eq!(crowd.world.statements(), before, "a stranger is nobody without a look");
    let refused = crowd.viewer.query("{ rooms(first: 0) { totalCount } }").await;
    refused.assert_refused_for("VALIDATION", "first");
    assert_eq!(
        crowd.world.statements(),
        before,
        "bad arguments are refused without a look"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn aliases_of_one_connection_keep_their_own_arguments(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let crowd = Crowd::new(database).await;
    let document = "{ rooms(first: $n) { nodes { parent: __typename
        two: participants(first: 2) { nodes { ...who } }
        last: participants(last: 3) { nodes { ...who } }
        staff: participants(roles: [ORGANIZER, MODERATOR]) { totalCount nodes { ...who } }
        all: participants(first: 100) { totalCount nodes { ...who } } } } }
        fragment who on Participant { id role }";
    let one = crowd.count(document, 1, 0).await;
    let many = crowd.count(document, 100, 0).await;
    assert_eq!((one.0, many.1), (many.0, 100));

    let answer = crowd.viewer.query(&document.replace("$n", "100")).await;
    for room in answer.list("/rooms/nodes") {
        let nodes = |alias: &str| room[alias]["nodes"].as_array().unwrap().clone();
        let all = nodes("all");
        let staff: Vec<Json> = all
            .iter()
            .filter(|who| who["role"] == "ORGANIZER" || who["role"] == "MODERATOR")
            .cloned()
            .collect();
        assert_eq!(nodes("two"), all[..2]);
        assert_eq!(nodes("last"), all[all.len() - 3..]);
        assert_eq!(room["staff"]["totalCount"], json!(staff.len()));
        assert_eq!(nodes("staff"), staff);
        assert_eq!(room["all"]["totalCount"], json!(all.len()));
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_selection_that_comes_twice_is_loaded_once(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let crowd = Crowd::new(database).await;
    let fragment = "fragment all on Room { app { name } participants(first: 3) { nodes { user { displayName } } }
        winners(first: 3) { nodes { prize { name } } } }";
    let once = format!("{{ rooms(first: $n) {{ nodes {{ ...all }} }} }} {fragment}");
    let twice = format!(
        "{{ rooms(first: $n) {{ nodes {{ ...all ... on Room {{ ...all }} ...all app {{ id }}
             participants(first: 3) {{ nodes {{ user {{ id displayName }} }} }} }} edges {{ node {{ ...all }} }} }} }} {fragment}"
    );
    let (expected, _) = crowd.count(&once, 50, 0).await;
    let (found, _) = crowd.count(&twice, 50, 0).await;
    assert_eq!(found, expected);
    // The same connection under two names is one list.
    let aliased = format!(
        "{{ rooms(first: $n) {{ nodes {{ ...all a: participants(first: 3) {{ nodes {{ id }} }}
             b: participants(first: 3) {{ nodes {{ role }} }} }} }} }} {fragment}"
    );
    let (found, _) = crowd.count(&aliased, 50, 0).await;
    assert_eq!(found, expected);

    let answer = crowd.viewer.query(&twice.replace("$n", "50")).await;
    let rooms = answer.list("/rooms/nodes");
    let edges = answer.list("/rooms/edges");
    assert_eq!(rooms.len(), 50);
    for (room, edge) in rooms.iter().zip(edges) {
        let names = |room: &Json| {
            let people = room["participants"]["nodes"].as_array().unwrap();
            people
                .iter()
                .map(|who| who["user"]["displayName"].clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(room).len(), 3);
        assert_eq!(names(room), names(&edge["node"]));
        assert_eq!(room["winners"], edge["node"]["winners"]);
    }
}
