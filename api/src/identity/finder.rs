//! What of accounts and sessions a caller may see.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use dataloader::BatchFn;
use entity::{
    RefreshTokenId, SessionId, UserId,
    identity::{refresh_token, session, user},
    organization::membership,
    room::participant,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, LockType, Query, SelectStatement},
};

use crate::{
    caller::Caller,
    error::{Error, Result},
    loaders::Batch,
    operation::anew_by_id,
    organization, room,
    store::{Reading, Scope, Visible},
};

impl Visible for user::Entity {
    type Id = UserId;

    const NAME: &'static str = "user";
    const ID: user::Column = user::Column::Id;
    const DELETED_AT: Option<user::Column> = Some(user::Column::DeletedAt);

    /// Whoever sees a row that names a user may see their profile: it is all that the API shows of them.
    /// A profile asked for by its id alone is narrowed by [`Met`].
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

anew_by_id!(user);

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

anew_by_id!(session);

/// The account of somebody who is known to have one, deleted or not.
///
/// # Errors
/// `INTERNAL` when there is none.
pub async fn account(scope: &impl Scope, id: UserId) -> Result<user::Model> {
    let row = user::Entity::find_by_id(id).one(scope).await?;
    row.ok_or_else(|| without_account(id))
}

/// The same, held until the change is committed, so that two changes of one user follow each other.
///
/// # Errors
/// `INTERNAL` when there is none.
pub async fn account_for_change(scope: &impl Scope, id: UserId) -> Result<user::Model> {
    let select = user::Entity::find_by_id(id).lock(LockType::NoKeyUpdate);
    let row = select.one(scope).await?;
    row.ok_or_else(|| without_account(id))
}

fn without_account(id: UserId) -> Error {
    Error::internal(anyhow::anyhow!("{id} acts, and has no account"))
}

/// Whether anybody has an account.
///
/// # Errors
/// When the database does not answer.
pub async fn has_accounts(scope: &impl Scope) -> Result<bool> {
    Ok(user::Entity::find().limit(1).one(scope).await?.is_some())
}

/// An account that is not deleted.
///
/// # Errors
/// When the database does not answer.
pub async fn live_account(scope: &impl Scope, id: UserId) -> Result<Option<user::Model>> {
    let select = user::Entity::find_by_id(id).filter(user::Column::DeletedAt.is_null());
    Ok(select.one(scope).await?)
}

/// The account that is not deleted with an e-mail address, in lower case.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn account_by_email(scope: &impl Scope, email: &str) -> Result<Option<user::Model>> {
    let select = user::Entity::find()
        .filter(user::Column::Email.eq(email))
        .filter(user::Column::DeletedAt.is_null());
    Ok(select.one(scope).await?)
}

/// A session that was not ended yet.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn live_session(scope: &impl Scope, id: SessionId) -> Result<Option<session::Model>> {
    let select = session::Entity::find_by_id(id).filter(session::Column::RevokedAt.is_null());
    Ok(select.one(scope).await?)
}

/// The refresh token with a hash, and its session.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn refresh_token(
    scope: &impl Scope,
    hash: Vec<u8>,
) -> Result<Option<(refresh_token::Model, session::Model)>> {
    let by_hash = refresh_token::Entity::find().filter(refresh_token::Column::TokenHash.eq(hash));
    let Some(row) = by_hash.one(scope).await? else {
        return Ok(None);
    };
    let session = session::Entity::find_by_id(row.session_id).one(scope).await?;
    Ok(session.map(|session| (row, session)))
}

/// When a refresh token was used.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn use_of(scope: &impl Scope, id: RefreshTokenId) -> Result<Option<DateTime<Utc>>> {
    let row = refresh_token::Entity::find_by_id(id).one(scope).await?;
    Ok(row.and_then(|row| row.used_at))
}

/// Whether a session has an unused refresh token with a hash.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn is_unused(scope: &impl Scope, session: SessionId, hash: Vec<u8>) -> Result<bool> {
    let select = refresh_token::Entity::find()
        .filter(refresh_token::Column::SessionId.eq(session))
        .filter(refresh_token::Column::TokenHash.eq(hash))
        .filter(refresh_token::Column::UsedAt.is_null());
    Ok(select.one(scope).await?.is_some())
}

/// Of these users, those whom the caller meets somewhere: oneself, fellow members, people in rooms that they see.
///
/// # Errors
/// When the database does not answer.
async fn profiles(scope: &impl Scope, ids: &[UserId]) -> Result<Vec<user::Model>> {
    let caller = scope.caller();
    let seen_room =
        Expr::col((participant::Entity, participant::Column::RoomId)).in_subquery(room::visible_ids(caller));
    let in_rooms = users_of(participant::Entity, participant::Column::UserId, ids)
        .cond_where(seen_room)
        .to_owned();
    let mut met = Condition::any().add(user::Column::Id.in_subquery(in_rooms));
    if let Some(me) = caller.user() {
        let own = membership::Column::OrganizationId.in_subquery(organization::own_ids(me));
        let members = users_of(membership::Entity, membership::Column::UserId, ids)
            .cond_where(own)
            .to_owned();
        met = met
            .add(user::Column::Id.eq(me))
            .add(user::Column::Id.in_subquery(members));
    }
    let select = user::Entity::seen(caller)
        .filter(user::Column::Id.is_in(ids.iter().copied()))
        .filter(met);
    Ok(select.all(scope).await?)
}

fn users_of<E: EntityTrait, C: ColumnTrait>(table: E, column: C, ids: &[UserId]) -> SelectStatement {
    Query::select()
        .column((table, column))
        .from(table)
        .and_where(Expr::col((table, column)).is_in(ids.iter().copied()))
        .to_owned()
}

/// Profiles asked for by their ids alone.
pub(super) struct Met(Arc<Reading>);

type Person = Option<Arc<user::Model>>;

impl BatchFn<UserId, Result<Person>> for Met {
    async fn load(&mut self, keys: &[UserId]) -> HashMap<UserId, Result<Person>> {
        match profiles(&*self.0, keys).await {
            Ok(rows) => {
                let mut found: HashMap<_, _> = rows.into_iter().map(|row| (row.id, Arc::new(row))).collect();
                keys.iter().map(|key| (*key, Ok(found.remove(key)))).collect()
            }
            Err(error) => keys.iter().map(|key| (*key, Err(error.clone()))).collect(),
        }
    }
}

impl Batch for Met {
    type Key = UserId;
    type Value = Result<Person>;

    fn new(reading: Arc<Reading>) -> Self {
        Self(reading)
    }
}
