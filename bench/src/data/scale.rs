//! How large the data set is, and which row belongs to which. All of it is arithmetic, so that the benchmark knows
//! every id without asking the database.

use entity::{
    OrganizationId, ParticipantId, PrizeId, RoomId, SessionId, UserId,
    id::{Id, format},
};
use uuid::Uuid;

/// Milliseconds of the Unix epoch at which the data set begins: 1 January 2026, 00:00 UTC.
pub const BEGINNING: u64 = 1_767_225_600_000;

/// Participants of a room.
pub const SEATS: u64 = 50;
/// Prizes of a room.
pub const PRIZES: u64 = 5;
/// Winners of a room that has any.
pub const WINNERS: u64 = 10;
/// Rooms of an organization.
pub const ROOMS_OF_ORGANIZATION: u64 = 50;
/// Members whose first organization is the same.
pub const MEMBERS: u64 = 20;
/// Rooms whose people come at the same time, so that a room's rows lie apart, as in real use.
pub const BLOCK: u64 = 100;

/// The rows of a table are numbered from 0; the table's tag keeps their ids apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// `users`.
    User = 1,
    /// `sessions`, one for each user, with the same number.
    Session,
    /// `organizations`.
    Organization,
    /// `memberships`.
    Membership,
    /// `apps`, one for each organization, with the same number.
    App,
    /// `rooms`.
    Room,
    /// `participants`.
    Participant,
    /// `prizes`.
    Prize,
    /// `winners`.
    Winner,
}

/// The size of the data set: rooms, a multiple of [`BLOCK`].
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Rooms.
    pub rooms: u64,
}

impl Scale {
    /// Accounts.
    pub fn users(self) -> u64 {
        self.rooms * 10
    }

    /// Tenants.
    pub fn organizations(self) -> u64 {
        self.rooms / ROOMS_OF_ORGANIZATION
    }

    /// Users who are members: each of three organizations.
    pub fn members(self) -> u64 {
        self.organizations() * MEMBERS
    }

    /// Places in rooms.
    pub fn participants(self) -> u64 {
        self.rooms * SEATS
    }

    /// What can be won.
    pub fn prizes(self) -> u64 {
        self.rooms * PRIZES
    }

    /// The first rooms have winners; drafts among them do not.
    pub fn rooms_with_winners(self) -> u64 {
        self.rooms / 5
    }

    /// Two seats of a room never go to the same user.
    pub fn seat_step(self) -> u64 {
        self.users() / SEATS - 1
    }

    /// A user who is not in a room, a different one for each `choice` below [`Scale::seat_step`].
    pub fn stranger(self, room: u64, choice: u64) -> u64 {
        (room * 37 + 1 + choice % (self.seat_step() - 1)) % self.users()
    }
}

/// The number of the participant in a seat of a room.
pub fn participant(room: u64, seat: u64) -> u64 {
    room / BLOCK * BLOCK * SEATS + seat * BLOCK + room % BLOCK
}

/// Whether a room is open. The SQL of the data set says the same.
pub fn is_active(room: u64) -> bool {
    room % 20 < 15
}

/// Whether a room is public. The SQL of the data set says the same.
pub fn is_public(room: u64) -> bool {
    room % 4 != 3
}

/// The ADMIN of a room's organization.
pub fn admin(room: u64) -> u64 {
    room / ROOMS_OF_ORGANIZATION * MEMBERS
}

/// A row's UUIDv7: a second apart from the row before. The SQL of the data set computes the same.
pub fn uuid(table: Table, number: u64) -> Uuid {
    let moment = BEGINNING + number * 1000;
    let high = (moment << 16) | 0x7000 | table as u64;
    Uuid::from_u64_pair(high, 0x8000_0000_0000_0000 | number)
}

/// A row's id as the API writes it.
pub fn text(table: Table, number: u64) -> String {
    let prefix = match table {
        Table::User => UserId::PREFIX,
        Table::Session => SessionId::PREFIX,
        Table::Organization => OrganizationId::PREFIX,
        Table::Room => RoomId::PREFIX,
        Table::Participant => ParticipantId::PREFIX,
        Table::Prize => PrizeId::PREFIX,
        Table::Membership => entity::MembershipId::PREFIX,
        Table::App => entity::AppId::PREFIX,
        Table::Winner => entity::WinnerId::PREFIX,
    };
    format(prefix, uuid(table, number))
}
