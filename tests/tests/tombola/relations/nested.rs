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
             ... on WinnerStatusChanged { winner { status draw { status } } prize { name } participant { metadata } }
             ... on DrawStepTaken { draw { status steps(first: 2) { nodes { kind } } } }
             ... on DrawProgress { done room { title } }
             ... on WinnerRevoked { winner { status prize { name } } participant { winners(first: $m) { nodes { status } } } }
           } } } }",
    ),
    (
        "draws and what they promised",
        "{ rooms(first: $n) { nodes { parent: __typename draws(first: $m) { totalCount nodes { status
             policy { prizes { name prize { name winners(first: 2) { totalCount } } } }
           } } } } }",
    ),
    (
        "draws and their steps",
        "{ rooms(first: $n) { nodes { parent: __typename draws(first: $m) { totalCount nodes { status
             steps(first: $m) { totalCount nodes { kind prize { name } actor { displayName } draw { level } } }
           } } } } }",
    ),
    (
        "draws and whom they exclude",
        "{ rooms(first: $n) { nodes { parent: __typename draws(first: $m) { totalCount nodes { status
             exclusions(first: $m) { totalCount nodes { reason excludedBy { displayName }
               participant { metadata user { displayName } } } }
           } } } } }",
    ),
    (
        "draws and their winners",
        "{ rooms(first: $n) { nodes { parent: __typename draws(first: $m) { totalCount nodes { status
             winners(first: $m) { totalCount nodes { rank prize { name } participant { user { displayName } } draw { status } } }
           } } } } }",
    ),
    (
        "draws and what they replaced",
        "{ rooms(first: $n) { nodes { parent: __typename draws(first: $m) { totalCount nodes { status room { title app { name } }
             supersedes { status steps(first: 2) { nodes { kind actor { displayName } } } } } } } } }",
    ),
    (
        "apps and their rooms",
        "{ apps(first: $n) { totalCount edges { cursor node { parent: __typename name organization { name }
             rooms(first: $m) { totalCount edges { node { title joinCode participants(first: $m) { edges { node {
               user { displayName } } } } winners(last: $m) { edges { node { prize { name } } } } } } } } } } }",
    ),
];

// Fields of an object run one after the other, and an object without rows in one of them runs ahead of its siblings: what
// it asks for next is then a batch of its own. How often that can happen depends on the query's shape, so the number of
// statements moves a little, and does not grow with the rows.
const AHEAD: u64 = 6;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deep_query_does_not_take_more_statements_for_more_rows(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let crowd = Crowd::new(database).await;
    let mut faults = Vec::new();
    for (name, document) in QUERIES {
        let mut found = Vec::new();
        for (n, m) in [(1, 10), (2, 10), (10, 10), (50, 10), (100, 10)] {
            found.push(crowd.count(document, n, m).await);
        }
        if found.iter().any(|(statements, _)| *statements > found[0].0 + AHEAD) {
            faults.push(format!("{name}: statements and parents are {found:?}"));
        }
        assert!(found[0].1 == 1 && found[4].1 >= 50, "{name}: {found:?}");
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Kind, and what is selected of it.
const NODES: &[(&str, &str)] = &[
    (
        "Room",
        "app { name } organization { name } participants(first: 2) { nodes { user { displayName } } }",
    ),
    ("App", "organization { name } rooms(first: 2) { nodes { title } }"),
    ("Organization", "rooms(first: 2) { nodes { app { name } } }"),
    ("Membership", "email user { displayName }"),
    (
        "Prize",
        "room { title } winners { nodes { participant { user { displayName } } } }",
    ),
    (
        "Winner",
        "prize { name room { app { name } } } participant { metadata user { displayName } }",
    ),
    (
        "Draw",
        "room { title } supersedes { status } winners { nodes { prize { name } participant { user { displayName } } } }",
    ),
    (
        "DrawStep",
        "draw { status } prize { name } participant { tickets } actor { displayName }",
    ),
    (
        "DrawExclusion",
        "draw { status } participant { user { displayName } } excludedBy { displayName }",
    ),
    ("Profile", "displayName"),
];

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mixed_nodes_take_no_more_statements_than_each_kind_by_itself(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let crowd = Crowd::new(database).await;
    // A query takes 100 ids.
    for kinds in [&NODES[..7], &NODES[3..]] {
        mixed(&crowd, kinds, 14).await;
    }
}

async fn mixed(crowd: &Crowd, kinds: &[(&str, &str)], number: u32) {
    let mut each = 0;
    let (mut ids, mut selections) = (Vec::new(), Vec::new());
    for (kind, selection) in kinds {
        let own = crowd.ids(kind, number);
        let selection = format!("... on {kind} {{ {selection} }}");
        let document = format!("{{ nodes(ids: [{own}]) {{ parent: __typename {selection} }} }}");
        let (statements, parents) = crowd.count(&document, 0, 0).await;
        assert!(parents > 10, "{kind}: {parents}");
        each += statements;
        ids.push(own);
        selections.push(selection);
    }
    let document = format!(
        "{{ nodes(ids: [{}]) {{ parent: __typename {} }} }}",
        ids.join(", "),
        selections.join(" ")
    );

    let (together, parents) = crowd.count(&document, 0, 0).await;

    assert!(together <= each, "{together} statements, but {each} one by one");
    assert!(parents > 90, "{parents}");
}
