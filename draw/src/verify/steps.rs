//! The checks behind the format, in their order: each computes again what the transcript says.

use super::{
    afterwards,
    document::Document,
    report::{Awaited, Check, Failure, Passed, Report, Standing},
};
use crate::{
    commitment::{commit_message, freeze_message, seed_commitment},
    event::Event,
    hash::Hash,
    hex::Hex,
    key::draw_key,
    policy::{Level, Policy, TooFewEntrants},
    sample::{prize_orders, rank},
    shown::shown,
    time::Time,
    transcript::Freeze,
};

/// What is wrong, in words.
type Fault = String;

/// How long before the time of the round a list must be frozen, in milliseconds (protocol, step 3).
const LEAD: i64 = 30_000;

/// Runs the checks on a transcript that has passed the first, `format`.
///
/// # Errors
/// The first check that fails.
pub(super) fn run(mut document: Document, key: Option<Hex<32>>) -> Result<Report, Failure> {
    let mut passed = Vec::new();
    note(
        &mut passed,
        Check::Format,
        "It is a complete transcript of the protocol vdraw/1.".into(),
    );
    let policy = step(&mut passed, Check::Policy, policy(&mut document))?;
    let wrong_key = key.is_some_and(|key| key != document.signature.key);
    step(&mut passed, Check::Signature, signature(&document, wrong_key)).map_err(|failure| Failure {
        wrong_key: wrong_key.then_some(document.signature.key),
        ..failure
    })?;
    step(&mut passed, Check::Entries, entries(&document, &policy))?;
    step(&mut passed, Check::Freeze, freeze(&document, &policy))?;
    step(&mut passed, Check::Seed, seed(&document, &policy))?;
    let entropy = step(&mut passed, Check::Entropy, entropy(&document, &policy))?;
    step(&mut passed, Check::Ranking, ranking(&document, &policy, entropy))?;
    let prizes = step(&mut passed, Check::Events, afterwards::check(&mut document, &policy))?;
    Ok(Report {
        standing: standing(&document),
        draw: policy.draw,
        room: policy.room,
        policy_hash: document.policy_hash,
        kid: document.signature.kid,
        key: document.signature.key,
        list: document.freeze.as_ref().map(Freeze::list),
        passed,
        prizes,
    })
}

fn step<T>(passed: &mut Vec<Passed>, check: Check, result: Result<(T, String), Fault>) -> Result<T, Failure> {
    match result {
        Ok((found, message)) => {
            note(passed, check, message);
            Ok(found)
        }
        Err(message) => Err(Failure::new(check, &message, core::mem::take(passed))),
    }
}

fn note(passed: &mut Vec<Passed>, check: Check, message: String) {
    passed.push(Passed { check, message });
}

fn standing(document: &Document) -> Standing {
    if is_void(document) {
        Standing::Void
    } else if !document.prizes.is_empty() {
        Standing::Drawn
    } else if document.freeze.is_none() {
        Standing::Open(Awaited::Freeze)
    } else if document.entropy.is_none() {
        Standing::Open(Awaited::Entropy)
    } else {
        Standing::Open(Awaited::Result)
    }
}

fn is_void(document: &Document) -> bool {
    document
        .events
        .iter()
        .any(|event| matches!(event, Event::Voided { .. }))
}

fn policy(document: &mut Document) -> Result<(Policy, String), Fault> {
    let policy: Policy =
        serde_json::from_value(document.policy.take()).map_err(|error| format!("the policy: {error}"))?;
    policy.check().map_err(|error| format!("the policy: {error}"))?;
    let hash = Hex(policy.hash());
    if hash != document.policy_hash {
        return Err(format!(
            "the policy's hash is {hash}, and not the policy_hash of this transcript: it was changed"
        ));
    }
    Ok((
        policy,
        format!("The rules are complete, and their fingerprint is {hash}."),
    ))
}

fn signature(document: &Document, wrong_key: bool) -> Result<((), String), Fault> {
    if wrong_key {
        let named = document.signature.key;
        return Err(format!("it names ANOTHER key than the one that was given: {named}"));
    }
    let message = commit_message(&document.policy_hash.0);
    let signed = document.signature.verify(&message);
    signed.map_err(|error| format!("the signature of the rules: {error}"))?;
    Ok((
        (),
        format!("The rules were signed with the key {}.", document.signature.key),
    ))
}

fn entries(document: &Document, policy: &Policy) -> Result<((), String), Fault> {
    let list = &document.entries;
    if let Some(fault) = &list.fault {
        return Err(fault.clone());
    }
    let most = policy.largest_weight();
    if let Some(index) = list.weights.iter().position(|weight| *weight > most) {
        let weight = list.weights.get(index).copied().unwrap_or_default();
        return Err(format!("entry {index} weighs {weight}; the rules allow {most} at most"));
    }
    // The entries are sorted by now.
    let excluded = document
        .exclusions
        .iter()
        .find_map(|(pid, _)| list.pids.binary_search(pid).ok());
    if let Some(index) = excluded {
        return Err(format!("entry {index} was excluded, and must not be on the list"));
    }
    let count = list.weights.len();
    Ok((
        (),
        format!("The list of {count} entrants is in order, and nobody is on it twice."),
    ))
}

fn freeze(document: &Document, policy: &Policy) -> Result<((), String), Fault> {
    let Some(freeze) = &document.freeze else {
        if document.entries.weights.is_empty() {
            return Ok(((), "The list is not frozen yet.".into()));
        }
        return Err("there are entries, but the list was not frozen".into());
    };
    let computed = document.entries.digest();
    if freeze.n != computed.n {
        return Err(format!("n is {}, but there are {} entries", freeze.n, computed.n));
    }
    if freeze.total_weight != computed.total_weight {
        let (said, sum) = (freeze.total_weight, computed.total_weight);
        return Err(format!("W is {said}, but the weights sum up to {sum}"));
    }
    if freeze.root.0 != computed.root {
        let root = Hex(computed.root);
        return Err(format!(
            "root is not that of the entries, which is {root}: the list was changed"
        ));
    }
    if freeze.signature.key != document.signature.key {
        return Err("the list was signed with another key than the rules".into());
    }
    let message = freeze_message(&document.policy_hash.0, &computed, freeze.at);
    let signed = freeze.signature.verify(&message);
    signed.map_err(|error| format!("the signature of the frozen list: {error}"))?;
    freeze_time(freeze.at, policy, &document.exclusions)?;
    let pieces: u64 = policy.prizes.iter().map(|prize| u64::from(prize.quantity)).sum();
    if policy.too_few_entrants == TooFewEntrants::Refuse && computed.n < pieces {
        return Err(format!(
            "{} entrants are fewer than {pieces} prizes, which the rules refuse",
            computed.n
        ));
    }
    Ok((
        (),
        format!(
            "The list was frozen on {}, by the server's word, and is the one that was signed then.",
            freeze.at
        ),
    ))
}

fn freeze_time(at: Time, policy: &Policy, exclusions: &[(Hash, Time)]) -> Result<(), Fault> {
    if let Some(index) = exclusions.iter().position(|(_, time)| *time > at) {
        return Err(format!("exclusion {index} was made after the list was frozen ({at})"));
    }
    if let Some(closes_at) = policy.closes_at
        && at < closes_at
    {
        return Err(format!(
            "the list was frozen on {at}, before it was to close ({closes_at})"
        ));
    }
    match policy.round_time() {
        Some(round) if at.0.saturating_add(LEAD) > round.0 => Err(format!(
            "the list was frozen on {at}, less than 30 seconds before the drand round was published ({round})"
        )),
        _ => Ok(()),
    }
}

fn seed(document: &Document, policy: &Policy) -> Result<((), String), Fault> {
    let Some(seed) = &document.seed else {
        return Ok(((), "The seed is not published yet.".into()));
    };
    if seed_commitment(&policy.draw, &seed.0) != policy.seed_commit.0 {
        return Err("the seed is not the one that the rules promised".into());
    }
    Ok(((), "The seed is the one that the signed rules promised.".into()))
}

fn entropy(document: &Document, policy: &Policy) -> Result<(Option<Hash>, String), Fault> {
    let Some(entropy) = &document.entropy else {
        if document.prizes.is_empty() {
            return Ok((None, "The entropy is not there yet.".into()));
        }
        return Err("there are winners, but no entropy".into());
    };
    if document.freeze.is_none() {
        return Err("there is entropy, but the list was not frozen before".into());
    }
    let bytes = entropy.check(policy).map_err(|error| error.to_string())?;
    let message = match policy.level {
        Level::L0 => "At level L0 the seed alone decides: whoever runs the server could know the winners before.",
        Level::L1 => "The dice are throws. Whether these were thrown, the witnesses know.",
        Level::L2 => "The drand round is the promised one, and its signature holds: nobody could know it before.",
    };
    Ok((Some(bytes), message.into()))
}

fn ranking(document: &Document, policy: &Policy, entropy: Option<Hash>) -> Result<((), String), Fault> {
    if document.prizes.is_empty() {
        if document.seed.is_some() && !is_void(document) {
            return Err("the seed is published, but the winners are missing".into());
        }
        return Ok(((), "There are no winners yet.".into()));
    }
    let (Some(freeze), Some(seed), Some(entropy)) = (&document.freeze, &document.seed, entropy) else {
        return Err("there are winners, but the seed was not published".into());
    };
    if !policy
        .prizes
        .iter()
        .map(|prize| &prize.id)
        .eq(document.prizes.iter().map(|(id, _)| id))
    {
        return Err("the prizes are not those of the rules, in their order".into());
    }
    let key = draw_key(&seed.0, &document.policy_hash.0, &freeze.list(), &entropy);
    let orders = prize_orders(policy);
    let rankings = rank(&orders, &document.entries.weights, policy.win_limit, &key, &mut |_| {});
    for ((id, published), computed) in document.prizes.iter().zip(&rankings) {
        compare(published, computed).map_err(|fault| format!("prize {}: {fault}", shown(id)))?;
    }
    let ranks: usize = rankings.iter().map(Vec::len).sum();
    Ok((
        (),
        format!("All {ranks} ranks are exactly those that were computed again."),
    ))
}

fn compare(published: &[u32], computed: &[u32]) -> Result<(), Fault> {
    let other = published
        .iter()
        .zip(computed)
        .position(|(published, computed)| published != computed);
    if let Some(position) = other {
        let at = |ranking: &[u32]| ranking.get(position).copied().unwrap_or_default();
        let (said, is) = (at(published), at(computed));
        return Err(format!(
            "rank {} is entry {said}, but entry {is} was drawn",
            position + 1
        ));
    }
    if published.len() != computed.len() {
        return Err(format!(
            "it has {} ranks, but {} were drawn",
            published.len(),
            computed.len()
        ));
    }
    Ok(())
}
