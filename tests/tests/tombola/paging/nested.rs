//! Every nested connection pages like the lists at the top, for each parent by itself.

use rstest::rstest;
use tests::{Database, World};

use super::list::List;
use crate::relations::{crowd::Crowd, schema::Schema};

/// A nested connection: its type and field, a parent, where the answer has it, arguments, the ids expected.
type Nested = (&'static str, &'static str, String, &'static str, String, Vec<String>);

impl Crowd {
    /// Every nested connection.
    fn connections(&self) -> Vec<Nested> {
        let mut connections = self.connections_of_rooms();
        connections.extend(self.connections_of_draws());
        connections
    }

    fn connections_of_draws(&self) -> [Nested; 4] {
        let (room, draws) = (&self.written.rooms[8], &self.written.draws);
        let of_room = draws.draws.iter().filter(|draw| draw.room_id == room.id);
        let draw = of_room.clone().next().unwrap().id;
        let steps = draws.steps.iter().filter(|step| step.draw_id == draw);
        let exclusions = draws.exclusions.iter().filter(|exclusion| exclusion.draw_id == draw);
        let winners = self
            .written
            .winners
            .iter()
            .filter(|winner| winner.draw_id == Some(draw));
        let case = |kind, field, id: String, expected| {
            let around = format!("{{ node(id: \"{id}\") {{ ... on {kind} {{ LIST }} }} }}");
            (kind, field, around, "/node", String::new(), expected)
        };
        [
            case(
                "Room",
                "draws",
                room.id.to_string(),
                of_room.map(|row| row.id.to_string()).collect(),
            ),
            case(
                "Draw",
                "steps",
                draw.to_string(),
                steps.map(|row| row.id.to_string()).collect(),
            ),
            case(
                "Draw",
                "exclusions",
                draw.to_string(),
                exclusions.map(|row| row.id.to_string()).collect(),
            ),
            case(
                "Draw",
                "winners",
                draw.to_string(),
                winners.map(|row| row.id.to_string()).collect(),
            ),
        ]
    }

    fn connections_of_rooms(&self) -> Vec<Nested> {
        let written = &self.written;
        let room = written.rooms[8].id;
        let in_room = |left: bool| {
            let of_room = written.participants.iter().filter(move |who| who.room_id == room);
            of_room.filter(move |who| who.left_at.is_some() == left)
        };
        let node = |id: String, kind: &str| format!("{{ node(id: \"{id}\") {{ ... on {kind} {{ LIST }} }} }}");
        let organization = written.organizations[2].id;
        let of_room = node(room.to_string(), "Room");
        let of_organization = node(organization.to_string(), "Organization");
        let prize = written.prizes.iter().find(|prize| {
            let winners = written.winners.iter().filter(|winner| winner.prize_id == prize.id);
            winners.count() > 1
        });
        let prize = prize.unwrap().id;
        let winner = written.winners.iter().find(|winner| winner.room_id == room).unwrap();
        let texts = |ids: &mut dyn Iterator<Item = String>| ids.collect::<Vec<_>>();
        let winners = |wanted: &dyn Fn(&entity::room::winner::Model) -> bool| {
            let found = written.winners.iter().filter(|winner| wanted(winner));
            found.map(|winner| winner.id.to_string()).collect::<Vec<_>>()
        };
        let me = &self.viewer.user;
        let mine = written
            .participants
            .iter()
            .filter(|who| who.user_id.is_some_and(|user| user.to_string() == *me));
        let memberships = written.memberships.iter();
        let own = memberships.clone().filter(|row| row.user_id.to_string() == *me);
        let members = memberships.filter(|row| row.organization_id == organization);
        let apps = written.apps.iter().filter(|app| app.organization_id == organization);
        let rooms = written.rooms.iter().filter(|room| room.organization_id == organization);
        let app = written.rooms[8].app_id.unwrap();
        let app_rooms = written.rooms.iter().filter(|room| room.app_id == Some(app));
        let prizes = written.prizes.iter().filter(|prize| prize.room_id == room);
        let by_title = "orderBy: { field: TITLE, direction: DESC }";
        vec![
            (
                "Room",
                "participants",
                of_room.clone(),
                "/node",
                String::new(),
                texts(&mut in_room(false).map(|row| row.id.to_string())),
            ),
            (
                "Room",
                "participants",
                of_room.clone(),
                "/node",
                "roles: [PARTICIPANT, VIEWER]".to_owned(),
                texts(
                    &mut in_room(false)
                        .filter(|row| row.user_id.is_none_or(|user| user.to_string() != *me))
                        .map(|row| row.id.to_string()),
                ),
            ),
            (
                "Room",
                "prizes",
                of_room.clone(),
                "/node",
                String::new(),
                texts(&mut prizes.map(|row| row.id.to_string())),
            ),
            (
                "Room",
                "winners",
                of_room.clone(),
                "/node",
                String::new(),
                winners(&|row| row.room_id == room),
            ),
            (
                "Room",
                "winners",
                of_room,
                "/node",
                "statuses: [PENDING]".to_owned(),
                winners(&|row| row.room_id == room && row.revoked_at.is_none()),
            ),
            (
                "Prize",
                "winners",
                node(prize.to_string(), "Prize"),
                "/node",
                String::new(),
                winners(&|row| row.prize_id == prize),
            ),
            (
                "Participant",
                "winners",
                node(winner.participant_id.to_string(), "Participant"),
                "/node",
                String::new(),
                winners(&|row| row.participant_id == winner.participant_id),
            ),
            (
                "Organization",
                "memberships",
                of_organization.clone(),
                "/node",
                String::new(),
                texts(&mut members.clone().map(|row| row.id.to_string())),
            ),
            (
                "Organization",
                "memberships",
                of_organization.clone(),
                "/node",
                "roles: [REVIEWER]".to_owned(),
                texts(&mut members.skip(1).map(|row| row.id.to_string())),
            ),
            (
                "Organization",
                "apps",
                of_organization.clone(),
                "/node",
                String::new(),
                texts(&mut apps.map(|row| row.id.to_string())),
            ),
            (
                "Organization",
                "rooms",
                of_organization.clone(),
                "/node",
                String::new(),
                texts(&mut rooms.clone().map(|row| row.id.to_string())),
            ),
            (
                "Organization",
                "rooms",
                of_organization,
                "/node",
                by_title.to_owned(),
                texts(&mut rooms.rev().map(|row| row.id.to_string())),
            ),
            (
                "App",
                "rooms",
                node(app.to_string(), "App"),
                "/node",
                by_title.to_owned(),
                texts(&mut app_rooms.map(|row| row.id.to_string())),
            ),
            (
                "Viewer",
                "memberships",
                "{ viewer { LIST } }".to_owned(),
                "/viewer",
                String::new(),
                texts(&mut own.map(|row| row.id.to_string())),
            ),
            (
                "Viewer",
                "participations",
                "{ viewer { LIST } }".to_owned(),
                "/viewer",
                String::new(),
                texts(&mut mine.map(|row| row.id.to_string())),
            ),
        ]
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_nested_connection_pages_both_ways(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let crowd = Crowd::new(database).await;
    for (_, field, around, at, arguments, expected) in crowd.connections() {
        assert!(!expected.is_empty(), "{field} {arguments}");
        let list = List {
            client: &crowd.viewer,
            around,
            at,
            field,
            arguments,
        };
        for size in [1, 3, 7, 100] {
            list.assert_forward(size, &expected).await;
            list.assert_backward(size, &expected).await;
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_nested_connection_of_the_schema_is_left_out(#[values(Database::Sqlite)] database: Database) {
    let crowd = Crowd::new(database).await;
    let schema = Schema::read(crowd.world.stranger()).await;
    let tested: Vec<_> = crowd.connections().iter().map(|case| (case.0, case.1)).collect();
    for (name, found) in schema.0.iter().filter(|(name, _)| *name != "Query") {
        for field in found.fields.iter().filter(|field| field.target.ends_with("Connection")) {
            let known = tested.contains(&(name.as_str(), field.name.as_str()));
            assert!(known, "{name}.{} has no case here", field.name);
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_parents_have_a_page_of_their_own_each(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let crowd = Crowd::in_world(World::new(database).await).await;
    let document = "{ rooms(first: 100) { nodes { id all: prizes(first: 10) { nodes { id } }
        tail: prizes(last: 4) { nodes { id } pageInfo { hasPreviousPage hasNextPage } }
        head: prizes(first: 3) { nodes { id } pageInfo { hasPreviousPage hasNextPage } } } } }";
    let answer = crowd.viewer.query(document).await;
    for (number, room) in answer.list("/rooms/nodes").iter().enumerate() {
        let own = &crowd.written.prizes[number * 10..number * 10 + 10];
        let expected: Vec<_> = own.iter().map(|prize| prize.id.to_string()).collect();
        let ids = |list: &str| -> Vec<String> {
            let nodes = room[list]["nodes"].as_array().unwrap().iter();
            nodes.map(|node| node["id"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(ids("all"), expected);
        assert_eq!(ids("head"), expected[..3]);
        assert_eq!(ids("tail"), expected[6..]);
        let flags = |list: &str| {
            (
                room[list]["pageInfo"]["hasPreviousPage"] == true,
                room[list]["pageInfo"]["hasNextPage"] == true,
            )
        };
        assert_eq!((flags("head"), flags("tail")), ((false, true), (true, false)));
    }
}
