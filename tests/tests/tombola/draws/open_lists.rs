//! While the list of a draw is open: who changes the people on it, until when, and how everybody learns of it.

use chrono::Duration;
use draw::Standing;
use futures::future::join_all;
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Answer, Client, Database};

use super::{
    sound::draw_is_sound,
    stage::{Stage, done},
};
use crate::live::follower::{Follower, log, newest};

/// Calls at once.
const MANY: usize = 40;

/// A stage, and a draw by tickets with what else its policy says.
async fn set(database: Database, people: usize, more: Json) -> (Stage, String) {
    let stage = Stage::new(database, people).await;
    let draw = commit(&stage, more).await;
    (stage, draw)
}

async fn commit(stage: &Stage, more: Json) -> String {
    let prize = stage.scene.prize(1).await;
    let mut policy = json!({ "level": "L0", "weights": "TICKETS", "prizes": [{ "prizeId": prize }] });
    policy
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    stage.create(policy).await
}

/// What changes a participant, with the participant.
fn changes(place: &str) -> [(&'static str, Json); 3] {
    [
        ("updateParticipant", json!({ "participantId": place, "tickets": 9 })),
        ("updateParticipant", json!({ "participantId": place, "role": "VIEWER" })),
        ("removeParticipant", json!({ "participantId": place })),
    ]
}

/// What a draw's history says of people: kind, place, role and tickets before and after, and who did it.
async fn told(stage: &Stage, draw: &str) -> Vec<Json> {
    let document = "query($id: ID!) { draw(id: $id) { steps(first: 100) { nodes { kind participant { id } roleBefore
        ticketsBefore roleAfter ticketsAfter actor { id } } } } }";
    let answer = stage.scene.creator.run(document, json!({ "id": draw })).await;
    let steps = answer.list("/draw/steps/nodes").iter();
    steps
        .filter(|step| step["kind"].as_str().unwrap().starts_with("PARTICIPANT_"))
        .map(|step| {
            json!([
                step["kind"],
                step["participant"]["id"],
                step["roleBefore"],
                step["ticketsBefore"],
                step["roleAfter"],
                step["ticketsAfter"],
                step["actor"]["id"]
            ])
        })
        .collect()
}

async fn add(client: &Client, stage: &Stage, user: &Client, role: &str, tickets: i64) -> Answer {
    let input = json!({ "roomId": stage.scene.room, "userId": user.user, "role": role, "tickets": tickets });
    client.mutate("addParticipant", input, "participant { id }").await
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_moderator_changes_no_open_list(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 3).await;
    let (scene, world) = (&stage.scene, stage.world());
    let (moderator, _) = scene.staff("Mona Moderator", "MODERATOR").await;
    let (place, own) = (&stage.people[0].1, &stage.people[1].1);
    done(
        &moderator,
        "updateParticipant",
        json!({ "participantId": place, "tickets": 2 }),
    )
    .await;
    let friend = world.user("Fred Friend").await;

    let draw = commit(&stage, json!({})).await;
    for (mutation, input) in changes(place) {
        let answer = world.refuses(&moderator, mutation, input, "FORBIDDEN", None).await;
        assert!(answer.message().contains(&draw), "{}", answer.message());
    }
    for role in ["PARTICIPANT", "VIEWER"] {
        let input = json!({ "roomId": scene.room, "userId": friend.user, "role": role, "tickets": 1000 });
        world
            .refuses(&moderator, "addParticipant", input, "FORBIDDEN", None)
            .await;
    }
    // Who runs the room may, and everybody may go by themselves.
    done(
        &scene.admin,
        "updateParticipant",
        json!({ "participantId": place, "tickets": 3 }),
    )
    .await;
    done(&stage.people[2].0, "leaveRoom", json!({ "roomId": scene.room })).await;

    // A closed list is not changed by any of this, and there is none any more when the draw is void.
    stage.call("freezeDraw", &draw).await;
    done(&moderator, "removeParticipant", json!({ "participantId": own })).await;
    assert!(add(&moderator, &stage, &friend, "PARTICIPANT", 1000).await.is_ok());
    assert_eq!(stage.transcript(&draw).await["freeze"]["W"], 4);
    let other = commit(&stage, json!({})).await;
    world
        .refuses(
            &moderator,
            "updateParticipant",
            json!({ "participantId": place, "tickets": 5 }),
            "FORBIDDEN",
            None,
        )
        .await;
    for draw in [draw, other] {
        stage
            .tell("voidDraw", json!({ "drawId": draw, "reason": "Enough" }))
            .await
            .text("/voidDraw/draw/id");
    }
    done(
        &moderator,
        "updateParticipant",
        json!({ "participantId": place, "tickets": 5 }),
    )
    .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_change_by_somebody_else_is_a_step_of_each_open_list(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (stage, draw) = set(database, 3, json!({})).await;
    let (scene, world) = (&stage.scene, stage.world());
    let closed = commit(&stage, json!({})).await;
    stage.call("freezeDraw", &closed).await;
    stage
        .tell("runDraw", json!({ "drawId": closed }))
        .await
        .text("/runDraw/draw/id");
    let equal = commit(&stage, json!({ "weights": "EQUAL" })).await;
    let before = newest(&scene.outsider, &scene.room).await;
    let selection = "__typename sequence ... on DrawStepTaken { drawId step drawStatus stepPosition stepParticipantId
        roleBefore ticketsBefore roleAfter ticketsAfter reason }";
    let mut live = Follower::events(&scene.outsider, &scene.room, Some(before), selection).await;

    let ((person, place), (gone, gone_place)) = (&stage.people[0], &stage.people[1]);
    let (creator, admin) = (&scene.creator, &scene.admin);
    done(
        creator,
        "updateParticipant",
        json!({ "participantId": place, "tickets": 5 }),
    )
    .await;
    done(
        admin,
        "updateParticipant",
        json!({ "participantId": place, "role": "VIEWER" }),
    )
    .await;
    // What is so already is no change.
    done(
        creator,
        "updateParticipant",
        json!({ "participantId": place, "tickets": 5 }),
    )
    .await;
    done(
        creator,
        "updateParticipant",
        json!({ "participantId": place, "role": "PARTICIPANT", "tickets": 4 }),
    )
    .await;
    done(creator, "removeParticipant", json!({ "participantId": gone_place })).await;
    assert!(add(creator, &stage, gone, "PARTICIPANT", 7).await.is_ok());
    // Leaving first saves nobody from being kept out.
    let (left, left_place) = &stage.people[2];
    done(left, "leaveRoom", json!({ "roomId": scene.room })).await;
    done(creator, "removeParticipant", json!({ "participantId": left_place })).await;
    let new = world.user("Nora New").await;
    let new_place = add(admin, &stage, &new, "MODERATOR", 0)
        .await
        .text("/addParticipant/participant/id");
    // What they do themselves is in the room's log alone.
    for mutation in ["leaveRoom", "joinRoom"] {
        done(person, mutation, json!({ "roomId": scene.room })).await;
    }

    let (carl, ada) = (&creator.user, &admin.user);
    let wanted = vec![
        json!(["PARTICIPANT_CHANGED", place, "PARTICIPANT", 1, "PARTICIPANT", 5, carl]),
        json!(["PARTICIPANT_CHANGED", place, "PARTICIPANT", 5, "VIEWER", 5, ada]),
        json!(["PARTICIPANT_CHANGED", place, "VIEWER", 5, "PARTICIPANT", 4, carl]),
        json!(["PARTICIPANT_REMOVED", gone_place, "PARTICIPANT", 1, null, null, carl]),
        json!(["PARTICIPANT_ADDED", gone_place, null, null, "PARTICIPANT", 7, carl]),
        json!(["PARTICIPANT_REMOVED", left_place, "PARTICIPANT", 1, null, null, carl]),
        json!(["PARTICIPANT_ADDED", new_place, null, null, "MODERATOR", 0, ada]),
    ];
    assert_eq!(told(&stage, &draw).await, wanted);
    assert_eq!(
        told(&stage, &equal).await,
        wanted,
        "whether or not it weighs in this draw"
    );
    assert_eq!(told(&stage, &closed).await, Vec::<Json>::new());

    // The same as events: live, in a replay, and in the log.
    let mut logged = log(&scene.outsider, &scene.room, selection)
        .await
        .split_off(before as usize);
    let mut replay = Follower::events(&scene.outsider, &scene.room, Some(before), selection).await;
    for event in &logged {
        assert_eq!(&live.next().await, event);
        assert_eq!(&replay.next().await, event);
    }
    logged.retain(|event| event["drawId"] == json!(draw));
    for (event, step) in logged.iter().zip(&wanted) {
        let said = json!([
            event["step"],
            event["stepParticipantId"],
            event["roleBefore"],
            event["ticketsBefore"],
            event["roleAfter"],
            event["ticketsAfter"],
            step[6]
        ]);
        assert_eq!(&said, step);
        assert_eq!(event["drawStatus"], "COMMITTED");
    }
    assert_eq!(logged.len(), wanted.len());

    // A transcript is what it was: its verifiers know nothing of this.
    stage.call("freezeDraw", &draw).await;
    stage.call("runDraw", &draw).await;
    assert_eq!(stage.verify(&draw).await.unwrap().standing, Standing::Drawn);
    assert_eq!(stage.transcript(&draw).await["events"], json!([]));
    draw_is_sound(&stage, &draw).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exclusion_says_in_the_history_whom_it_was_about(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (stage, draw) = set(database, 2, json!({})).await;
    let place = &stage.people[0].1;
    let exclude = json!({ "drawId": draw, "participantId": place, "reason": "Knows the organizer" });
    done(&stage.scene.creator, "excludeFromDraw", exclude).await;
    let steps = "steps { nodes { kind reason participant { id } roleAfter } }";
    assert_eq!(
        stage.read(&draw, steps).await["steps"]["nodes"][1],
        json!({ "kind": "EXCLUDED", "reason": "Knows the organizer", "participant": { "id": place }, "roleAfter": null })
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_takes_the_request_for_a_freeze_back(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (stage, draw) = set(database, 3, json!({ "review": true })).await;
    let (scene, world) = (&stage.scene, stage.world());
    let approve = json!({ "drawId": draw });
    for (mutation, input) in changes(&stage.people[0].1) {
        stage.call("freezeDraw", &draw).await;
        assert_eq!(stage.read(&draw, "awaitsReview").await["awaitsReview"], true);
        done(&scene.creator, mutation, input).await;
        assert_eq!(stage.read(&draw, "awaitsReview").await["awaitsReview"], false);
        world
            .refuses(
                &scene.reviewer,
                "approveDraw",
                approve.clone(),
                "CONFLICT",
                Some("drawId"),
            )
            .await;
    }
    stage.call("freezeDraw", &draw).await;
    assert!(
        add(&scene.creator, &stage, &scene.outsider, "PARTICIPANT", 50)
            .await
            .is_ok()
    );
    world
        .refuses(
            &scene.reviewer,
            "approveDraw",
            approve.clone(),
            "CONFLICT",
            Some("drawId"),
        )
        .await;
    stage.call("freezeDraw", &draw).await;
    done(&scene.reviewer, "approveDraw", approve).await;
    assert_eq!(stage.transcript(&draw).await["freeze"]["W"], 52);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_time_at_which_a_list_closes_people_count_as_they_were(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 5).await;
    let (scene, clock) = (&stage.scene, &stage.world().clock);
    let closes = clock.now() + Duration::seconds(10);
    let draw = commit(&stage, json!({ "closesAt": closes })).await;
    let later = commit(&stage, json!({ "closesAt": closes + Duration::hours(1) })).await;
    let of_room = json!({ "roomId": scene.room });
    let (back, _) = &stage.people[3];
    done(back, "leaveRoom", of_room.clone()).await;
    clock.advance(Duration::milliseconds(9_999));
    let tickets = |place: &str, tickets: i64| json!({ "participantId": place, "tickets": tickets });
    done(&scene.creator, "updateParticipant", tickets(&stage.people[0].1, 4)).await;

    // At the very moment, and after it.
    for wait in [1, 1, 60_000] {
        clock.advance(Duration::milliseconds(wait));
        for (mutation, input) in changes(&stage.people[0].1) {
            for client in [&scene.creator, &scene.admin] {
                let refused = stage.world().refuses(client, mutation, input.clone(), "CONFLICT", None);
                let message = refused.await.message().to_owned();
                assert!(
                    message.contains(&draw) && message.contains("Freeze it first"),
                    "{message}"
                );
            }
        }
        let more = json!({ "roomId": scene.room, "userId": back.user, "tickets": 1000 });
        stage.refuses("addParticipant", more, "CONFLICT", None).await;
    }
    let refused = told(&stage, &draw).await.len();
    assert_eq!(refused, 1, "what came in time");

    // Whoever comes now is not on it, and the next list learns of them.
    assert!(add(&scene.creator, &stage, back, "PARTICIPANT", 1).await.is_ok());
    assert!(
        add(&scene.creator, &stage, &scene.outsider, "PARTICIPANT", 1000)
            .await
            .is_ok()
    );
    assert_eq!(told(&stage, &draw).await.len(), 1);
    assert_eq!(told(&stage, &later).await.len(), 3);
    // Whoever goes by themselves goes, and whoever is excluded is so for everybody to see.
    done(&stage.people[1].0, "leaveRoom", of_room).await;
    let exclude = json!({ "drawId": draw, "participantId": stage.people[2].1, "reason": "Twice in the room" });
    done(&scene.creator, "excludeFromDraw", exclude).await;
    stage.call("freezeDraw", &draw).await;
    assert_eq!(
        stage.read(&draw, "entryCount totalWeight").await,
        json!({ "entryCount": 2, "totalWeight": 5 })
    );
    stage.call("runDraw", &draw).await;
    done(&scene.creator, "updateParticipant", tickets(&stage.people[0].1, 9)).await;
    done(
        &scene.creator,
        "removeParticipant",
        json!({ "participantId": stage.people[0].1 }),
    )
    .await;
    draw_is_sound(&stage, &draw).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_and_a_freeze_at_once_leave_a_list_of_what_was_told(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (stage, draw) = set(database, 8, json!({})).await;
    let other = commit(&stage, json!({})).await;
    let creator = &stage.scene.creator;
    let mut friends = Vec::new();
    for number in 0..MANY / 4 {
        friends.push(stage.world().user(&format!("Friend {number}")).await);
    }
    let calls = (0..MANY).map(|number| {
        let (stage, draw, friends) = (&stage, &draw, &friends);
        let place = &stage.people[number % 8].1;
        async move {
            match number % 4 {
                0 => add(creator, stage, &friends[number / 4], "PARTICIPANT", number as i64).await,
                1 if number == MANY / 2 + 1 => stage.tell("freezeDraw", json!({ "drawId": draw })).await,
                _ => {
                    let input = json!({ "participantId": place, "tickets": number });
                    creator.mutate("updateParticipant", input, "participant { id }").await
                }
            }
        }
    });
    for answer in join_all(calls).await {
        assert!(answer.is_ok() || answer.code() == Some("CONFLICT"), "{}", answer.body);
    }

    // The list is what the steps before the freeze say, and after it there are none.
    let kinds = stage.steps(&draw).await;
    let frozen = kinds.iter().position(|kind| kind == "FROZEN").unwrap();
    assert_eq!(frozen + 1, kinds.len(), "{kinds:?}");
    let mut weights: std::collections::BTreeMap<String, i64> =
        stage.people.iter().map(|(_, place)| (place.clone(), 1)).collect();
    for step in told(&stage, &draw).await {
        weights.insert(step[1].as_str().unwrap().to_owned(), step[5].as_i64().unwrap());
    }
    let total: i64 = weights.values().sum();
    assert_eq!(stage.read(&draw, "totalWeight").await["totalWeight"], total);
    draw_is_sound(&stage, &draw).await;
    draw_is_sound(&stage, &other).await;
}
