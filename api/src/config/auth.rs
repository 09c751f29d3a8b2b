//! `[auth]`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Faults;

/// Longest name of an installation, in characters: it stands in every access token twice.
const MAX_ISSUER: usize = 200;

/// Sign-in and tokens.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthConfig {
    /// File with the Ed25519 key that signs access tokens; made at the first start.
    pub signing_key_file: PathBuf,
    /// `iss` and `aud` of access tokens.
    pub issuer: String,
    /// Lifetime of an access token, in seconds.
    pub access_token_seconds: u64,
    /// Lifetime of a session, in days.
    pub session_days: u64,
    /// Password hashes computed at once; each takes 19 MiB.
    pub parallel_hashes: usize,
}

impl Default for AuthConfig {
    fn default() -> Self {
        Self {
            signing_key_file: "tombola.key".into(),
            issuer: "tombola".into(),
            access_token_seconds: 600,
            session_days: 30,
            parallel_hashes: 2,
        }
    }
}

impl AuthConfig {
    pub(super) fn check(&self, faults: &mut Faults) {
        faults.range("auth.access_token_seconds", self.access_token_seconds, 30, 3600);
        faults.range("auth.session_days", self.session_days, 1, 365);
        faults.range("auth.parallel_hashes", self.parallel_hashes as u64, 1, 64);
        let length = self.issuer.trim().chars().count();
        if !(1..=MAX_ISSUER).contains(&length) {
            let found = if length == 0 {
                "an empty text".to_owned()
            } else {
                format!("{length} characters")
            };
            faults.add(format!(
                "auth.issuer: found {found}, allowed is a name of this installation, of {MAX_ISSUER} characters at most"
            ));
        }
    }
}
