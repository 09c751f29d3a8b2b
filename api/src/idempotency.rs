//! What makes a change safe to ask for again: a key that the client chose, and what it stands for.

use std::sync::Arc;

use aws_lc_rs::digest;
use entity::Principal;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::error::{Error, Result};

/// The header that carries a key, and the name under which errors speak of it.
pub const HEADER: &str = "Idempotency-Key";

/// Most characters of a key, and of the response name of a field that is done once.
pub const MAX_LENGTH: usize = 255;

/// What a client calls one intention of a change: 1 to 255 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(Arc<str>);

impl IdempotencyKey {
    /// The key in a header's value.
    ///
    /// # Errors
    /// `VALIDATION` for `Idempotency-Key` when it is empty, longer than 255 characters, or has others than visible ASCII.
    pub fn parse(text: &str) -> Result<Self> {
        if (1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(Self(text.into()));
        }
        Err(Error::validation(
            HEADER,
            "Idempotency-Key must have 1 to 255 visible ASCII characters and no blanks: a random UUID, for example.",
        ))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A digest of an operation: equal for equal document, operation name and variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// SHA-256 of the parts as one JSON list; members of objects are sorted first, because their order means nothing.
    pub fn of(query: &str, operation_name: Option<&str>, variables: &Json) -> Self {
        let mut parts = json!([query, operation_name, variables]);
        parts.sort_all_objects();
        Self(sha256(parts.to_string().as_bytes()))
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// A key of one principal, and the operation that it stands for.
#[derive(Clone, Debug)]
pub struct Keyed {
    /// Who asks. Others may use the same key for something else.
    pub principal: Principal,
    /// The key.
    pub key: IdempotencyKey,
    /// What was asked for with it.
    pub fingerprint: Fingerprint,
}

impl Keyed {
    /// The id of the principal.
    ///
    /// # Errors
    /// `INTERNAL` for the server, which asks for nothing.
    pub fn id(&self) -> Result<Uuid> {
        let id = self.principal.id();
        id.ok_or_else(|| Error::internal(anyhow::anyhow!("the server has no keys")))
    }

    /// A number for the database's lock on this key. Two keys that share one would only wait for each other.
    pub fn lock(&self) -> i64 {
        let digest = sha256(format!("{} {}", self.principal, self.key.as_str()).as_bytes());
        digest
            .iter()
            .take(8)
            .fold(0, |number, byte| number << 8 | i64::from(*byte))
    }
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut digest = [0; 32];
    digest.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    digest
}
