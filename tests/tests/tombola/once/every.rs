//! Every mutation of the schema: sent again with its key, it answers the same and changes nothing.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Answer, Client, Database, Scene};

use super::fresh;
use crate::{
    draws::stage::{DICE, Stage},
    identity::account::{Account, PASSWORD},
};

const ROOM: &str = "room { id title description status isPublic joinCode startsAt maxParticipants settings createdAt
    updatedAt deletedAt app { id } organization { id name } prizes { nodes { id } } participants { nodes { id } } }";
const PARTICIPANT: &str =
    "participant { id role tickets metadata joinedAt leftAt deletedAt user { displayName } room { title } }";
const ENTERED: &str =
    "participant { id role tickets joinedAt leftAt user { displayName } room { title } } closedDraws { id status }";
const PRIZE: &str =
    "prize { id name description position quantity quantityRemaining metadata deletedAt updatedAt room { title } }";
const WINNER: &str = "winner { id rank source status announcedAt claimBy revokedAt revokeReason prize { name }
    participant { id } draw { id } }";
const DRAW: &str = "draw { id status level policyDocument policyHash seedCommit seed entryCount listRoot frozenAt drawnAt
    paceSeconds presentedAt voidReason awaitsReview updatedAt signature { keyId value } freezeSignature { value } winners { nodes { id } }
    steps { nodes { id } } }";
const APP: &str = "app { id name slug clientId isActive manifest permissions updatedAt organization { id } }";

/// A scene, and which mutations were shown to be made once.
struct Shown {
    stage: Stage,
    seen: BTreeSet<String>,
}

impl Shown {
    fn scene(&self) -> &Scene {
        &self.stage.scene
    }

    /// Sends a mutation twice under a key; answers the first answer.
    async fn replays(&mut self, client: &Client, mutation: &str, input: Json, selection: &str) -> Answer {
        let client = fresh(client);
        let first = client.mutate(mutation, input.clone(), selection).await;
        assert!(first.is_ok(), "{mutation}: {}", first.body);
        let before = self.stage.world().dump().await;
        let again = client.mutate(mutation, input, selection).await;
        assert_eq!(again.body["data"], first.body["data"], "{mutation} again");
        assert_eq!(
            self.stage.world().dump().await,
            before,
            "{mutation} again changed something"
        );
        self.seen.insert(mutation.to_owned());
        first
    }

    /// The same for a mutation whose answer holds a secret: it is refused, and says why.
    async fn shows_once(&mut self, client: &Client, mutation: &str, input: Json, selection: &str) -> Answer {
        let client = fresh(client);
        let first = client.mutate(mutation, input.clone(), selection).await;
        assert!(first.is_ok(), "{mutation}: {}", first.body);
        let before = self.stage.world().dump().await;
        let again = client.mutate(mutation, input, selection).await;
        again.assert_refused("CONFLICT");
        assert!(again.message().contains("shown once"), "{mutation}: {}", again.body);
        assert_eq!(
            self.stage.world().dump().await,
            before,
            "{mutation} again changed something"
        );
        self.seen.insert(mutation.to_owned());
        first
    }

    async fn identity(&mut self) {
        let world = self.stage.world();
        let account = Account::sign_up(world, "ann@example.com").await;
        let other = Account::sign_in(world, "ann@example.com").await;
        let third = Account::sign_in(world, "ann@example.com").await;
        let ann = account.client.clone();
        let change = json!({ "displayName": "Anna", "preferences": { "b": 1, "a": [null, 2.5] } });
        self.replays(
            &ann,
            "updateProfile",
            change,
            "viewer { email preferences profile { displayName } }",
        )
        .await;
        self.replays(
            &ann,
            "createOrganization",
            json!({ "name": "Anna's" }),
            "organization { id slug status createdAt memberships { nodes { role } } }",
        )
        .await;
        let newcomer = json!({
            "email": "bob@example.com", "password": PASSWORD, "displayName": "Bob", "organizationName": "Bob's",
        });
        self.shows_once(&ann, "signUp", newcomer, "signedIn { accessToken } organization { id }")
            .await;
        let credentials = json!({ "email": "bob@example.com", "password": PASSWORD });
        self.shows_once(&ann, "signIn", credentials, "__typename").await;
        let token = json!({ "refreshToken": account.refresh });
        self.shows_once(&ann, "refreshSession", token, "accessToken").await;

        // The session is gone, so that only another of the same user can ask again.
        let document = "mutation { signOut { session { id revokedAt } } }";
        let first = other.client.keyed("out").query(document).await;
        assert!(first.is_ok(), "{}", first.body);
        let before = self.stage.world().dump().await;
        other
            .client
            .keyed("out")
            .query(document)
            .await
            .assert_refused("UNAUTHENTICATED");
        let again = third.client.keyed("out").query(document).await;
        assert_eq!(again.body["data"], first.body["data"]);
        assert_eq!(self.stage.world().dump().await, before);
        assert!(
            third
                .client
                .query("{ viewer { email } }")
                .await
                .at("/viewer/email")
                .is_string()
        );
        self.seen.insert("signOut".to_owned());
    }

    async fn apps(&mut self) {
        let admin = self.scene().admin.clone();
        let app = json!({ "organizationId": self.scene().organization, "name": "An app", "manifest": { "permissions": ["a"] } });
        let first = self
            .shows_once(&admin, "registerApp", app, "app { id } clientSecret")
            .await;
        let id = first.text("/registerApp/app/id");
        self.replays(&admin, "updateApp", json!({ "appId": id, "name": "Renamed" }), APP)
            .await;
        self.shows_once(&admin, "regenerateAppSecret", json!({ "appId": id }), "clientSecret")
            .await;
        self.replays(&admin, "deactivateApp", json!({ "appId": id }), APP).await;
    }

    async fn rooms(&mut self) {
        let creator = self.scene().creator.clone();
        let room = json!({ "organizationId": self.scene().organization, "title": "Another", "maxParticipants": 9 });
        for end in ["completeRoom", "cancelRoom"] {
            let created = self.replays(&creator, "createRoom", room.clone(), ROOM).await;
            let id = json!({ "roomId": created.text("/createRoom/room/id") });
            let mut change = id.clone();
            change["title"] = json!("Renamed");
            change["startsAt"] = json!("2027-01-01T12:00:00Z");
            self.replays(&creator, "updateRoom", change, ROOM).await;
            self.replays(&creator, "openRoom", id.clone(), ROOM).await;
            self.replays(&creator, end, id.clone(), ROOM).await;
            self.replays(&creator, "deleteRoom", id, "room { id title deletedAt }")
                .await;
        }
    }

    async fn people(&mut self) {
        let (creator, guest) = (self.scene().creator.clone(), self.scene().outsider.clone());
        let room = json!({ "roomId": self.scene().room });
        self.replays(&guest, "joinRoom", room.clone(), ENTERED).await;
        self.replays(&guest, "leaveRoom", room.clone(), PARTICIPANT).await;
        let add = json!({ "roomId": self.scene().room, "userId": guest.user, "tickets": 4 });
        let added = self.replays(&creator, "addParticipant", add, ENTERED).await;
        let id = added.text("/addParticipant/participant/id");
        self.replays(
            &creator,
            "updateParticipant",
            json!({ "participantId": id, "tickets": 7 }),
            PARTICIPANT,
        )
        .await;
        self.replays(
            &creator,
            "removeParticipant",
            json!({ "participantId": id }),
            PARTICIPANT,
        )
        .await;
    }

    async fn prizes(&mut self) {
        let creator = self.scene().creator.clone();
        let room = self.scene().room.clone();
        let input = json!({ "roomId": room, "name": "A prize", "quantity": 5 });
        let prize = self
            .replays(&creator, "createPrize", input, PRIZE)
            .await
            .text("/createPrize/prize/id");
        let other = self.scene().prize(1).await;
        self.replays(
            &creator,
            "updatePrize",
            json!({ "prizeId": prize, "quantity": 6 }),
            PRIZE,
        )
        .await;
        self.replays(
            &creator,
            "reorderPrizes",
            json!({ "roomId": room, "prizeIds": [other, prize] }),
            ROOM,
        )
        .await;
        self.replays(&creator, "deletePrize", json!({ "prizeId": other }), PRIZE)
            .await;
        let [(ann, place), (ben, other_place), (_, third)] = &self.stage.people[..3] else {
            panic!("three people came")
        };
        let (ann, ben, places) = (
            ann.clone(),
            ben.clone(),
            [place.clone(), other_place.clone(), third.clone()],
        );
        let mut wins = Vec::new();
        for place in places {
            let input = json!({ "prizeId": prize, "participantId": place });
            let win = self.replays(&creator, "awardPrize", input, WINNER).await;
            wins.push(win.text("/awardPrize/winner/id"));
        }
        self.replays(&ann, "claimPrize", json!({ "winnerId": wins[0] }), WINNER)
            .await;
        self.replays(
            &ben,
            "declinePrize",
            json!({ "winnerId": wins[1], "reason": "No" }),
            WINNER,
        )
        .await;
        self.replays(
            &creator,
            "revokeWinner",
            json!({ "winnerId": wins[2], "reason": "A mistake" }),
            WINNER,
        )
        .await;
    }

    async fn draws(&mut self) {
        let (creator, reviewer) = (self.scene().creator.clone(), self.scene().reviewer.clone());
        let prize = self.scene().prize(1).await;
        let policy = json!({ "level": "L1", "prizes": [{ "prizeId": prize, "alternates": 1 }], "review": true });
        let input = json!({ "roomId": self.scene().room, "policy": policy });
        let draw = self
            .replays(&creator, "createDraw", input, DRAW)
            .await
            .text("/createDraw/draw/id");
        let of_draw = json!({ "drawId": draw });
        let exclude = json!({ "drawId": draw, "participantId": self.stage.people[0].1, "reason": "Knows the hosts" });
        let excluded = "draw { id status updatedAt } exclusion { id reason createdAt participant { id } excludedBy { displayName } }";
        self.replays(&creator, "excludeFromDraw", exclude, excluded).await;
        self.replays(&creator, "freezeDraw", of_draw.clone(), DRAW).await;
        self.replays(&reviewer, "approveDraw", of_draw.clone(), DRAW).await;
        let dice = json!({ "drawId": draw, "dice": DICE });
        self.replays(&creator, "provideDrawEntropy", dice.clone(), DRAW).await;
        // Under another key it changes nothing, and is answered again all the same.
        self.replays(&creator, "provideDrawEntropy", dice, DRAW).await;
        self.replays(&creator, "runDraw", of_draw.clone(), DRAW).await;
        self.replays(&creator, "runDraw", of_draw, DRAW).await;
        let winner = self.stage.winners(&draw).await.remove(0).id;
        self.replays(
            &creator,
            "disqualifyWinner",
            json!({ "winnerId": winner, "reason": "Broke rules" }),
            WINNER,
        )
        .await;
        self.replays(
            &creator,
            "voidDraw",
            json!({ "drawId": draw, "reason": "A mistake" }),
            DRAW,
        )
        .await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_mutation_is_made_once(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let mut shown = Shown {
        stage: Stage::in_world(tests::World::new(database).await, 3).await,
        seen: BTreeSet::new(),
    };
    shown.identity().await;
    shown.apps().await;
    shown.rooms().await;
    shown.people().await;
    shown.prizes().await;
    shown.draws().await;

    let schema = "{ __schema { mutationType { fields { name } } } }";
    let schema = shown.stage.world().stranger().query(schema).await;
    let fields = schema.list("/__schema/mutationType/fields").iter();
    let all: BTreeSet<_> = fields.map(|field| field["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(shown.seen, all, "left: shown to be made once; right: the schema");
}
