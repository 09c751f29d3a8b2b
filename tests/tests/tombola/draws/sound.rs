//! What is true of every draw at every time, read past the API; and its transcript, which must say the same.

use std::collections::BTreeSet;

use entity::{
    DrawId, RoomId,
    draw::{
        draw::{self as row, DrawStatus},
        draw_prize, draw_step,
        draw_step::DrawStepKind,
    },
    room::{
        prize, room_counter, room_event,
        winner::{self, WinnerStatus},
    },
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use tests::{Client, World};

use super::stage::Stage;

/// Longest wait for something that must happen.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);
/// Between two looks whether it has.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(5);

/// A draw's steps, in order.
pub(crate) async fn steps(world: &World, draw: &str) -> Vec<draw_step::Model> {
    let draw: DrawId = draw.parse().unwrap();
    let select = draw_step::Entity::find()
        .filter(draw_step::Column::DrawId.eq(draw))
        .order_by_asc(draw_step::Column::Position);
    select.all(&world.db).await.unwrap()
}

/// All wins of a draw, the hidden ones too.
pub(crate) async fn wins(world: &World, draw: &str) -> Vec<winner::Model> {
    let draw: DrawId = draw.parse().unwrap();
    let select = winner::Entity::find()
        .filter(winner::Column::DrawId.eq(draw))
        .order_by_asc(winner::Column::Id);
    select.all(&world.db).await.unwrap()
}

/// The kinds of a room's events, oldest first; their sequences run without gaps.
pub(crate) async fn kinds(world: &World, room: &str) -> Vec<String> {
    let room: RoomId = room.parse().unwrap();
    // The counter first: the server may go on meanwhile, and then there are more events than it said, never fewer.
    let counter = room_counter::Entity::find_by_id(room).one(&world.db).await.unwrap();
    let counted = counter.unwrap().next_sequence - 1;
    let select = room_event::Entity::find()
        .filter(room_event::Column::RoomId.eq(room))
        .order_by_asc(room_event::Column::Sequence);
    let events = select.all(&world.db).await.unwrap();
    let sequences: Vec<_> = events.iter().map(|event| event.sequence).collect();
    let expected: Vec<_> = (1..).take(sequences.len()).collect();
    assert_eq!(sequences, expected, "sequences run without gaps");
    assert!(
        sequences.last().copied().unwrap_or_default() >= counted,
        "every event that is counted is there: {counted}"
    );
    events.into_iter().map(|event| event.kind).collect()
}

/// How often something stands in a list.
pub(crate) fn count(kinds: &[String], kind: &str) -> usize {
    kinds.iter().filter(|known| *known == kind).count()
}

fn is_live(win: &winner::Model) -> bool {
    matches!(win.status, WinnerStatus::Pending | WinnerStatus::Claimed)
}

/// Waits until something is so, for what the server does by itself.
pub(crate) async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let wait = async {
        while !is_so().await {
            // Looking costs the server's own cores; it gets a moment between two looks.
            tokio::time::sleep(PAUSE).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, wait).await;
    assert!(waited.is_ok(), "it never comes to this: {what}");
}

/// Everything that must hold of a draw, whatever happened at the same time.
pub(crate) async fn draw_is_sound(stage: &Stage, draw: &str) {
    assert_sound_for(stage.world(), &stage.scene.room, draw, stage.world().stranger()).await;
}

/// The same, with a transcript from a server of one's choice.
pub(crate) async fn assert_sound_for(world: &World, room: &str, draw: &str, reader: &Client) {
    kinds(world, room).await;
    let steps = steps(world, draw).await;
    let positions: Vec<_> = steps.iter().map(|step| step.position).collect();
    let expected: Vec<_> = (1..).take(steps.len()).collect();
    assert_eq!(positions, expected, "steps run without gaps");
    for once in [
        DrawStepKind::Committed,
        DrawStepKind::Frozen,
        DrawStepKind::EntropyProvided,
        DrawStepKind::Drawn,
        DrawStepKind::Presented,
        DrawStepKind::Voided,
    ] {
        let times = steps.iter().filter(|step| step.kind == once).count();
        assert!(times <= 1, "{once:?} happened {times} times");
    }

    let id: DrawId = draw.parse().unwrap();
    let row = row::Entity::find_by_id(id).one(&world.db).await.unwrap().unwrap();
    let wins = wins(world, draw).await;
    let prizes = draw_prize::Entity::find().filter(draw_prize::Column::DrawId.eq(id));
    for drawn in prizes.all(&world.db).await.unwrap() {
        let prize = prize::Entity::find_by_id(drawn.prize_id).one(&world.db).await.unwrap();
        let prize = prize.unwrap();
        let all = winner::Entity::find().filter(winner::Column::PrizeId.eq(drawn.prize_id));
        let all = all.all(&world.db).await.unwrap();
        let live: Vec<_> = all.iter().filter(|win| is_live(win)).collect();
        let awarded = usize::try_from(prize.quantity - prize.quantity_remaining).unwrap();
        assert_eq!(live.len(), awarded, "what is given away has a winner: {prize:?}");
        let who: BTreeSet<_> = live.iter().map(|win| win.participant_id).collect();
        assert_eq!(who.len(), live.len(), "nobody has a prize twice: {prize:?}");
        let of_draw: Vec<_> = wins.iter().filter(|win| win.prize_id == drawn.prize_id).collect();
        let ranks: BTreeSet<_> = of_draw.iter().map(|win| win.rank.unwrap()).collect();
        assert_eq!(ranks.len(), of_draw.len(), "each rank wins once: {of_draw:?}");
        assert!(
            of_draw.iter().filter(|win| is_live(win)).count() <= usize::try_from(drawn.quantity).unwrap(),
            "nothing is given away beyond the promise"
        );
    }
    if row.status == DrawStatus::Void {
        assert!(!wins.iter().any(is_live), "a void draw has no winner");
    }

    let address = format!("{}/draws/{draw}/transcript.json", reader.base());
    let text = reader.http().get(address).send().await.unwrap().text().await.unwrap();
    let report = draw::verify(text.as_bytes(), &mut |_| {}).unwrap_or_else(|failure| panic!("{failure:?}\n{text}"));
    if row.presented_at.is_some() {
        let mut told: Vec<_> = report
            .prizes
            .iter()
            .flat_map(|prize| {
                let winners = prize.winners.iter();
                winners.map(|winner| (prize.id.clone(), i32::try_from(winner.rank).unwrap(), winner.claimed))
            })
            .collect();
        let live = wins.iter().filter(|win| is_live(win));
        let mut kept: Vec<_> = live
            .map(|win| {
                (
                    win.prize_id.to_string(),
                    win.rank.unwrap(),
                    win.status == WinnerStatus::Claimed,
                )
            })
            .collect();
        told.sort_unstable();
        kept.sort_unstable();
        assert_eq!(told, kept, "the transcript tells of the same winners");
    }
}
