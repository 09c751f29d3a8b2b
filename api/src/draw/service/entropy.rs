//! The randomness that nobody could know when the list was closed: dice, or a round of drand.

use draw::{DrandRound, Entropy, Hex};
use entity::{
    DrawId,
    draw::{
        draw::{self as row, DrawLevel, DrawStatus},
        draw_step::DrawStepKind,
    },
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};

use super::{
    drand::{self, chain_of},
    history::{Step, record, require_draw_status},
    plan::milliseconds,
    stored::{managed, policy_of},
};
use crate::{
    error::{Error, Result},
    operation::Operation,
    policy::Action,
    store::{Audit, Unaudited},
};

/// What an organizer hands in.
#[derive(Clone, Debug)]
pub enum GivenEntropy {
    /// The digits of the throws.
    Dice(String),
    /// The signature of the policy's round, as hexadecimal text.
    RoundSignature(String),
    /// Nothing: the server is to fetch the round.
    FetchRound,
}

/// Takes the dice or the round that a frozen draw waits for. The same again changes nothing.
///
/// # Errors
/// `VALIDATION` for dice that are no throws or a signature that is not the round's; `NOT_FOUND`, `FORBIDDEN`; `CONFLICT`
/// before the freeze, before the round, at another level, or when there is other entropy already.
pub async fn provide_entropy(operation: &Operation, id: DrawId, given: GivenEntropy) -> Result<row::Model> {
    let handed_in = match given {
        GivenEntropy::Dice(dice) => HandedIn::Dice(dice_of(&dice)?),
        GivenEntropy::RoundSignature(signature) => HandedIn::Round(signature_of(&signature)?),
        GivenEntropy::FetchRound => {
            let (tx, _, draw) = managed(operation, id, Action::RunDraws).await?;
            let round = expected_round(&draw, operation.services().clock.now())?;
            // No connection is held while another server is asked.
            drop(tx);
            HandedIn::Round(drand::fetch(operation, &draw, &round).await?)
        }
    };
    let (tx, _, draw) = managed(operation, id, Action::RunDraws).await?;
    let entropy = match handed_in {
        HandedIn::Dice(dice) => dice_for(&draw, dice)?,
        HandedIn::Round(signature) => round_for(&draw, signature, tx.now())?,
    };
    let text = serde_json::to_string(&entropy)?;
    match &draw.entropy {
        // Nothing to change; but a key is used up.
        Some(known) if *known == text => return tx.commit(Unaudited::NothingChanged, draw).await,
        Some(_) => {
            return Err(Error::conflict_of(
                "drawId",
                "The draw has its entropy already, and there is no second throw. Run it, or void it with a reason.",
            ));
        }
        None => {}
    }
    let mut change = draw.into_active_model();
    change.entropy = Set(Some(text));
    change.updated_at = Set(tx.now());
    let draw = change.update(&tx).await?;
    record(&tx, &draw, DrawStepKind::EntropyProvided, draw.status, Step::default()).await?;
    tx.commit(Audit::Parts, draw).await
}

/// What was handed in, in its form.
enum HandedIn {
    Dice(String),
    Round(Hex<48>),
}

fn dice_of(text: &str) -> Result<String> {
    // People write throws down in groups.
    let dice: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    draw::check_dice(&dice).map_err(|fault| Error::validation("dice", format!("These are no dice: {fault}.")))?;
    Ok(dice)
}

fn signature_of(text: &str) -> Result<Hex<48>> {
    let field = "drandSignature";
    Hex::<48>::parse(&text.trim().to_ascii_lowercase())
        .map_err(|fault| Error::validation(field, format!("{field} must be 96 hexadecimal digits: {fault}.")))
}

fn dice_for(draw: &row::Model, dice: String) -> Result<Entropy> {
    if draw.level != DrawLevel::Dice {
        return Err(at_another_level(draw));
    }
    require_draw_status(draw, &[DrawStatus::Frozen, DrawStatus::Drawn], "dice can be given")?;
    Ok(Entropy::L1 { dice })
}

fn round_for(draw: &row::Model, signature: Hex<48>, now: chrono::DateTime<chrono::Utc>) -> Result<Entropy> {
    let round = expected_round(draw, now)?;
    let chain = chain_of(&round)?;
    chain.verify(round.round, &signature.0).map_err(|_| {
        Error::validation(
            "drandSignature",
            format!(
                "This is not the signature of round {} of drand's chain {}. No other round can take its place.",
                round.round, round.chain
            ),
        )
    })?;
    Ok(Entropy::L2 {
        chain: round.chain,
        round: round.round,
        signature,
    })
}

/// The round that a frozen draw waits for, once its time has come.
fn expected_round(draw: &row::Model, now: chrono::DateTime<chrono::Utc>) -> Result<DrandRound> {
    if draw.level != DrawLevel::Drand {
        return Err(at_another_level(draw));
    }
    require_draw_status(draw, &[DrawStatus::Frozen, DrawStatus::Drawn], "its round can be given")?;
    let round = policy_of(draw)?
        .drand
        .ok_or_else(|| Error::internal(anyhow::anyhow!("a policy of level L2 names no round")))?;
    match chain_of(&round)?.round_time(round.round) {
        Some(time) if time > milliseconds(now) => Err(Error::conflict_of(
            "drawId",
            format!("Round {} of drand comes at {time}. Wait for it.", round.round),
        )),
        _ => Ok(round),
    }
}

fn at_another_level(draw: &row::Model) -> Error {
    let needed = match draw.level {
        DrawLevel::Seed => "no entropy: run it",
        DrawLevel::Dice => "dice",
        DrawLevel::Drand => "the signature of a round of drand",
    };
    Error::conflict_of("drawId", format!("This draw takes {needed}."))
}

/// The entropy of a draw that can be run.
///
/// # Errors
/// `CONFLICT` when it was not given yet.
pub(super) fn entropy_of(draw: &row::Model) -> Result<Entropy> {
    match (&draw.entropy, draw.level) {
        (Some(text), _) => serde_json::from_str(text).map_err(Error::internal),
        (None, DrawLevel::Seed) => Ok(Entropy::L0),
        (None, level) => {
            let missing = match level {
                DrawLevel::Dice => "Throw a die at least 25 times before witnesses, and give the digits",
                _ => "Give the signature of its round of drand",
            };
            Err(Error::conflict_of(
                "drawId",
                format!("The draw waits for its entropy. {missing} with provideDrawEntropy."),
            ))
        }
    }
}
