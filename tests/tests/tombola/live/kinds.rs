//! Each kind of event arrives with its fields and relations.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Client, Database, Scene, World};

use super::follower::{Follower, log, newest};
use crate::relations::schema::Schema;

/// Everything that there is to know of an event.
const ALL: &str = "__typename sequence occurredAt roomId room { id status }
    ... on RoomStatusChanged { previousStatus roomStatus }
    ... on RoomChanged { title description isPublic startsAt endsAt maxParticipants }
    ... on ParticipantJoined { participantId displayName role tickets participantCount participant { id leftAt } user { displayName } }
    ... on ParticipantChanged { participantId displayName role tickets participant { id role } user { displayName } }
    ... on ParticipantLeft { participantId displayName role tickets removed participantCount participant { id } user { displayName } }
    ... on PrizeCreated { prizeId name description imageUrl position quantity quantityRemaining prize { id } }
    ... on PrizeChanged { prizeId name description imageUrl position quantity quantityRemaining prize { id } }
    ... on PrizeDeleted { prizeId name description imageUrl position quantity quantityRemaining prize { id } }
    ... on WinnerAnnounced { winnerId prizeId prizeName quantityRemaining participantId displayName userId
        winnerStatus rank claimBy winner { id status } prize { id } participant { id user { displayName } } }
    ... on WinnerRevoked { winnerId prizeId prizeName quantityRemaining participantId displayName userId reason
        winnerStatus rank claimBy winner { id status } prize { id } participant { id } }
    ... on WinnerStatusChanged { winnerId prizeId prizeName quantityRemaining participantId displayName userId reason
        winnerStatus rank claimBy winner { id status } prize { id } participant { id } }
    ... on DrawStepTaken { drawId stepPosition step drawStatus stepPrizeId rank reason draw { id status }
        stepParticipantId roleBefore ticketsBefore roleAfter ticketsAfter }
    ... on DrawProgress { drawId phase done total }";

/// Runs a mutation that must work, and answers the id at a pointer below its payload.
async fn run(client: &Client, mutation: &str, input: Json, selection: &str, pointer: &str) -> String {
    let answer = client.mutate(mutation, input, selection).await;
    answer.text(&format!("/{mutation}/{pointer}"))
}

struct Story {
    scene: Scene,
    /// What each event must say, beside sequence, time and room.
    expected: Vec<Json>,
    /// How many of them came before the clock went on.
    earlier: usize,
}

/// A minute, in which the beacon's round comes that a draw waits for.
const MINUTE: chrono::Duration = chrono::Duration::seconds(60);

/// On a server that asks a beacon which does not answer.
async fn scene(database: Database) -> Scene {
    let beacon = "http://127.0.0.1:9".to_owned();
    let world = World::with(database, |config| config.draws.drand_url = Some(beacon)).await;
    Scene::in_world(world).await
}

/// Something of every kind, one after the other; the follower sees each before the next happens.
async fn tell(scene: Scene, follower: &mut Follower, seen: &mut Vec<Json>) -> Story {
    let mut expected = Vec::new();
    let room = scene.room.clone();
    let (creator, guest) = (&scene.creator, scene.world.user("Gina").await);
    run(
        creator,
        "updateRoom",
        json!({ "roomId": room, "title": "New", "description": "About it", "maxParticipants": 50 }),
        "room { title }",
        "room/title",
    )
    .await;
    expected.push(
        json!({ "__typename": "RoomChanged", "title": "New", "description": "About it", "isPublic": true,
        "startsAt": null, "endsAt": null, "maxParticipants": 50 }),
    );
    seen.push(follower.next().await);

    let place = guest.join(&room).await;
    let mut person = json!({ "participantId": place, "displayName": "Gina", "role": "PARTICIPANT", "tickets": 1,
        "participant": { "id": place, "leftAt": null }, "user": { "displayName": "Gina" } });
    let joined = json!({ "__typename": "ParticipantJoined", "participantCount": 2 });
    expected.push(with(&person, joined.clone()));
    seen.push(follower.next().await);

    let input = json!({ "participantId": place, "tickets": 7, "role": "MODERATOR" });
    run(
        creator,
        "updateParticipant",
        input,
        "participant { id }",
        "participant/id",
    )
    .await;
    person = with(&person, json!({ "role": "MODERATOR", "tickets": 7 }));
    let changed = json!({ "__typename": "ParticipantChanged", "participant": { "id": place, "role": "MODERATOR" } });
    expected.push(with(&person, changed));
    seen.push(follower.next().await);

    let mut prizes = Vec::new();
    for (position, name) in ["Teapot", "Kettle"].into_iter().enumerate() {
        let input = json!({ "roomId": room, "name": name, "quantity": 2 });
        let prize = run(creator, "createPrize", input, "prize { id }", "prize/id").await;
        expected.push(prize_event("PrizeCreated", &prize, name, position, 2, 2));
        seen.push(follower.next().await);
        prizes.push(prize);
    }
    let input =
        json!({ "prizeId": prizes[0], "quantity": 3, "description": "Brown", "imageUrl": "https://example.com/a.png" });
    run(creator, "updatePrize", input, "prize { id }", "prize/id").await;
    let brown = json!({ "description": "Brown", "imageUrl": "https://example.com/a.png" });
    let teapot = prize_event("PrizeChanged", &prizes[0], "Teapot", 0, 3, 3);
    expected.push(with(&teapot, brown.clone()));
    seen.push(follower.next().await);
    let input = json!({ "roomId": room, "prizeIds": [prizes[1], prizes[0]] });
    run(creator, "reorderPrizes", input, "room { id }", "room/id").await;
    let teapot = prize_event("PrizeChanged", &prizes[0], "Teapot", 1, 3, 3);
    expected.push(with(&teapot, brown.clone()));
    expected.push(prize_event("PrizeChanged", &prizes[1], "Kettle", 0, 2, 2));
    seen.extend([follower.next().await, follower.next().await]);

    let winner = scene.award(&prizes[0], &place).await;
    let win = json!({ "winnerId": winner, "prizeId": prizes[0], "prizeName": "Teapot", "quantityRemaining": 2,
        "participantId": place, "displayName": "Gina", "userId": guest.user, "prize": { "id": prizes[0] },
        "winnerStatus": "PENDING", "rank": null, "claimBy": null });
    expected.push(with(
        &win,
        json!({ "__typename": "WinnerAnnounced", "winner": { "id": winner, "status": "PENDING" },
        "participant": { "id": place, "user": { "displayName": "Gina" } } }),
    ));
    seen.push(follower.next().await);
    let input = json!({ "winnerId": winner, "reason": "a slip" });
    run(creator, "revokeWinner", input, "winner { id }", "winner/id").await;
    expected.push(with(
        &win,
        json!({ "__typename": "WinnerRevoked", "quantityRemaining": 3, "reason": "a slip", "winnerStatus": "REVOKED",
        "winner": { "id": winner, "status": "REVOKED" }, "participant": { "id": place } }),
    ));
    seen.push(follower.next().await);
    run(
        creator,
        "deletePrize",
        json!({ "prizeId": prizes[0] }),
        "prize { id }",
        "prize/id",
    )
    .await;
    let teapot = prize_event("PrizeDeleted", &prizes[0], "Teapot", 1, 3, 3);
    expected.push(with(&teapot, brown));
    seen.push(follower.next().await);

    run(
        &guest,
        "leaveRoom",
        json!({ "roomId": room }),
        "participant { id }",
        "participant/id",
    )
    .await;
    let left = json!({ "__typename": "ParticipantLeft", "removed": false, "participantCount": 1,
        "participant": { "id": place } });
    expected.push(with(&person, left.clone()));
    seen.push(follower.next().await);
    let input = json!({ "roomId": room, "userId": guest.user, "role": "VIEWER", "tickets": 0 });
    run(creator, "addParticipant", input, "participant { id }", "participant/id").await;
    person = with(
        &person,
        json!({ "role": "VIEWER", "tickets": 0, "participant": { "id": place, "leftAt": null } }),
    );
    expected.push(with(&person, joined));
    seen.push(follower.next().await);
    run(
        creator,
        "removeParticipant",
        json!({ "participantId": place }),
        "participant { id }",
        "participant/id",
    )
    .await;
    expected.push(with(&with(&person, left), json!({ "removed": true })));
    seen.push(follower.next().await);
    let earlier = tell_of_draws(&scene, follower, seen, &mut expected).await;
    run(
        creator,
        "completeRoom",
        json!({ "roomId": room }),
        "room { id }",
        "room/id",
    )
    .await;
    expected.push(json!({ "__typename": "RoomStatusChanged", "previousStatus": "ACTIVE", "roomStatus": "COMPLETED" }));
    seen.push(follower.next().await);
    Story {
        scene,
        expected,
        earlier,
    }
}

/// A draw to its claim, and one that waits in vain for its beacon; answers how many events came before that.
async fn tell_of_draws(
    scene: &Scene,
    follower: &mut Follower,
    seen: &mut Vec<Json>,
    expected: &mut Vec<Json>,
) -> usize {
    let (room, creator) = (scene.room.clone(), &scene.creator);
    let (dora, place) = scene.participant("Dora").await;
    expected.push(
        json!({ "__typename": "ParticipantJoined", "participantCount": 2, "participantId": place, "displayName": "Dora",
        "role": "PARTICIPANT", "tickets": 1, "participant": { "id": place, "leftAt": null },
        "user": { "displayName": "Dora" } }),
    );
    let mut prizes = Vec::new();
    for (position, name) in [(1, "Kite"), (2, "Lamp")] {
        let input = json!({ "roomId": room, "name": name });
        let prize = run(creator, "createPrize", input, "prize { id }", "prize/id").await;
        expected.push(prize_event("PrizeCreated", &prize, name, position, 1, 1));
        prizes.push(prize);
    }
    for _ in 0..3 {
        seen.push(follower.next().await);
    }

    let policy = json!({ "level": "L0", "prizes": [{ "prizeId": prizes[0] }] });
    let input = json!({ "roomId": room, "policy": policy });
    let draw = run(creator, "createDraw", input, "draw { id }", "draw/id").await;
    expected.push(step(&draw, 1, "COMMITTED", "COMMITTED"));
    seen.push(follower.next().await);
    let input = json!({ "participantId": place, "tickets": 2 });
    run(
        creator,
        "updateParticipant",
        input,
        "participant { id }",
        "participant/id",
    )
    .await;
    expected.push(
        json!({ "__typename": "ParticipantChanged", "participantId": place, "displayName": "Dora",
        "role": "PARTICIPANT", "tickets": 2, "participant": { "id": place, "role": "PARTICIPANT" },
        "user": { "displayName": "Dora" } }),
    );
    expected.push(with(
        &step(&draw, 2, "PARTICIPANT_CHANGED", "COMMITTED"),
        json!({ "stepParticipantId": place, "roleBefore": "PARTICIPANT", "ticketsBefore": 1,
        "roleAfter": "PARTICIPANT", "ticketsAfter": 2 }),
    ));
    seen.extend([follower.next().await, follower.next().await]);
    let of_draw = json!({ "drawId": draw });
    run(creator, "freezeDraw", of_draw.clone(), "draw { id }", "draw/id").await;
    expected.push(step(&draw, 3, "FROZEN", "FROZEN"));
    seen.push(follower.next().await);
    run(creator, "runDraw", of_draw, "draw { id }", "draw/id").await;
    let document = "query($id: ID!) { draw(id: $id) { winners { nodes { id } } } }";
    let answer = creator.run(document, json!({ "id": draw })).await;
    let winner = answer.text("/draw/winners/nodes/0/id");
    let win = json!({ "winnerId": winner, "prizeId": prizes[0], "prizeName": "Kite", "quantityRemaining": 0,
        "participantId": place, "displayName": "Dora", "userId": dora.user, "prize": { "id": prizes[0] },
        "winnerStatus": "PENDING", "rank": 1, "claimBy": null });
    expected.push(step(&draw, 4, "DRAWN", "DRAWN"));
    expected.push(with(
        &win,
        json!({ "__typename": "WinnerAnnounced", "winner": { "id": winner, "status": "PENDING" },
        "participant": { "id": place, "user": { "displayName": "Dora" } } }),
    ));
    expected.push(step(&draw, 5, "PRESENTED", "DRAWN"));
    for _ in 0..3 {
        seen.push(follower.next().await);
    }
    run(
        &dora,
        "claimPrize",
        json!({ "winnerId": winner }),
        "winner { id }",
        "winner/id",
    )
    .await;
    expected.push(with(
        &win,
        json!({ "__typename": "WinnerStatusChanged", "winnerStatus": "CLAIMED", "reason": null,
        "winner": { "id": winner, "status": "CLAIMED" }, "participant": { "id": place } }),
    ));
    let claimed = step(&draw, 6, "CLAIMED", "DRAWN");
    expected.push(with(&claimed, json!({ "stepPrizeId": prizes[0], "rank": 1 })));
    seen.extend([follower.next().await, follower.next().await]);

    // The first round that leaves time to freeze.
    let first = scene.world.clock.now() + chrono::Duration::seconds(30);
    let policy = json!({ "level": "L2", "drandAt": first, "prizes": [{ "prizeId": prizes[1] }] });
    let input = json!({ "roomId": room, "policy": policy });
    let draw = run(creator, "createDraw", input, "draw { id }", "draw/id").await;
    expected.push(step(&draw, 1, "COMMITTED", "COMMITTED"));
    seen.push(follower.next().await);
    let of_draw = json!({ "drawId": draw });
    run(creator, "freezeDraw", of_draw, "draw { id }", "draw/id").await;
    expected.push(step(&draw, 2, "FROZEN", "FROZEN"));
    seen.push(follower.next().await);
    let earlier = seen.len();
    scene.world.clock.advance(MINUTE);
    let fetch = json!({ "drawId": draw, "fetch": true });
    let answer = creator.mutate("provideDrawEntropy", fetch, "draw { id }").await;
    assert!(!answer.is_ok(), "nothing answers there: {}", answer.body);
    for done in 1..=3 {
        expected.push(
            json!({ "__typename": "DrawProgress", "drawId": draw, "phase": "FETCHING_ROUND", "done": done,
            "total": 3 }),
        );
        seen.push(follower.next().await);
    }
    let input = json!({ "drawId": draw, "reason": "no beacon" });
    run(creator, "voidDraw", input, "draw { id }", "draw/id").await;
    expected.push(with(
        &step(&draw, 3, "VOIDED", "VOID"),
        json!({ "reason": "no beacon" }),
    ));
    seen.push(follower.next().await);
    earlier
}

fn step(draw: &str, position: i64, step: &str, status: &str) -> Json {
    json!({ "__typename": "DrawStepTaken", "drawId": draw, "stepPosition": position, "step": step, "drawStatus": status,
        "stepPrizeId": null, "rank": null, "reason": null, "draw": { "id": draw, "status": status },
        "stepParticipantId": null, "roleBefore": null, "ticketsBefore": null, "roleAfter": null, "ticketsAfter": null })
}

fn with(facts: &Json, more: Json) -> Json {
    let mut facts = facts.clone();
    facts.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    facts
}

fn prize_event(kind: &str, id: &str, name: &str, position: usize, quantity: i32, remaining: i32) -> Json {
    json!({ "__typename": kind, "prizeId": id, "name": name, "position": position, "quantity": quantity,
        "quantityRemaining": remaining, "description": null, "imageUrl": null, "prize": { "id": id } })
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_event_arrives_with_its_fields_and_relations(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = scene(database).await;
    let before = newest(&scene.outsider, &scene.room).await;
    let mut follower = Follower::events(&scene.outsider, &scene.room, Some(before), ALL).await;
    let mut seen = Vec::new();

    let story = tell(scene, &mut follower, &mut seen).await;

    let Story {
        scene,
        expected,
        earlier,
    } = &story;
    assert_eq!(seen.len(), expected.len());
    let now = scene.world.clock.now();
    let last = seen.len() - 1;
    for (number, (seen, expected)) in seen.iter().zip(expected).enumerate() {
        let status = if number == last { "COMPLETED" } else { "ACTIVE" };
        let common = json!({ "sequence": before + 1 + number as i64, "roomId": scene.room,
            "room": { "id": scene.room, "status": status }, "occurredAt": seen["occurredAt"] });
        assert_eq!(*seen, with(expected, common), "event {number}");
        let time: chrono::DateTime<chrono::Utc> = seen["occurredAt"].as_str().unwrap().parse().unwrap();
        assert_eq!(
            time,
            if number < *earlier { now - MINUTE } else { now },
            "event {number}"
        );
    }
    let kinds: BTreeSet<_> = seen
        .iter()
        .map(|event| event["__typename"].as_str().unwrap().to_owned())
        .collect();
    let schema = Schema::read(&scene.outsider).await;
    let known: BTreeSet<_> = schema.members("RoomEvent").iter().cloned().collect();
    assert_eq!(kinds, known, "each type of event has its place in the story");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_event_says_stays_as_it_was_while_its_relations_show_the_present(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = scene(database).await;
    let before = newest(&scene.outsider, &scene.room).await;
    let mut follower = Follower::events(&scene.outsider, &scene.room, Some(before), ALL).await;
    let mut live = Vec::new();
    let story = tell(scene, &mut follower, &mut live).await;
    let scene = &story.scene;

    let replayed = log(&scene.outsider, &scene.room, ALL).await.split_off(before as usize);
    let mut follower = Follower::events(&scene.outsider, &scene.room, Some(before), ALL).await;
    let mut again = Vec::new();
    for _ in &replayed {
        again.push(follower.next().await);
    }

    assert_eq!(again, replayed, "a replay and room.events are the same log");
    let relations = ["room", "participant", "user", "prize", "winner", "draw"];
    let own = |event: &Json| {
        let mut event = event.as_object().unwrap().clone();
        event.retain(|field, _| !relations.contains(&field.as_str()));
        event
    };
    assert_eq!(
        replayed.iter().map(own).collect::<Vec<_>>(),
        live.iter().map(own).collect::<Vec<_>>()
    );
    assert!(
        replayed.iter().all(|event| event["room"]["status"] == "COMPLETED"),
        "the room as it is now"
    );
    let announced = replayed
        .iter()
        .find(|event| event["__typename"] == "WinnerAnnounced")
        .unwrap();
    assert_eq!(announced["winner"]["status"], "REVOKED");
    let committed = replayed.iter().find(|event| event["step"] == "COMMITTED").unwrap();
    assert_eq!(committed["draw"]["status"], "DRAWN");
}
