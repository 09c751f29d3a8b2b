//! Queries as clients write them: many relations at once, several levels deep.

use rstest::rstest;
use tests::Database;

use super::crowd::Crowd;

/// Name, document with `$n` parents and `$m` children of each.
const QUERIES: &[(&str, &str)] = &[
    (
        "rooms with everything",
        "{ rooms(first: $n) { totalCount pageInfo { endCursor }
             nodes { parent: __typename title joinCode organization { name } app { name organization { slug } }
               viewerParticipation { role metadata }
               participants(first: $m) { totalCount nodes { role metadata user { displayName }
                 winners(first: 5) { totalCount nodes { prize { name } } } } }
               prizes(first: $m) { totalCount nodes { name winners(first: 5) { totalCount
                 nodes { status participant { tickets user { displayName } } } } } }
               winners(first: $m) { totalCount nodes { prize { name room { title } }
                 participant { role metadata user { displayName } room { app { name } } } } }
               events(first: $m) { sequence } } } }",
    ),
    (
        "organizations with everything",
        "{ viewer { memberships(first: $n) { totalCount nodes { role email user { displayName }
             organization { parent: __typename name
               memberships(first: $m) { totalCount nodes { role email user { displayName } organization { slug } } }
               apps(first: $m) { totalCount nodes { name organization { slug } rooms(first: $m) { nodes { title
                 participants(first: $m) { nodes { user { displayName } } } } } } }
               rooms(first: $m) { totalCount nodes { title app { name } winners(first: $m) { nodes { prize { name } } } } }
             } } } } }",
    ),
    (
        "one's places",
        "{ viewer { participations(first: $n) { totalCount nodes { parent: __typename role metadata user { displayName }
             room { title joinCode organization { name } app { name } viewerParticipation { tickets }
               prizes(first: $m) { nodes { name winners { nodes { participant { user { displayName } } } } } } }
             winners { nodes { prize { name } } } } } } }",
    ),
    (
        "the live log with all relations",
        "{ rooms(first: $n) { nodes { parent: __typename events(first: 20) { __typename room { title app { name } }
             ... on ParticipantJoined { participant { metadata user { displayName } winners { totalCount } } user { displayName } }
             ... on ParticipantChanged { participant { user { displayName } } }
             ... on ParticipantLeft { participant { deletedAt user { displayName } } }
             ... on PrizeCreated { prize { name winners { nodes { participant { user { displayName } } } } } }
             ... on PrizeDeleted { prize { name } }
             ... on WinnerAnnounced { winner { status participant { user { displayName } } } prize { name room { title } } participant { metadata } }
             ... on WinnerRevoked { winner { status prize { name } } participant { winners(first: $m) { nodes { status } } } }
           } } } }",
    ),
    (
        "apps and their rooms",
        "{ apps(first: $n) { totalCount edges { cursor node { parent: __typename name organization { name }
             rooms(first: $m) { totalCount edges { node { title joinCode participants(first: $m) { edges { node {
               user { displayName } } } } winners(last: $m) { edges { node { prize { name } } } } } } } } } } }",
    ),
];

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deep_query_takes_as_many_statements_for_many_rows_as_for_one(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let crowd = Crowd::new(database).await;
    let mut faults = Vec::new();
    for (name, document) in QUERIES {
        let mut found = Vec::new();
        for (n, m) in [(1, 10), (2, 10), (10, 10), (50, 10), (100, 10)] {
            found.push(crowd.count(document, n, m).await);
        }
        if found.iter().any(|(statements, _)| *statements != found[0].0) {
            faults.push(format!("{name}: statements and parents are {found:?}"));
        }
        assert!(found[0].1 == 1 && found[4].1 >= 50, "{name}: {found:?}");
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mixed_nodes_take_as_many_statements_for_many_ids_as_for_one_of_each(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let crowd = Crowd::new(database).await;
    let written = &crowd.written;
    let mut found = Vec::new();
    for number in [1, 2, 14] {
        let rows = (0..number).flat_map(|place| {
            // Rooms with and without an app, each with rows of its own, of which one has gone.
            let (room, child) = (place * 3, place * 10);
            [
                written.rooms[room].id.to_string(),
                written.apps[room].id.to_string(),
                written.organizations[place].id.to_string(),
                written.memberships[child].id.to_string(),
                written.prizes[child].id.to_string(),
                written.winners[child].id.to_string(),
                written.users[place].id.to_string(),
            ]
        });
        let ids: Vec<_> = rows.map(|id| format!("\"{id}\"")).collect();
        let document = format!(
            "{{ nodes(ids: [{}]) {{ parent: __typename
                 ... on Room {{ app {{ name }} organization {{ name }} participants(first: 2) {{ nodes {{ user {{ displayName }} }} }} }}
                 ... on App {{ organization {{ name }} rooms(first: 2) {{ nodes {{ title }} }} }}
                 ... on Organization {{ rooms(first: 2) {{ nodes {{ app {{ name }} }} }} }}
                 ... on Membership {{ email user {{ displayName }} }}
                 ... on Prize {{ room {{ title }} winners {{ nodes {{ participant {{ user {{ displayName }} }} }} }} }}
                 ... on Winner {{ prize {{ name room {{ app {{ name }} }} }} participant {{ metadata user {{ displayName }} }} }}
                 ... on Profile {{ displayName }} }} }}",
            ids.join(", ")
        );
        found.push(crowd.count(&document, 0, 0).await);
    }
    assert_eq!(
        found.iter().map(|(_, parents)| *parents).collect::<Vec<_>>(),
        [7, 14, 98]
    );
    let statements: Vec<_> = found.iter().map(|(statements, _)| *statements).collect();
    assert!(statements.iter().all(|count| *count == statements[0]), "{statements:?}");
}
