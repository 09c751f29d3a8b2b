//! Ids of another tenant in every argument of every mutation, alone and mixed with one's own: nothing changes, nothing
//! private comes back, and nobody learns whether there is such a thing.

use std::collections::BTreeMap;

use entity::{AppId, DrawId, OrganizationId, ParticipantId, PrizeId, RoomId, UserId, WinnerId};
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Answer, Client, Database, World};

use super::{
    calls::{Call, calls, each_id, id_of, ids_in},
    tenant::{Place, Tenant},
};
use crate::catalogue::{OpenTo, entry};

struct Attack {
    world: World,
    ours: Tenant,
    theirs: Tenant,
    outsider: Client,
    before: BTreeMap<String, Vec<String>>,
}

impl Attack {
    async fn new(database: Database) -> Self {
        let world = World::new(database).await;
        let ours = Tenant::with_draws(&world, "ours").await;
        let theirs = Tenant::with_draws(&world, "theirs").await;
        let outsider = world.user("Otto Outsider").await;
        let before = world.dump().await;
        Self {
            world,
            ours,
            theirs,
            outsider,
            before,
        }
    }

    /// The call must be refused, and leave everything as it was.
    async fn fails(&self, client: &Client, mutation: &str, input: &Json) -> Answer {
        let answer = client.mutate(mutation, input.clone(), "__typename").await;
        assert!(!answer.is_ok(), "{mutation} {input} went through");
        assert_ne!(answer.code(), Some("INTERNAL"), "{mutation} {input}: {}", answer.body);
        self.theirs.assert_no_leak(&answer);
        let after = self.world.dump().await;
        for (table, rows) in &self.before {
            assert_eq!(Some(rows), after.get(table), "{mutation} {input} changed {table}");
        }
        answer
    }

    /// Every call with at least one of its ids theirs: each set of arguments that is put in.
    fn foreign(&self, own: &Place, place: &Place) -> Vec<(Call, Vec<String>)> {
        let mut attacks = Vec::new();
        for call in calls(&self.ours, own) {
            let ids = ids_in(&call);
            for set in 1..1_usize << ids.len() {
                let theirs: Vec<_> = (0..ids.len())
                    .filter(|bit| set >> bit & 1 == 1)
                    .map(|bit| ids[bit].clone())
                    .collect();
                let mut input = call.input.clone();
                each_id(&mut input, &mut |argument, value| {
                    if theirs.iter().any(|name| name == argument) {
                        *value = id_of(&self.theirs, place, argument).unwrap();
                    }
                });
                attacks.push((
                    Call {
                        mutation: call.mutation,
                        input,
                    },
                    theirs,
                ));
            }
        }
        // Whoever runs a room may bring anybody into it: a user belongs to no tenant.
        attacks
            .retain(|(call, theirs)| (call.mutation, theirs.as_slice()) != ("addParticipant", &["userId".to_owned()]));
        attacks
    }
}

/// A draw in one's own room draws that room's prizes; whoever owns others, they are none.
fn is_draw_of_foreign_prize(call: &Call, theirs: &[String]) -> bool {
    let is = |name: &str| theirs.iter().any(|id| id == name);
    call.mutation == "createDraw" && is("prizeId") && !is("roomId")
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_of_private_things_are_not_found_in_any_argument(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let attack = Attack::new(database).await;
    let attacks = attack.foreign(&attack.ours.public, &attack.theirs.private);
    assert!(attacks.len() >= 40);
    for (call, theirs) in &attacks {
        let answer = attack.fails(&attack.ours.admin, call.mutation, &call.input).await;
        // Prizes of another room are no complete list of this one's, whoever owns them.
        let is_of_another_room = theirs == &["prizeIds"] || is_draw_of_foreign_prize(call, theirs);
        let expected = if is_of_another_room { "VALIDATION" } else { "NOT_FOUND" };
        assert_eq!(
            answer.code(),
            Some(expected),
            "{} {}: {}",
            call.mutation,
            call.input,
            answer.body
        );
        let answer = attack.fails(&attack.outsider, call.mutation, &call.input).await;
        let known = ["NOT_FOUND", "FORBIDDEN"].contains(&answer.code().unwrap());
        assert!(known, "{} {}: {}", call.mutation, call.input, answer.body);
        let answer = attack.fails(attack.world.stranger(), call.mutation, &call.input).await;
        assert_eq!(
            answer.code(),
            Some("UNAUTHENTICATED"),
            "{} {}",
            call.mutation,
            call.input
        );
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_of_a_draft_that_will_be_public_are_not_found_either(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let attack = Attack::new(database).await;
    for (call, theirs) in attack.foreign(&attack.ours.draft, &attack.theirs.draft) {
        if ids_in(&call) == ["winnerId"] {
            continue;
        }
        let answer = attack.fails(&attack.ours.admin, call.mutation, &call.input).await;
        // Before anything else is looked at, our own draft has no awards.
        let allowed: &[&str] = match (call.mutation, theirs.as_slice()) {
            _ if is_draw_of_foreign_prize(&call, &theirs) => &["VALIDATION"],
            ("reorderPrizes", [ids]) if ids == "prizeIds" => &["VALIDATION"],
            ("awardPrize", [id]) if id == "participantId" => &["NOT_FOUND", "CONFLICT"],
            _ => &["NOT_FOUND"],
        };
        assert!(
            allowed.contains(&answer.code().unwrap()),
            "{} {}: {}",
            call.mutation,
            call.input,
            answer.body
        );
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_public_room_can_be_seen_but_not_changed(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let attack = Attack::new(database).await;
    for (call, _) in attack.foreign(&attack.ours.public, &attack.theirs.public) {
        if call.mutation == "joinRoom" {
            continue;
        }
        for client in [&attack.ours.admin, &attack.outsider] {
            let answer = attack.fails(client, call.mutation, &call.input).await;
            let mut allowed = vec![match entry(call.mutation).open_to {
                OpenTo::Roles(code) => code,
                _ => "FORBIDDEN",
            }];
            allowed.extend(match call.mutation {
                // Prizes and participants of another room than the other's.
                "reorderPrizes" | "awardPrize" | "createDraw" | "excludeFromDraw" => Some("VALIDATION"),
                // Our own room with their app: they say nothing of their apps.
                "updateRoom" => Some("NOT_FOUND"),
                _ => None,
            });
            assert!(
                allowed.contains(&answer.code().unwrap()),
                "{} {}: {}",
                call.mutation,
                call.input,
                answer.body
            );
        }
    }
}

/// An id of the same kind as another, of something that never was.
fn unknown(world: &World, like: &str) -> String {
    let prefix = like.split('_').next().unwrap();
    match prefix {
        "org" => world.clock.new_id::<OrganizationId>().to_string(),
        "app" => world.clock.new_id::<AppId>().to_string(),
        "room" => world.clock.new_id::<RoomId>().to_string(),
        "prize" => world.clock.new_id::<PrizeId>().to_string(),
        "participant" => world.clock.new_id::<ParticipantId>().to_string(),
        "winner" => world.clock.new_id::<WinnerId>().to_string(),
        "draw" => world.clock.new_id::<DrawId>().to_string(),
        "user" => world.clock.new_id::<UserId>().to_string(),
        other => panic!("no ids of {other}"),
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_of_something_private_is_answered_like_one_that_never_was(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let attack = Attack::new(database).await;
    for (call, theirs) in attack.foreign(&attack.ours.public, &attack.theirs.private) {
        let mut input = call.input.clone();
        each_id(&mut input, &mut |argument, value| {
            if !theirs.iter().any(|name| name == argument) {
                return;
            }
            if let Some(ids) = value.as_array_mut() {
                ids.iter_mut()
                    .for_each(|id| *id = json!(unknown(&attack.world, id.as_str().unwrap())));
            } else {
                *value = json!(unknown(&attack.world, value.as_str().unwrap()));
            }
        });
        for client in [&attack.ours.admin, &attack.outsider] {
            let real = attack.fails(client, call.mutation, &call.input).await;
            let made_up = attack.fails(client, call.mutation, &input).await;
            assert_eq!(real.body, made_up.body, "{} {} {input}", call.mutation, call.input);
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_brought_into_a_room_shows_their_profile_and_nothing_else(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let attack = Attack::new(database).await;
    let input = json!({ "roomId": attack.ours.private.room, "userId": attack.outsider.user });
    let selection =
        "participant { role metadata winners { totalCount } user { id displayName avatarUrl } room { title } }";
    let added = attack.ours.admin.mutate("addParticipant", input, selection).await;
    assert_eq!(
        added.text("/addParticipant/participant/user/displayName"),
        "Otto Outsider"
    );
    attack.theirs.assert_no_leak(&added);
    // They see the room now, but not the organization, the code, or other rooms.
    let document = "query($id: ID!) { room(id: $id) { title joinCode organization { id } app { id } participants { totalCount nodes { metadata } } }
        rooms { totalCount } apps { totalCount } }";
    let seen = attack
        .outsider
        .run(document, json!({ "id": attack.ours.private.room }))
        .await;
    let room = seen.at("/room");
    assert!(
        room["title"].is_string()
            && room["joinCode"].is_null()
            && room["organization"].is_null()
            && room["app"].is_null()
    );
    let notes: Vec<_> = room["participants"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|who| who["metadata"].is_null())
        .collect();
    assert_eq!(notes, [true, true, false], "only the notes about oneself: {room}");
    assert_eq!(seen.at("/rooms/totalCount"), 3);
    assert_eq!(seen.at("/apps/totalCount"), 0);
}
