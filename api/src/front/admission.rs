//! What is counted of those who ask: requests, what they may cost, and passwords.

use async_graphql::parser::types::OperationType;

use crate::{
    caller::{Caller, Origin},
    document::SelectedOperation,
    error::{Error, Result},
    limit::RateState,
    operation::Services,
    rates::RateKind,
};

/// Mutations that have a password hashed, whatever comes of it.
const WITH_PASSWORD: [&str; 2] = ["signIn", "signUp"];
/// Mutations that need no session, because they make one.
const SIGNING_IN: [&str; 3] = ["signIn", "signUp", "refreshSession"];

/// Counts a request, and says where its caller stands.
///
/// # Errors
/// `RATE_LIMITED`.
pub(crate) fn admit(services: &Services, caller: &Caller, origin: &Origin) -> Result<RateState> {
    let rates = &services.rates;
    let admitted = rates.check(caller, origin.address, RateKind::Request, 1);
    admitted.map_err(|refused| told(services, refused.into()))
}

/// Counts an error that a client is told.
pub(crate) fn told(services: &Services, error: Error) -> Error {
    services.metrics.error(error.code());
    error
}

/// What may answer much counts as several requests; of a stream, as many events as may wait for its client. Says where its
/// caller stands then, if it counts at all.
///
/// # Errors
/// `RATE_LIMITED`.
pub(crate) fn count_cost(
    services: &Services,
    caller: &Caller,
    origin: &Origin,
    chosen: &SelectedOperation,
    cost: u64,
) -> Result<Option<RateState>> {
    let cost = match chosen.kind() {
        OperationType::Subscription => cost.saturating_mul(services.config.limits.queue as u64),
        _ => cost,
    };
    Ok(services.rates.check_cost(caller, origin.address, cost)?)
}

/// Counts what has a password hashed, right or wrong: wrong ones are counted when they are found to be.
///
/// # Errors
/// `RATE_LIMITED`.
pub(crate) fn count_passwords(
    services: &Services,
    caller: &Caller,
    origin: &Origin,
    chosen: &SelectedOperation,
) -> Result<()> {
    match passwords(chosen) {
        0 => Ok(()),
        count => Ok(services
            .rates
            .check(caller, origin.address, RateKind::Password, count)
            .map(drop)?),
    }
}

/// How often an operation may have a password hashed, whatever else it does and on whatever condition.
fn passwords(chosen: &SelectedOperation) -> u32 {
    let passwords = chosen.planned_fields().filter(|field| WITH_PASSWORD.contains(field));
    match chosen.kind() {
        OperationType::Mutation => u32::try_from(passwords.count()).unwrap_or(u32::MAX),
        _ => 0,
    }
}

/// Whether an operation does nothing but sign in, sign up or refresh.
pub(crate) fn signs_in(chosen: &SelectedOperation) -> bool {
    let fields: Vec<_> = chosen.root_fields().collect();
    chosen.kind() == OperationType::Mutation
        && fields.len() == chosen.planned_fields().count()
        && fields.iter().all(|field| SIGNING_IN.contains(field))
}
