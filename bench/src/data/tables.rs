//! The statements that fill the tables, parents first.

use super::{
    dialect::Dialect,
    scale::{BLOCK, MEMBERS, PRIZES, ROOMS_OF_ORGANIZATION, SEATS, Scale, Table, WINNERS},
};

/// One table's rows in one statement.
pub struct Filling {
    /// The table.
    pub table: &'static str,
    /// `INSERT INTO … SELECT …`.
    pub sql: String,
}

/// The column lists are in the order of the selects below them.
pub fn fillings(scale: Scale, d: Dialect) -> Vec<Filling> {
    vec![
        users(scale, d),
        sessions(scale, d),
        organizations(scale, d),
        memberships(scale, d),
        apps(scale, d),
        rooms(scale, d),
        room_counters(scale, d),
        participants(scale, d),
        prizes(scale, d),
        winners(scale, d),
        room_events(scale, d),
    ]
}

fn filling(table: &'static str, columns: &str, values: &[String], from: &str) -> Filling {
    let values = values.join(", ");
    Filling {
        table,
        sql: format!("INSERT INTO {table} ({columns}) SELECT {values} FROM {from}"),
    }
}

/// The password that nobody knows: the text only has the width of a real hash.
fn users(scale: Scale, d: Dialect) -> Filling {
    let digits = d.digits("i", 6);
    let hash = format!("'$argon2id$v=19$m=19456,t=2,p=1${}'", "x".repeat(66));
    let values = [
        d.id(Table::User, "i"),
        format!("'person.' || {digits} || '@example.com'"),
        format!("'First' || {digits}"),
        "'Person'".to_owned(),
        format!("'Person ' || {digits}"),
        format!("'https://pictures.example.com/' || {digits} || '.webp'"),
        "'Europe/Vienna'".to_owned(),
        hash,
        d.moment("i"),
        d.moment("i"),
    ];
    let columns =
        "id, email, first_name, last_name, display_name, avatar_url, timezone, password_hash, created_at, updated_at";
    filling("users", columns, &values, &d.series(scale.users()))
}

/// They expire in a hundred years.
fn sessions(scale: Scale, d: Dialect) -> Filling {
    let values = [
        d.id(Table::Session, "i"),
        d.id(Table::User, "i"),
        "'bench'".to_owned(),
        "'127.0.0.1'".to_owned(),
        "'PASSWORD'".to_owned(),
        d.moment("i"),
        d.moment("i"),
        d.moment("3155760000"),
        d.moment("i"),
        d.moment("i"),
    ];
    let columns = "id, user_id, user_agent, ip_address, assurance_level, authenticated_at, last_seen_at, expires_at, \
                   created_at, updated_at";
    filling("sessions", columns, &values, &d.series(scale.users()))
}

fn organizations(scale: Scale, d: Dialect) -> Filling {
    let digits = d.digits("i", 4);
    let values = [
        d.id(Table::Organization, "i"),
        format!("'events-' || {digits}"),
        format!("'Events ' || {digits}"),
        format!("'events.' || {digits} || '@example.com'"),
        "'ACTIVE'".to_owned(),
        "'GROWTH'".to_owned(),
        d.moment("i"),
        d.moment("i"),
    ];
    let columns = "id, slug, name, admin_email, status, plan, created_at, updated_at";
    filling("organizations", columns, &values, &d.series(scale.organizations()))
}

/// Each member is in three organizations; every twentieth runs theirs.
fn memberships(scale: Scale, d: Dialect) -> Filling {
    let (members, organizations) = (scale.members(), scale.organizations());
    let user = format!("i % {members}");
    let organization = format!("(i % {members} / {MEMBERS} + i / {members} * 67) % {organizations}");
    let role = format!(
        "CASE WHEN i % {MEMBERS} = 0 THEN 'ADMIN' WHEN i % {MEMBERS} = 1 THEN 'REVIEWER' \
         WHEN i % {MEMBERS} < 10 THEN 'CREATOR' ELSE 'VIEWER' END"
    );
    let values = [
        d.id(Table::Membership, "i"),
        d.id(Table::Organization, &organization),
        d.id(Table::User, &user),
        role,
        d.moment("i"),
        d.moment("i"),
    ];
    let columns = "id, organization_id, user_id, role, created_at, updated_at";
    filling("memberships", columns, &values, &d.series(members * 3))
}

fn apps(scale: Scale, d: Dialect) -> Filling {
    let digits = d.digits("i", 4);
    let values = [
        d.id(Table::App, "i"),
        d.id(Table::Organization, "i"),
        "'lottery'".to_owned(),
        "'Lottery'".to_owned(),
        d.json("'{\"kind\":\"lottery\",\"version\":\"1.0.0\"}'"),
        d.json("'[\"rooms.run\",\"prizes.award\"]'"),
        format!("'client-' || {digits}"),
        match d.0 {
            api::config::DatabaseKind::Postgres => "sha256(i::text::bytea)".to_owned(),
            api::config::DatabaseKind::Sqlite => "randomblob(32)".to_owned(),
        },
        d.moment("i"),
        d.moment("i"),
    ];
    let columns =
        "id, organization_id, slug, name, manifest, permissions, client_id, secret_hash, created_at, updated_at";
    filling("apps", columns, &values, &d.series(scale.organizations()))
}

fn rooms(scale: Scale, d: Dialect) -> Filling {
    let organization = format!("i / {ROOMS_OF_ORGANIZATION}");
    let kind = |case: fn(&str) -> String| {
        let names: Vec<_> = ["Lottery", "Quiz", "Raffle", "Training"].map(case).into();
        format!(
            "CASE i % 4 WHEN 0 THEN '{}' WHEN 1 THEN '{}' WHEN 2 THEN '{}' ELSE '{}' END",
            names[0], names[1], names[2], names[3]
        )
    };
    let digits = d.digits("i", 5);
    let title = format!("{} || ' ' || {digits}", kind(str::to_owned));
    // What folding makes of titles in ASCII.
    let title_key = format!("{} || ' ' || {digits}", kind(str::to_lowercase));
    let search = format!("{title_key} || ' an hour of live fun for everybody in the room'");
    let values = [
        d.id(Table::Room, "i"),
        d.id(Table::Organization, &organization),
        d.id(Table::App, &organization),
        d.id(Table::User, &format!("i * 37 % {}", scale.users())),
        "'USER'".to_owned(),
        title,
        "'An hour of live fun for everybody in the room'".to_owned(),
        "CASE WHEN i % 20 < 15 THEN 'ACTIVE' WHEN i % 20 < 18 THEN 'COMPLETED' WHEN i % 20 = 18 THEN 'CANCELLED' \
         ELSE 'DRAFT' END"
            .to_owned(),
        "i % 4 <> 3".to_owned(),
        format!("'J' || {}", d.digits("i", 7)),
        // Scattered over two years.
        d.moment("i * 7919 % 730 * 86400 + 64800"),
        d.json("'{\"language\":\"en\"}'"),
        search,
        title_key,
        d.moment("i"),
        d.moment("i"),
    ];
    let columns = "id, organization_id, app_id, created_by_id, created_by_kind, title, description, status, is_public, join_code, \
                   starts_at, settings, search_text, title_key, created_at, updated_at";
    filling("rooms", columns, &values, &d.series(scale.rooms))
}

/// The condition on a room's number `room` that it has winners.
fn has_winners(scale: Scale, room: &str) -> String {
    format!("(({room}) < {} AND ({room}) % 20 <> 19)", scale.rooms_with_winners())
}

fn room_counters(scale: Scale, d: Dialect) -> Filling {
    let values = [
        d.id(Table::Room, "i"),
        d.id(Table::Organization, &format!("i / {ROOMS_OF_ORGANIZATION}")),
        format!("CASE WHEN {} THEN {WINNERS} + 1 ELSE 1 END", has_winners(scale, "i")),
        SEATS.to_string(),
        d.moment("i"),
        d.moment("i"),
    ];
    let columns = "room_id, organization_id, next_sequence, participant_count, created_at, updated_at";
    filling("room_counters", columns, &values, &d.series(scale.rooms))
}

/// Number of the user in a seat of a room.
fn user_in_seat(scale: Scale, room: &str, seat: &str) -> String {
    format!("(({room}) * 37 + ({seat}) * {}) % {}", scale.seat_step(), scale.users())
}

fn participants(scale: Scale, d: Dialect) -> Filling {
    let rows = BLOCK * SEATS;
    let room = format!("(i / {rows} * {BLOCK} + i % {BLOCK})");
    let seat = format!("(i % {rows} / {BLOCK})");
    let role = format!(
        "CASE WHEN {seat} = 0 THEN 'ORGANIZER' WHEN {seat} = 1 THEN 'MODERATOR' WHEN {seat} < 47 THEN 'PARTICIPANT' \
         ELSE 'VIEWER' END"
    );
    let values = [
        d.id(Table::Participant, "i"),
        d.id(Table::Organization, &format!("{room} / {ROOMS_OF_ORGANIZATION}")),
        d.id(Table::Room, &room),
        d.id(Table::User, &user_in_seat(scale, &room, &seat)),
        role,
        format!("1 + {seat} % 5"),
        d.nonce("i"),
        d.moment("i"),
        d.moment("i"),
        d.moment("i"),
    ];
    let columns =
        "id, organization_id, room_id, user_id, role, tickets, entry_nonce, joined_at, created_at, updated_at";
    filling("participants", columns, &values, &d.series(scale.participants()))
}

fn prizes(scale: Scale, d: Dialect) -> Filling {
    let room = format!("(i / {PRIZES})");
    let position = format!("(i % {PRIZES})");
    let given = format!(
        "CASE WHEN {} THEN {} ELSE 0 END",
        has_winners(scale, &room),
        WINNERS / PRIZES
    );
    let values = [
        d.id(Table::Prize, "i"),
        d.id(Table::Organization, &format!("{room} / {ROOMS_OF_ORGANIZATION}")),
        d.id(Table::Room, &room),
        format!("'Prize ' || {}", d.digits(&format!("{position} + 1"), 1)),
        "'A weekend for two, or the same in books'".to_owned(),
        position,
        "1000".to_owned(),
        format!("1000 - {given}"),
        d.moment("i"),
        d.moment("i"),
    ];
    let columns = "id, organization_id, room_id, name, description, position, quantity, quantity_remaining, \
                   created_at, updated_at";
    filling("prizes", columns, &values, &d.series(scale.prizes()))
}

/// A winner's room, its place among the room's winners, its prize and its participant, all by number.
struct WinnerNumbers {
    room: String,
    place: String,
    position: String,
    participant: String,
    seat: String,
}

fn winner_numbers() -> WinnerNumbers {
    let rows = BLOCK * WINNERS;
    let room = format!("(i / {rows} * {BLOCK} + i % {BLOCK})");
    let place = format!("(i % {rows} / {BLOCK})");
    let seat = format!("({place} + 5)");
    WinnerNumbers {
        position: format!("({place} % {PRIZES})"),
        participant: format!("({room} / {BLOCK} * {BLOCK} * {SEATS} + {seat} * {BLOCK} + {room} % {BLOCK})"),
        room,
        place,
        seat,
    }
}

fn winners(scale: Scale, d: Dialect) -> Filling {
    let w = winner_numbers();
    let values = [
        d.id(Table::Winner, "i"),
        d.id(Table::Organization, &format!("{} / {ROOMS_OF_ORGANIZATION}", w.room)),
        d.id(Table::Room, &w.room),
        d.id(Table::Prize, &format!("{} * {PRIZES} + {}", w.room, w.position)),
        d.id(Table::Participant, &w.participant),
        "'AWARD'".to_owned(),
        "CASE WHEN i % 3 = 0 THEN 'CLAIMED' ELSE 'PENDING' END".to_owned(),
        d.moment("i"),
        d.moment("i"),
        d.moment("i"),
    ];
    let columns =
        "id, organization_id, room_id, prize_id, participant_id, source, status, announced_at, created_at, updated_at";
    let from = format!(
        "{} WHERE {}",
        d.series(scale.rooms_with_winners() * WINNERS),
        has_winners(scale, &w.room)
    );
    filling("winners", columns, &values, &from)
}

/// The announcements of the winners above.
fn room_events(scale: Scale, d: Dialect) -> Filling {
    let w = winner_numbers();
    let user = user_in_seat(scale, &w.room, &w.seat);
    let text = |table, number: &str| d.uuid_text(&d.id(table, number));
    let payload = [
        format!("'{{\"winnerId\":\"' || {}", text(Table::Winner, "i")),
        format!(
            "'\",\"prizeId\":\"' || {}",
            text(Table::Prize, &format!("{} * {PRIZES} + {}", w.room, w.position))
        ),
        format!(
            "'\",\"prizeName\":\"Prize ' || {}",
            d.digits(&format!("{} + 1", w.position), 1)
        ),
        format!(
            "'\",\"participantId\":\"' || {}",
            text(Table::Participant, &w.participant)
        ),
        format!("'\",\"userId\":\"' || {}", text(Table::User, &user)),
        format!("'\",\"displayName\":\"Person ' || {}", d.digits(&user, 6)),
        "'\",\"quantityRemaining\":998}'".to_owned(),
    ];
    let values = [
        d.id(Table::Room, &w.room),
        format!("{} + 1", w.place),
        d.id(Table::Organization, &format!("{} / {ROOMS_OF_ORGANIZATION}", w.room)),
        "'WINNER_ANNOUNCED'".to_owned(),
        d.json(&payload.join(" || ")),
        d.moment("i"),
    ];
    let columns = "room_id, sequence, organization_id, kind, payload, created_at";
    let from = format!(
        "{} WHERE {}",
        d.series(scale.rooms_with_winners() * WINNERS),
        has_winners(scale, &w.room)
    );
    filling("room_events", columns, &values, &from)
}
