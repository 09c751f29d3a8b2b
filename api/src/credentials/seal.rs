//! Short secrets at rest: AES-256-GCM (NIST SP 800-38D) under a key derived from the server's own.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use super::SigningKey;
use crate::{
    clock::random_bytes,
    error::{Error, Result},
};

/// Bytes of the random nonce in front of what is sealed.
const NONCE: usize = 12;

impl SigningKey {
    /// Encrypts a secret for one purpose; it opens only under the same `context`, such as the id of its row.
    ///
    /// # Errors
    /// `INTERNAL` when the system has no randomness to give.
    pub fn seal(&self, purpose: &str, context: &[u8], secret: &[u8]) -> Result<Vec<u8>> {
        let nonce: [u8; NONCE] = random_bytes()?;
        let mut sealed = secret.to_vec();
        self.sealing_key(purpose)?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut sealed)
            .map_err(|_| Error::internal(anyhow::anyhow!("a secret could not be sealed")))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts what [`SigningKey::seal`] answered.
    ///
    /// # Errors
    /// `INTERNAL` when it was sealed under another key or context, or changed since.
    pub fn open(&self, purpose: &str, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
        let unreadable = || {
            Error::internal(anyhow::anyhow!(
                "a sealed {purpose} does not open: was the signing key replaced?"
            ))
        };
        let (nonce, rest) = sealed.split_first_chunk::<NONCE>().ok_or_else(unreadable)?;
        let mut rest = rest.to_vec();
        let opened = self
            .sealing_key(purpose)?
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(context), &mut rest)
            .map_err(|_| unreadable())?;
        Ok(opened.to_vec())
    }

    fn sealing_key(&self, purpose: &str) -> Result<LessSafeKey> {
        let key = UnboundKey::new(&AES_256_GCM, &self.derive(purpose, &[]));
        let key = key.map_err(|_| Error::internal(anyhow::anyhow!("a sealing key has the wrong length")))?;
        Ok(LessSafeKey::new(key))
    }
}
