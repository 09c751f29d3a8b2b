//! Who asks, by the access token that they show.

use chrono::{DateTime, Utc};

use crate::{caller::Caller, error::Error, identity::authenticate, operation::Services, sessions::Watch};

/// A caller, and until when the token is good that they showed.
#[derive(Clone, Debug)]
pub(crate) struct AuthenticatedCaller {
    pub(crate) caller: Caller,
    pub(crate) expires: Option<DateTime<Utc>>,
}

impl AuthenticatedCaller {
    pub(crate) const NOBODY: Self = Self {
        caller: Caller::Anonymous,
        expires: None,
    };

    /// Tells when the caller may no longer listen. Who showed no token may listen as long as they like.
    pub(crate) fn watch(&self, services: &Services) -> Option<Watch> {
        match (&self.caller, self.expires) {
            (Caller::User(session), Some(expires)) => Some(services.sessions.watch(session.session, expires)),
            _ => None,
        }
    }
}

/// The caller behind `Bearer …`.
///
/// # Errors
/// `UNAUTHENTICATED` when it is something else, or not good.
pub(crate) async fn bearer(services: &Services, text: &str) -> Result<AuthenticatedCaller, Error> {
    let token = match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() => token.trim(),
        _ => {
            return Err(Error::Unauthenticated(
                "The Authorization must be “Bearer” and an access token.".into(),
            ));
        }
    };
    let (caller, expires) = authenticate(services, token).await?;
    Ok(AuthenticatedCaller {
        caller,
        expires: Some(expires),
    })
}
