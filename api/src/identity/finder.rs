//! What of accounts and sessions a caller may see.

use chrono::{DateTime, Utc};
use entity::{
    SessionId, UserId,
    identity::{session, user},
    organization::membership,
    room::participant,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use crate::{
    caller::Caller,
    error::Result,
    organization, room,
    store::{Scope, Visible},
};

impl Visible for user::Entity {
    type Id = UserId;

    const NAME: &'static str = "user";
    const ID: user::Column = user::Column::Id;
    const DELETED_AT: Option<user::Column> = Some(user::Column::DeletedAt);

    /// Whoever sees a row that names a user may see their profile: it is all that the API shows of them.
    /// A profile asked for by its id alone is narrowed by [`profile`].
    fn visible(_: &Caller) -> Condition {
        Condition::all()
    }

    fn id(row: &user::Model) -> UserId {
        row.id
    }

    fn deleted_at(row: &user::Model) -> Option<DateTime<Utc>> {
        row.deleted_at
    }
}

impl Visible for session::Entity {
    type Id = SessionId;

    const NAME: &'static str = "session";
    const ID: session::Column = session::Column::Id;

    fn visible(caller: &Caller) -> Condition {
        match caller.user() {
            Some(user) => Condition::all().add(session::Column::UserId.eq(user)),
            None => Condition::all().add(Expr::value(false)),
        }
    }

    fn id(row: &session::Model) -> SessionId {
        row.id
    }
}

/// A user whom the caller meets somewhere: oneself, a fellow member, or someone in a room that they see.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn profile(scope: &impl Scope, id: UserId) -> Result<Option<user::Model>> {
    let caller = scope.caller();
    let mut met = Condition::any().add(
        user::Column::Id.in_subquery(
            users_of(participant::Entity, participant::Column::UserId, id)
                .cond_where(
                    Expr::col((participant::Entity, participant::Column::RoomId))
                        .in_subquery(room::visible_ids(caller)),
                )
                .to_owned(),
        ),
    );
    if let Some(me) = caller.user() {
        let members = users_of(membership::Entity, membership::Column::UserId, id)
            .cond_where(membership::Column::OrganizationId.in_subquery(organization::own_ids(me)))
            .to_owned();
        met = met
            .add(user::Column::Id.eq(me))
            .add(user::Column::Id.in_subquery(members));
    }
    Ok(user::Entity::seen(caller)
        .filter(user::Column::Id.eq(id))
        .filter(met)
        .one(scope)
        .await?)
}

fn users_of<E: EntityTrait, C: ColumnTrait>(table: E, column: C, id: UserId) -> SelectStatement {
    Query::select()
        .column((table, column))
        .from(table)
        .and_where(Expr::col((table, column)).eq(id))
        .to_owned()
}
