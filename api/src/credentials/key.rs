//! The server's Ed25519 key (RFC 8032): signs access tokens, and derives keys for other uses.

use std::{fs, io::Write, path::Path};

use aws_lc_rs::{
    digest,
    encoding::AsDer,
    hmac,
    signature::{Ed25519KeyPair, KeyPair},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::error::{Error, Result};

/// The server's own key, from a file that only its owner can read.
pub struct SigningKey {
    pkcs8: Vec<u8>,
    public: Vec<u8>,
}

/// Why the key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("auth.signing_key_file: {path}: {cause}")]
    File {
        /// Which file.
        path: String,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The file holds something else.
    #[error(
        "auth.signing_key_file: {0} holds no Ed25519 key in PKCS#8 form; move it away and the next start makes a new one (everybody signs in again)"
    )]
    Malformed(String),
    /// Others could read the key.
    #[error("auth.signing_key_file: {0} can be read by others; run chmod 600 on it")]
    Exposed(String),
}

impl SigningKey {
    /// Reads the key, or makes one when the file does not exist yet.
    ///
    /// # Errors
    /// When the file cannot be read or made, holds no key, or is open to others.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyError> {
        let name = path.display().to_string();
        let file_error = |cause| KeyError::File {
            path: name.clone(),
            cause,
        };
        let pkcs8 = match fs::read(path) {
            Ok(bytes) => {
                if readable_by_others(path).map_err(file_error)? {
                    return Err(KeyError::Exposed(name));
                }
                bytes
            }
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
                let bytes = Self::generate().ok_or_else(|| KeyError::Malformed(name.clone()))?;
                create_private(path, &bytes).map_err(file_error)?;
                tracing::info!(file = %name, "made a new signing key");
                bytes
            }
            Err(cause) => return Err(file_error(cause)),
        };
        let pair = Ed25519KeyPair::from_pkcs8(&pkcs8).map_err(|_| KeyError::Malformed(name))?;
        let public = pair.public_key().as_ref().to_vec();
        Ok(Self { pkcs8, public })
    }

    fn generate() -> Option<Vec<u8>> {
        let pair = Ed25519KeyPair::generate().ok()?;
        let der = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&pair).ok()?;
        Some(der.as_ref().to_vec())
    }

    /// The private key, PKCS#8 DER.
    pub(super) fn private_der(&self) -> &[u8] {
        &self.pkcs8
    }

    /// The public key, 32 bytes.
    pub fn public(&self) -> &[u8] {
        &self.public
    }

    /// The key's name: its thumbprint (RFC 7638, RFC 8037 Appendix A.3).
    pub fn id(&self) -> String {
        let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, self.public_text());
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, members.as_bytes()))
    }

    /// The public key as a JSON Web Key (RFC 8037 §2).
    pub fn jwk(&self) -> serde_json::Value {
        serde_json::json!({
            "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": self.id(), "x": self.public_text(),
        })
    }

    fn public_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.public)
    }

    /// A signature (RFC 8032 §5.1.6): 64 bytes.
    ///
    /// # Errors
    /// `INTERNAL` when the key does not sign.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let pair = Ed25519KeyPair::from_pkcs8(&self.pkcs8)
            .map_err(|_| Error::internal(anyhow::anyhow!("the signing key does not sign")))?;
        Ok(pair.sign(message).as_ref().to_vec())
    }

    /// A keyed hash for one purpose: HMAC-SHA256 under a key derived from the private one.
    pub fn derive(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.pkcs8);
        let purpose_key = hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&key, purpose.as_bytes()).as_ref());
        let mut context = hmac::Context::with_key(&purpose_key);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut out = [0; 32];
        out.copy_from_slice(context.sign().as_ref());
        out
    }
}

#[cfg(unix)]
fn readable_by_others(path: &Path) -> std::io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn readable_by_others(_: &Path) -> std::io::Result<bool> {
    Ok(false)
}

/// Never open to others, not even for a moment; never over an existing key.
fn create_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
