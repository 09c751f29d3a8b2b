//! The transcript: everything that it takes to compute a draw again.

use std::sync::Arc;

use draw::{Exclusion, Head, Hex, PrizeRanking, Tail, push_entry};
use entity::{
    DrawId,
    draw::{draw as row, draw_exclusion},
    room::participant,
};

use super::{
    afterwards::{afterwards, event},
    list::{self, nonce, public_id},
    plan::milliseconds,
    receipt::{freeze_of, signature_of},
    stored::{hash_of, policy_of},
    winners::rankings,
};
use crate::{
    caller::Caller,
    draw::finder,
    error::{Error, Result},
    operation::Services,
    room::participant_of,
    store::{Located, Reading, Scope, rows_by_id, seen_row},
};

/// A transcript that is about to be sent: its beginning and its end, and the list in between, read piece by piece.
pub struct Transcript {
    /// Changes whenever a byte does.
    pub version: String,
    /// Entries of its list.
    pub entries: u64,
    draw: DrawId,
    head: String,
    tail: String,
    services: Arc<Services>,
    caller: Caller,
}

/// The version of a draw's transcript, for who sees its room, or was in it while the draw was there.
///
/// # Errors
/// `NOT_FOUND` for others.
pub async fn transcript_version(services: &Services, caller: &Caller, id: DrawId) -> Result<String> {
    let (reading, _) = readable(services, caller, id).await?;
    version(&reading, id).await
}

/// A draw's transcript, for who sees its room, or was in it while the draw was there.
///
/// # Errors
/// `NOT_FOUND` for others.
pub async fn transcript(services: Arc<Services>, caller: Caller, id: DrawId) -> Result<Transcript> {
    let (reading, draw) = readable(&services, &caller, id).await?;
    let version = version(&reading, id).await?;
    let (head, tail) = (head(&reading, &draw).await?, tail(&reading, &draw).await?);
    drop(reading);
    Ok(Transcript {
        version,
        draw: id,
        entries: head.freeze.as_ref().map_or(0, |freeze| freeze.n),
        head: head.text()?,
        tail: tail.text()?,
        services,
        caller,
    })
}

/// A view of the database with a draw that the caller may check. Nobody loses that by being removed from a private room.
async fn readable(services: &Services, caller: &Caller, id: DrawId) -> Result<(Reading, row::Model)> {
    let reading = services.store.read(caller);
    let unseen = match seen_row::<row::Entity>(&reading, id).await {
        Ok(draw) => return Ok((reading, draw)),
        Err(error @ Error::NotFound { .. }) => error,
        Err(error) => return Err(error),
    };
    // Never two connections in one request.
    drop(reading);
    let Some(user) = caller.user() else {
        return Err(unseen);
    };
    let reading = services.store.read_located(caller, &id.target()).await?;
    let draw = finder::draw_by_id(&reading, id).await?;
    let place = participant_of(&reading, draw.room_id, user).await?;
    match place.and_then(|place| place.left_at) {
        Some(left) if left >= draw.created_at => Ok((reading, draw)),
        _ => Err(unseen),
    }
}

async fn version(scope: &impl Scope, id: DrawId) -> Result<String> {
    let last = finder::last_step(scope, id).await?;
    Ok(format!("{id}-{}", last.map_or(0, |step| step.position)))
}

async fn head(scope: &impl Scope, draw: &row::Model) -> Result<Head> {
    Ok(Head {
        version: draw::Version::V1,
        policy: policy_of(draw)?,
        policy_hash: Hex(hash_of(&draw.policy_hash)?),
        signature: signature_of(draw, &draw.signature)?,
        exclusions: exclusions(scope, draw).await?,
        freeze: freeze_of(draw)?,
    })
}

async fn exclusions(scope: &impl Scope, draw: &row::Model) -> Result<Vec<Exclusion>> {
    let rows = finder::exclusions_of(scope, draw.id).await?;
    let places = rows.iter().map(|row| row.participant_id.0).collect();
    let places = rows_by_id::<participant::Entity>(scope, places).await?;
    let exclusion = |row: draw_exclusion::Model| {
        let place = places.get(&row.participant_id);
        let place = place.ok_or_else(|| Error::internal(anyhow::anyhow!("an exclusion lost its participant")))?;
        let user = public_id(place.user_id, place.agent_id)?;
        Ok(Exclusion {
            pid: Hex(draw::pid(&draw.id.to_string(), &user, &nonce(&place.entry_nonce)?)),
            reason: row.reason,
            at: milliseconds(row.created_at),
        })
    };
    rows.into_iter().map(exclusion).collect()
}

async fn tail(scope: &impl Scope, draw: &row::Model) -> Result<Tail> {
    let prizes = finder::draw_prizes(scope, draw.id).await?;
    // While winners are being announced, rankings are hidden as the seed is.
    let rankings = match draw.seed {
        Some(_) => rankings(scope, &prizes).await?,
        None => Vec::new(),
    };
    let shown = prizes.iter().zip(rankings).map(|(prize, ranking)| PrizeRanking {
        id: prize.prize_id.to_string(),
        ranking,
    });
    let mut events = Vec::new();
    // Claims of what is announced already come with everything else: before, there is nothing that they could be checked with.
    if draw.seed.is_some() || draw.voided_at.is_some() {
        for step in afterwards(scope, draw).await? {
            events.extend(event(&step)?);
        }
    }
    Ok(Tail {
        seed: draw.seed.as_deref().map(hash_of).transpose()?.map(Hex),
        entropy: draw.entropy.as_deref().map(serde_json::from_str).transpose()?,
        prizes: shown.collect(),
        events,
    })
}

impl Transcript {
    /// The text in pieces. Each is read for itself: a slow reader holds nothing. What is read is never changed.
    pub fn pieces(self) -> impl futures::Stream<Item = Result<String>> + Send {
        let Self {
            draw,
            entries: count,
            head,
            tail,
            services,
            caller,
            ..
        } = self;
        let entries = futures::stream::try_unfold((0_i32, 0_u64), move |(number, index)| {
            let (services, caller) = (services.clone(), caller.clone());
            async move {
                // The list may have been closed since the head was read.
                if index == count {
                    return Ok(None);
                }
                // Who may no longer read gets no document that looks whole.
                let (reading, _) = readable(&services, &caller, draw).await?;
                let Some(chunk) = finder::chunk(&reading, draw, number).await? else {
                    return Err(Error::internal(anyhow::anyhow!("{draw} has lost a part of its list")));
                };
                let (mut text, mut index) = (String::new(), index);
                for entry in list::entries(&chunk)? {
                    push_entry(&mut text, index, &entry);
                    index += 1;
                }
                Ok(Some((text, (number + 1, index))))
            }
        });
        let one = |text: String| futures::stream::once(std::future::ready(Ok(text)));
        use futures::StreamExt;
        one(head).chain(entries).chain(one(tail))
    }
}
