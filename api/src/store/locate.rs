//! From a target to its tenant: answers an organization's id and nothing else.

use entity::{AppId, DrawId, OrganizationId, ParticipantId, PrizeId, RoomId, WinnerId};
use sea_orm::{DbBackend, Statement, Value};

use crate::{config::DatabaseKind, error::Error};

/// What a change is about; its tenant is the one in which the change is made.
#[derive(Clone, Debug)]
pub enum Target {
    /// The tenant itself.
    Organization(OrganizationId),
    /// An app.
    App(AppId),
    /// A room.
    Room(RoomId),
    /// The room with a join code.
    JoinCode(String),
    /// A participant's room.
    Participant(ParticipantId),
    /// A prize's room.
    Prize(PrizeId),
    /// A winner's room.
    Winner(WinnerId),
    /// A draw's room.
    Draw(DrawId),
    /// The active app with a client id.
    Client(String),
    /// An active app for which the document with a hash is published.
    Document(String),
}

/// On SQLite, where more than the key counts.
const CLIENT: &str = "SELECT organization_id FROM apps WHERE client_id = ? AND is_active AND deleted_at IS NULL";
const DOCUMENT: &str = "SELECT d.organization_id FROM documents d JOIN apps a ON a.id = d.app_id \
     WHERE d.hash = ? AND d.deleted_at IS NULL AND a.is_active AND a.deleted_at IS NULL LIMIT 1";

impl Target {
    /// The tenant, when the target is one.
    pub(super) fn known(&self) -> Option<OrganizationId> {
        match self {
            Self::Organization(id) => Some(*id),
            _ => None,
        }
    }

    pub(super) fn statement(&self, kind: DatabaseKind) -> Option<Statement> {
        let (function, table, column, value): (_, _, _, Value) = match self {
            Self::Organization(_) => return None,
            Self::App(id) => ("locate_app", "apps", "id", (*id).into()),
            Self::Room(id) => ("locate_room", "rooms", "id", (*id).into()),
            Self::JoinCode(code) => ("locate_join_code", "rooms", "join_code", code.as_str().into()),
            Self::Participant(id) => ("locate_participant", "participants", "id", (*id).into()),
            Self::Prize(id) => ("locate_prize", "prizes", "id", (*id).into()),
            Self::Winner(id) => ("locate_winner", "winners", "id", (*id).into()),
            Self::Draw(id) => ("locate_draw", "draws", "id", (*id).into()),
            Self::Client(client) => ("locate_client", CLIENT, "", client.as_str().into()),
            Self::Document(hash) => ("locate_document", DOCUMENT, "", hash.as_str().into()),
        };
        Some(match kind {
            DatabaseKind::Sqlite if column.is_empty() => {
                Statement::from_sql_and_values(DbBackend::Sqlite, table, [value])
            }
            // Row-level security hides other tenants, so a definer function looks for us.
            DatabaseKind::Postgres => {
                Statement::from_sql_and_values(DbBackend::Postgres, format!("SELECT tombola.{function}($1)"), [value])
            }
            DatabaseKind::Sqlite => Statement::from_sql_and_values(
                DbBackend::Sqlite,
                format!("SELECT organization_id FROM {table} WHERE {column} = ?"),
                [value],
            ),
        })
    }

    /// The answer when there is no such target.
    pub fn not_found(&self) -> Error {
        match self {
            Self::Organization(_) => Error::not_found("organization", "organizationId"),
            Self::App(_) => Error::not_found("app", "appId"),
            Self::Room(_) => Error::not_found("room", "roomId"),
            Self::JoinCode(_) => Error::NotFound {
                message: "No room has this join code. Check it with whoever gave it to you.".into(),
                field: Some("joinCode"),
            },
            Self::Participant(_) => Error::not_found("participant", "participantId"),
            Self::Prize(_) => Error::not_found("prize", "prizeId"),
            Self::Winner(_) => Error::not_found("winner", "winnerId"),
            Self::Draw(_) => Error::not_found("draw", "drawId"),
            Self::Client(_) => Error::not_found("app", "clientId"),
            Self::Document(_) => Error::not_found("document", "hash"),
        }
    }
}
