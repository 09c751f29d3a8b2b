//! Asking a drand server for a round. What it answers is believed only because its signature holds.

use std::time::Duration;

use draw::DrandRound;
use entity::room::draw as row;
use serde::Deserialize;

use crate::{
    error::{Error, Result},
    operation::Operation,
    room::{
        event::{DrawPhase, Event},
        finder,
    },
    store::Target,
};

const TRIES: u64 = 3;
const TIMEOUT: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(500);

#[derive(Deserialize)]
struct Beacon {
    round: u64,
    signature: String,
}

/// The signature of a round, from the configured address.
pub(super) async fn fetch(operation: &Operation, draw: &row::Model, round: &DrandRound) -> Result<String> {
    let Some(base) = &operation.services().config.draws.drand_url else {
        return Err(Error::conflict_of(
            "fetch",
            "This server does not ask drand: its operator set no draws.drand_url. Paste the round's signature into drandSignature.",
        ));
    };
    let address = format!("{}/{}/public/{}", base.trim_end_matches('/'), round.chain, round.round);
    for done in 1..=TRIES {
        tell(operation, draw, done).await?;
        match ask(&address).await {
            Ok(beacon) if beacon.round == round.round => return Ok(beacon.signature),
            Ok(beacon) => tracing::warn!(%address, round = beacon.round, "drand answered another round"),
            Err(error) => tracing::warn!(%address, %error, try = done, "drand did not answer"),
        }
        if done < TRIES {
            tokio::time::sleep(PAUSE).await;
        }
    }
    Err(Error::Limited(
        format!("drand did not answer with the round in {TRIES} tries. Try again, or paste its signature into drandSignature.").into(),
    ))
}

async fn ask(address: &str) -> reqwest::Result<Beacon> {
    let client = reqwest::Client::builder().timeout(TIMEOUT).build()?;
    client.get(address).send().await?.error_for_status()?.json().await
}

async fn tell(operation: &Operation, draw: &row::Model, done: u64) -> Result<()> {
    let tx = operation.write(Target::Draw(draw.id)).await?;
    // As everybody else: whoever took the room's counter first would wait for its row, and be waited for.
    finder::room_held(&tx, draw.room_id).await?;
    let progress = Event::DrawProgress {
        draw_id: draw.id.0,
        phase: DrawPhase::FetchingRound,
        done,
        total: TRIES,
    };
    tx.announce(draw.room_id, progress.into_new()?);
    tx.commit().await
}
