//! What of organizations and memberships a caller may see: members see their own organizations.

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
    error::Result,
    operation::{Related, Subject, table},
    policy::{Relation, Relations},
    store::{Located, Lock, Scope, Target, Visible, Writing, among, any_of, seen_row},
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

table! {
    organization: OrganizationId, "organization", "organizationId";
    visible: |caller| of_own(organization::Column::Id, caller);
    deleted: deleted_at;
}

table! {
    membership: MembershipId, "membership", "membershipId";
    visible: |caller| of_own(membership::Column::OrganizationId, caller);
    deleted: never;
    listed: "membership.age", |filter: MembershipFilter| {
        Condition::all().add_option(any_of(membership::Column::Role, filter.roles.as_deref()))
    };
}

/// Which members are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct MembershipFilter {
    /// Only these roles.
    pub roles: Option<Vec<MemberRole>>,
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
        seen_row::<organization::Entity>(tx, *self).await
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
