//! Join codes: made, read as people type them, looked up, and not to be found by guessing.

use entity::room::room;

use crate::{
    clock::random_bytes,
    error::{Error, Result},
    operation::Operation,
    room::finder::{self, JoinCode},
    store::{Located, Reading},
};

/// Crockford's base32: nothing that looks like something else when read aloud or written by hand.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_LENGTH: usize = 8;

/// A join code that was looked up.
pub(super) struct Found {
    /// As it is stored.
    pub(super) code: JoinCode,
    /// A view in the room's tenant.
    reading: Reading,
}

/// What someone who knows the join code may read of a room.
///
/// # Errors
/// `NOT_FOUND` when no room that has begun has this code; `RATE_LIMITED` when too many codes were wrong.
pub async fn room_behind(operation: &Operation, typed: &str) -> Result<room::Model> {
    let Found { code, reading } = locate(operation, typed).await?;
    let room = finder::room_by_join_code(&reading, &code.0, None).await?;
    room.ok_or_else(|| code.target().not_found())
}

/// Looks a code up, and counts it when no room has it. A room that has not begun yet has one, which a whole hall may know.
///
/// # Errors
/// `VALIDATION`, `NOT_FOUND`; `RATE_LIMITED` when too many codes were wrong.
pub(super) async fn locate(operation: &Operation, typed: &str) -> Result<Found> {
    let code = JoinCode(join_code(typed)?);
    // Never two connections in one operation.
    operation.renew();
    let (services, address) = (operation.services(), operation.origin().address);
    let guess = services
        .rates
        .try_join_code(operation.caller(), address, &code.0)
        .await?;
    match services.store.read_located(operation.caller(), &code.target()).await {
        Ok(reading) => {
            guess.was_right();
            Ok(Found { code, reading })
        }
        Err(error) => {
            if matches!(error, Error::NotFound { .. }) {
                guess.was_wrong();
            }
            Err(error)
        }
    }
}

/// A code that no room has yet, most likely.
pub(super) fn new_join_code() -> Result<String> {
    let random: [u8; CODE_LENGTH] = random_bytes()?;
    Ok(random
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
        .collect())
}

/// A join code as it is stored, however it was typed.
///
/// # Errors
/// `VALIDATION` when it cannot be one.
fn join_code(typed: &str) -> Result<String> {
    let code: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    if code.len() == CODE_LENGTH && code.bytes().all(|byte| ALPHABET.contains(&byte)) {
        return Ok(code);
    }
    Err(Error::validation(
        "joinCode",
        "joinCode has 8 letters and digits, such as 7K3M9QXA.",
    ))
}
