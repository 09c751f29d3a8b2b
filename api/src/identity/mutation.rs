//! Changing one's own account and session.

use std::sync::Arc;

use async_graphql::{Context, InputObject, MaybeUndefined, Object, SimpleObject};

use super::{
    service::{self, ProfilePatch, Tokens},
    types::{Session, SignInResult, SignedIn, Viewer},
};
use crate::{
    error::Result,
    gql::{
        Json, Nullable, OperationContext, Timestamp,
        directives::{hashes_password, signs_in},
        once, once_shown,
    },
    operation::{Operation, Shown},
    organization::{self, Organization},
};

/// Mutations of the area.
#[derive(Default)]
pub struct IdentityMutation;

/// A new account.
#[derive(InputObject)]
pub struct SignUpInput {
    /// E-mail address; upper and lower case are the same.
    email: String,
    /// 8 to 128 characters, not easily guessed.
    password: String,
    /// The name that others see. 1 to 100 characters.
    display_name: String,
    /// Founds an organization of this name, with the new user as its admin. 1 to 200 characters.
    organization_name: Option<String>,
}

/// What `signUp` answers.
#[derive(SimpleObject)]
#[graphql(serial)]
pub struct SignUpPayload {
    /// The first session of the new account.
    signed_in: SignedIn,
    /// The organization that was founded, if one was asked for.
    organization: Option<Organization>,
}

/// Credentials.
#[derive(InputObject)]
pub struct SignInInput {
    /// E-mail address; upper and lower case are the same.
    email: String,
    /// The account's password.
    password: String,
}

/// A refresh token to exchange.
#[derive(InputObject)]
pub struct RefreshSessionInput {
    /// The newest refresh token of the session. Each works once.
    refresh_token: String,
    /// Any text of the client's, up to 100 characters. A retry with the same text within 10 seconds gets the same
    /// tokens again, so that a lost answer does not end the session.
    request_id: Option<String>,
}

/// What `refreshSession` answers.
#[derive(SimpleObject)]
#[graphql(serial)]
pub struct RefreshSessionPayload {
    /// The next access token.
    access_token: String,
    /// When the access token expires.
    access_token_expires_at: Timestamp,
    /// The next refresh token; the one given is used up.
    refresh_token: String,
}

/// What `signOut` answers.
#[derive(SimpleObject)]
#[graphql(serial)]
pub struct SignOutPayload {
    /// The session that ended; its tokens are worth nothing from now on.
    session: Session,
}

/// Changes of the viewer's account. What is left out stays as it is; null empties what may be empty.
#[derive(InputObject)]
pub struct UpdateProfileInput {
    /// The name that others see. 1 to 100 characters.
    display_name: Option<String>,
    /// Given name, up to 100 characters.
    first_name: MaybeUndefined<String>,
    /// Family name, up to 100 characters.
    last_name: MaybeUndefined<String>,
    /// Address of a picture, starting with https://.
    avatar_url: MaybeUndefined<String>,
    /// IANA name of a time zone, such as Europe/Vienna.
    timezone: Option<String>,
    /// What client programs keep for the viewer: a JSON object of at most 16 KiB, replaced as a whole.
    preferences: Option<Json>,
}

/// What `updateProfile` answers.
#[derive(SimpleObject)]
#[graphql(serial)]
pub struct UpdateProfilePayload {
    /// The account as it is now.
    viewer: Viewer,
}

/// Mutations about the viewer's account.
#[Object(serial)]
impl IdentityMutation {
    /// Makes an account and signs it in.
    #[graphql(directive = hashes_password::apply(), directive = signs_in::apply())]
    async fn sign_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new account.")] input: SignUpInput,
    ) -> Nullable<SignUpPayload> {
        let SignUpInput {
            email,
            password,
            display_name,
            organization_name,
        } = input;
        let operation = ctx.operation()?;
        let shown = once_shown(
            ctx,
            organization::sign_up(
                operation,
                &email,
                &password,
                &display_name,
                organization_name.as_deref(),
            ),
        );
        let (signed_up, organization) = as_whom_it_signs_in(operation, shown.await?)?;
        Ok(Some(SignUpPayload {
            signed_in: signed_in(signed_up.tokens, signed_up.user),
            organization: organization.map(Organization::of),
        }))
    }

    /// Signs in with e-mail and password. Wrong credentials are UNAUTHENTICATED, whichever is wrong.
    #[graphql(directive = hashes_password::apply(), directive = signs_in::apply())]
    async fn sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Credentials.")] input: SignInInput,
    ) -> Nullable<SignInResult> {
        let operation = ctx.operation()?;
        let shown = once_shown(ctx, service::sign_in(operation, &input.email, &input.password));
        let (tokens, user) = as_whom_it_signs_in(operation, shown.await?)?;
        Ok(Some(SignInResult::SignedIn(signed_in(tokens, user))))
    }

    /// Exchanges a refresh token for the next pair of tokens. A token that is used twice ends its session:
    /// someone else may have it.
    #[graphql(directive = signs_in::apply())]
    async fn refresh_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The refresh token.")] input: RefreshSessionInput,
    ) -> Nullable<RefreshSessionPayload> {
        let request_id = input.request_id.as_deref();
        let Tokens {
            access_token,
            access_token_expires_at,
            refresh_token,
        } = once_shown(
            ctx,
            service::refresh_session(ctx.operation()?, &input.refresh_token, request_id),
        )
        .await?
        .now()?;
        Ok(Some(RefreshSessionPayload {
            access_token,
            access_token_expires_at: Timestamp(access_token_expires_at),
            refresh_token,
        }))
    }

    /// Ends the session of this request.
    async fn sign_out(&self, ctx: &Context<'_>) -> Nullable<SignOutPayload> {
        let operation = ctx.operation()?;
        let session = once(ctx, service::sign_out(operation)).await?;
        // Also when it was done before: what follows is done as nobody, as it was then.
        operation.continue_as_nobody();
        Ok(Some(SignOutPayload {
            session: Session::of(session),
        }))
    }

    /// Changes the viewer's account.
    async fn update_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateProfileInput,
    ) -> Nullable<UpdateProfilePayload> {
        let UpdateProfileInput {
            display_name,
            first_name,
            last_name,
            avatar_url,
            timezone,
            preferences,
        } = input;
        let patch = ProfilePatch {
            display_name,
            first_name: first_name.into(),
            last_name: last_name.into(),
            avatar_url: avatar_url.into(),
            timezone,
            preferences: preferences.map(|preferences| preferences.0),
        };
        let user = once(ctx, service::update_profile(ctx.operation()?, patch)).await?;
        Ok(Some(UpdateProfilePayload {
            viewer: Viewer(Arc::new(user)),
        }))
    }
}

/// What follows in the operation is done as whom it signs in. In a retry that is nobody: it must not be done as somebody
/// else instead.
fn as_whom_it_signs_in<T>(operation: &Operation, shown: Shown<T>) -> Result<T> {
    if matches!(shown, Shown::Before(_)) {
        operation.continue_as_nobody();
    }
    shown.now()
}

fn signed_in(tokens: Tokens, user: entity::identity::user::Model) -> SignedIn {
    let Tokens {
        access_token,
        access_token_expires_at,
        refresh_token,
    } = tokens;
    SignedIn {
        access_token,
        access_token_expires_at: Timestamp(access_token_expires_at),
        refresh_token,
        viewer: Viewer(Arc::new(user)),
    }
}
