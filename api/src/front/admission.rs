//! What is counted of callers: requests, what they may cost, and passwords.

use async_graphql::parser::types::OperationType;

use crate::{
    caller::{Caller, Origin},
    document::SelectedOperation,
    error::{Error, Result},
    gql::directives::{HASHES_PASSWORD, SIGNS_IN},
    limit::RateState,
    operation::Services,
    rates::RateKind,
};

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
    // Whatever else it does, and on whatever condition.
    let passwords = chosen.planned_fields();
    let passwords = passwords
        .filter(|field| chosen.is_marked(field, HASHES_PASSWORD))
        .count();
    match u32::try_from(passwords).unwrap_or(u32::MAX) {
        0 => Ok(()),
        count => Ok(services
            .rates
            .check(caller, origin.address, RateKind::Password, count)
            .map(drop)?),
    }
}

/// Whether an operation does nothing but sign in, sign up or refresh.
pub(crate) fn signs_in(chosen: &SelectedOperation) -> bool {
    let fields: Vec<_> = chosen.root_fields().collect();
    fields.len() == chosen.planned_fields().count() && fields.iter().all(|field| chosen.is_marked(field, SIGNS_IN))
}
