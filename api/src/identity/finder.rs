//! What of accounts and sessions a caller may see.

use chrono::{DateTime, Utc};
use entity::{
    RefreshTokenId, SessionId, UserId,
    identity::{profile, refresh_token, session, user},
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, LockType},
};

use crate::{
    error::{Error, Result},
    operation::table,
    store::Scope,
};

table! {
    user: UserId, "user", "userId";
    // An account is read for its own user, and for those whom the policy lets read a part of it.
    visible: |_| Condition::all();
    deleted: deleted_at;
}

table! {
    profile: UserId, "user", "userId";
    // A caller who sees a row that names a user may see their profile: it is all that the API shows of them. A profile asked
    // for by its id alone is narrowed to people whom the caller meets.
    visible: |_| Condition::all();
    deleted: deleted_at;
}

table! {
    session: SessionId, "session", "sessionId";
    visible: |caller| match caller.user() {
        Some(user) => Condition::all().add(session::Column::UserId.eq(user)),
        None => Condition::all().add(Expr::value(false)),
    };
    deleted: never;
}

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

/// A session, ended or not, whoever asks.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn session(scope: &impl Scope, id: SessionId) -> Result<Option<session::Model>> {
    Ok(session::Entity::find_by_id(id).one(scope).await?)
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
