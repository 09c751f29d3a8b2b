//! Until its moment a win is nowhere.

use chrono::Duration;
use draw::Standing;
use rstest::rstest;
use serde_json::json;
use tests::{Client, Database};

use super::show::{Show, WINS};
use crate::live::follower::{Follower, log};

/// Everything about winners that somebody can ask for, as one text.
async fn everything(show: &Show, client: &Client) -> String {
    let wins = "winners(first: 100) { nodes { id rank participant { id } } edges { cursor }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }";
    let document = format!(
        "query($room: ID!, $draw: ID!) {{
            draw(id: $draw) {{ seed {wins} steps(first: 100) {{ nodes {{ kind rank reason actor {{ id }} }} }} }}
            room(id: $room) {{ {wins} prizes {{ nodes {{ {wins} }} }} participants(first: 100) {{ nodes {{ {wins} }} }} }}
        }}"
    );
    let variables = json!({ "room": show.stage.scene.room, "draw": show.draw });
    let answer = client.run(&document, variables).await;
    assert!(answer.is_ok(), "{}", answer.body);
    let events = log(
        client,
        &show.stage.scene.room,
        "__typename occurredAt ... on WinnerAnnounced { winnerId participantId } ... on WinnerRevoked { winnerId }",
    );
    let told: Vec<_> = events.await.into_iter().map(|event| event.to_string()).collect();
    format!("{} {}", answer.body, told.join(" "))
}

async fn file(show: &Show, name: &str) -> String {
    let creator = &show.stage.scene.creator;
    let address = format!("{}/rooms/{}/{name}.csv", creator.base(), show.stage.scene.room);
    let request = creator.http().get(address);
    let response = request.bearer_auth(creator.token.as_deref().unwrap()).send().await;
    let response = response.unwrap();
    assert_eq!(response.status(), 200);
    response.text().await.unwrap()
}

/// The hidden wins are nowhere, whoever looks.
async fn assert_hidden(show: &Show, announced: usize) {
    let (stage, scene) = (&show.stage, &show.stage.scene);
    let rows = show.rows().await;
    let (shown, hidden) = rows.split_at(announced);
    let mut texts = vec![file(show, "winners").await, stage.transcript_text(&show.draw).await];
    let staff = [
        &scene.creator,
        &scene.admin,
        &scene.viewer,
        &scene.outsider,
        stage.world().stranger(),
    ];
    for client in staff.into_iter().chain(stage.people.iter().map(|(person, _)| person)) {
        texts.push(everything(show, client).await);
    }
    let dump = stage.world().dump().await;
    texts.push(dump["room_events"].join(" "));
    texts.push(dump["audit_logs"].join(" "));
    for win in hidden {
        for text in &texts {
            assert!(!text.contains(&win.id.to_string()), "{} is in {text}", win.id);
            assert!(!text.contains(&win.id.0.to_string()), "{} is in {text}", win.id);
            assert!(
                !text.contains(&win.id.0.simple().to_string()),
                "{} is in {text}",
                win.id
            );
        }
        let winner = stage.person(&win.participant_id.to_string());
        for client in [winner, &scene.creator, stage.world().stranger()] {
            let document = "query($id: ID!) { node(id: $id) { id } }";
            let answer = client.run(document, json!({ "id": win.id.to_string() })).await;
            assert_eq!(answer.body["data"]["node"], json!(null), "{}", answer.body);
        }
        for mutation in ["claimPrize", "declinePrize"] {
            let input = json!({ "winnerId": win.id.to_string() });
            stage.world().refuses(winner, mutation, input, "NOT_FOUND", None).await;
        }
        let document = "query($id: ID!) { node(id: $id) { ... on Participant { winners { nodes { id } } } } }";
        let answer = winner
            .run(document, json!({ "id": win.participant_id.to_string() }))
            .await;
        let theirs = shown.iter().filter(|shown| shown.participant_id == win.participant_id);
        assert_eq!(answer.list("/node/winners/nodes").len(), theirs.count());
    }
    assert_eq!(
        file(show, "winners").await.lines().count(),
        1 + announced,
        "a line each"
    );
    let transcript = stage.transcript(&show.draw).await;
    assert_eq!((&transcript["seed"], &transcript["prizes"]), (&json!(null), &json!([])));
    assert!(matches!(
        stage.verify(&show.draw).await.unwrap().standing,
        Standing::Open(draw::Awaited::Result)
    ));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn until_its_moment_a_win_is_nowhere(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let show = Show::begin(database).await;
    assert_eq!(show.rows().await.len(), WINS);
    assert_hidden(&show, 1).await;
    show.next().await;
    assert_hidden(&show, 2).await;
    show.next().await;
    let text = everything(&show, show.stage.world().stranger()).await + &file(&show, "winners").await;
    for win in show.rows().await {
        assert!(text.contains(&win.id.to_string()), "now everything is there: {text}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn voiding_in_the_middle_shows_the_seed_and_never_the_hidden(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let show = Show::begin(database).await;
    let (stage, room) = (&show.stage, &show.stage.scene.room);
    let announced = show.next().await;
    stage.by_winner(&announced[0], "claimPrize").await;
    let last = show.rows().await.pop().unwrap();
    let mut follower = Follower::events(stage.world().stranger(), room, None, "__typename").await;
    follower.is_silent().await;

    let input = json!({ "drawId": show.draw, "reason": "The stream broke down" });
    stage.tell("voidDraw", input).await.text("/voidDraw/draw/id");
    assert!(show.seed().await.is_string());
    assert_eq!(stage.verify(&show.draw).await.unwrap().standing, Standing::Void);
    assert_eq!(
        (stage.remaining(&show.car).await, stage.remaining(&show.pens).await),
        (1, 2)
    );
    for _ in &announced {
        assert_eq!(
            follower.next().await["__typename"],
            "WinnerRevoked",
            "of those whom everybody knows"
        );
    }
    assert_eq!(follower.next().await["__typename"], "DrawStepTaken");

    // A draw beside it, to see that the server has looked since.
    let prize = stage.scene.prize(2).await;
    let beside = stage.create_simple("L0", &prize, 0).await;
    stage.call("freezeDraw", &beside).await;
    let input = json!({ "drawId": beside, "paceSeconds": 1 });
    stage.tell("runDraw", input).await.text("/runDraw/draw/id");
    stage.world().clock.advance(Duration::seconds(100));
    stage.winners_when(&beside, 2).await;

    let winners = stage.winners(&show.draw).await;
    let before: Vec<_> = announced.iter().map(|win| &win.id).collect();
    assert_eq!(winners.iter().map(|win| &win.id).collect::<Vec<_>>(), before);
    assert!(winners.iter().all(|win| win.status == "REVOKED"));
    let mut texts = everything(&show, &stage.scene.creator).await + &file(&show, "winners").await;
    texts += &stage.transcript_text(&show.draw).await;
    assert!(!texts.contains(&last.id.to_string()), "{texts}");
    let document = "query($id: ID!) { node(id: $id) { id } }";
    let answer = stage
        .scene
        .creator
        .run(document, json!({ "id": last.id.to_string() }))
        .await;
    assert_eq!(answer.body["data"]["node"], json!(null), "{}", answer.body);
}
