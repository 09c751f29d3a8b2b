//! Organizations and members as clients see them.

use async_graphql::{Context, Enum, ID, Object};
use entity::{
    identity::user,
    organization::{membership, organization},
    room::{app, room},
};
use macros::windows;

use super::finder::MembershipFilter;
use super::viewer::viewer;
use crate::{
    gql::{
        Connection, Nullable, OperationContext, Permission, Timestamp, children, item, load, load_with_deleted, output,
        permissions, row_with_deleted,
    },
    identity::{Profile, Viewer},
    operation::Operation,
    policy::{ActedOn, Action, Relation, Relations},
    room::{App, AppFilterInput, Room, RoomFilterInput, RoomOrderInput, room_page},
    store::{Page, WindowArguments},
};

/// A member's role in their organization.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "membership::MemberRole")]
pub enum MemberRole {
    /// Runs the organization: its members, apps and every room.
    Admin,
    /// Approves what others prepared.
    Reviewer,
    /// Creates rooms and runs their own.
    Creator,
    /// Sees everything, changes nothing.
    Viewer,
}

/// Where an organization stands.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "organization::OrganizationStatus")]
pub enum OrganizationStatus {
    /// Being set up.
    Provisioning,
    /// Open for work.
    Active,
    /// Closed for a while.
    Suspended,
    /// Setting up went wrong.
    Failed,
}

/// What an organization has subscribed to.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "organization::Plan")]
pub enum Plan {
    /// The smallest plan.
    Starter,
    /// For regular use.
    Growth,
    /// For large organizations.
    Enterprise,
}

item! {
    /// A tenant: whoever runs rooms.
    Organization(organization) {}
}

/// A tenant: whoever runs rooms. Only its members see it.
#[windows]
#[Object(serial)]
impl Organization {
    /// Global id, `org_…`.
    pub async fn id(&self) -> ID {
        output(self.0.id)
    }

    /// Short name for addresses; unique.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Its name. 1 to 200 characters.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Where it stands.
    async fn status(&self) -> OrganizationStatus {
        self.0.status.into()
    }

    /// What it has subscribed to.
    async fn plan(&self) -> Plan {
        self.0.plan.into()
    }

    /// When it was founded.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    /// What the viewer may do in it, by their role.
    async fn viewer_permissions(&self, ctx: &Context<'_>) -> Nullable<Vec<Permission>> {
        let viewer = viewer(ctx.operation()?, self.0.id).await?;
        Ok(Some(permissions(&viewer, ActedOn::Organization)))
    }

    /// Its members with their roles, longest first.
    async fn memberships(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only members with one of these roles.")] roles: Option<Vec<MemberRole>>,
        window: WindowArguments,
    ) -> Nullable<Connection<Membership>> {
        let roles = roles.map(|roles| roles.into_iter().map(Into::into).collect());
        let page = Page::natural(MembershipFilter { roles }, window)?;
        Ok(Some(
            children(ctx, membership::Column::OrganizationId, self.0.id, page, None).await?,
        ))
    }

    /// The programs that run its rooms, oldest first.
    async fn apps(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which apps.")] filter: Option<AppFilterInput>,
        window: WindowArguments,
    ) -> Nullable<Connection<App>> {
        let filter = filter.unwrap_or_default().into();
        let page = Page::natural(filter, window)?;
        Ok(Some(
            children(ctx, app::Column::OrganizationId, self.0.id, page, None).await?,
        ))
    }

    /// Its rooms, those that are being prepared too.
    async fn rooms(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which rooms.")] filter: Option<RoomFilterInput>,
        #[graphql(desc = "In which order; oldest first when nothing is given.")] order_by: Option<RoomOrderInput>,
        window: WindowArguments,
    ) -> Nullable<Connection<Room>> {
        let page = room_page(filter, order_by, window)?;
        Ok(Some(
            children(ctx, room::Column::OrganizationId, self.0.id, page, None).await?,
        ))
    }
}

item! {
    /// A user's place in an organization.
    Membership(membership) {
        "organization": Organization = |row| row.organization_id,
        "user": Profile = |row| row.user_id,
        "email": Viewer = |row| row.user_id,
    }
}

/// A user's place in an organization.
#[Object(serial)]
impl Membership {
    /// Global id, `member_…`.
    pub async fn id(&self) -> ID {
        output(self.0.id)
    }

    /// What the member may do.
    async fn role(&self) -> MemberRole {
        self.0.role.into()
    }

    /// When they became a member.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    /// The organization.
    async fn organization(&self, ctx: &Context<'_>) -> Nullable<Organization> {
        Ok(load::<Organization>(ctx.operation()?, self.0.organization_id).await?)
    }

    /// The member as others see them.
    async fn user(&self, ctx: &Context<'_>) -> Nullable<Profile> {
        Ok(load_with_deleted::<Profile>(ctx.operation()?, self.0.user_id).await?)
    }

    /// The member's e-mail address: for themselves and for ADMINs of the organization; null for others.
    async fn email(&self, ctx: &Context<'_>) -> Nullable<String> {
        let operation = ctx.operation()?;
        if !self.relations_of_viewer(operation).await?.may(Action::ReadEmail) {
            return Ok(None);
        }
        let user = row_with_deleted::<user::Entity>(operation, self.0.user_id).await?;
        Ok(user.map(|user| user.email.clone()))
    }
}

impl Membership {
    async fn relations_of_viewer(&self, operation: &Operation) -> Result<Relations, crate::error::Error> {
        let oneself = operation.caller().user() == Some(self.0.user_id);
        let relations = viewer(operation, self.0.organization_id).await?;
        Ok(relations.and(oneself.then_some(Relation::Oneself)))
    }
}
