//! What can be done with organizations.

use entity::{
    MembershipId, OrganizationId, UserId,
    identity::user,
    organization::{
        membership::{self, MemberRole},
        organization::{self, OrganizationStatus, Plan},
    },
};
use sea_orm::{ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::json;

use super::{audit::OrganizationAction, finder};
use crate::{
    clock::random_bytes,
    error::{Error, Result},
    identity::{self, Founding, SignedUp},
    operation::Operation,
    policy::{Action, Relations},
    store::{Audit, AuditRecord, Writing, conflict_if_taken},
    validation,
};

/// Organizations of which one user is ADMIN, when they found another.
const MAX_ADMINISTERED: u64 = 20;

/// Founds an organization with the caller as its admin.
///
/// # Errors
/// `VALIDATION` for a bad name or slug, `CONFLICT` when the slug is taken, `LIMITED` for an ADMIN of many already.
pub async fn create_organization(operation: &Operation, name: &str, slug: Option<&str>) -> Result<organization::Model> {
    let me = operation.signed_in()?.user;
    Relations::of(operation.caller()).allow(Action::CreateOrganization)?;
    let name = validation::text("name", name, validation::MAX_TITLE)?;
    let slug = slug.map(|slug| validation::slug("slug", slug)).transpose()?;
    let id: OrganizationId = operation.services().clock.new_id();
    let tx = operation.write_as(operation.caller(), Some(id)).await?;
    // Held, so that two of one user are founded one after another.
    let user = identity::account_for_change(&tx, me).await?;
    may_found_another(&tx, me).await?;
    let organization = found(&tx, id, &user, &name, slug).await?;
    tx.commit(Audit::Parts, organization).await
}

/// Makes an account and signs it in, with an organization if it gets a name: all or nothing.
///
/// # Errors
/// `VALIDATION` for bad input, `CONFLICT` when the address has an account.
pub async fn sign_up(
    operation: &Operation,
    email: &str,
    password: &str,
    display_name: &str,
    organization_name: Option<&str>,
) -> Result<(SignedUp, Option<organization::Model>)> {
    let founding = organization_name.map(|name| FirstOrganization {
        id: operation.services().clock.new_id(),
        name: name.to_owned(),
    });
    identity::sign_up(operation, email, password, display_name, founding).await
}

/// The organization that is founded with an account.
struct FirstOrganization {
    id: OrganizationId,
    name: String,
}

impl Founding for FirstOrganization {
    type Founded = organization::Model;

    fn check(self) -> Result<Self> {
        let name = validation::text("organizationName", &self.name, validation::MAX_TITLE)?;
        Ok(Self { name, ..self })
    }

    fn tenant(&self) -> OrganizationId {
        self.id
    }

    async fn found(&self, tx: &Writing, founder: &user::Model) -> Result<organization::Model> {
        found(tx, self.id, founder, &self.name, None).await
    }
}

/// Each organization has storage of its own: what one user gets is bounded.
async fn may_found_another(tx: &Writing, user: UserId) -> Result<()> {
    let administered = finder::count_of_administered(tx, user).await?;
    if administered < MAX_ADMINISTERED {
        return Ok(());
    }
    let message = format!(
        "You are ADMIN of {administered} organizations; somebody who is ADMIN of {MAX_ADMINISTERED} or more can found no other."
    );
    Err(Error::Bound(message.into()))
}

/// Writes an organization and its first admin. The change must be that of the organization's own tenant.
async fn found(
    tx: &Writing,
    id: OrganizationId,
    admin: &user::Model,
    name: &str,
    slug: Option<String>,
) -> Result<organization::Model> {
    let slug = match slug {
        Some(slug) => slug,
        None => free_slug(name)?,
    };
    let now = tx.now();
    let organization = organization::Model {
        id,
        slug,
        name: name.to_owned(),
        company_name: None,
        admin_email: admin.email.clone(),
        status: OrganizationStatus::Active,
        plan: Plan::Starter,
        industry: None,
        expected_agent_count: None,
        model_defaults: json!({}),
        resource_limits: json!({}),
        deleted_at: None,
        created_at: now,
        updated_at: now,
    };
    let insert = organization::Entity::insert(organization.clone().into_active_model());
    conflict_if_taken(insert.exec_without_returning(tx).await, || {
        Error::conflict_of(
            "slug",
            "This slug is taken. Choose another, or leave it out to get a free one.",
        )
    })?;
    let membership_id: MembershipId = tx.new_id();
    let membership = membership::ActiveModel {
        id: Set(membership_id),
        organization_id: Set(id),
        user_id: Set(admin.id),
        role: Set(MemberRole::Admin),
        created_at: Set(now),
        updated_at: Set(now),
    };
    membership::Entity::insert(membership)
        .exec_without_returning(tx)
        .await?;
    let founded = AuditRecord::new(OrganizationAction::OrganizationCreated, id);
    tx.audit(founded.changed(json!(null), json!({ "name": name })));
    Ok(organization)
}

/// The name as a slug with a random end: whether the plain one is free would tell of other tenants.
fn free_slug(name: &str) -> Result<String> {
    let random: [u8; 4] = random_bytes()?;
    let end = base16ct::lower::encode_string(&random);
    let stem = validation::slug_from(name);
    Ok(if stem.is_empty() {
        format!("organization-{end}")
    } else {
        format!("{stem}-{end}")
    })
}
