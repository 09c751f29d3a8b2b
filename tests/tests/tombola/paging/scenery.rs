//! Rooms to list: with equal titles, equal starts and none, and among them rooms that the viewer must not see.

use api::clock::Clock;
use chrono::{DateTime, Duration, TimeZone, Utc};
use entity::{
    OrganizationId, UserId,
    organization::{
        membership::{self, MemberRole},
        organization,
    },
    room::{
        room::{self, RoomStatus},
        room_counter,
    },
};
use tests::{Client, Database, World};

use crate::relations::rows::{Rows, insert};

/// The same numbers in every run (SplitMix64).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    /// A number from 0 to below `below`.
    pub(super) fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % below as u64) as usize
    }

    pub(super) fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[self.roll(among.len())]
    }
}

const TITLES: &[&str] = &[
    "Alpha",
    "alpha",
    "Álpha",
    "Beta",
    "Beta 2",
    "ß",
    "Ω",
    "日本",
    "🎉",
    "\u{10000}",
    "\u{FFFD}",
    "_",
    "Z",
];

/// How a list of rooms can be ordered.
pub(super) const FIELDS: [&str; 3] = ["CREATED_AT", "STARTS_AT", "TITLE"];

/// An organization with rooms, and another that the viewer knows nothing of.
pub(super) struct Scenery {
    pub(super) world: World,
    /// ADMIN of the organization.
    pub(super) viewer: Client,
    pub(super) organization: OrganizationId,
    other: OrganizationId,
    /// What the viewer may see.
    pub(super) rooms: Vec<room::Model>,
}

impl Scenery {
    /// `number` rooms that are seen, and as many that are not.
    pub(super) async fn new(database: Database, dice: &mut Dice, number: usize) -> Self {
        let world = World::new(database).await;
        let viewer = world.user("Ada").await;
        let rows = Rows(world.clock.clone());
        let organizations = [rows.organization("Ours"), rows.organization("Theirs")];
        insert::<organization::Entity>(&world.db, &organizations).await;
        let me: UserId = viewer.user.parse().unwrap();
        let membership = rows.membership(organizations[0].id, me, MemberRole::Admin);
        insert::<membership::Entity>(&world.db, &[membership]).await;
        let mut scenery = Self {
            world,
            viewer,
            organization: organizations[0].id,
            other: organizations[1].id,
            rooms: Vec::new(),
        };
        for _ in 0..number {
            let room = scenery.seen(dice);
            scenery.write(&room).await;
            scenery.rooms.push(room);
            let hidden = scenery.hidden(dice);
            scenery.write(&hidden).await;
        }
        scenery
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.world.clock
    }

    fn room(&self, dice: &mut Dice, organization: OrganizationId) -> room::Model {
        let by = self.viewer.user.parse().unwrap();
        let mut room = Rows(self.world.clock.clone()).room(organization, by, TITLES[dice.roll(TITLES.len())]);
        room.starts_at = (dice.roll(3) > 0).then(|| start(dice.roll(5)));
        room
    }

    /// A room that the viewer sees: of their organization whatever its status, or public.
    pub(super) fn seen(&self, dice: &mut Dice) -> room::Model {
        let ours = dice.roll(4) > 0;
        let mut room = self.room(dice, if ours { self.organization } else { self.other });
        let statuses = [
            RoomStatus::Active,
            RoomStatus::Completed,
            RoomStatus::Cancelled,
            RoomStatus::Draft,
        ];
        room.status = *dice.pick(&statuses[..if ours { 4 } else { 3 }]);
        room.is_public = !ours || dice.roll(2) == 0;
        room
    }

    /// A room that the viewer does not see: deleted, or another organization's private one or draft.
    fn hidden(&self, dice: &mut Dice) -> room::Model {
        let kind = dice.roll(3);
        let mut room = self.room(dice, if kind == 0 { self.organization } else { self.other });
        match kind {
            0 => room.deleted_at = Some(room.created_at),
            1 => room.is_public = false,
            _ => room.status = RoomStatus::Draft,
        }
        room
    }

    pub(super) async fn write(&self, room: &room::Model) {
        let counter = Rows(self.world.clock.clone()).counter(room, 0, 0);
        insert::<room::Entity>(&self.world.db, std::slice::from_ref(room)).await;
        insert::<room_counter::Entity>(&self.world.db, &[counter]).await;
    }
}

/// One of a few starts, some of which differ by a millisecond only.
pub(super) fn start(number: usize) -> DateTime<Utc> {
    let first = Utc.with_ymd_and_hms(2027, 3, 1, 9, 0, 0).unwrap();
    first + [0, 1, 10, 1000, 60_000].map(Duration::milliseconds)[number]
}

/// What the list must be: one sort, with rooms without a start at the end and equals by age.
pub(super) fn sorted(rooms: &[room::Model], field: &str, descending: bool) -> Vec<room::Model> {
    let mut rooms = rooms.to_vec();
    rooms.sort_by(|a, b| {
        let order = match field {
            "TITLE" => a.title_key.cmp(&b.title_key),
            "STARTS_AT" => {
                let nulls_last = a.starts_at.is_none().cmp(&b.starts_at.is_none());
                if nulls_last.is_ne() {
                    return nulls_last;
                }
                a.starts_at.cmp(&b.starts_at)
            }
            _ => std::cmp::Ordering::Equal,
        };
        let order = order.then(a.id.cmp(&b.id));
        if descending { order.reverse() } else { order }
    });
    rooms
}

pub(super) fn ids(rooms: &[room::Model]) -> Vec<String> {
    rooms.iter().map(|room| room.id.to_string()).collect()
}

pub(super) fn direction(descending: bool) -> &'static str {
    if descending { "DESC" } else { "ASC" }
}
