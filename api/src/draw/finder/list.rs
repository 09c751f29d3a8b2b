//! Who can be on the list of a draw, and the roots of what was published.

use chrono::{DateTime, Utc};
use draw::Policy;
use entity::{
    DrawId,
    draw::{draw_chunk, draw_exclusion},
    identity::user,
    organization::membership,
    room::{
        participant::{self, ParticipantRole},
        room,
    },
};
use sea_orm::{
    ColumnTrait, Order,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};
use uuid::Uuid;

use crate::{error::Result, store::Scope};

/// The people of a room who can be in a draw by its policy, behind an id, in the order of their ids: id, user, agent, tickets and
/// nonce of each.
pub fn eligible(policy: &Policy, room: &room::Model, draw: DrawId, after: Uuid, limit: u64) -> SelectStatement {
    let rules = &policy.eligibility;
    let column = |column: participant::Column| Expr::col((participant::Entity, column));
    let roles = rules.roles.iter().map(|role| match role {
        draw::Role::Moderator => ParticipantRole::Moderator,
        draw::Role::Organizer => ParticipantRole::Organizer,
        draw::Role::Participant => ParticipantRole::Participant,
    });
    let excluded = Query::select()
        .column(draw_exclusion::Column::ParticipantId)
        .from(draw_exclusion::Entity)
        .and_where(draw_exclusion::Column::DrawId.eq(draw))
        .take();
    let mut select = Query::select();
    select
        .order_by((participant::Entity, participant::Column::Id), Order::Asc)
        .limit(limit)
        .columns([
            (participant::Entity, participant::Column::Id),
            (participant::Entity, participant::Column::UserId),
            (participant::Entity, participant::Column::AgentId),
            (participant::Entity, participant::Column::Tickets),
            (participant::Entity, participant::Column::EntryNonce),
        ])
        .from(participant::Entity)
        .left_join(
            user::Entity,
            Expr::col((user::Entity, user::Column::Id)).equals((participant::Entity, participant::Column::UserId)),
        )
        .and_where(column(participant::Column::RoomId).eq(room.id))
        .and_where(column(participant::Column::Id).gt(after))
        .and_where(column(participant::Column::LeftAt).is_null())
        .and_where(column(participant::Column::DeletedAt).is_null())
        .and_where(participant::Column::Role.is_in(roles))
        .and_where(column(participant::Column::Id).not_in_subquery(excluded))
        .and_where(Expr::col((user::Entity, user::Column::DeletedAt)).is_null());
    if rules.email_verified {
        select.and_where(Expr::col((user::Entity, user::Column::EmailVerifiedAt)).is_not_null());
    }
    if let Some(time) = rules.joined_before.and_then(moment) {
        select.and_where(column(participant::Column::JoinedAt).lt(time));
    }
    if let Some(time) = policy.closes_at.and_then(moment) {
        select.and_where(column(participant::Column::JoinedAt).lte(time));
    }
    if !rules.staff {
        let staff = Query::select()
            .column(membership::Column::UserId)
            .from(membership::Entity)
            .and_where(membership::Column::OrganizationId.eq(room.organization_id))
            .take();
        let no_staff = column(participant::Column::UserId).not_in_subquery(staff);
        select.and_where(column(participant::Column::UserId).is_null().or(no_staff));
    }
    select
}

/// A time of the protocol as the database keeps it.
pub fn moment(time: draw::Time) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(time.0)
}

/// The roots of all chunks of a list, in order.
///
/// # Errors
/// When the database does not answer.
pub async fn chunk_roots(scope: &impl Scope, draw: DrawId) -> Result<Vec<Vec<u8>>> {
    let select = Query::select()
        .column(draw_chunk::Column::Root)
        .from(draw_chunk::Entity)
        .and_where(draw_chunk::Column::DrawId.eq(draw))
        .order_by(draw_chunk::Column::Number, Order::Asc)
        .take();
    let rows = scope.query_all(&select).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}
