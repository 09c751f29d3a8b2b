//! Passwords: argon2id (RFC 9106) on blocking threads, a few at a time.

use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

use crate::error::{Error, Result};

/// Shortest password, in characters.
const MIN_LENGTH: usize = 8;
/// Longest password, in characters.
const MAX_LENGTH: usize = 128;

/// Hashes and verifies passwords.
#[derive(Clone)]
pub struct Passwords {
    permits: Arc<Semaphore>,
    dummy: Arc<str>,
}

impl Passwords {
    /// `parallel` hashes at once; each takes 19 MiB.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn new(parallel: usize) -> Result<Self> {
        Ok(Self {
            permits: Arc::new(Semaphore::new(parallel)),
            dummy: hash(b"nobody has this password")?.into(),
        })
    }

    /// Refuses what is too short, too long or easily guessed.
    ///
    /// # Errors
    /// `VALIDATION` that says what to do.
    pub fn check_strength(password: &str, known: &[&str]) -> Result<()> {
        let normal = normalised(password);
        let length = normal.chars().count();
        if !(MIN_LENGTH..=MAX_LENGTH).contains(&length) {
            return Err(Error::validation(
                "password",
                format!("The password has {length} characters; it must have {MIN_LENGTH} to {MAX_LENGTH}."),
            ));
        }
        if zxcvbn::zxcvbn(&normal, known).score() < zxcvbn::Score::Two {
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
        // A password over the limit was never accepted; hashing megabytes would only cost time.
        let password: String = normalised(&password.chars().take(MAX_LENGTH + 1).collect::<String>());
        let matches = self.blocking(move || {
            let parsed =
                PasswordHash::new(&hash).map_err(|error| Error::internal(anyhow::anyhow!("stored hash: {error}")))?;
            Ok::<_, Error>(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
        });
        Ok(matches.await?? && known)
    }

    /// Whether a hash was made with other parameters than today's.
    pub fn is_outdated(&self, hash: Option<&str>) -> bool {
        hash.is_some_and(|hash| parameters(hash) != parameters(&self.dummy))
    }

    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let permit = self.permits.clone().acquire_owned().await.map_err(Error::internal)?;
        let done = tokio::task::spawn_blocking(move || {
            let outcome = work();
            drop(permit);
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

/// The same password typed on another keyboard is the same password (NFKC, RFC 8265 §4.2.1).
fn normalised(password: &str) -> String {
    password.nfkc().collect()
}
