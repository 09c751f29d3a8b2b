//! Passwords: argon2id (RFC 9106) on blocking threads, a few at a time.

use std::{net::IpAddr, sync::Arc, time::Duration};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use unicode_normalization::UnicodeNormalization;

use super::queue::{Queue, QueuePlace};
use crate::error::{Error, Result};

/// Shortest password, in characters.
const MIN_LENGTH: usize = 8;
/// Longest password, in characters.
const MAX_LENGTH: usize = 128;
/// So many characters of a password are looked at before they are composed: each composed one has a few.
const LOOKED_AT: usize = 8 * MAX_LENGTH;
/// So many characters of a password have to be strong by themselves: the time of the check grows faster than the length.
const JUDGED: usize = 64;

/// Hashes and verifies passwords.
pub struct Passwords {
    queue: Queue,
    dummy: Arc<str>,
}

/// A turn to have passwords looked at, which ends when this is dropped and the work is done.
pub struct Turn {
    place: Arc<QueuePlace>,
    dummy: Arc<str>,
}

impl Passwords {
    /// `parallel` hashes at once; each takes 19 MiB.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn new(parallel: usize) -> Result<Self> {
        Ok(Self {
            queue: Queue::new(parallel),
            dummy: hash(b"nobody has this password")?.into(),
        })
    }

    /// Waits for a turn of somebody from a network, at most as long as `patience`.
    ///
    /// # Errors
    /// `LIMITED` when the turn does not come in time.
    pub async fn turn(&self, network: IpAddr, patience: Duration) -> Result<Turn> {
        let place = tokio::time::timeout(patience, self.queue.place(network)).await;
        let place = place.map_err(|_| {
            Error::Limited(
                "Many people sign in or up at the moment. Nothing was changed: try again in a few seconds.".into(),
            )
        })?;
        Ok(Turn {
            place: Arc::new(place?),
            dummy: self.dummy.clone(),
        })
    }

    /// Whether a hash was made with other parameters than today's.
    pub fn is_outdated(&self, hash: Option<&str>) -> bool {
        hash.is_some_and(|hash| parameters(hash) != parameters(&self.dummy))
    }
}

impl Turn {
    /// Refuses what is too short, too long or easily guessed. Of a long password the beginning is judged.
    ///
    /// # Errors
    /// `VALIDATION` that says what to do.
    pub async fn check_strength(&self, password: &str, known: [String; 2]) -> Result<()> {
        let length = password.chars().count();
        let normal = normalised(password);
        let length = if length > LOOKED_AT {
            length
        } else {
            normal.chars().count()
        };
        if !(MIN_LENGTH..=MAX_LENGTH).contains(&length) {
            return Err(Error::validation(
                "password",
                format!("The password has {length} characters; it must have {MIN_LENGTH} to {MAX_LENGTH}."),
            ));
        }
        let judged: String = normal.chars().take(JUDGED).collect();
        let is_weak = self.blocking(move || {
            let known = known.each_ref().map(String::as_str);
            zxcvbn::zxcvbn(&judged, &known).score() < zxcvbn::Score::Two
        });
        if is_weak.await? {
            let advice = "The password is too easily guessed. Take several unrelated words, or a longer one.";
            return Err(Error::validation("password", advice));
        }
        Ok(())
    }

    /// The password's hash in PHC format.
    ///
    /// # Errors
    /// `INTERNAL` when hashing fails.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let password = normalised(password);
        self.blocking(move || hash(password.as_bytes())).await?
    }

    /// Whether the password belongs to the hash. Without a hash, takes the same time and answers no.
    ///
    /// # Errors
    /// `INTERNAL` when the work cannot be done.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        let known = hash.is_some();
        let hash = hash.map_or_else(|| self.dummy.clone(), Arc::from);
        let password = normalised(password);
        let matches = self.blocking(move || {
            let parsed =
                PasswordHash::new(&hash).map_err(|error| Error::internal(anyhow::anyhow!("stored hash: {error}")))?;
            Ok::<_, Error>(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
        });
        Ok(matches.await?? && known)
    }

    /// The turn lasts as long as the work: it goes on when nobody waits for it any more.
    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let place = self.place.clone();
        let done = tokio::task::spawn_blocking(move || {
            let outcome = work();
            drop(place);
            outcome
        });
        done.await.map_err(Error::internal)
    }
}

fn hash(password: &[u8]) -> Result<String> {
    let hash: argon2::password_hash::phc::PasswordHash = Argon2::default()
        .hash_password(password)
        .map_err(|error| Error::internal(anyhow::anyhow!("hashing: {error}")))?;
    Ok(hash.to_string())
}

/// Algorithm, version and costs: all of a PHC string before its salt.
fn parameters(hash: &str) -> Vec<&str> {
    hash.split('$').take(4).collect()
}

/// The same password typed on another keyboard is the same password (NFKC, RFC 8265 §4.2.1). What is longer than any that
/// was ever accepted is cut: to compose or to hash megabytes would only cost time.
fn normalised(password: &str) -> String {
    password.chars().take(LOOKED_AT + 1).nfkc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn judged(password: &str) -> bool {
        let passwords = Passwords::new(1).unwrap();
        let turn = passwords
            .turn([127, 0, 0, 1].into(), Duration::from_secs(60))
            .await
            .unwrap();
        turn.check_strength(password, [String::new(), String::new()])
            .await
            .is_ok()
    }

    /// A hundred letters that no word and no pattern explains.
    fn unrelated(count: usize) -> String {
        let letters = (0..count).map(|n| char::from(b'!' + u8::try_from((n * n * 31 + n * 17) % 90).unwrap()));
        letters.collect()
    }

    #[tokio::test]
    async fn the_beginning_of_a_long_password_has_to_be_strong() {
        assert!(judged(&(unrelated(JUDGED) + &"a".repeat(64))).await);
        assert!(!judged(&("a".repeat(JUDGED) + &unrelated(64))).await);
        assert!(!judged(&unrelated(MAX_LENGTH + 1)).await, "too long");
        assert!(!judged(&"x".repeat(1_000_000)).await, "far too long");
    }

    #[tokio::test]
    async fn a_password_is_judged_in_its_turn() {
        let passwords = Passwords::new(1).unwrap();
        let patience = Duration::from_millis(20);
        let turn = passwords.turn([192, 0, 2, 1].into(), patience).await.unwrap();
        let refused = passwords.turn([192, 0, 2, 2].into(), patience).await;
        assert!(matches!(refused, Err(Error::Limited(_))));
        drop(turn);
        assert!(passwords.turn([192, 0, 2, 2].into(), patience).await.is_ok());
    }
}
