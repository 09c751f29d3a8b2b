//! Winners and participants of a room as files for organizers.

mod table;

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, SecondsFormat, Utc};
use entity::{
    ParticipantId, PrizeId, RoomId, UserId,
    identity::profile,
    room::{participant, prize, room, winner},
};
use futures::{Stream, StreamExt, stream};
use sea_orm::{ActiveEnum, ModelTrait};
use uuid::Uuid;

use crate::{
    caller::Caller,
    error::Result,
    operation::Services,
    policy::Action,
    room::finder,
    store::{Reading, rows_by_id, seen_row},
};
use table::Cell;

/// Rows that are read at once: whoever reads slowly holds nothing.
const ROWS: u64 = 1000;

/// Which file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomFile {
    /// Who won what.
    Winners,
    /// Who was ever in the room.
    Participants,
}

/// A file of a room, in pieces.
///
/// # Errors
/// `NOT_FOUND`; `UNAUTHENTICATED` or `FORBIDDEN` for who does not run the room.
pub async fn room_file(
    services: Arc<Services>,
    caller: Caller,
    room: RoomId,
    file: RoomFile,
) -> Result<impl Stream<Item = Result<Vec<u8>>> + Send> {
    drop(allowed(&services, &caller, room).await?);
    let header = table::beginning(file.header())?;
    let rows = stream::try_unfold(Some(Uuid::nil()), move |after| {
        let (services, caller) = (services.clone(), caller.clone());
        async move {
            let Some(after) = after else {
                return Ok(None);
            };
            // Who may no longer read gets no file that looks whole.
            let reading = allowed(&services, &caller, room).await?;
            let (lines, last) = match file {
                RoomFile::Winners => winners(&reading, room, after).await?,
                RoomFile::Participants => participants(&reading, room, after).await?,
            };
            Ok(Some((table::lines(&lines)?, last)))
        }
    });
    Ok(stream::once(std::future::ready(Ok(header))).chain(rows))
}

/// A view of the database, once the policy has said that the caller may read the room's files.
async fn allowed(services: &Services, caller: &Caller, room: RoomId) -> Result<Reading> {
    let reading = services.store.read(caller);
    let row = seen_row::<room::Entity>(&reading, room).await?;
    finder::relations(&reading, &row).await?.allow(Action::ReadRoomFiles)?;
    Ok(reading)
}

impl RoomFile {
    fn header(self) -> &'static [&'static str] {
        match self {
            Self::Winners => &[
                "winner",
                "prize",
                "prize_name",
                "draw",
                "rank",
                "source",
                "status",
                "participant",
                "user",
                "display_name",
                "announced_at",
                "claim_by",
                "revoke_reason",
            ],
            Self::Participants => &[
                "participant",
                "user",
                "display_name",
                "role",
                "tickets",
                "joined_at",
                "left_at",
                "removed_at",
            ],
        }
    }
}

type Lines = (Vec<Vec<Cell>>, Option<Uuid>);

async fn winners(reading: &Reading, room: RoomId, after: Uuid) -> Result<Lines> {
    let rows = finder::rows_after::<winner::Entity>(reading, winner::Column::RoomId, room, after, ROWS).await?;
    let last = last(&rows, |row: &winner::Model| row.id.0);
    let places =
        rows_by_id::<participant::Entity>(reading, rows.iter().map(|row| row.participant_id.0).collect()).await?;
    let prizes = rows_by_id::<prize::Entity>(reading, rows.iter().map(|row| row.prize_id.0).collect()).await?;
    let users = names(reading, places.values()).await?;
    let line = |row: winner::Model| {
        let user = places
            .get::<ParticipantId>(&row.participant_id)
            .and_then(|place| place.user_id);
        let prize = prizes.get::<PrizeId>(&row.prize_id);
        vec![
            Cell::of(Some(row.id)),
            Cell::of(Some(row.prize_id)),
            Cell::of(prize.map(|prize| &prize.name)),
            Cell::of(row.draw_id),
            row.rank.map_or(Cell::Empty, |rank| Cell::Number(rank.into())),
            Cell::Text(row.source.to_value()),
            Cell::Text(row.status.to_value()),
            Cell::of(Some(row.participant_id)),
            Cell::of(user),
            Cell::of(user.and_then(|user| users.get(&user))),
            moment(row.announced_at),
            moment(row.claim_by),
            Cell::of(row.revoke_reason),
        ]
    };
    Ok((rows.into_iter().map(line).collect(), last))
}

async fn participants(reading: &Reading, room: RoomId, after: Uuid) -> Result<Lines> {
    let rows =
        finder::rows_after::<participant::Entity>(reading, participant::Column::RoomId, room, after, ROWS).await?;
    let last = last(&rows, |row: &participant::Model| row.id.0);
    let users = names(reading, rows.iter()).await?;
    let line = |row: participant::Model| {
        vec![
            Cell::of(Some(row.id)),
            Cell::of(row.user_id),
            Cell::of(row.user_id.and_then(|user| users.get(&user))),
            Cell::Text(row.role.to_value()),
            Cell::Number(row.tickets),
            moment(Some(row.joined_at)),
            moment(row.left_at),
            moment(row.deleted_at),
        ]
    };
    Ok((rows.into_iter().map(line).collect(), last))
}

fn last<M: ModelTrait>(rows: &[M], id: impl Fn(&M) -> Uuid) -> Option<Uuid> {
    (rows.len() as u64 == ROWS).then(|| rows.last().map(id)).flatten()
}

/// What people call themselves.
async fn names<'a>(
    reading: &Reading,
    places: impl Iterator<Item = &'a participant::Model>,
) -> Result<HashMap<UserId, String>> {
    let ids = places.filter_map(|place| place.user_id.map(|user| user.0)).collect();
    let users = rows_by_id::<profile::Entity>(reading, ids).await?;
    Ok(users.into_iter().map(|(id, user)| (id, user.display_name)).collect())
}

fn moment(time: Option<DateTime<Utc>>) -> Cell {
    Cell::of(time.map(|time| time.to_rfc3339_opts(SecondsFormat::Millis, true)))
}
