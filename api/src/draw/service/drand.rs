//! Asking a drand server for a round. What it answers is believed only because its signature holds.

use std::time::Duration;

use draw::{Chain, DrandRound, Hex};
use entity::draw::draw as row;
use serde::Deserialize;

use super::progress::tell_progress;
use crate::{
    error::{Error, Result},
    operation::Operation,
    room::DrawPhase,
};

const TRIES: u64 = 3;
/// Bytes of an answer at most; a round has some 300.
const LARGEST: usize = 16 * 1024;
const PAUSE: Duration = Duration::from_millis(500);

#[derive(Deserialize)]
struct Beacon {
    round: u64,
    signature: String,
}

/// The signature of a round, from the configured address.
pub(super) async fn fetch(operation: &Operation, draw: &row::Model, round: &DrandRound) -> Result<Hex<48>> {
    let Some(base) = &operation.services().config.draws.drand_url else {
        return Err(Error::conflict_of(
            "fetch",
            "This server does not ask drand: its operator set no draws.drand_url. Paste the round's signature into drandSignature.",
        ));
    };
    let address = format!("{}/{}/public/{}", base.trim_end_matches('/'), round.chain, round.round);
    for done in 1..=TRIES {
        tell_progress(operation, draw, DrawPhase::FetchingRound, done, TRIES).await;
        match operation.services().outgoing.json::<Beacon>(&address, LARGEST).await {
            Ok(beacon) => match checked(&beacon, round)? {
                Some(signature) => return Ok(signature),
                None => tracing::warn!(%address, round = beacon.round, "what answered is not the round of drand"),
            },
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

/// The signature, if the answer is the round and its signature holds.
fn checked(beacon: &Beacon, round: &DrandRound) -> Result<Option<Hex<48>>> {
    let chain = chain_of(round)?;
    let signature = Hex::<48>::parse(&beacon.signature).ok();
    let signature = signature.filter(|_| beacon.round == round.round);
    Ok(signature.filter(|signature| chain.verify(round.round, &signature.0).is_ok()))
}

pub(super) fn chain_of(round: &DrandRound) -> Result<&'static Chain> {
    Chain::pinned(&round.chain).ok_or_else(|| Error::internal(anyhow::anyhow!("{} is no pinned chain", round.chain)))
}
