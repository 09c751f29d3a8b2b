//! Access tokens: JWT (RFC 7519) of type `at+jwt` (RFC 9068), signed with EdDSA (RFC 8037), nothing else.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Duration, Utc};
use entity::{SessionId, UserId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use super::SigningKey;
use crate::{
    clock::Clock,
    error::{Error, Result},
};

const TYPE: &str = "at+jwt";
/// Other machines' clocks may run ahead by this much.
const LEEWAY_SECONDS: i64 = 5;

/// Signs and verifies access tokens.
pub struct AccessTokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    issuer: String,
    lifetime: Duration,
    clock: Clock,
}

/// What an access token says. The session's row has the last word.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccessClaims {
    iss: String,
    aud: String,
    /// User.
    pub sub: String,
    /// Session.
    pub sid: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl AccessTokens {
    /// Tokens of one issuer, for itself.
    pub fn new(key: &SigningKey, issuer: &str, lifetime: Duration, clock: Clock) -> Self {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[issuer]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // Times are compared below, with the server's own clock.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Self {
            encoding: EncodingKey::from_ed_der(key.private_der()),
            decoding: DecodingKey::from_ed_der(key.public()),
            validation,
            issuer: issuer.to_owned(),
            lifetime,
            clock,
        }
    }

    /// A token for a session, and when it expires.
    ///
    /// # Errors
    /// `INTERNAL` when signing fails.
    pub fn issue(&self, user: UserId, session: SessionId) -> Result<(String, DateTime<Utc>)> {
        let now = self.clock.now();
        let expires = now + self.lifetime;
        let claims = AccessClaims {
            iss: self.issuer.clone(),
            aud: self.issuer.clone(),
            sub: user.to_string(),
            sid: session.to_string(),
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: expires.timestamp(),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        let token = jsonwebtoken::encode(&header, &claims, &self.encoding).map_err(Error::internal)?;
        Ok((token, expires))
    }

    /// The user and session that a token speaks for.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when it is not ours, altered, of another type, out of its time, or demands that something is
    /// understood.
    pub fn verify(&self, token: &str) -> Result<(UserId, SessionId, DateTime<Utc>)> {
        let invalid = || Error::Unauthenticated("The access token is not valid. Sign in again.".into());
        let decoded =
            jsonwebtoken::decode::<AccessClaims>(token, &self.decoding, &self.validation).map_err(|_| invalid())?;
        if decoded.header.typ.as_deref() != Some(TYPE) || has_demands(token) {
            return Err(invalid());
        }
        let claims = decoded.claims;
        let now = self.clock.now().timestamp();
        if claims.exp <= now {
            return Err(Error::Unauthenticated(
                "The access token has expired. Call refreshSession.".into(),
            ));
        }
        if claims.nbf > now + LEEWAY_SECONDS {
            return Err(invalid());
        }
        let user = claims.sub.parse().map_err(|_| invalid())?;
        let session = claims.sid.parse().map_err(|_| invalid())?;
        let expires = DateTime::from_timestamp(claims.exp, 0).ok_or_else(invalid)?;
        Ok((user, session, expires))
    }
}

/// Whether the header has `crit`: no extension is understood here, so no token that demands one is valid (RFC 7515
/// §4.1.11). The header is read once more, because `jsonwebtoken` takes a `crit` of null for none.
fn has_demands(token: &str) -> bool {
    let header = token
        .split('.')
        .next()
        .and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let header = header.and_then(|bytes| serde_json::from_slice::<serde_json::Map<_, serde_json::Value>>(&bytes).ok());
    header.is_none_or(|header| header.contains_key("crit"))
}
