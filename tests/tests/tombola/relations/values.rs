//! Each child comes under its own parent.

use entity::room::participant;
use rstest::rstest;
use sea_orm::ActiveEnum;
use serde_json::{Value as Json, json};
use tests::Database;

use super::crowd::{Crowd, Written};

impl Written {
    fn name_of(&self, who: &participant::Model) -> Json {
        let user = self.users.iter().find(|user| Some(user.id) == who.user_id);
        json!(user.map_or("Ada", |user| user.display_name.as_str()))
    }

    fn organization(&self, number: usize) -> Json {
        json!({ "name": self.organizations[number].name })
    }

    /// A room as the query of the test asks for it.
    fn expected_room(&self, number: usize) -> Json {
        let room = &self.rooms[number];
        let app = self.apps.iter().find(|app| Some(app.id) == room.app_id);
        let of_room: Vec<_> = self.participants.iter().filter(|who| who.room_id == room.id).collect();
        let winners = || self.winners.iter().filter(|winner| winner.room_id == room.id);
        let person = |id| of_room.iter().find(|who| who.id == id).unwrap();
        let participants: Vec<_> = of_room
            .iter()
            .filter(|who| who.left_at.is_none())
            .map(|who| {
                let won = winners().filter(|winner| winner.participant_id == who.id);
                let won: Vec<_> = won.map(|winner| json!({ "id": winner.id.to_string() })).collect();
                json!({
                    "id": who.id.to_string(),
                    "user": { "displayName": self.name_of(who) },
                    "winners": { "totalCount": won.len(), "nodes": won },
                })
            })
            .collect();
        let prizes = self.prizes.iter().filter(|prize| prize.room_id == room.id);
        let prizes: Vec<_> = prizes
            .map(|prize| {
                let won: Vec<_> = winners()
                    .filter(|winner| winner.prize_id == prize.id)
                    .map(|winner| json!({ "participant": { "id": winner.participant_id.to_string() } }))
                    .collect();
                json!({ "name": prize.name, "room": { "title": room.title }, "winners": { "nodes": won } })
            })
            .collect();
        let winners: Vec<_> = winners()
            .map(|winner| {
                let prize = self.prizes.iter().find(|prize| prize.id == winner.prize_id).unwrap();
                let who = person(winner.participant_id);
                json!({
                    "status": winner.status.to_value(),
                    "prize": { "name": prize.name },
                    "user": { "displayName": self.name_of(who) },
                    "participant": {
                        "user": { "displayName": self.name_of(who) },
                        "left": who.left_at.is_some(),
                        "removed": who.deleted_at.is_some(),
                    },
                })
            })
            .collect();
        json!({
            "title": room.title,
            "organization": self.organization(number / 2),
            "app": app.map(|app| json!({ "name": app.name, "organization": self.organization(number / 2) })),
            "participants": { "totalCount": participants.len(), "nodes": participants },
            "prizes": { "totalCount": prizes.len(), "nodes": prizes },
            "winners": { "totalCount": winners.len(), "nodes": winners },
        })
    }
}

/// Times differ between databases in their fractions; here it matters whether there is one.
fn only_whether(value: &mut Json) {
    for winner in value["winners"]["nodes"].as_array_mut().unwrap() {
        let who = &mut winner["participant"];
        for field in ["left", "removed"] {
            who[field] = json!(!who[field].is_null());
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_child_comes_under_its_own_parent(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let crowd = Crowd::new(database).await;
    let document =
        "{ rooms(first: 100) { totalCount nodes { title organization { name } app { name organization { name } }
        participants { totalCount nodes { id user { displayName } winners { totalCount nodes { id } } } }
        prizes { totalCount nodes { name room { title } winners { nodes { participant { id } } } } }
        winners { totalCount nodes { status prize { name } user { displayName }
          participant { user { displayName } left: leftAt removed: deletedAt } } } } } }";

    let mut answer = crowd.viewer.query(document).await;

    assert_eq!(answer.number("/rooms/totalCount"), 100);
    let rooms = answer.body["data"]["rooms"]["nodes"].as_array_mut().unwrap();
    assert_eq!(rooms.len(), 100);
    for (number, room) in rooms.iter_mut().enumerate() {
        only_whether(room);
        assert_eq!(*room, crowd.written.expected_room(number), "room {number}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn organizations_apps_members_and_places_lead_to_their_own_rows(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let crowd = Crowd::new(database).await;
    let written = &crowd.written;
    let document = "{ viewer { profile { displayName } session { expiresAt }
        participations(first: 100) { totalCount nodes { room { title } user { displayName } } }
        memberships(first: 100) { totalCount nodes { role user { displayName } organization { name
          memberships { totalCount nodes { user { displayName } organization { name } } }
          apps { totalCount nodes { id organization { name } rooms { totalCount nodes { title } } } }
          rooms { totalCount nodes { title viewerParticipation { role } } } } } } } }";

    let answer = crowd.viewer.query(document).await;

    assert_eq!(answer.text("/viewer/profile/displayName"), "Ada");
    let places: Vec<_> = answer.list("/viewer/participations/nodes").to_vec();
    let expected: Vec<_> = (0..100)
        .step_by(2)
        .map(|number| json!({ "room": { "title": format!("Room {number}") }, "user": { "displayName": "Ada" } }))
        .collect();
    assert_eq!(places, expected);
    let memberships = answer.list("/viewer/memberships/nodes");
    assert_eq!(memberships.len(), 50);
    for (number, membership) in memberships.iter().enumerate() {
        let organization = &membership["organization"];
        let own = written.organization(number);
        assert_eq!(organization["name"], own["name"]);
        let members = written.memberships[number * 4..number * 4 + 4].iter().map(|row| {
            let user = written.users.iter().find(|user| user.id == row.user_id);
            let name = user.map_or("Ada", |user| user.display_name.as_str());
            json!({ "user": { "displayName": name }, "organization": own })
        });
        assert_eq!(organization["memberships"]["nodes"], json!(members.collect::<Vec<_>>()));
        let apps = (number * 2..number * 2 + 2).map(|app| {
            let runs: Vec<_> = app
                .is_multiple_of(2)
                .then(|| json!({ "title": format!("Room {app}") }))
                .into_iter()
                .collect();
            let id = written.apps[app].id.to_string();
            json!({ "id": id, "organization": own, "rooms": { "totalCount": runs.len(), "nodes": runs } })
        });
        assert_eq!(organization["apps"]["nodes"], json!(apps.collect::<Vec<_>>()));
        let role = ["ORGANIZER", "MODERATOR", "PARTICIPANT", "VIEWER"][number % 4];
        let rooms = json!([
            { "title": format!("Room {}", number * 2), "viewerParticipation": { "role": role } },
            { "title": format!("Room {}", number * 2 + 1), "viewerParticipation": null },
        ]);
        assert_eq!(organization["rooms"]["nodes"], rooms);
        let totals = ["memberships", "apps", "rooms"].map(|list| organization[list]["totalCount"].clone());
        assert_eq!(totals, [json!(4), json!(2), json!(2)]);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fields_of_the_right_roles_are_shown_row_by_row(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let crowd = Crowd::new(database).await;
    let document = "{ viewer { memberships(first: 100) { nodes { role email organization {
          memberships(first: 1, roles: [REVIEWER]) { nodes { email } } } } } }
        rooms(first: 100) { nodes { joinCode participants(first: 100) { nodes { metadata user { displayName } } } } } }";

    let answer = crowd.viewer.query(document).await;

    let memberships = answer.list("/viewer/memberships/nodes");
    for (number, membership) in memberships.iter().enumerate() {
        assert!(
            membership["email"]
                .as_str()
                .is_some_and(|email| email.starts_with("ada-")),
            "one's own"
        );
        let others = &membership["organization"]["memberships"]["nodes"][0]["email"];
        assert_eq!(others.is_string(), number % 3 == 0, "for ADMINs only: {membership}");
    }
    for (number, room) in answer.list("/rooms/nodes").iter().enumerate() {
        let admin = number / 2 % 3 == 0;
        let staff = number % 2 == 0 && number / 2 % 4 < 2;
        assert_eq!(room["joinCode"].is_string(), admin || staff, "room {number}: {room}");
        for who in room["participants"]["nodes"].as_array().unwrap() {
            let shown = admin || staff || who["user"]["displayName"] == "Ada";
            assert_eq!(who["metadata"].is_object(), shown, "room {number}: {who}");
        }
    }
}
