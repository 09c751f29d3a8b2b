//! What of organizations and memberships a caller may see: members see their own organizations.

use chrono::{DateTime, Utc};
use entity::{
    MembershipId, OrganizationId, UserId,
    organization::{
        membership::{self, MemberRole},
        organization,
    },
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use crate::{
    caller::Caller,
    error::{Error, Result},
    operation::{Related, Subject, anew_by_id},
    policy::{Relation, Relations},
    store::{ListOrdering, Listed, Located, Lock, Scope, Target, Visible, Writing, among},
};

/// The organizations that a user belongs to.
pub fn own_ids(user: UserId) -> SelectStatement {
    let me = membership::Column::UserId;
    Query::select()
        .column((membership::Entity, membership::Column::OrganizationId))
        .from(membership::Entity)
        .and_where(Expr::col((membership::Entity, me)).eq(user))
        .to_owned()
}

/// Rows of the caller's own organizations, where `column` names the organization.
pub(crate) fn of_own<C: ColumnTrait>(column: C, caller: &Caller) -> Condition {
    match caller.user() {
        Some(user) => Condition::all().add(column.in_subquery(own_ids(user))),
        None => Condition::all().add(Expr::value(false)),
    }
}

impl Visible for organization::Entity {
    type Id = OrganizationId;

    const NAME: &'static str = "organization";
    const ID: organization::Column = organization::Column::Id;
    const DELETED_AT: Option<organization::Column> = Some(organization::Column::DeletedAt);

    fn visible(caller: &Caller) -> Condition {
        of_own(organization::Column::Id, caller)
    }

    fn id(row: &organization::Model) -> OrganizationId {
        row.id
    }

    fn deleted_at(row: &organization::Model) -> Option<DateTime<Utc>> {
        row.deleted_at
    }
}

anew_by_id!(organization);

impl Visible for membership::Entity {
    type Id = MembershipId;

    const NAME: &'static str = "membership";
    const ID: membership::Column = membership::Column::Id;

    fn visible(caller: &Caller) -> Condition {
        of_own(membership::Column::OrganizationId, caller)
    }

    fn id(row: &membership::Model) -> MembershipId {
        row.id
    }
}

/// Which members are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct MembershipFilter {
    /// Only these roles.
    pub roles: Option<Vec<MemberRole>>,
}

impl Listed for membership::Entity {
    type Filter = MembershipFilter;
    type Order = MembershipOrder;

    fn matching(filter: &MembershipFilter) -> Condition {
        let roles = filter
            .roles
            .as_ref()
            .map(|roles| membership::Column::Role.is_in(roles.iter().copied()));
        Condition::all().add_option(roles)
    }
}

/// Members in the order in which they came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MembershipOrder;

impl ListOrdering<membership::Entity> for MembershipOrder {
    fn column(self) -> Option<membership::Column> {
        None
    }

    fn tag(self) -> &'static str {
        "membership.age"
    }
}

/// An organization that the caller belongs to.
///
/// # Errors
/// `NOT_FOUND` for any other.
pub async fn organization(scope: &impl Scope, id: OrganizationId) -> Result<organization::Model> {
    let select = organization::Entity::seen(scope.caller()).filter(organization::Column::Id.eq(id));
    select
        .one(scope)
        .await?
        .ok_or_else(|| Error::not_found("organization", "organizationId"))
}

impl Located for OrganizationId {
    fn target(&self) -> Target {
        Target::tenant(*self)
    }
}

impl Related for organization::Model {
    async fn relations(&self, tx: &Writing) -> Result<Relations> {
        relations(tx, self.id).await
    }
}

impl Subject for OrganizationId {
    type Held = organization::Model;

    async fn hold(&self, tx: &Writing, _: Lock) -> Result<organization::Model> {
        organization(tx, *self).await
    }
}

/// The caller's own memberships of these organizations.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn own_memberships(scope: &impl Scope, of: &[OrganizationId]) -> Result<Vec<membership::Model>> {
    let of = of.iter().map(|organization| organization.0).collect();
    let select = membership::Entity::find()
        .filter(membership::Column::UserId.eq(scope.caller().user()))
        .filter(among(
            scope.get_database_backend(),
            membership::Column::OrganizationId,
            of,
        ));
    Ok(select.all(scope).await?)
}

/// What the caller is to an organization.
///
/// # Errors
/// When the database does not answer.
pub async fn relations(scope: &impl Scope, organization: OrganizationId) -> Result<Relations> {
    let relations = Relations::of(scope.caller());
    if scope.caller().user().is_none() {
        return Ok(relations);
    }
    let own = own_memberships(scope, &[organization]).await?.pop();
    Ok(relations.and(own.map(|own| Relation::Member(own.role))))
}

/// Of how many organizations a user is ADMIN.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn count_of_administered(scope: &impl Scope, user: UserId) -> Result<u64> {
    let administered = membership::Entity::find()
        .filter(membership::Column::UserId.eq(user))
        .filter(membership::Column::Role.eq(MemberRole::Admin));
    Ok(administered.count(scope).await?)
}

/// An organization that the caller belongs to, by its slug.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn by_slug(scope: &impl Scope, slug: &str) -> Result<Option<organization::Model>> {
    let select = organization::Entity::seen(scope.caller()).filter(organization::Column::Slug.eq(slug));
    Ok(select.one(scope).await?)
}

/// Whether a user is ADMIN of any organization.
///
/// # Errors
/// When the database does not answer.
pub async fn is_admin_somewhere(scope: &impl Scope, user: UserId) -> Result<bool> {
    let found = membership::Entity::seen(scope.caller())
        .filter(membership::Column::UserId.eq(user))
        .filter(membership::Column::Role.eq(MemberRole::Admin))
        .one(scope)
        .await?;
    Ok(found.is_some())
}
