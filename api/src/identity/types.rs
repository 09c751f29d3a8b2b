//! Accounts and sessions as clients see them.

use async_graphql::{Context, Enum, ID, Object, SimpleObject, Union};
use entity::{
    identity::{profile, session, user},
    organization::membership,
    room::participant,
};
use macros::windows;

use crate::{
    gql::{
        Connection, Json, Nullable, OperationContext, Permission, Timestamp, children, item, load, output, permissions,
    },
    organization::{Membership, MembershipFilter},
    policy::{ActedOn, Relations},
    room::{Participant, ParticipantFilter},
    store::{Page, WindowArguments},
};

/// What a user may do on the platform as a whole, beside their organizations.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "user::PlatformRole")]
pub enum PlatformRole {
    /// An ordinary user.
    None,
    /// Runs the platform.
    PlatformAdmin,
}

/// How surely a user is known in a session.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "session::AssuranceLevel")]
pub enum AssuranceLevel {
    /// By password alone.
    Password,
    /// By a second factor too.
    Mfa,
}

item! {
    /// A person as others see them.
    Profile(profile) {}
}

/// A person as others see them: a name and a picture, nothing more.
#[Object(serial)]
impl Profile {
    /// Global id, `user_…`.
    pub async fn id(&self) -> ID {
        output(self.0.id)
    }

    /// The name that the person chose to show. 1 to 100 characters.
    async fn display_name(&self) -> &str {
        &self.0.display_name
    }

    /// Address of their picture, if they have one.
    async fn avatar_url(&self) -> Option<&str> {
        self.0.avatar_url.as_deref()
    }

    /// When the account was deleted. Only winners and other history still lead here then.
    async fn deleted_at(&self) -> Option<Timestamp> {
        self.0.deleted_at.map(Timestamp)
    }
}

item! {
    /// A signed-in session.
    Session(session) {}
}

/// A signed-in session of the viewer's own.
#[Object(serial)]
impl Session {
    /// Global id, `session_…`.
    pub async fn id(&self) -> ID {
        output(self.0.id)
    }

    /// The client program, as it named itself when signing in.
    async fn user_agent(&self) -> Option<&str> {
        self.0.user_agent.as_deref()
    }

    /// The network address from which the session was signed in.
    async fn ip_address(&self) -> Option<&str> {
        self.0.ip_address.as_deref()
    }

    /// How surely the user is known.
    async fn assurance_level(&self) -> AssuranceLevel {
        self.0.assurance_level.into()
    }

    /// When the user proved who they are.
    async fn authenticated_at(&self) -> Timestamp {
        Timestamp(self.0.authenticated_at)
    }

    /// When the session was last used, to a minute.
    async fn last_seen_at(&self) -> Timestamp {
        Timestamp(self.0.last_seen_at)
    }

    /// When the session ends at the latest.
    async fn expires_at(&self) -> Timestamp {
        Timestamp(self.0.expires_at)
    }

    /// When the session was ended before its time.
    async fn revoked_at(&self) -> Option<Timestamp> {
        self.0.revoked_at.map(Timestamp)
    }
}

item! {
    /// The signed-in user's own account.
    Viewer(user) {}
}

/// The signed-in user's own account, with what only they may see.
#[windows]
#[Object(serial)]
impl Viewer {
    /// What others see of the viewer.
    async fn profile(&self) -> Profile {
        Profile::of(self.0.as_ref().into())
    }

    /// E-mail address, in lower case.
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// When the e-mail address was proven to be theirs.
    async fn email_verified_at(&self) -> Option<Timestamp> {
        self.0.email_verified_at.map(Timestamp)
    }

    /// Given name.
    async fn first_name(&self) -> Option<&str> {
        self.0.first_name.as_deref()
    }

    /// Family name.
    async fn last_name(&self) -> Option<&str> {
        self.0.last_name.as_deref()
    }

    /// IANA name of the time zone in which the viewer wants to read times, such as Europe/Vienna.
    async fn timezone(&self) -> &str {
        &self.0.timezone
    }

    /// What client programs keep for the viewer: a JSON object of at most 16 KiB.
    async fn preferences(&self) -> Json {
        (&self.0.preferences).into()
    }

    /// What the viewer may do beside what is about an organization, a room or a win.
    async fn viewer_permissions(&self, ctx: &Context<'_>) -> Nullable<Vec<Permission>> {
        let viewer = Relations::of(ctx.operation()?.caller());
        Ok(Some(permissions(&viewer, ActedOn::Platform)))
    }

    /// What the viewer may do on the platform as a whole.
    async fn platform_role(&self) -> PlatformRole {
        self.0.platform_role.into()
    }

    /// When the viewer last signed in.
    async fn last_login_at(&self) -> Option<Timestamp> {
        self.0.last_login_at.map(Timestamp)
    }

    /// When the account was made.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    /// The session of this request.
    async fn session(&self, ctx: &Context<'_>) -> Nullable<Session> {
        let operation = ctx.operation()?;
        let session = operation.signed_in()?.session;
        Ok(load::<Session>(operation, session).await?)
    }

    /// The viewer's places in organizations, oldest first.
    async fn memberships(&self, ctx: &Context<'_>, window: WindowArguments) -> Nullable<Connection<Membership>> {
        let page = Page::natural(MembershipFilter::default(), window)?;
        Ok(Some(
            children(ctx, membership::Column::UserId, self.0.id, page, None).await?,
        ))
    }

    /// The rooms that the viewer is in, by their place in each, oldest first.
    async fn participations(&self, ctx: &Context<'_>, window: WindowArguments) -> Nullable<Connection<Participant>> {
        let page = Page::natural(ParticipantFilter::default(), window)?;
        Ok(Some(
            children(ctx, participant::Column::UserId, self.0.id, page, None).await?,
        ))
    }
}

/// What `signIn` answers. A client must be ready for further members, such as a second factor that is asked for.
#[derive(Union)]
pub enum SignInResult {
    /// Signed in.
    SignedIn(SignedIn),
}

/// A new session with its tokens.
#[derive(SimpleObject)]
#[graphql(serial)]
pub struct SignedIn {
    /// Send it as `Authorization: Bearer …`, and as `authorization` in `connection_init` of a socket.
    pub access_token: String,
    /// When the access token expires. Call refreshSession before.
    pub access_token_expires_at: Timestamp,
    /// Exchanges once for the next pair of tokens. Keep it secret; it is not shown again.
    pub refresh_token: String,
    /// Who signed in.
    pub viewer: Viewer,
}
