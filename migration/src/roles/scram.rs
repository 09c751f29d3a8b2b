//! The verifier that PostgreSQL keeps of a password (RFC 5803), computed here so that the password stays here.

use std::num::NonZeroU32;

use aws_lc_rs::{digest, hmac, pbkdf2, rand};
use base64::{Engine, prelude::BASE64_STANDARD};

/// PostgreSQL's own default.
const ITERATIONS: NonZeroU32 = NonZeroU32::new(4096).unwrap();

/// `SCRAM-SHA-256$4096:salt$StoredKey:ServerKey`, with a fresh salt.
pub(super) fn verifier(password: &str) -> Result<String, &'static str> {
    // Anything else would have to go through SASLprep, which clients do differently.
    if password.is_empty() || !password.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err(
            "is empty or has other characters than printable ASCII. Choose another, for example: openssl rand -base64 24",
        );
    }
    let mut salt = [0; 16];
    rand::fill(&mut salt).map_err(|_| "cannot be salted: the system gives no random bytes. Try again.")?;
    Ok(salted(password, &salt))
}

fn salted(password: &str, salt: &[u8]) -> String {
    let mut salted_password = [0; 32];
    pbkdf2::derive(
        pbkdf2::PBKDF2_HMAC_SHA256,
        ITERATIONS,
        salt,
        password.as_bytes(),
        &mut salted_password,
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, &salted_password);
    let client_key = hmac::sign(&key, b"Client Key");
    let stored_key = digest::digest(&digest::SHA256, client_key.as_ref());
    let server_key = hmac::sign(&key, b"Server Key");
    format!(
        "SCRAM-SHA-256${ITERATIONS}:{}${}:{}",
        BASE64_STANDARD.encode(salt),
        BASE64_STANDARD.encode(stored_key),
        BASE64_STANDARD.encode(server_key)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7677's example: its client proof follows from the same stored key.
    #[test]
    fn the_example_of_rfc_7677() {
        let salt = BASE64_STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        assert_eq!(
            salted("pencil", &salt),
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:\
             wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
        );
    }

    #[test]
    fn every_verifier_has_its_own_salt() {
        assert_ne!(verifier("pencil"), verifier("pencil"));
    }

    #[test]
    fn passwords_that_clients_read_differently_are_refused() {
        for password in ["", "pass\nword", "pässword"] {
            assert!(verifier(password).is_err(), "{password:?}");
        }
    }
}
