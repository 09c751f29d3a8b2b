//! The last check, `events`: what happened after the draw, event by event, and who holds the prizes in the end.

use super::{
    document::Document,
    report::{PrizeReport, Winner},
};
use crate::{
    event::Event,
    hash::Hash,
    outcome::{Outcome, RankState},
    policy::{Policy, Prize},
};

pub(super) fn check(document: &mut Document, policy: &Policy) -> Result<(Vec<PrizeReport>, String), String> {
    let rankings: Vec<_> = document
        .prizes
        .iter_mut()
        .map(|(_, ranking)| core::mem::take(ranking))
        .collect();
    let mut outcome = Outcome::new(policy, &rankings);
    let mut last = None;
    for (index, event) in document.events.iter().enumerate() {
        let place = |fault: String| format!("event {index} ({}): {fault}", event.name());
        let at = event.at();
        if let Some(last) = last.replace(at)
            && at < last
        {
            return Err(place(format!("it was on {at}, before the one above it ({last})")));
        }
        match event {
            Event::Voided { .. } if document.seed.is_none() => {
                return Err(place("a draw that is voided must publish its seed".into()));
            }
            Event::Expired { .. } if policy.claim_window_seconds.is_none() => {
                return Err(place("the rules set no time to claim".into()));
            }
            _ => {}
        }
        outcome.apply(event).map_err(|refused| place(refused.to_string()))?;
    }
    outcome
        .finish()
        .map_err(|refused| format!("after the last event: {refused}"))?;
    let prizes = policy.prizes.iter().take(rankings.len());
    let reports = prizes
        .map(|prize| report(prize, &outcome, &document.entries.pids))
        .collect();
    let count = document.events.len();
    Ok((
        reports,
        format!("What happened afterwards ({count} events) follows the rules."),
    ))
}

fn report(prize: &Prize, outcome: &Outcome, pids: &[Hash]) -> PrizeReport {
    let mut report = PrizeReport {
        id: prize.id.clone(),
        name: prize.name.clone(),
        quantity: prize.quantity,
        winners: Vec::new(),
        alternates: 0,
        promoted: 0,
        unawarded: 0,
    };
    for (rank, (index, state)) in (1..).zip(outcome.ranks(&prize.id)) {
        if rank > prize.quantity {
            report.alternates += 1;
            report.promoted += u32::from(!matches!(state, RankState::Waiting | RankState::Skipped(_)));
        }
        let claimed = state == RankState::Claimed;
        if (claimed || state == RankState::Pending) && !outcome.is_void() {
            let pid = usize::try_from(index).ok().and_then(|index| pids.get(index));
            let pid = pid.copied().unwrap_or_default();
            report.winners.push(Winner::new(rank, index, pid, claimed));
        }
    }
    let held = u32::try_from(report.winners.len()).unwrap_or(u32::MAX);
    report.unawarded = prize.quantity.saturating_sub(held);
    report
}
