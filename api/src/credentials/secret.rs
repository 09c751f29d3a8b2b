//! Opaque secrets: 256 random bits behind a prefix that secret scanners know, with a checksum.

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{clock::random_bytes, error::Result};

/// What a secret opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// A session's next access token.
    RefreshToken,
    /// An app's half of its credentials.
    AppSecret,
}

impl SecretKind {
    fn prefix(self) -> &'static str {
        match self {
            Self::RefreshToken => "tmb_refresh_",
            Self::AppSecret => "tmb_app_",
        }
    }
}

/// A secret's text, shown once. It has no `Debug`, so that no log can show it.
pub struct Secret(String);

impl Secret {
    /// A new random secret.
    ///
    /// # Errors
    /// `INTERNAL` when the system has no randomness to give.
    pub fn random(kind: SecretKind) -> Result<Self> {
        Ok(Self::from_bytes(kind, random_bytes()?))
    }

    /// The secret of known bytes.
    pub fn from_bytes(kind: SecretKind, bytes: [u8; 32]) -> Self {
        let body = format!("{}{}", kind.prefix(), URL_SAFE_NO_PAD.encode(bytes));
        let check = checksum(&body);
        Self(body + &check)
    }

    /// Whether a text can be a secret of this kind: prefix, length and checksum.
    pub fn is_well_formed(kind: SecretKind, text: &str) -> bool {
        let wanted = kind.prefix().len() + 43 + 6;
        text.starts_with(kind.prefix())
            && text.len() == wanted
            && text.is_char_boundary(wanted - 6)
            && checksum(&text[..wanted - 6]) == text[wanted - 6..]
    }

    /// What the database keeps.
    pub fn hash(&self) -> Vec<u8> {
        hash_secret(&self.0)
    }

    /// Hands the text to its owner.
    pub fn reveal(self) -> String {
        self.0
    }
}

/// SHA-256 of a secret's text.
pub fn hash_secret(text: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, text.as_bytes()).as_ref().to_vec()
}

fn checksum(body: &str) -> String {
    let mut text = URL_SAFE_NO_PAD.encode(hash_secret(body));
    text.truncate(6);
    text
}
