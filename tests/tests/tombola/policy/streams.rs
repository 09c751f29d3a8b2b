//! What followers of one room are brought, by what they may see: made once for many where it is the same, and for each one where
//! it is not.

use std::collections::BTreeSet;

use api::policy::{Relation, relations};
use rstest::rstest;
use serde_json::Value as Json;
use tests::{Client, Database, World};

use super::cast::Cast;
use crate::live::follower::{Follower, change, newest};

/// What an event itself says.
const OWN: &str =
    "__typename sequence occurredAt roomId ... on ParticipantChanged { participantId displayName role tickets }";
/// What depends on who asks, each in another way.
const PERSONAL: [&str; 5] = [
    "sequence room { viewerPermissions }",
    "sequence room { joinCode }",
    "sequence room { organization { id memberships { totalCount } } }",
    "sequence ... on ParticipantChanged { participant { metadata user { displayName } } }",
    "sequence room { title participants(first: 3) { nodes { metadata tickets } } }",
];
/// Enough that the later ones come when everybody has caught up.
const EVENTS: i64 = 4;

/// The same subscription by everybody that a caller can be, and twice by each.
async fn follow<'a>(cast: &'a Cast, last: i64, selection: &str) -> Vec<(Relation, &'a Client, Follower)> {
    let mut followers = Vec::new();
    for relation in relations().chain(relations()) {
        let client = cast.who(relation);
        let follower = Follower::events(client, &cast.scene.room, Some(last), selection).await;
        followers.push((relation, client, follower));
    }
    followers
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_with_differing_rights_never_share_what_differs(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let cast = Cast::set(&world).await;
    let room = &cast.scene.room;
    let owner = cast.who(Relation::Member(entity::organization::membership::MemberRole::Admin));
    for selection in PERSONAL.iter().chain([&OWN]) {
        let last = newest(&cast.outsider, room).await;
        let mut followers = follow(&cast, last, selection).await;
        let mut seen: BTreeSet<String> = BTreeSet::new();
        for number in 1..=EVENTS {
            change(owner, &cast.scene.their_place, number).await;
            for (relation, client, follower) in &mut followers {
                let live = follower.next().await;
                // Behind the newest event nobody shares: this is executed for the caller alone.
                let alone = Follower::events(client, room, Some(last + number - 1), selection)
                    .await
                    .next()
                    .await;
                assert_eq!(live["sequence"], last + number, "{relation:?} {selection}");
                assert_eq!(live, alone, "{relation:?} {selection}");
                seen.insert(without_sequence(live));
            }
            let is_personal = seen.len() > 1;
            assert_eq!(is_personal, *selection != OWN, "{selection}: {seen:#?}");
            if !is_personal {
                seen.clear();
            }
        }
    }
}

fn without_sequence(mut event: Json) -> String {
    if let Some(event) = event.as_object_mut() {
        event.remove("sequence");
    }
    event.to_string()
}
