//! Sessions: opened, recognised and ended.

use chrono::{DateTime, Duration, Utc};
use entity::{
    RefreshTokenId, SessionId,
    identity::{
        refresh_token,
        session::{self, AssuranceLevel, RevokeReason},
        user,
    },
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::{
    caller::{Caller, UserSession},
    credentials::{Secret, SecretKind},
    error::{Error, Result},
    identity::{audit::IdentityAction, finder},
    operation::{Operation, Services},
    store::{AuditRecord, Writing},
    validation,
};

/// What a client holds of its session.
pub struct Tokens {
    /// For requests.
    pub access_token: String,
    /// When it expires.
    pub access_token_expires_at: DateTime<Utc>,
    /// For the next pair.
    pub refresh_token: String,
}

/// Who the bearer of an access token is.
///
/// # Errors
/// `UNAUTHENTICATED` when the token or its session is not good, or no longer.
pub async fn authenticate(services: &Services, token: &str) -> Result<(Caller, DateTime<Utc>)> {
    let (user, session, expires) = services.tokens.verify(token)?;
    Ok((Caller::User(services.sessions.validate(user, session).await?), expires))
}

/// Opens a session for whoever knows the password.
///
/// # Errors
/// `UNAUTHENTICATED` for wrong credentials, in the same words and time whichever is wrong; `RATE_LIMITED` when too many were.
pub async fn sign_in(operation: &Operation, email: &str, password: &str) -> Result<(Tokens, user::Model)> {
    operation.try_credentials()?;
    let services = operation.services();
    // An address that is none has no account; it takes the same way and time as any other.
    let email = validation::email("email", email).unwrap_or_default();
    let address = operation.origin().address;
    services.rates.may_sign_in(&email, address)?;
    let found = finder::account_by_email(operation.snapshot().reading(), &email).await?;
    let turn = operation.password_turn().await?;
    // In its turn, so that few are taken at a time: a hall of people who sign in is not a hall of people who guess.
    let guess = services.rates.try_password(&email, address)?;
    let hash = found.as_ref().and_then(|user| user.password_hash.clone());
    let matches = turn.verify(password, hash.as_deref()).await?;
    let Some(user) = found.filter(|user| matches && user.disabled_at.is_none()) else {
        guess.was_wrong();
        return Err(Error::Unauthenticated(
            "The e-mail address or the password is wrong. Check both.".into(),
        ));
    };
    guess.was_right();
    let rehashed = match services.passwords.is_outdated(hash.as_deref()) {
        true => Some(turn.hash(password).await?),
        false => None,
    };
    drop(turn);
    let id: SessionId = services.clock.new_id();
    let tx = operation.write_account().await?;
    let mut row = user.clone().into_active_model();
    row.last_login_at = Set(Some(tx.now()));
    row.updated_at = Set(tx.now());
    rehashed
        .into_iter()
        .for_each(|hash| row.password_hash = Set(Some(hash)));
    let user = row.update(&tx).await?;
    let tokens = open_session(operation, &tx, &user, id).await?;
    let audit = AuditRecord::new(IdentityAction::SignedIn, id).by(user.id.into());
    let tokens = tx.commit_secret(audit, tokens).await?;
    operation.continue_as(UserSession {
        user: user.id,
        session: id,
        platform_role: user.platform_role,
    })?;
    Ok((tokens, user))
}

/// Writes a session with its first refresh token.
pub(super) async fn open_session(
    operation: &Operation,
    tx: &Writing,
    user: &user::Model,
    id: SessionId,
) -> Result<Tokens> {
    let services = operation.services();
    let now = tx.now();
    let expires_at = now + Duration::days(i64::try_from(services.config.auth.session_days).unwrap_or(30));
    let origin = operation.origin();
    let session = session::ActiveModel {
        id: Set(id),
        user_id: Set(user.id),
        user_agent: Set(origin.user_agent.clone()),
        ip_address: Set(origin.address.map(|address| address.to_string())),
        assurance_level: Set(AssuranceLevel::Password),
        authenticated_at: Set(now),
        last_seen_at: Set(now),
        expires_at: Set(expires_at),
        revoked_at: Set(None),
        revoke_reason: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
    };
    session::Entity::insert(session).exec_without_returning(tx).await?;
    let secret = Secret::random(SecretKind::RefreshToken)?;
    insert_refresh_token(tx, id, &secret, 0, expires_at).await?;
    let (access_token, access_token_expires_at) = services.tokens.issue(user.id, id)?;
    Ok(Tokens {
        access_token,
        access_token_expires_at,
        refresh_token: secret.reveal(),
    })
}

pub(super) async fn insert_refresh_token(
    tx: &Writing,
    session: SessionId,
    secret: &Secret,
    generation: i32,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    let id: RefreshTokenId = tx.new_id();
    let row = refresh_token::ActiveModel {
        id: Set(id),
        session_id: Set(session),
        token_hash: Set(secret.hash()),
        generation: Set(generation),
        expires_at: Set(expires_at),
        used_at: Set(None),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    refresh_token::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Ends the caller's session.
///
/// # Errors
/// `UNAUTHENTICATED` when nobody is signed in.
pub async fn sign_out(operation: &Operation) -> Result<session::Model> {
    let me = operation.signed_in()?.clone();
    let tx = operation.write_account().await?;
    let session = revoke(&tx, me.session, RevokeReason::SignedOut).await?;
    let outcome = match session {
        Some(session) => {
            let audit = AuditRecord::new(IdentityAction::SignedOut, session.id);
            Ok(tx.commit(audit, session).await?)
        }
        None => Err(Error::Unauthenticated("The session has ended already.".into())),
    };
    operation.services().sessions.forget(me.session);
    operation.continue_as_nobody();
    outcome
}

/// Ends a session that is live. Of many at once, exactly one does.
pub(super) async fn revoke(tx: &Writing, id: SessionId, reason: RevokeReason) -> Result<Option<session::Model>> {
    let revoked = session::ActiveModel {
        revoked_at: Set(Some(tx.now())),
        revoke_reason: Set(Some(reason)),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    let update = session::Entity::update_many()
        .set(revoked)
        .filter(session::Column::Id.eq(id))
        .filter(session::Column::RevokedAt.is_null());
    match update.exec(tx).await?.rows_affected {
        0 => Ok(None),
        _ => finder::session(tx, id).await,
    }
}
