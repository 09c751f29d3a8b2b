//! What is measured: each scenario with its document, its requests and its goal.

use anyhow::Result;
use serde_json::{Value as Json, json};

use crate::{
    client::{Prepared, Tokens},
    data::scale::{PRIZES, ROOMS_OF_ORGANIZATION, Scale, Table, admin, is_active, is_public, participant, text},
};

/// The three-level list. The bare server answers the same document.
pub const THREE_LEVELS: &str = "query ($organization: ID!) {
  rooms(first: 20, filter: { organizationId: $organization, status: [ACTIVE], isPublic: true }) { nodes {
    id title status isPublic startsAt
    participants(first: 10) { nodes { id role tickets user { id displayName } } }
    prizes(first: 5) { nodes { id name quantity quantityRemaining } }
    winners(first: 5) { nodes { id status prize { name } participant { user { displayName } } } }
  } }
}";

const EMPTY: &str = "{ __typename }";
const VIEWER: &str = "{ viewer {
  email firstName lastName timezone profile { id displayName }
  memberships(first: 20) { nodes { id role organization { id name slug } } }
} }";
const JOIN_CODE: &str = "query ($room: ID!) { room(id: $room) { joinCode } }";
const LIST: &str =
    "{ rooms(first: 20, filter: { status: [ACTIVE], isPublic: true, startsAfter: \"2026-06-01T00:00:00Z\" },
    orderBy: { field: STARTS_AT }) {
  nodes { id title description status startsAt maxParticipants } pageInfo { hasNextPage endCursor }
} }";
const TEXT: &str = "query ($text: String!) { rooms(first: 20, filter: { text: $text }) {
  nodes { id title description status startsAt maxParticipants } pageInfo { hasNextPage endCursor }
} }";
const ONE_ROOM: &str = "query ($room: ID!) { room(id: $room) {
  id title description status isPublic joinCode startsAt endsAt maxParticipants settings createdAt updatedAt
  organization { id name } app { id name } viewerParticipation { id role }
  participants(first: 50) {
    totalCount pageInfo { hasNextPage }
    nodes { id role tickets joinedAt metadata user { id displayName avatarUrl } }
  }
  prizes { nodes { id name description quantity quantityRemaining metadata } }
  winners { nodes { id status announcedAt prize { id name } participant { id user { id displayName } } } }
  events(first: 20) { sequence occurredAt __typename }
} }";
const AWARD: &str = "mutation ($prize: ID!, $participant: ID!) {
  awardPrize(input: { prizeId: $prize, participantId: $participant }) { winner { id status } }
}";
const CREATE: &str = "mutation ($room: ID!, $name: String!) {
  createPrize(input: { roomId: $room, name: $name, quantity: 3 }) { prize { id name position quantityRemaining } }
}";
const JOIN: &str = "mutation ($room: ID!) { joinRoom(input: { roomId: $room }) { participant { id role tickets } } }";

/// What a figure should stay under.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// Milliseconds of the median, with one connection.
    Latency(f64),
    /// Times the CPU of the bare server.
    TimesBare(f64),
}

/// One row of the table.
pub struct Scenario {
    /// Its name in the table.
    pub name: &'static str,
    /// What it should stay under.
    pub goal: Option<Goal>,
    /// What is sent.
    pub requests: Vec<Prepared>,
    /// Whether a request can be sent only once.
    pub once: bool,
}

/// How often the data set was changed by earlier runs: a change cannot be made twice.
#[derive(Clone, Copy, Debug, Default)]
pub struct Done {
    /// Prizes awarded.
    pub awards: u64,
    /// Rooms joined.
    pub joins: u64,
}

/// Requests of a scenario that changes something: more than any machine gets through.
const CHANGES: u64 = 30_000;

/// All scenarios whose name contains `only`.
///
/// # Errors
/// When a token cannot be signed.
pub fn scenarios(scale: Scale, tokens: &Tokens, done: Done, only: &str) -> Result<Vec<Scenario>> {
    let asking = Asking { scale, tokens };
    let all: [(&str, Option<Goal>, Maker<'_>); 11] = [
        ("empty query, anonymous", None, &|a| a.anonymous()),
        (
            "session validation, kept for a second",
            Some(Goal::Latency(1.0)),
            &|a| a.one_session(),
        ),
        (
            "session validation, from the database",
            Some(Goal::Latency(1.0)),
            &|a| a.many_sessions(),
        ),
        ("viewer with memberships", None, &|a| a.viewer()),
        ("permission check (room, join code)", Some(Goal::Latency(1.0)), &|a| {
            a.permission()
        }),
        ("room list of 20, filter and order", Some(Goal::Latency(10.0)), &|a| {
            a.list()
        }),
        (
            "room list, text that 1 room in 900 has",
            Some(Goal::Latency(10.0)),
            &|a| a.text(),
        ),
        (
            "three levels: 20 rooms × people, prizes, winners",
            Some(Goal::TimesBare(1.3)),
            &|a| a.three_levels(),
        ),
        ("one room in full, 50 people", None, &|a| a.one_room()),
        ("awardPrize", Some(Goal::Latency(5.0)), &|a| a.award(done.awards)),
        ("joinRoom", None, &|a| a.join(done.joins)),
    ];
    let wanted = all.into_iter().filter(|(name, ..)| name.contains(only));
    wanted
        .map(|(name, goal, make)| {
            Ok(Scenario {
                name,
                goal,
                requests: make(&asking)?,
                once: matches!(name, "awardPrize" | "joinRoom"),
            })
        })
        .collect()
}

/// The smallest query, of one signed-in user.
///
/// # Errors
/// When a token cannot be signed.
pub fn one_session(scale: Scale, tokens: &Tokens) -> Result<Vec<Prepared>> {
    Asking { scale, tokens }.one_session()
}

/// Requests of a day: what is read may be asked again, a change only once.
pub struct Mix {
    /// Room lists of 20, each of another caller.
    pub lists: Vec<Prepared>,
    /// One room in full.
    pub rooms: Vec<Prepared>,
    /// Awards and new prizes in turn.
    pub changes: Vec<Prepared>,
}

/// Callers of room lists in a mix.
const CALLERS: u64 = 2_000;

/// Requests of a day.
///
/// # Errors
/// When a token cannot be signed.
pub fn mix(scale: Scale, tokens: &Tokens, done: Done) -> Result<Mix> {
    let asking = Asking { scale, tokens };
    let awards = asking.award(done.awards)?;
    let prizes = asking.new_prizes(awards.len() as u64)?;
    let pairs = awards.into_iter().zip(prizes);
    Ok(Mix {
        lists: asking.lists(CALLERS)?,
        rooms: asking.one_room()?,
        changes: pairs.flat_map(|(award, prize)| [award, prize]).collect(),
    })
}

/// The three-level list, as users who are members nowhere ask for it.
///
/// # Errors
/// When a token cannot be signed.
pub fn three_levels(scale: Scale, tokens: &Tokens) -> Result<Vec<Prepared>> {
    Asking { scale, tokens }.three_levels()
}

type Maker<'a> = &'a dyn Fn(&Asking<'_>) -> Result<Vec<Prepared>>;

struct Asking<'a> {
    scale: Scale,
    tokens: &'a Tokens,
}

impl Asking<'_> {
    fn ask(&self, user: u64, document: &str, variables: Json) -> Result<Prepared> {
        Prepared::new(Some(&self.tokens.bearer(user)?), document, &variables)
    }

    fn anonymous(&self) -> Result<Vec<Prepared>> {
        Ok(vec![Prepared::new(None, EMPTY, &json!({}))?])
    }

    fn one_session(&self) -> Result<Vec<Prepared>> {
        Ok(vec![self.ask(0, EMPTY, json!({}))?])
    }

    /// So many that none comes again within the second in which its state is kept.
    fn many_sessions(&self) -> Result<Vec<Prepared>> {
        let users = self.scale.users().min(20_000);
        (0..users)
            .map(|number| self.ask(number * 7 % self.scale.users(), EMPTY, json!({})))
            .collect()
    }

    fn viewer(&self) -> Result<Vec<Prepared>> {
        let users = self.scale.members().min(1_000);
        (0..users).map(|user| self.ask(user, VIEWER, json!({}))).collect()
    }

    fn permission(&self) -> Result<Vec<Prepared>> {
        let rooms = (0..self.scale.rooms).step_by(17).take(500);
        rooms
            .map(|room| self.ask(admin(room), JOIN_CODE, json!({ "room": text(Table::Room, room) })))
            .collect()
    }

    fn list(&self) -> Result<Vec<Prepared>> {
        self.lists(200)
    }

    fn lists(&self, callers: u64) -> Result<Vec<Prepared>> {
        (0..callers)
            .map(|number| self.ask(number * 13 % self.scale.users(), LIST, json!({})))
            .collect()
    }

    /// The digits are part of the titles.
    fn text(&self) -> Result<Vec<Prepared>> {
        (0..200)
            .map(|number| self.ask(number * 13, TEXT, json!({ "text": format!("{:03}", 100 + number) })))
            .collect()
    }

    /// Only organizations whose rooms have winners.
    fn three_levels(&self) -> Result<Vec<Prepared>> {
        let organizations = (self.scale.rooms_with_winners() / ROOMS_OF_ORGANIZATION).max(1);
        (0..200)
            .map(|number| {
                let organization = text(Table::Organization, number % organizations);
                let user = self.scale.members() + number * 13;
                self.ask(user, THREE_LEVELS, json!({ "organization": organization }))
            })
            .collect()
    }

    fn one_room(&self) -> Result<Vec<Prepared>> {
        let rooms = (0..self.scale.rooms_with_winners())
            .filter(|room| is_active(*room))
            .step_by(7);
        rooms
            .map(|room| self.ask(admin(room), ONE_ROOM, json!({ "room": text(Table::Room, room) })))
            .take(200)
            .collect()
    }

    /// Rooms in turn, so that two awards at once are seldom in the same room; seats 2 to 46 can win, and the rooms
    /// without winners come first in the series.
    fn award(&self, done: u64) -> Result<Vec<Prepared>> {
        let rooms: Vec<u64> = (self.scale.rooms_with_winners()..self.scale.rooms)
            .filter(|room| is_active(*room))
            .collect();
        let each = 45 * PRIZES;
        let most = rooms.len() as u64 * each;
        let numbers = done..(done + CHANGES).min(most);
        numbers
            .map(|number| {
                let room = rooms[(number % rooms.len() as u64) as usize];
                let choice = number / rooms.len() as u64;
                let seat = 2 + choice / PRIZES;
                let prize = room * PRIZES + choice % PRIZES;
                let variables = json!({
                    "prize": text(Table::Prize, prize),
                    "participant": text(Table::Participant, participant(room, seat)),
                });
                self.ask(admin(room), AWARD, variables)
            })
            .collect()
    }

    /// In rooms with winners, where the scenarios award nothing; each room gets one now and then.
    fn new_prizes(&self, count: u64) -> Result<Vec<Prepared>> {
        let rooms: Vec<u64> = (0..self.scale.rooms_with_winners())
            .filter(|room| is_active(*room))
            .collect();
        (0..count)
            .map(|number| {
                let room = rooms[(number % rooms.len() as u64) as usize];
                let variables = json!({ "room": text(Table::Room, room), "name": format!("Extra prize {number}") });
                self.ask(admin(room), CREATE, variables)
            })
            .collect()
    }

    fn join(&self, done: u64) -> Result<Vec<Prepared>> {
        let rooms: Vec<u64> = (0..self.scale.rooms)
            .filter(|room| is_active(*room) && is_public(*room))
            .collect();
        let most = rooms.len() as u64 * (self.scale.seat_step() - 1);
        let numbers = done..(done + CHANGES).min(most);
        numbers
            .map(|number| {
                let room = rooms[(number % rooms.len() as u64) as usize];
                let user = self.scale.stranger(room, number / rooms.len() as u64);
                self.ask(user, JOIN, json!({ "room": text(Table::Room, room) }))
            })
            .collect()
    }
}
