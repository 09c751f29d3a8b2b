//! What a draw forbids to everything around it, so that nobody can move its result.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use entity::{
    PrizeId, RoomId,
    draw::draw::{self as row, DrawStatus},
    room::{participant, room},
};

use super::{people::DrawsUnderWay, plan::milliseconds, stored::closing};
use crate::{
    draw::finder,
    error::{Error, Result},
    room::{PeopleRules, RoomRules},
    store::Writing,
};

/// The rules of draws for their rooms.
pub struct DrawRules;

#[async_trait]
impl RoomRules for DrawRules {
    /// A prize whose list is closed has its winners from the draw alone: awarding what falls free by hand would be a way
    /// around the alternates. The room must be held.
    async fn may_award_prize(&self, tx: &Writing, prize: PrizeId) -> Result<()> {
        match closed_draw(tx, prize).await? {
            None => Ok(()),
            Some(draw) => Err(Error::conflict_of(
                "prizeId",
                format!(
                    "{} draws this prize, and its list is closed: winners come from the draw alone. Make another prize.",
                    draw.id
                ),
            )),
        }
    }

    /// A prize stays what was promised, and on the list, while a draw that is not void draws it.
    async fn may_change_prize(&self, tx: &Writing, prize: PrizeId) -> Result<()> {
        match finder::live_draws_of(tx, &[prize]).await?.first() {
            None => Ok(()),
            Some(draw) => Err(Error::conflict_of(
                "prizeId",
                format!(
                    "{} draws this prize: it stays as it was promised. Make another prize, or void the draw first.",
                    draw.id
                ),
            )),
        }
    }

    /// Prizes stay in their order while a draw of them is frozen, and until everything is announced.
    async fn may_reorder_prizes(&self, tx: &Writing, prizes: &[PrizeId]) -> Result<()> {
        let draws = finder::live_draws_of(tx, prizes).await?;
        match draws
            .iter()
            .find(|draw| draw.status == DrawStatus::Frozen || draw.announce_at.is_some())
        {
            None => Ok(()),
            Some(draw) => Err(Error::conflict(format!(
                "{} is under way, and the prizes that it draws keep their order. Run it first, or void it.",
                draw.id
            ))),
        }
    }

    /// A room goes on while one of its draws does.
    async fn may_complete_room(&self, tx: &Writing, room: RoomId) -> Result<()> {
        match finder::draws_under_way(tx, room).await?.first() {
            None => Ok(()),
            Some(draw) => Err(Error::conflict(format!(
                "{} is under way. Run it to its end first, or void it.",
                draw.id
            ))),
        }
    }

    /// A room is not called off over the heads of its winners: in a cancelled room nobody could claim.
    async fn may_cancel_room(&self, tx: &Writing, room: RoomId) -> Result<()> {
        match finder::standing_draws(tx, room).await?.first() {
            None => Ok(()),
            Some(draw) => Err(Error::conflict(format!(
                "{} is not void. Complete the room, and winners can go on claiming; or void its draws first.",
                draw.id
            ))),
        }
    }

    /// Transcripts stay for ever, those of void draws above all.
    async fn may_delete_room(&self, tx: &Writing, room: RoomId) -> Result<()> {
        if finder::has_draws(tx, room).await? {
            return Err(Error::conflict(
                "This room has had draws, and their transcripts must stay to be checked. It cannot be deleted.",
            ));
        }
        Ok(())
    }

    /// A room that has had a draw stays as open as it was: whoever could check the draw still can, and a list that is open
    /// until a promised time is open to whoever could come. The room must be held.
    async fn may_update_room(&self, tx: &Writing, before: &room::Model, after: &room::Model) -> Result<()> {
        if before.is_public && !after.is_public && finder::has_draws(tx, before.id).await? {
            return Err(Error::conflict_of(
                "isPublic",
                "This room has had draws, and whoever could check their transcripts must still be able to: it stays public.",
            ));
        }
        for draw in finder::draws_under_way(tx, before.id).await? {
            let Some(closes) = closing(&draw)?.filter(|closes| *closes > tx.now()) else {
                continue;
            };
            if let Some(field) = narrower(before, after, closes) {
                let closes = milliseconds(closes);
                return Err(Error::conflict_of(
                    field,
                    format!(
                        "The list of {} is open until {closes}, and until then whoever could come still can: {field} cannot \
                         be lowered. Wait until then, or void the draw.",
                        draw.id
                    ),
                ));
            }
        }
        Ok(())
    }

    async fn people(&self, tx: &Writing, room: RoomId) -> Result<Box<dyn PeopleRules>> {
        Ok(Box::new(DrawsUnderWay::of(tx, room).await?))
    }

    /// The draws for which someone who has just come is too late: their list is frozen, or was to close before, by the policy.
    /// The room must be held.
    async fn missed_draws(&self, tx: &Writing, newcomer: &participant::Model) -> Result<Vec<row::Model>> {
        let mut closed = Vec::new();
        for draw in finder::standing_draws(tx, newcomer.room_id).await? {
            let over = match draw.status {
                DrawStatus::Committed => closing(&draw)?,
                _ => Some(DateTime::<Utc>::MIN_UTC),
            };
            if over.is_some_and(|time| time < newcomer.joined_at) {
                closed.push(draw);
            }
        }
        Ok(closed)
    }
}

/// The field by which fewer people than before could come until a time.
fn narrower(before: &room::Model, after: &room::Model, until: DateTime<Utc>) -> Option<&'static str> {
    let ends = |room: &room::Model| room.ends_at.map_or(until, |ends| ends.min(until));
    let capacity = |room: &room::Model| room.max_participants.unwrap_or(i32::MAX);
    if ends(after) < ends(before) {
        return Some("endsAt");
    }
    (capacity(after) < capacity(before)).then_some("maxParticipants")
}

async fn closed_draw(tx: &Writing, prize: PrizeId) -> Result<Option<row::Model>> {
    let draws = finder::live_draws_of(tx, &[prize]).await?;
    Ok(draws.into_iter().find(|draw| draw.status != DrawStatus::Committed))
}
