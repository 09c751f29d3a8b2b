//! A room with people in it and a prize to draw, and the calls of a draw.

use std::{collections::BTreeMap, time::Duration};

use draw::{Failure, Report};
use serde_json::{Value as Json, json};
use tests::{Answer, Client, Database, Scene, World};

/// 25 throws of a die.
pub(crate) const DICE: &str = "3141526535246132651423561";

/// A scene with people who can win.
pub(crate) struct Stage {
    /// Where it happens.
    pub(crate) scene: Scene,
    /// Who came, with their places in the room.
    pub(crate) people: Vec<(Client, String)>,
}

impl Stage {
    /// So many people in the scene's room.
    pub(crate) async fn new(database: Database, people: usize) -> Self {
        let world = World::with(database, |config| {
            config.draws.tick_milliseconds = 20;
            config.auth.access_token_seconds = 3600;
        })
        .await;
        Self::in_world(world, people).await
    }

    /// The same on a server that runs already.
    pub(crate) async fn in_world(world: World, people: usize) -> Self {
        let scene = Scene::in_world(world).await;
        let mut came = Vec::with_capacity(people);
        for number in 0..people {
            came.push(scene.participant(&format!("Person {number}")).await);
        }
        Self { scene, people: came }
    }

    /// The server.
    pub(crate) fn world(&self) -> &World {
        &self.scene.world
    }

    /// Commits to a draw with a policy; answers its id.
    pub(crate) async fn create(&self, policy: Json) -> String {
        let answer = self.try_create(policy).await;
        answer.text("/createDraw/draw/id")
    }

    /// Tries to commit to a draw.
    pub(crate) async fn try_create(&self, policy: Json) -> Answer {
        let input = json!({ "roomId": self.scene.room, "policy": policy });
        self.scene
            .creator
            .mutate("createDraw", input, "draw { id status }")
            .await
    }

    /// Commits to a draw of one prize.
    pub(crate) async fn create_simple(&self, level: &str, prize: &str, alternates: u32) -> String {
        let prizes = json!([{ "prizeId": prize, "alternates": alternates }]);
        self.create(json!({ "level": level, "prizes": prizes })).await
    }

    /// One of the organizer's calls with a draw and nothing else.
    pub(crate) async fn call(&self, mutation: &str, draw: &str) -> Answer {
        let answer = self.tell(mutation, json!({ "drawId": draw })).await;
        assert!(answer.is_ok(), "{mutation}: {}", answer.body);
        answer
    }

    /// One of the organizer's calls.
    pub(crate) async fn tell(&self, mutation: &str, input: Json) -> Answer {
        self.scene.creator.mutate(mutation, input, "draw { id status }").await
    }

    /// A draw of one prize from its commitment to its winners, at L0.
    pub(crate) async fn drawn(&self, prize: &str, alternates: u32) -> String {
        let draw = self.create_simple("L0", prize, alternates).await;
        self.call("freezeDraw", &draw).await;
        self.call("runDraw", &draw).await;
        draw
    }

    /// Who has won: id, participant, rank and status, in the order of the announcements.
    pub(crate) async fn winners(&self, draw: &str) -> Vec<Win> {
        let document = format!(
            "{{ draw(id: \"{draw}\") {{ winners(first: 100) {{ nodes {{ id rank status participant {{ id }} prize {{ id }} }} }} }} }}"
        );
        let answer = self.world().stranger().query(&document).await;
        let win = |node: &Json| Win {
            id: node["id"].as_str().unwrap().to_owned(),
            rank: node["rank"].as_i64().unwrap(),
            status: node["status"].as_str().unwrap().to_owned(),
            participant: node["participant"]["id"].as_str().unwrap().to_owned(),
            prize: node["prize"]["id"].as_str().unwrap().to_owned(),
        };
        answer.list("/draw/winners/nodes").iter().map(win).collect()
    }

    /// One of the organizer's calls is refused, and changes nothing.
    #[track_caller]
    pub(crate) fn refuses<'a>(
        &'a self,
        mutation: &'a str,
        input: Json,
        code: &'a str,
        field: Option<&'a str>,
    ) -> impl Future<Output = Answer> + 'a {
        self.world().refuses(&self.scene.creator, mutation, input, code, field)
    }

    /// Somebody's call about a win; answers where the win stands then.
    pub(crate) async fn about_win(&self, client: &Client, mutation: &str, input: Json) -> String {
        let answer = client.mutate(mutation, input, "winner { id status }").await;
        answer.text(&format!("/{mutation}/winner/status"))
    }

    /// The winner's own call about a win.
    pub(crate) async fn by_winner(&self, win: &Win, mutation: &str) -> String {
        let winner = self.person(&win.participant);
        self.about_win(winner, mutation, json!({ "winnerId": win.id })).await
    }

    /// The organizer takes a win away.
    pub(crate) async fn disqualify(&self, win: &Win) -> String {
        let input = json!({ "winnerId": win.id, "reason": "Broke the rules" });
        self.about_win(&self.scene.creator, "disqualifyWinner", input).await
    }

    /// The winners once there are so many: the server needs a moment to do what is due.
    pub(crate) async fn winners_when(&self, draw: &str, count: usize) -> Vec<Win> {
        let enough = async || {
            let winners = self.winners(draw).await;
            (winners.len() >= count).then_some(winners)
        };
        let winners = until("so many winners", enough).await;
        assert_eq!(winners.len(), count, "no more than are due");
        winners
    }

    /// Fields of a draw as a stranger sees them.
    pub(crate) async fn read(&self, draw: &str, fields: &str) -> Json {
        let document = format!("{{ draw(id: \"{draw}\") {{ {fields} }} }}");
        self.world().stranger().query(&document).await.at("/draw").clone()
    }

    /// Public entry ids of all people, with their places in the room.
    pub(crate) async fn entries(&self, draw: &str) -> BTreeMap<String, String> {
        let mut entries = BTreeMap::new();
        for (person, place) in &self.people {
            let document = format!("{{ drawReceipt(drawId: \"{draw}\") {{ entryId }} }}");
            let answer = person.query(&document).await;
            entries.insert(answer.text("/drawReceipt/entryId"), place.clone());
        }
        entries
    }

    /// Stops the server and starts it again; everybody goes on at its new address.
    pub(crate) async fn restart(&mut self) {
        self.scene.world.restart().await;
        self.scene.creator = self.scene.world.again(&self.scene.creator);
        self.scene.admin = self.scene.world.again(&self.scene.admin);
        for (person, _) in &mut self.people {
            *person = self.scene.world.again(person);
        }
    }

    /// The person at a place in the room.
    pub(crate) fn person(&self, participant: &str) -> &Client {
        let found = self.people.iter().find(|(_, place)| place == participant);
        &found.expect("a person of this stage").0
    }

    /// A draw's transcript as a stranger gets it.
    pub(crate) async fn transcript(&self, draw: &str) -> Json {
        serde_json::from_str(&self.transcript_text(draw).await).expect("a JSON document")
    }

    /// The same, byte for byte.
    pub(crate) async fn transcript_text(&self, draw: &str) -> String {
        let stranger = self.world().stranger();
        let address = format!("{}/draws/{draw}/transcript.json", stranger.base());
        let response = stranger.http().get(address).send().await.expect("an answer");
        assert_eq!(response.status(), 200);
        response.text().await.expect("a body")
    }

    /// What a verifier says of it.
    pub(crate) async fn verify(&self, draw: &str) -> Result<Report, Failure> {
        let text = self.transcript_text(draw).await;
        draw::verify(text.as_bytes(), &mut |_| {})
    }

    /// How many of a prize are left.
    pub(crate) async fn remaining(&self, prize: &str) -> i64 {
        let document = format!("{{ node(id: \"{prize}\") {{ ... on Prize {{ quantityRemaining }} }} }}");
        self.scene
            .creator
            .query(&document)
            .await
            .number("/node/quantityRemaining")
    }

    /// What happened to a draw's wins: kind, rank and reason, in order.
    pub(crate) async fn history(&self, draw: &str) -> Vec<(String, i64, Option<String>)> {
        let document = "query($id: ID!) { draw(id: $id) { steps(first: 100) { nodes { kind rank reason } } } }";
        let answer = self.world().stranger().run(document, json!({ "id": draw })).await;
        let of_rank = |node: &Json| {
            let reason = node["reason"].as_str().map(str::to_owned);
            Some((node["kind"].as_str()?.to_owned(), node["rank"].as_i64()?, reason))
        };
        answer.list("/draw/steps/nodes").iter().filter_map(of_rank).collect()
    }

    /// The kinds of a draw's steps, in order.
    pub(crate) async fn steps(&self, draw: &str) -> Vec<String> {
        let document = format!("{{ draw(id: \"{draw}\") {{ steps(first: 100) {{ nodes {{ kind }} }} }} }}");
        let answer = self.world().stranger().query(&document).await;
        let kind = |node: &Json| node["kind"].as_str().unwrap().to_owned();
        answer.list("/draw/steps/nodes").iter().map(kind).collect()
    }
}

/// A win as everybody sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Win {
    /// Its id.
    pub(crate) id: String,
    /// From 1.
    pub(crate) rank: i64,
    /// Where it stands.
    pub(crate) status: String,
    /// Who won.
    pub(crate) participant: String,
    /// What.
    pub(crate) prize: String,
}

/// Somebody's call that must work.
pub(crate) async fn done(client: &Client, mutation: &str, input: Json) {
    let answer = client.mutate(mutation, input, "__typename").await;
    assert!(answer.is_ok(), "{mutation}: {}", answer.body);
}

/// Asks again and again until there is an answer: what the server does by itself takes it a moment.
pub(crate) async fn until<T>(what: &str, ask: impl AsyncFn() -> Option<T>) -> T {
    for _ in 0..1500 {
        if let Some(found) = ask().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{what}: waited in vain");
}
