//! What is true of every room at every time, and what its log and audit log hold: read past the API.

use std::collections::BTreeSet;

use entity::{
    Principal, RoomId, UserId,
    room::{
        participant::{self, ParticipantRole},
        prize, room_counter, room_event,
        winner::{self, WinnerStatus},
    },
    store::audit_log,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use tests::World;

/// A room's events, oldest first.
pub async fn events(world: &World, room: &str) -> Vec<room_event::Model> {
    let room: RoomId = room.parse().unwrap();
    let select = room_event::Entity::find()
        .filter(room_event::Column::RoomId.eq(room))
        .order_by_asc(room_event::Column::Sequence);
    select.all(&world.db).await.unwrap()
}

/// The kinds of a room's events, oldest first.
pub async fn kinds(world: &World, room: &str) -> Vec<String> {
    events(world, room).await.into_iter().map(|event| event.kind).collect()
}

/// The audit log, oldest first.
pub async fn audits(world: &World) -> Vec<audit_log::Model> {
    let select = audit_log::Entity::find().order_by_asc(audit_log::Column::Sequence);
    select.all(&world.db).await.unwrap()
}

/// The newest audit record tells of this action by this user, with its hash.
pub async fn assert_audited(world: &World, action: &str, actor: &str) {
    let record = audits(world).await.pop().expect("something is audited");
    let actor: UserId = actor.parse().unwrap();
    assert_eq!(record.action, action);
    let principal = Principal::of(record.actor_kind, record.actor_id);
    assert_eq!(principal, Some(actor.into()), "{action}");
    assert_eq!(record.hash.len(), 32, "{action}");
    assert!(record.hash.iter().any(|byte| *byte != 0), "{action}");
    assert_eq!(record.actor_address.as_deref(), Some("127.0.0.1"), "{action}");
}

/// Everything that must hold, whatever happened at the same time.
pub async fn assert_sound(world: &World, room: &str) {
    let id: RoomId = room.parse().unwrap();
    let counter = room_counter::Entity::find_by_id(id)
        .one(&world.db)
        .await
        .unwrap()
        .unwrap();

    let people = participant::Entity::find().filter(participant::Column::RoomId.eq(id));
    let people = people.all(&world.db).await.unwrap();
    let present: Vec<_> = people
        .iter()
        .filter(|one| one.left_at.is_none() && one.deleted_at.is_none())
        .collect();
    assert_eq!(
        present.len(),
        usize::try_from(counter.participant_count).unwrap(),
        "people are counted"
    );
    let organizes = |one: &participant::Model| one.role == ParticipantRole::Organizer;
    assert!(present.iter().copied().any(organizes), "a room keeps an organizer");
    let users: BTreeSet<_> = people.iter().map(|one| one.user_id).collect();
    assert_eq!(users.len(), people.len(), "one row for each user");
    let nonces: BTreeSet<_> = people.iter().map(|one| &one.entry_nonce).collect();
    assert_eq!(nonces.len(), people.len(), "nonces differ");

    let prizes = prize::Entity::find().filter(prize::Column::RoomId.eq(id));
    let wins = winner::Entity::find().filter(winner::Column::RoomId.eq(id));
    let wins = wins.all(&world.db).await.unwrap();
    for prize in prizes.all(&world.db).await.unwrap() {
        let live = wins.iter().filter(|win| {
            win.prize_id == prize.id && matches!(win.status, WinnerStatus::Pending | WinnerStatus::Claimed)
        });
        let live: Vec<_> = live.map(|win| win.participant_id).collect();
        let awarded = usize::try_from(prize.quantity - prize.quantity_remaining).unwrap();
        assert_eq!(live.len(), awarded, "what is awarded has a winner: {prize:?}");
        let who: BTreeSet<_> = live.iter().collect();
        assert_eq!(who.len(), live.len(), "nobody has a prize twice: {prize:?}");
        assert!(
            prize.deleted_at.is_none() || live.is_empty(),
            "a deleted prize has no winner: {prize:?}"
        );
    }

    let sequences: Vec<_> = events(world, room).await.iter().map(|event| event.sequence).collect();
    let expected: Vec<_> = (1..counter.next_sequence).collect();
    assert_eq!(sequences, expected, "sequences run without gaps");
}
