//! Who acts, as it is stored wherever an actor is: a kind, and the id of a row of that kind.

use std::fmt;

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{AgentId, ApiKeyId, AppId, UserId};

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principal {
    /// A person, by their account.
    User(UserId),
    /// A key that an organization made for a program of its own.
    ApiKey(ApiKeyId),
    /// A program that runs rooms, by its credentials.
    App(AppId),
    /// An AI agent of an organization.
    Agent(AgentId),
    /// The server itself, for work whose time has come.
    Server,
}

/// The kind of a [`Principal`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PrincipalKind {
    /// A person.
    #[default]
    User,
    /// An organization's key.
    ApiKey,
    /// A program that runs rooms.
    App,
    /// An AI agent.
    Agent,
    /// The server itself. It has no id.
    Server,
}

impl Principal {
    /// Its kind.
    pub fn kind(self) -> PrincipalKind {
        match self {
            Self::User(_) => PrincipalKind::User,
            Self::ApiKey(_) => PrincipalKind::ApiKey,
            Self::App(_) => PrincipalKind::App,
            Self::Agent(_) => PrincipalKind::Agent,
            Self::Server => PrincipalKind::Server,
        }
    }

    /// The id of its row; none for the server.
    pub fn id(self) -> Option<Uuid> {
        match self {
            Self::User(id) => Some(id.0),
            Self::ApiKey(id) => Some(id.0),
            Self::App(id) => Some(id.0),
            Self::Agent(id) => Some(id.0),
            Self::Server => None,
        }
    }

    /// The principal of two columns; none when they do not belong together, which the tables refuse to hold.
    pub fn of(kind: PrincipalKind, id: Option<Uuid>) -> Option<Self> {
        match (kind, id) {
            (PrincipalKind::User, Some(id)) => Some(Self::User(id.into())),
            (PrincipalKind::ApiKey, Some(id)) => Some(Self::ApiKey(id.into())),
            (PrincipalKind::App, Some(id)) => Some(Self::App(id.into())),
            (PrincipalKind::Agent, Some(id)) => Some(Self::Agent(id.into())),
            (PrincipalKind::Server, None) => Some(Self::Server),
            _ => None,
        }
    }

    /// The person, if it is one.
    pub fn user(self) -> Option<UserId> {
        match self {
            Self::User(id) => Some(id),
            _ => None,
        }
    }
}

impl From<UserId> for Principal {
    fn from(id: UserId) -> Self {
        Self::User(id)
    }
}

/// The id's text, whose prefix names the kind: `user_01jd…`; `server` for the server.
impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => id.fmt(f),
            Self::ApiKey(id) => id.fmt(f),
            Self::App(id) => id.fmt(f),
            Self::Agent(id) => id.fmt(f),
            Self::Server => f.write_str("server"),
        }
    }
}
