//! Refresh tokens: each is used once, and its use makes the next.
//!
//! The next token is computed from the used one and the client's request id, so that a client that lost the
//! answer gets the same one again, although the database keeps only hashes.

use chrono::Duration;
use entity::{
    Principal,
    identity::{refresh_token, session::RevokeReason},
};
use sea_orm::{ActiveEnum, ColumnTrait, ConnectionTrait, sea_query::Query};
use serde_json::json;

use super::session::{Tokens, insert_refresh_token, revoke};
use crate::{
    clock::random_bytes,
    credentials::{Secret, SecretKind, hash_secret},
    error::{Error, Result},
    identity::{audit::IdentityAction, finder},
    operation::Operation,
    store::{AuditRecord, Unaudited, Writing},
    validation,
};

/// How long a lost answer can be asked for again.
const RETRY: Duration = Duration::seconds(10);

/// Exchanges a refresh token for the next pair of tokens.
///
/// # Errors
/// `UNAUTHENTICATED` for a token that is unknown, expired or used already. Using one twice ends its session.
/// `RATE_LIMITED` for such a token when there were too many of them; a good one is exchanged all the same.
pub async fn refresh_session(operation: &Operation, token: &str, request_id: Option<&str>) -> Result<Tokens> {
    let request_id = validation::optional_text("requestId", request_id, 100)?;
    let exchanged = exchange(operation, token, request_id.as_deref()).await;
    if matches!(exchanged, Err(Error::Unauthenticated(_))) {
        operation.services().rates.refresh_failed(operation.origin().address)?;
    }
    exchanged
}

async fn exchange(operation: &Operation, token: &str, request_id: Option<&str>) -> Result<Tokens> {
    if !Secret::is_well_formed(SecretKind::RefreshToken, token) {
        return Err(not_good());
    }
    let services = operation.services();
    // Who holds no token at all begins no change: SQLite has one at a time.
    finder::refresh_token(operation.snapshot().reading(), hash_secret(token))
        .await?
        .ok_or_else(not_good)?;
    operation.renew();
    let tx = operation.write_account().await?;
    let found = finder::refresh_token(&tx, hash_secret(token)).await?;
    let (row, session) = found.ok_or_else(not_good)?;
    let now = tx.now();
    let user = finder::live_account(&tx, session.user_id).await?;
    let user = user.filter(|user| user.disabled_at.is_none());
    let (true, true, None, Some(user)) = (row.expires_at > now, session.expires_at > now, session.revoked_at, user)
    else {
        return Err(not_good());
    };

    let successor = successor(operation, token, request_id)?;
    if use_up(&tx, &row).await? {
        insert_refresh_token(&tx, session.id, &successor, row.generation + 1, session.expires_at).await?;
    } else if !is_retry(&tx, &row, &successor).await? {
        if revoke(&tx, session.id, RevokeReason::RefreshTokenReused)
            .await?
            .is_none()
        {
            // Another request ended it in the meantime.
            return Err(not_good());
        }
        let audit = AuditRecord::new(IdentityAction::SessionRevoked, session.id)
            .by(Principal::Server)
            .because(json!({ "reason": RevokeReason::RefreshTokenReused.to_value() }));
        tx.commit_unfinished(audit).await?;
        services.sessions.forget(session.id);
        tracing::warn!(session = %session.id, "a refresh token was used twice; its session was ended");
        return Err(Error::Unauthenticated(
            "This refresh token was used before, so its session was ended. Sign in again.".into(),
        ));
    }
    let (access_token, access_token_expires_at) = services.tokens.issue(user.id, session.id)?;
    let tokens = Tokens {
        access_token,
        access_token_expires_at,
        refresh_token: successor.reveal(),
    };
    tx.commit_secret(Unaudited::GoesOn, tokens).await
}

/// One conditional update: of many at once, exactly one uses the token.
async fn use_up(tx: &Writing, row: &refresh_token::Model) -> Result<bool> {
    let update = Query::update()
        .table(refresh_token::Entity)
        .value(refresh_token::Column::UsedAt, tx.now())
        .value(refresh_token::Column::UpdatedAt, tx.now())
        .and_where(refresh_token::Column::Id.eq(row.id))
        .and_where(refresh_token::Column::UsedAt.is_null())
        .to_owned();
    Ok(tx.execute(&update).await?.rows_affected() == 1)
}

/// The same client asking again: the successor that it would get now is the one that was made then.
async fn is_retry(tx: &Writing, row: &refresh_token::Model, successor: &Secret) -> Result<bool> {
    let used = finder::use_of(tx, row.id).await?;
    if used.is_none_or(|used| tx.now() - used > RETRY) {
        return Ok(false);
    }
    finder::is_unused(tx, row.session_id, successor.hash()).await
}

fn successor(operation: &Operation, token: &str, request_id: Option<&str>) -> Result<Secret> {
    let bytes = match request_id {
        Some(request_id) => operation
            .services()
            .key
            .derive("refresh token", &[token.as_bytes(), request_id.as_bytes()]),
        None => random_bytes()?,
    };
    Ok(Secret::from_bytes(SecretKind::RefreshToken, bytes))
}

fn not_good() -> Error {
    Error::Unauthenticated("The refresh token is not valid or has expired. Sign in again.".into())
}
