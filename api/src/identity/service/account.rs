//! Accounts: made and changed.

use entity::{
    OrganizationId, SessionId, UserId,
    identity::user::{self, PlatformRole},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::{Value as Json, json};

use super::session::{Tokens, open_session};
use crate::{
    caller::{Caller, UserSession},
    error::{Error, Result},
    identity::{audit::IdentityAction, finder},
    operation::Operation,
    patch::{Field, set},
    store::{AuditRecord, Writing, conflict_if_taken},
    validation,
};

/// A new account.
pub struct SignedUp {
    /// The account.
    pub user: user::Model,
    /// Its first tokens.
    pub tokens: Tokens,
}

/// What is founded together with an account, in a tenant of its own.
pub trait Founding: Send + Sync {
    /// What comes of it.
    type Founded: Send;

    /// The same, when what was asked for can be founded.
    ///
    /// # Errors
    /// `VALIDATION` when it cannot.
    fn check(self) -> Result<Self>
    where
        Self: Sized;

    /// The tenant that is founded.
    fn tenant(&self) -> OrganizationId;

    /// Founds it, in the change that makes the account.
    fn found(&self, tx: &Writing, founder: &user::Model) -> impl Future<Output = Result<Self::Founded>> + Send;
}

/// Changes of an account; what is `None` stays.
pub struct ProfilePatch {
    /// What others see.
    pub display_name: Option<String>,
    /// Given name.
    pub first_name: Field<String>,
    /// Family name.
    pub last_name: Field<String>,
    /// Picture.
    pub avatar_url: Field<String>,
    /// IANA time zone.
    pub timezone: Option<String>,
    /// JSON object.
    pub preferences: Option<Json>,
}

impl ProfilePatch {
    fn check(self) -> Result<Self> {
        let name = |field, name: Option<&String>| {
            validation::optional_text(field, name.map(String::as_str), validation::MAX_NAME)
        };
        Ok(Self {
            display_name: self
                .display_name
                .map(|name| validation::text("displayName", &name, validation::MAX_NAME))
                .transpose()?,
            first_name: self.first_name.check(|text| name("firstName", text))?,
            last_name: self.last_name.check(|text| name("lastName", text))?,
            avatar_url: self
                .avatar_url
                .check(|url| validation::optional_url("avatarUrl", url.map(String::as_str)))?,
            timezone: self
                .timezone
                .map(|zone| validation::time_zone("timezone", &zone))
                .transpose()?,
            preferences: self
                .preferences
                .map(|json| validation::json_object("preferences", json))
                .transpose()?,
        })
    }
}

/// Makes an account, signs it in and founds what is founded with it, all or nothing.
///
/// # Errors
/// `VALIDATION` for bad input, `CONFLICT` when the address has an account.
pub async fn sign_up<F: Founding>(
    operation: &Operation,
    email: &str,
    password: &str,
    display_name: &str,
    founding: Option<F>,
) -> Result<(SignedUp, Option<F::Founded>)> {
    let email = validation::email("email", email)?;
    let display_name = validation::text("displayName", display_name, validation::MAX_NAME)?;
    let founding = founding.map(Founding::check).transpose()?;
    operation.try_credentials()?;
    let services = operation.services();
    let turn = operation.password_turn().await?;
    turn.check_strength(password, [email.clone(), display_name.clone()])
        .await?;
    let hash = turn.hash(password).await?;
    drop(turn);
    let id: UserId = services.clock.new_id();
    let session: SessionId = services.clock.new_id();
    let caller = UserSession {
        user: id,
        session,
        platform_role: PlatformRole::None,
    };

    let tenant = founding.as_ref().map(Founding::tenant);
    let tx = operation.write_as(&Caller::User(caller.clone()), tenant).await?;
    let now = tx.now();
    let user = user::Model {
        id,
        email,
        email_verified_at: None,
        first_name: None,
        last_name: None,
        display_name,
        avatar_url: None,
        timezone: "UTC".into(),
        preferences: json!({}),
        password_hash: Some(hash),
        platform_role: PlatformRole::None,
        level: 1,
        xp: 0,
        last_login_at: Some(now),
        disabled_at: None,
        deleted_at: None,
        created_at: now,
        updated_at: now,
    };
    let inserted = user::Entity::insert(user.clone().into_active_model())
        .exec_without_returning(&tx)
        .await;
    conflict_if_taken(inserted, || {
        Error::conflict_of(
            "email",
            "This e-mail address has an account already. Sign in, or use another address.",
        )
    })?;
    let tokens = open_session(operation, &tx, &user, session).await?;
    let founded = match &founding {
        Some(founding) => Some(founding.found(&tx, &user).await?),
        None => None,
    };
    let audit = AuditRecord::new(IdentityAction::SignedUp, id);
    let signed_up = tx.commit_secret(audit, (SignedUp { user, tokens }, founded)).await?;
    operation.continue_as(caller)?;
    Ok(signed_up)
}

/// Changes the caller's own account.
///
/// # Errors
/// `UNAUTHENTICATED`, or `VALIDATION` for bad input.
pub async fn update_profile(operation: &Operation, patch: ProfilePatch) -> Result<user::Model> {
    let me = operation.signed_in()?.user;
    let ProfilePatch {
        display_name,
        first_name,
        last_name,
        avatar_url,
        timezone,
        preferences,
    } = patch.check()?;
    let tx = operation.write_account().await?;
    let before = finder::account_for_change(&tx, me).await?;
    let mut row = before.clone().into_active_model();
    set(display_name, &mut row.display_name);
    set(timezone, &mut row.timezone);
    set(preferences, &mut row.preferences);
    first_name.apply(&mut row.first_name);
    last_name.apply(&mut row.last_name);
    avatar_url.apply(&mut row.avatar_url);
    row.updated_at = Set(tx.now());
    let user = row.update(&tx).await?;
    let audit = AuditRecord::new(IdentityAction::ProfileUpdated, me).changed(audited(&before), audited(&user));
    tx.commit(audit, user).await
}

fn audited(user: &user::Model) -> Json {
    json!({
        "displayName": user.display_name,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "avatarUrl": user.avatar_url,
        "timezone": user.timezone,
        "preferences": user.preferences,
    })
}
