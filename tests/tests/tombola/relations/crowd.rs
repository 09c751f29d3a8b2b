//! Many of everything: 50 organizations with 2 apps and 2 rooms each; 10 people, 10 prizes, 10 winners, 2 draws and 15
//! events in each room. No two parents are alike: some rooms have an app, some people have left, some prizes have no
//! winner, some winners no draw.

use api::room::{Event, ParticipantFacts, PrizeFacts, RoomFacts, WinnerFacts};
use entity::{
    UserId,
    identity::user,
    organization::{
        membership::{self, MemberRole},
        organization,
    },
    room::{
        app,
        participant::{self, ParticipantRole},
        prize,
        room::{self, RoomStatus},
        room_counter, room_event,
        winner::{self, WinnerSource, WinnerStatus},
    },
};
use sea_orm::DatabaseConnection;
use serde_json::json;
use tests::{Client, Database, World};

use super::{
    draws::{Draws, events_of_draw},
    rows::{Rows, insert},
};

const ORGANIZATIONS: usize = 50;
/// People who were ever in a room, of whom the last two are gone.
const PEOPLE: usize = 12;
const GONE: usize = 2;
const PRIZES: usize = 10;
const WINNERS: usize = 10;
/// Everybody is in one place only: a statement is never spared because some rows were there before.
const USERS: usize = 2 * ORGANIZATIONS * PEOPLE + MEMBERS * ORGANIZATIONS;
const MEMBERS: usize = 3;

/// Everything that was written, parents and children in the order of their ids.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) users: Vec<user::Model>,
    pub(crate) organizations: Vec<organization::Model>,
    pub(crate) memberships: Vec<membership::Model>,
    pub(crate) apps: Vec<app::Model>,
    pub(crate) rooms: Vec<room::Model>,
    pub(crate) counters: Vec<room_counter::Model>,
    pub(crate) participants: Vec<participant::Model>,
    pub(crate) prizes: Vec<prize::Model>,
    pub(crate) winners: Vec<winner::Model>,
    pub(crate) events: Vec<room_event::Model>,
    pub(crate) draws: Draws,
}

/// A world with many of everything.
pub(crate) struct Crowd {
    pub(crate) world: World,
    /// Member of every organization, in differing roles; in every other room, in differing roles.
    pub(crate) viewer: Client,
    pub(crate) written: Written,
}

impl Crowd {
    pub(crate) async fn new(database: Database) -> Self {
        // What is counted here are statements, of queries as wide as a test likes.
        let world = World::with(database, |config| {
            config.limits.cost = 10_000_000;
            config.limits.event_cost = 10_000_000;
        })
        .await;
        Self::in_world(world).await
    }

    pub(crate) async fn in_world(world: World) -> Self {
        let viewer = world.user("Ada").await;
        let me: UserId = viewer.user.parse().unwrap();
        let mut written = Written::default();
        written.fill(&Rows(world.clock.clone()), me);
        written.insert(&world.db).await;
        // The session is validated once, so that no later count holds that statement.
        viewer.query("{ viewer { email } }").await.text("/viewer/email");
        Self { world, viewer, written }
    }
}

impl Written {
    fn fill(&mut self, rows: &Rows, me: UserId) {
        self.users = (0..USERS).map(|number| rows.user(&format!("User {number}"))).collect();
        for number in 0..ORGANIZATIONS {
            let organization = rows.organization(&format!("Organization {number}"));
            let role = [MemberRole::Admin, MemberRole::Viewer, MemberRole::Creator][number % 3];
            self.memberships.push(rows.membership(organization.id, me, role));
            for place in 0..MEMBERS {
                let user = self.users[USERS - 1 - number * MEMBERS - place].id;
                self.memberships
                    .push(rows.membership(organization.id, user, MemberRole::Reviewer));
            }
            self.organizations.push(organization);
        }
        for organization in &self.organizations {
            for number in 0..2 {
                self.apps.push(rows.app(organization.id, &format!("App {number}")));
            }
        }
        for number in 0..2 * ORGANIZATIONS {
            self.room(rows, me, number);
        }
    }

    fn room(&mut self, rows: &Rows, me: UserId, number: usize) {
        let organization = &self.organizations[number / 2];
        let mut room = rows.room(organization.id, self.users[0].id, &format!("Room {number}"));
        room.app_id = number.is_multiple_of(2).then(|| self.apps[number].id);
        room.is_public = number.is_multiple_of(3);
        room.status = [RoomStatus::Active, RoomStatus::Draft, RoomStatus::Completed][number % 3];
        let people = self.people(rows, &room, me, number);
        let prizes: Vec<_> = (0..PRIZES)
            .map(|place| rows.prize(&room, place as i32, &format!("Prize {number}.{place}")))
            .collect();
        let [draw, _] = self.draws.add(rows, &room, &prizes, &people);
        let winners: Vec<_> = (0..WINNERS)
            .map(|place| {
                // Some prizes are won twice, some never.
                let mut winner = rows.winner(&prizes[place * place % PRIZES], &people[place * 5 % PEOPLE]);
                if place % 4 == 3 {
                    winner.status = WinnerStatus::Revoked;
                    winner.revoked_at = Some(winner.created_at);
                    winner.revoke_reason = Some("by mistake".to_owned());
                }
                if place % 2 == 0 {
                    winner.source = WinnerSource::Draw;
                    winner.draw_id = Some(draw);
                    winner.rank = Some(place as i32 + 1);
                }
                winner
            })
            .collect();
        let mut events = self.events(rows, &room, &people, &prizes, &winners);
        let more = events_of_draw(draw, &winners[2], &prizes, &people);
        for (sequence, event) in (events.len() as i64 + 1..).zip(more) {
            events.push(rows.event(&room, sequence, event));
        }
        let present = people.iter().filter(|person| person.left_at.is_none()).count();
        self.counters
            .push(rows.counter(&room, events.len() as i64, present as i32));
        self.rooms.push(room);
        self.participants.extend(people);
        self.prizes.extend(prizes);
        self.winners.extend(winners);
        self.events.extend(events);
    }

    fn people(&self, rows: &Rows, room: &room::Model, me: UserId, number: usize) -> Vec<participant::Model> {
        let mut people: Vec<_> = (0..PEOPLE)
            .map(|place| {
                let user = self.users[number * PEOPLE + place].id;
                let mut person = rows.participant(room, user, ParticipantRole::Participant);
                person.left_at = (place >= PEOPLE - GONE).then_some(person.joined_at);
                person.deleted_at = (place == PEOPLE - 1).then_some(person.joined_at);
                person
            })
            .collect();
        if number.is_multiple_of(2) {
            let role = [
                ParticipantRole::Organizer,
                ParticipantRole::Moderator,
                ParticipantRole::Participant,
                ParticipantRole::Viewer,
            ][number / 2 % 4];
            people.push(rows.participant(room, me, role));
        }
        people
    }

    fn events(
        &self,
        rows: &Rows,
        room: &room::Model,
        people: &[participant::Model],
        prizes: &[prize::Model],
        winners: &[winner::Model],
    ) -> Vec<room_event::Model> {
        let name = |person: &participant::Model| {
            let user = self.users.iter().find(|user| Some(user.id) == person.user_id);
            user.map(|user| user.display_name.as_str())
        };
        let person = |place: usize| ParticipantFacts::new(&people[place], name(&people[place]));
        let win = |place: usize| {
            let winner = &winners[place];
            let prize = prizes.iter().find(|prize| prize.id == winner.prize_id).unwrap();
            let who = people.iter().find(|who| who.id == winner.participant_id).unwrap();
            WinnerFacts::new(winner, prize, &ParticipantFacts::new(who, name(who)))
        };
        let joined = |participant| Event::ParticipantJoined {
            participant,
            participant_count: Some(1),
        };
        let opened = json!({ "kind": "ROOM_STATUS_CHANGED", "payload": { "from": "DRAFT", "to": "ACTIVE" } });
        let events = [
            joined(person(0)),
            joined(person(PEOPLE - 1)),
            serde_json::from_value(opened).unwrap(),
            Event::RoomChanged(RoomFacts::new(room)),
            Event::PrizeCreated(PrizeFacts::new(&prizes[0], room)),
            Event::PrizeChanged(PrizeFacts::new(&prizes[1], room)),
            Event::PrizeDeleted(PrizeFacts::new(&prizes[2], room)),
            Event::ParticipantChanged(person(1)),
            Event::WinnerAnnounced(win(0)),
            Event::WinnerRevoked {
                winner: win(3),
                reason: "by mistake".to_owned(),
            },
            Event::ParticipantLeft {
                participant: person(PEOPLE - 1),
                removed: true,
                participant_count: Some(1),
            },
            Event::WinnerAnnounced(win(1)),
        ];
        (1..)
            .zip(events)
            .map(|(sequence, event)| rows.event(room, sequence, event))
            .collect()
    }

    async fn insert(&self, db: &DatabaseConnection) {
        insert::<user::Entity>(db, &self.users).await;
        insert::<organization::Entity>(db, &self.organizations).await;
        insert::<membership::Entity>(db, &self.memberships).await;
        insert::<app::Entity>(db, &self.apps).await;
        insert::<room::Entity>(db, &self.rooms).await;
        insert::<room_counter::Entity>(db, &self.counters).await;
        insert::<participant::Entity>(db, &self.participants).await;
        insert::<prize::Entity>(db, &self.prizes).await;
        self.draws.insert(db).await;
        insert::<winner::Entity>(db, &self.winners).await;
        insert::<room_event::Entity>(db, &self.events).await;
    }
}
