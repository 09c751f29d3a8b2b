//! Typed primary keys. In the database a UUIDv7, on the wire its TypeID text (`room_01jd…`).

use std::{fmt, str::FromStr};

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use type_safe_id::{DynamicType, TypeSafeId};

/// A primary key: knows the prefix that marks it on the wire.
pub trait Id:
    Copy
    + Eq
    + Ord
    + std::hash::Hash
    + fmt::Debug
    + fmt::Display
    + FromStr<Err = IdError>
    + From<Uuid>
    + Into<Uuid>
    + Into<Value>
    + Send
    + Sync
    + 'static
{
    /// The TypeID prefix, without the underscore.
    const PREFIX: &'static str;
}

/// Why a text is no id of the wanted kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdError {
    /// Not a prefix, an underscore and 26 characters of base32.
    Malformed,
    /// A well-formed id of another kind; carries the prefix found.
    OtherKind(String),
}

/// Splits an id's text into its prefix and UUID, whatever its kind (TypeID specification 0.3).
pub fn parse(text: &str) -> Result<(String, Uuid), IdError> {
    let id: TypeSafeId<DynamicType> = text.parse().map_err(|_| IdError::Malformed)?;
    // The specification allows ids without a prefix; ours always have one.
    match id.type_prefix() {
        "" => Err(IdError::Malformed),
        prefix => Ok((prefix.to_owned(), id.uuid())),
    }
}

/// The TypeID text of a UUID under a prefix of lower-case letters.
pub fn format(prefix: &str, uuid: Uuid) -> String {
    match DynamicType::new(prefix) {
        Ok(kind) => TypeSafeId::from_type_and_uuid(kind, uuid).to_string(),
        Err(_) => uuid.to_string(),
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType, Serialize, Deserialize)]
        pub struct $name(pub Uuid);

        impl Id for $name {
            const PREFIX: &'static str = $prefix;
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&format($prefix, self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                match parse(text)? {
                    (prefix, uuid) if prefix == $prefix => Ok(Self(uuid)),
                    (prefix, _) => Err(IdError::OtherKind(prefix)),
                }
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        // SeaORM asks for this of every primary key; a UUID never comes from a number.
        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, DbErr> {
                Err(DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )+};
}

ids! {
    /// A person's account.
    UserId = "user",
    /// A signed-in session.
    SessionId = "session",
    /// One generation of a session's refresh token.
    RefreshTokenId = "refresh",
    /// A tenant.
    OrganizationId = "org",
    /// A user's place in an organization.
    MembershipId = "member",
    /// A record of the audit log.
    AuditLogId = "audit",
    /// A key that an organization made for a program of its own.
    ApiKeyId = "apikey",
    /// A program that runs rooms.
    AppId = "app",
    /// A published document.
    DocumentId = "document",
    /// A live event that people take part in.
    RoomId = "room",
    /// Someone's place in a room.
    ParticipantId = "participant",
    /// What can be won in a room.
    PrizeId = "prize",
    /// A prize won by a participant.
    WinnerId = "winner",
    /// A verifiable draw.
    DrawId = "draw",
    /// Someone who was kept out of a draw.
    DrawExclusionId = "exclusion",
    /// Something that happened to a draw.
    DrawStepId = "step",
    /// An AI agent.
    AgentId = "agent",
}

impl OrganizationId {
    /// The organization of the platform itself, which has no members: what happens to no tenant is audited there.
    pub const PLATFORM: Self = Self(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0000));
}
