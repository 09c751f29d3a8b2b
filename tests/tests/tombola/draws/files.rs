//! Transcripts and lists over HTTP.

use chrono::Duration;
use entity::room::participant;
use reqwest::{Method, Response, header::HeaderMap};
use rstest::rstest;
use sea_orm::EntityTrait;
use serde_json::{Value as Json, json};
use tests::{Client, Database};
use tokio::{io::AsyncWriteExt, process::Command};

use super::{
    crowd::crowd,
    sound::wins,
    stage::{Stage, done},
};

async fn get(client: &Client, path: &str, headers: &[(&str, &str)]) -> Response {
    ask(client, Method::GET, path, headers).await
}

async fn ask(client: &Client, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = client.http().request(method, format!("{}{path}", client.base()));
    if let Some(token) = &client.token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

async fn unpacked(bytes: Vec<u8>) -> Vec<u8> {
    let mut gzip = Command::new("gzip")
        .arg("-dc")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = gzip.stdin.take().unwrap();
    let written = tokio::spawn(async move { input.write_all(&bytes).await });
    let output = gzip.wait_with_output().await.unwrap();
    written.await.unwrap().unwrap();
    assert!(output.status.success());
    output.stdout
}

fn transcript_of(draw: &str) -> String {
    format!("/draws/{draw}/transcript.json")
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transcript_has_a_tag_for_each_state_and_encoding(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 5).await;
    let prize = stage.scene.prize(2).await;
    let draw = stage.create_simple("L1", &prize, 2).await;
    let (path, stranger) = (transcript_of(&draw), stage.world().stranger().clone());
    let mut tags: Vec<String> = Vec::new();
    let mut look = async || {
        let plain = get(&stranger, &path, &[]).await;
        assert_eq!(plain.status(), 200);
        let headers = plain.headers().clone();
        assert_eq!(header(&headers, "content-type"), "application/json");
        assert_eq!(header(&headers, "content-encoding"), "");
        assert!(header(&headers, "vary").contains("accept-encoding"), "{headers:?}");
        assert_eq!(header(&headers, "x-content-type-options"), "nosniff");
        let tag = header(&headers, "etag").to_owned();
        assert!(tag.starts_with('"') && tag.ends_with('"'), "a strong tag: {tag}");
        let body = plain.bytes().await.unwrap();

        let packed = get(&stranger, &path, &[("accept-encoding", "br, gzip;q=0.5")]).await;
        let headers = packed.headers().clone();
        assert_eq!(header(&headers, "content-encoding"), "gzip");
        let packed_tag = header(&headers, "etag").to_owned();
        assert_ne!(packed_tag, tag, "another representation");
        assert!(packed_tag.starts_with('"'), "{packed_tag}");
        assert_eq!(unpacked(packed.bytes().await.unwrap().to_vec()).await, body);
        let refused = get(&stranger, &path, &[("accept-encoding", "gzip;q=0")]).await;
        assert_eq!(header(refused.headers(), "content-encoding"), "");

        for (encoding, tag) in [("identity", &tag), ("gzip", &packed_tag)] {
            for known in [tag.clone(), format!("\"other\", W/{tag}"), "*".to_owned()] {
                let headers = [("accept-encoding", encoding), ("if-none-match", known.as_str())];
                let same = get(&stranger, &path, &headers).await;
                assert_eq!(same.status(), 304, "{known}");
                assert_eq!(header(same.headers(), "etag"), tag);
                assert!(same.bytes().await.unwrap().is_empty());
            }
        }
        for old in tags.iter().chain([&packed_tag]) {
            let changed = get(&stranger, &path, &[("if-none-match", old)]).await;
            assert_eq!(changed.status(), 200, "{old} is not {tag}");
        }
        assert!(!tags.contains(&tag));
        tags.push(tag);

        let head = ask(&stranger, Method::HEAD, &path, &[]).await;
        assert_eq!(
            (head.status().as_u16(), header(head.headers(), "etag")),
            (200, tags.last().unwrap().as_str())
        );
        assert!(head.bytes().await.unwrap().is_empty());
    };
    look().await;
    let out = json!({ "drawId": draw, "participantId": stage.people[0].1, "reason": "Works here" });
    assert!(stage.tell("excludeFromDraw", out).await.is_ok());
    look().await;
    stage.call("freezeDraw", &draw).await;
    look().await;
    let dice = json!({ "drawId": draw, "dice": super::stage::DICE });
    assert!(stage.tell("provideDrawEntropy", dice).await.is_ok());
    look().await;
    stage.call("runDraw", &draw).await;
    look().await;
    let win = stage.winners(&draw).await.remove(0);
    let claim = json!({ "winnerId": win.id });
    let claimed = stage
        .person(&win.participant)
        .mutate("claimPrize", claim, "winner { id }")
        .await;
    assert!(claimed.is_ok(), "{}", claimed.body);
    look().await;
    let void = json!({ "drawId": draw, "reason": "For a reason" });
    assert!(stage.tell("voidDraw", void).await.is_ok());
    look().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_of_a_transcript_is_read_once(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let stage = Stage::new(database, 3).await;
    let prize = stage.scene.prize(1).await;
    let draw = stage.drawn(&prize, 0).await;
    let path = transcript_of(&draw);
    let taken = async |headers: &[(&str, &str)]| {
        let before = stage.world().statements();
        let answer = get(stage.world().stranger(), &path, headers).await;
        assert_eq!(answer.status(), 200);
        drop(answer.bytes().await.unwrap());
        stage.world().statements() - before
    };
    let first = taken(&[]).await;
    for headers in [&[][..], &[("accept-encoding", "gzip")]] {
        let again = taken(headers).await;
        // Whether its room is seen, and which version there is.
        assert!(again <= 3 && again < first, "{again} statements after {first}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transcript_is_for_who_sees_the_room(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let mut stage = Stage::new(database, 0).await;
    stage.scene.room = stage
        .scene
        .creator
        .active_room(&stage.scene.organization, json!({ "title": "Private" }))
        .await;
    let (guest, _) = stage.scene.staff("Gina", "PARTICIPANT").await;
    let prize = stage.scene.prize(1).await;
    let draw = stage.create_simple("L0", &prize, 0).await;
    stage.call("freezeDraw", &draw).await;
    let path = transcript_of(&draw);
    for client in [&guest, &stage.scene.creator, &stage.scene.viewer, &stage.scene.admin] {
        let answer = get(client, &path, &[]).await;
        assert_eq!(answer.status(), 200);
        let body = answer.text().await.unwrap();
        draw::verify(body.as_bytes(), &mut |_| {}).unwrap();
    }
    let known = get(&guest, &path, &[]).await;
    let tag = header(known.headers(), "etag").to_owned();
    for client in [stage.world().stranger(), &stage.scene.outsider] {
        for headers in [&[][..], &[("if-none-match", tag.as_str())], &[("if-none-match", "*")]] {
            let answer = get(client, &path, headers).await;
            assert_eq!(answer.status(), 404);
            let body: Json = answer.json().await.unwrap();
            assert!(body.to_string().contains("NOT_FOUND"), "{body}");
        }
    }
    let bad = stage.world().stranger().signed_in("no-token", "");
    assert_eq!(get(&bad, &path, &[]).await.status(), 401);

    // Who was removed or left can check the draws that were there, and no later ones.
    let (removed, place) = stage.scene.staff("Rita Removed", "PARTICIPANT").await;
    done(
        &stage.scene.creator,
        "removeParticipant",
        json!({ "participantId": place }),
    )
    .await;
    done(&guest, "leaveRoom", json!({ "roomId": stage.scene.room })).await;
    stage.world().clock.advance(Duration::milliseconds(1));
    let later = stage.create_simple("L0", &stage.scene.prize(1).await, 0).await;
    for client in [&guest, &removed] {
        assert_eq!(get(client, &transcript_of(&later), &[]).await.status(), 404);
        let answer = get(client, &path, &[]).await;
        assert_eq!(answer.status(), 200);
        draw::verify(answer.text().await.unwrap().as_bytes(), &mut |_| {}).unwrap();
    }
    assert_eq!(get(&stage.scene.outsider, &path, &[]).await.status(), 404);

    let nobody: entity::DrawId = stage.world().clock.new_id();
    for id in [
        nobody.to_string(),
        prize,
        "draw_".to_owned(),
        "%00".to_owned(),
        "x".repeat(2000),
    ] {
        let answer = get(&stage.scene.creator, &transcript_of(&id), &[]).await;
        assert_eq!(answer.status(), 404, "{id}");
    }
    let post = ask(&guest, Method::POST, &path, &[]).await;
    assert_eq!(post.status(), 405);
}

/// The cells of a file (RFC 4180), read by hand. Without a byte order mark Excel does not take it for UTF-8.
fn cells(text: &str) -> Vec<Vec<String>> {
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    let (mut lines, mut line, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut rest = text.chars().peekable();
    while let Some(next) = rest.next() {
        match (next, quoted) {
            ('"', true) if rest.peek() == Some(&'"') => cell.extend(rest.next()),
            ('"', _) => quoted = !quoted,
            (',', false) => line.push(std::mem::take(&mut cell)),
            ('\r', false) => {
                assert_eq!(rest.next(), Some('\n'), "lines end with CRLF");
                line.push(std::mem::take(&mut cell));
                lines.push(std::mem::take(&mut line));
            }
            ('\n', false) => panic!("a line break without CR outside of quotes"),
            (other, _) => cell.push(other),
        }
    }
    assert!(line.is_empty() && cell.is_empty() && !quoted, "the last line ends too");
    lines
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_stand_in_lists_as_they_are_and_formulas_do_nothing(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 0).await;
    let names = [
        ("Zoë \"Zo\" Müller, 東京 🎉", "Zoë \"Zo\" Müller, 東京 🎉"),
        ("two\nlines", "two\nlines"),
        ("two\r\nlines", "two\r\nlines"),
        ("=1+1", "'=1+1"),
        ("+49 1", "'+49 1"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tTab", "'\tTab"),
        ("\rReturn", "'\rReturn"),
        ("＝1", "'＝1"),
        ("a=b", "a=b"),
        ("DDE;=cmd|'/C calc'!A0", "'DDE;'=cmd|'/C calc'!A0"),
    ];
    let prize = stage.scene.prize(20).await;
    for (name, _) in names {
        let (_, place) = stage.scene.participant(name).await;
        stage.scene.award(&prize, &place).await;
    }
    for file in ["participants", "winners"] {
        let path = format!("/rooms/{}/{file}.csv", stage.scene.room);
        for client in [&stage.scene.creator, &stage.scene.admin] {
            let answer = get(client, &path, &[]).await;
            assert_eq!(answer.status(), 200);
            let kind = header(answer.headers(), "content-type");
            assert!(kind.starts_with("text/csv; charset=utf-8"), "{kind}");
            let disposition = header(answer.headers(), "content-disposition");
            assert!(disposition.starts_with("attachment"), "{disposition}");
            let lines = cells(&answer.text().await.unwrap());
            let column = lines[0].iter().position(|name| name == "display_name").unwrap();
            assert!(lines.iter().all(|line| line.len() == lines[0].len()));
            let found: Vec<_> = lines[1..].iter().map(|line| line[column].as_str()).collect();
            for (_, expected) in names {
                assert_eq!(
                    found.iter().filter(|name| **name == expected).count(),
                    1,
                    "{expected:?} in {found:?}"
                );
            }
        }
        let guest = stage.scene.participant("Guest").await.0;
        let moderator = stage.scene.staff("Mona", "MODERATOR").await.0;
        for client in [&guest, &moderator, &stage.scene.viewer, &stage.scene.outsider] {
            assert_eq!(get(client, &path, &[]).await.status(), 403);
        }
        assert_eq!(get(stage.world().stranger(), &path, &[]).await.status(), 401);
    }
    let private = stage
        .scene
        .creator
        .active_room(&stage.scene.organization, json!({ "title": "Private" }))
        .await;
    for id in [private.as_str(), "room_", "nothing"] {
        let path = format!("/rooms/{id}/winners.csv");
        for client in [&stage.scene.outsider, stage.world().stranger()] {
            assert_eq!(get(client, &path, &[]).await.status(), 404, "{id}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_of_many_pages_hold_everybody_once_and_nobody_who_is_hidden(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let stage = Stage::new(database, 1).await;
    crowd(&stage, 2500).await;
    let prize = stage.scene.prize(2100).await;
    let draw = stage.create_simple("L0", &prize, 0).await;
    stage.call("freezeDraw", &draw).await;
    let run = stage
        .tell("runDraw", json!({ "drawId": draw, "paceSeconds": 40 }))
        .await;
    assert!(run.is_ok(), "{}", run.body);

    let ids = async |file: &str| {
        let path = format!("/rooms/{}/{file}.csv", stage.scene.room);
        let text = get(&stage.scene.creator, &path, &[]).await.text().await.unwrap();
        let mut ids: Vec<String> = cells(&text)[1..].iter().map(|line| line[0].clone()).collect();
        ids.sort_unstable();
        ids
    };
    let all = participant::Entity::find().all(&stage.world().db).await.unwrap();
    let mut places: Vec<_> = all.iter().map(|place| place.id.to_string()).collect();
    places.sort_unstable();
    assert_eq!(ids("participants").await, places);
    let hidden = wins(stage.world(), &draw).await;
    assert_eq!(hidden.len(), 2100);
    let shown: Vec<_> = hidden
        .iter()
        .filter(|win| win.announced_at.is_some())
        .map(|win| win.id.to_string())
        .collect();
    assert_eq!(shown.len(), 1);
    assert_eq!(ids("winners").await, shown);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_key_set_holds_the_key_that_signed(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

    let stage = Stage::new(database, 2).await;
    let prize = stage.scene.prize(1).await;
    let draw = stage.drawn(&prize, 0).await;
    let transcript = stage.transcript(&draw).await;
    let set: Json = get(stage.world().stranger(), "/.well-known/jwks.json", &[])
        .await
        .json()
        .await
        .unwrap();
    let keys = set["keys"].as_array().unwrap();
    let key = keys
        .iter()
        .find(|key| key["kid"] == transcript["signature"]["kid"])
        .expect("the key's name");
    assert_eq!((&key["kty"], &key["crv"]), (&json!("OKP"), &json!("Ed25519")));
    let bytes = URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap();
    let hexadecimal: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(transcript["signature"]["key"], json!(hexadecimal));
    assert_eq!(transcript["freeze"]["signature"]["key"], json!(hexadecimal));
    assert!(key.get("d").is_none(), "and nothing that is secret");
}
