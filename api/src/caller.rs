//! Who asks. Resolved once, at the front; nothing in an argument can change it.

use std::net::IpAddr;

use entity::{Principal, SessionId, UserId, identity::user::PlatformRole};

use crate::error::{Error, Result};

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Nobody who signed in.
    Anonymous,
    /// A user with a live session.
    User(UserSession),
    /// The server itself, for work whose time has come.
    Server,
}

/// A user, by the session that they signed in to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserSession {
    /// Who signed in.
    pub user: UserId,
    /// The session; its row is the authority.
    pub session: SessionId,
    /// What they may do on the platform as a whole.
    pub platform_role: PlatformRole,
}

impl Caller {
    /// Who acts, as it is stored; none for somebody unknown.
    pub fn principal(&self) -> Option<Principal> {
        match self {
            Self::Anonymous => None,
            Self::User(session) => Some(Principal::User(session.user)),
            Self::Server => Some(Principal::Server),
        }
    }

    /// Who acts.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for somebody unknown.
    pub fn identified(&self) -> Result<Principal> {
        self.principal().ok_or_else(Error::sign_in_first)
    }

    /// The user, if one is signed in.
    pub fn user(&self) -> Option<UserId> {
        self.principal().and_then(Principal::user)
    }

    /// The user.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when nobody is signed in.
    pub fn signed_in(&self) -> Result<&UserSession> {
        match self {
            Self::Anonymous | Self::Server => Err(Error::sign_in_first()),
            Self::User(session) => Ok(session),
        }
    }
}

/// Where a request came from, for sessions, audit records and logs.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// One id through the answer and all log lines.
    pub request_id: String,
    /// The client's network address: the peer, or whom trusted proxies name.
    pub address: Option<IpAddr>,
    /// The client program, as it names itself.
    pub user_agent: Option<String>,
}
