//! Every change of a room is in its live log and in the audit log of its organization, and nothing else is.

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Client, Database, Scene};

use super::soundness::{assert_audited, assert_sound, audits, events};

/// A change, and what it leaves behind.
struct Change<'a> {
    client: &'a Client,
    mutation: &'a str,
    input: Json,
    selection: &'a str,
    events: &'a [&'a str],
    audit: &'a str,
}

impl Change<'_> {
    /// Makes the change; answers the id of what it answers.
    async fn make(self, scene: &Scene, room: &str) -> String {
        let logged = events(&scene.world, room).await.len();
        let audited = audits(&scene.world).await.len();
        let answer = self
            .client
            .mutate(self.mutation, self.input, &format!("{} {{ id }}", self.selection))
            .await;
        let id = answer.text(&format!("/{}/{}/id", self.mutation, self.selection));

        let log = events(&scene.world, room).await;
        let new: Vec<_> = log[logged..].iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(new, self.events, "{}", self.mutation);
        assert_eq!(audits(&scene.world).await.len(), audited + 1, "{}", self.mutation);
        assert_audited(&scene.world, self.audit, &self.client.user).await;
        let record = audits(&scene.world).await.pop().unwrap();
        let resource = entity::id::format(&record.resource_type, record.resource_id);
        assert_eq!(resource, id, "{}", self.mutation);
        assert_sound(&scene.world, room).await;
        id
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_change_of_a_room_is_announced_and_audited(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let owner = &scene.creator;
    let guest = scene.world.user("Gustav Guest").await;
    let input = json!({ "organizationId": scene.organization, "title": "Logged", "isPublic": true });
    let room = owner
        .mutate("createRoom", input, "room { id }")
        .await
        .text("/createRoom/room/id");
    let kinds: Vec<_> = events(&scene.world, &room)
        .await
        .into_iter()
        .map(|event| event.kind)
        .collect();
    assert_eq!(kinds, ["PARTICIPANT_JOINED"], "the organizer comes in first");
    assert_audited(&scene.world, "ROOM_CREATED", &owner.user).await;

    let of_room = json!({ "roomId": room });
    let make = async |client: &Client, mutation: &str, input: Json, selection: &str, events: &[&str], audit: &str| {
        let change = Change {
            client,
            mutation,
            input,
            selection,
            events,
            audit,
        };
        change.make(&scene, &room).await
    };
    let renamed = json!({ "roomId": room, "title": "Renamed" });
    make(owner, "updateRoom", renamed, "room", &["ROOM_CHANGED"], "ROOM_UPDATED").await;
    let (room_only, moved) = (of_room.clone(), &["ROOM_STATUS_CHANGED"]);
    make(owner, "openRoom", room_only, "room", moved, "ROOM_OPENED").await;

    let (came, went) = (&["PARTICIPANT_JOINED"], &["PARTICIPANT_LEFT"]);
    let joined = of_room.clone();
    let place = make(&guest, "joinRoom", joined, "participant", came, "PARTICIPANT_JOINED").await;
    let left = of_room.clone();
    make(&guest, "leaveRoom", left, "participant", went, "PARTICIPANT_LEFT").await;
    let added = json!({ "roomId": room, "userId": guest.user });
    make(
        owner,
        "addParticipant",
        added.clone(),
        "participant",
        came,
        "PARTICIPANT_ADDED",
    )
    .await;
    let changed = json!({ "participantId": place, "tickets": 9 });
    let kind = &["PARTICIPANT_CHANGED"];
    make(
        owner,
        "updateParticipant",
        changed,
        "participant",
        kind,
        "PARTICIPANT_UPDATED",
    )
    .await;
    let removed = json!({ "participantId": place });
    make(
        owner,
        "removeParticipant",
        removed,
        "participant",
        went,
        "PARTICIPANT_REMOVED",
    )
    .await;
    make(
        &scene.admin,
        "addParticipant",
        added,
        "participant",
        came,
        "PARTICIPANT_ADDED",
    )
    .await;

    let named = json!({ "roomId": room, "name": "A prize" });
    let first = make(
        owner,
        "createPrize",
        named.clone(),
        "prize",
        &["PRIZE_CREATED"],
        "PRIZE_CREATED",
    )
    .await;
    let second = make(
        owner,
        "createPrize",
        named,
        "prize",
        &["PRIZE_CREATED"],
        "PRIZE_CREATED",
    )
    .await;
    let raised = json!({ "prizeId": first, "quantity": 2 });
    make(
        owner,
        "updatePrize",
        raised,
        "prize",
        &["PRIZE_CHANGED"],
        "PRIZE_UPDATED",
    )
    .await;
    let order = json!({ "roomId": room, "prizeIds": [second, first] });
    let both = &["PRIZE_CHANGED", "PRIZE_CHANGED"];
    make(owner, "reorderPrizes", order, "room", both, "PRIZES_REORDERED").await;
    let gone = json!({ "prizeId": second });
    make(owner, "deletePrize", gone, "prize", &["PRIZE_DELETED"], "PRIZE_DELETED").await;

    let award = json!({ "prizeId": first, "participantId": place });
    let win = make(
        owner,
        "awardPrize",
        award,
        "winner",
        &["WINNER_ANNOUNCED"],
        "PRIZE_AWARDED",
    )
    .await;
    let revoke = json!({ "winnerId": win, "reason": "A mistake" });
    make(
        owner,
        "revokeWinner",
        revoke,
        "winner",
        &["WINNER_REVOKED"],
        "WINNER_REVOKED",
    )
    .await;
    make(&scene.admin, "completeRoom", of_room, "room", moved, "ROOM_COMPLETED").await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_log_says_is_what_was_at_the_time(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let scene = Scene::new(database).await;
    let (guest, place) = scene.staff("Gustav Guest", "VIEWER").await;
    let change = json!({ "participantId": place, "role": "PARTICIPANT", "tickets": 4_294_967_295_u32 });
    scene
        .creator
        .mutate("updateParticipant", change, "participant { id }")
        .await
        .text("/updateParticipant/participant/id");
    let rename = json!({ "displayName": "Renamed Since" });
    guest
        .mutate("updateProfile", rename, "viewer { email }")
        .await
        .text("/updateProfile/viewer/email");
    let remove = json!({ "participantId": place });
    scene
        .creator
        .mutate("removeParticipant", remove, "participant { id }")
        .await
        .text("/removeParticipant/participant/id");
    let complete = json!({ "roomId": scene.room });
    scene
        .creator
        .mutate("completeRoom", complete, "room { id }")
        .await
        .text("/completeRoom/room/id");

    let people = "participantId displayName role tickets";
    let document = format!(
        "query($id: ID!) {{ room(id: $id) {{ events {{ __typename sequence occurredAt roomId
            ... on RoomStatusChanged {{ previousStatus roomStatus }}
            ... on ParticipantJoined {{ {people} }} ... on ParticipantChanged {{ {people} }}
            ... on ParticipantLeft {{ {people} removed user {{ displayName }} }} }} }} }}"
    );
    let answer = scene.outsider.run(&document, json!({ "id": scene.room })).await;
    let log = answer.list("/room/events");
    let told = |index: usize, name: &str| log[index][name].clone();
    let types: Vec<_> = (0..log.len()).map(|index| told(index, "__typename")).collect();
    assert_eq!(
        types,
        [
            "ParticipantJoined",
            "RoomStatusChanged",
            "ParticipantJoined",
            "ParticipantChanged",
            "ParticipantLeft",
            "RoomStatusChanged"
        ]
    );
    for (index, event) in log.iter().enumerate() {
        assert_eq!(event["sequence"], json!(index + 1));
        assert_eq!(event["roomId"], json!(scene.room));
        assert_eq!(event["occurredAt"], "2026-06-01T12:00:00.000Z");
    }
    assert_eq!(
        (told(1, "previousStatus"), told(1, "roomStatus")),
        (json!("DRAFT"), json!("ACTIVE"))
    );
    assert_eq!((told(2, "role"), told(2, "tickets")), (json!("VIEWER"), json!(1)));
    assert_eq!(
        (told(3, "role"), told(3, "tickets")),
        (json!("PARTICIPANT"), json!(4_294_967_295_u32))
    );
    assert_eq!(told(4, "displayName"), "Renamed Since");
    assert_eq!(told(3, "displayName"), "Gustav Guest");
    assert_eq!(told(4, "removed"), true);
    assert_eq!(
        (told(5, "previousStatus"), told(5, "roomStatus")),
        (json!("ACTIVE"), json!("COMPLETED"))
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_audit_record_holds_what_changed_and_why(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let prize = scene.prize(1).await;
    let (_, place) = scene.participant("Gustav Guest").await;
    let change = json!({ "prizeId": prize, "quantity": 3, "name": "Renamed" });
    scene
        .creator
        .mutate("updatePrize", change, "prize { id }")
        .await
        .text("/updatePrize/prize/id");
    let record = audits(&scene.world).await.pop().unwrap();
    assert_eq!(record.changes["before"]["quantity"], 1);
    assert_eq!(record.changes["after"]["quantity"], 3);
    assert_eq!(record.changes["after"]["name"], "Renamed");

    let win = scene.award(&prize, &place).await;
    let revoke = json!({ "winnerId": win, "reason": "A mistake" });
    scene
        .admin
        .mutate("revokeWinner", revoke, "winner { id }")
        .await
        .text("/revokeWinner/winner/id");
    let record = audits(&scene.world).await.pop().unwrap();
    assert_eq!(record.metadata["reason"], "A mistake");

    // Each has a hash of its own, in ascending sequence, in its organization.
    let all = audits(&scene.world).await;
    let hashes: std::collections::BTreeSet<_> = all.iter().map(|record| &record.hash).collect();
    assert_eq!(hashes.len(), all.len());
    assert!(all.windows(2).all(|pair| pair[0].sequence < pair[1].sequence));
    assert!(
        all.iter()
            .all(|record| record.organization_id.to_string() == scene.organization)
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_a_draft_keep_its_texts_from_those_who_come_when_it_is_open(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let room = scene
        .creator
        .draft_room(&scene.organization, json!({ "isPublic": true }))
        .await;
    let change = async |mutation: &str, input: Json, selection: &str| {
        let answer = scene.creator.mutate(mutation, input, selection).await;
        assert!(answer.is_ok(), "{mutation}: {}", answer.body);
        answer
    };
    let drafted = json!({ "roomId": room, "title": "Drafted", "description": "not for everybody" });
    change("updateRoom", drafted, "room { id }").await;
    let input = json!({ "roomId": room, "name": "Teapot", "description": "not for everybody" });
    let prize = change("createPrize", input, "prize { id }").await;
    let prize = prize.text("/createPrize/prize/id");
    change(
        "updateRoom",
        json!({ "roomId": room, "description": null }),
        "room { id }",
    )
    .await;
    change("openRoom", json!({ "roomId": room }), "room { id }").await;
    let input = json!({ "prizeId": prize, "description": "for everybody" });
    change("updatePrize", input, "prize { id }").await;

    let document = "query($id: ID!) { room(id: $id) { events(first: 100) { __typename
        ... on RoomChanged { title description } ... on PrizeCreated { name description }
        ... on PrizeChanged { name description } } } }";
    let answer = scene.outsider.run(document, json!({ "id": room })).await;
    let told: Vec<_> = answer
        .list("/room/events")
        .iter()
        .filter(|event| event["description"] != Json::Null)
        .collect();
    assert_eq!(
        told,
        [&json!({ "__typename": "PrizeChanged", "name": "Teapot", "description": "for everybody" })]
    );
    assert!(
        !answer.body.to_string().contains("not for everybody"),
        "{}",
        answer.body
    );
    assert!(
        answer.body.to_string().contains("Drafted"),
        "names are told: {}",
        answer.body
    );
}
