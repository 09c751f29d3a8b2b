//! Apps: registered, changed, given new secrets, deactivated.

use entity::{AppId, OrganizationId, room::app};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::{Value as Json, json};

use crate::{
    clock::random_bytes,
    credentials::{Secret, SecretKind},
    error::{Error, Result},
    operation::{Change, Operation},
    patch::set,
    policy::Action,
    room::audit::RoomAction,
    store::{AuditRecord, conflict_if_taken},
    validation,
};

/// Changes of an app; what is `None` stays.
#[derive(Default)]
pub struct AppPatch {
    /// Its name.
    pub name: Option<String>,
    /// Its manifest, replaced as a whole.
    pub manifest: Option<Json>,
    /// Used again after it was deactivated.
    pub is_active: Option<bool>,
}

/// Registers an app. Answers it with its secret, which is kept as a hash only.
///
/// # Errors
/// `VALIDATION` for bad input, `FORBIDDEN` unless an ADMIN asks, `CONFLICT` when the slug is taken.
pub async fn register_app(
    operation: &Operation,
    organization: OrganizationId,
    name: &str,
    slug: Option<&str>,
    manifest: Json,
) -> Result<(app::Model, Secret)> {
    let name = validation::text("name", name, validation::MAX_NAME)?;
    let slug = match slug {
        Some(slug) => validation::slug("slug", slug)?,
        None => slug_of(&name)?,
    };
    let (manifest, permissions) = check_manifest(manifest)?;
    let Change {
        tx, held: organization, ..
    } = operation.change(organization, Action::ManageApps).await?;
    let secret = Secret::random(SecretKind::AppSecret)?;
    let now = tx.now();
    let id: AppId = tx.new_id();
    let app = app::Model {
        id,
        organization_id: organization.id,
        slug,
        name,
        manifest,
        permissions,
        client_id: client_id()?,
        secret_hash: secret.hash(),
        is_active: true,
        deleted_at: None,
        created_at: now,
        updated_at: now,
    };
    let insert = app::Entity::insert(app.clone().into_active_model())
        .exec_without_returning(&tx)
        .await;
    conflict_if_taken(insert, || {
        Error::conflict_of(
            "slug",
            "The organization has an app with this slug already. Choose another.",
        )
    })?;
    let audit = AuditRecord::new(RoomAction::AppRegistered, id)
        .changed(json!(null), json!({ "name": app.name, "slug": app.slug }));
    tx.commit_secret(audit, (app, secret)).await
}

/// Changes an app.
///
/// # Errors
/// `VALIDATION` for bad input, `NOT_FOUND`, `FORBIDDEN` unless an ADMIN asks.
pub async fn update_app(operation: &Operation, id: AppId, patch: AppPatch) -> Result<app::Model> {
    let AppPatch {
        name,
        manifest,
        is_active,
    } = patch;
    let name = name
        .map(|name| validation::text("name", &name, validation::MAX_NAME))
        .transpose()?;
    let manifest = manifest.map(check_manifest).transpose()?;
    let Change { tx, held: before, .. } = operation.change(id, Action::ManageApps).await?;
    let mut row = before.clone().into_active_model();
    set(name, &mut row.name);
    set(is_active, &mut row.is_active);
    if let Some((manifest, permissions)) = manifest {
        row.manifest = Set(manifest);
        row.permissions = Set(permissions);
    }
    row.updated_at = Set(tx.now());
    let app = row.update(&tx).await?;
    let audit = AuditRecord::new(RoomAction::AppUpdated, id).changed(audited(&before), audited(&app));
    tx.commit(audit, app).await
}

/// Gives an app a new secret; the old one is worth nothing from then on.
///
/// # Errors
/// `NOT_FOUND`, `FORBIDDEN` unless an ADMIN asks, `CONFLICT` for a deactivated app.
pub async fn regenerate_app_secret(operation: &Operation, id: AppId) -> Result<(app::Model, Secret)> {
    let Change { tx, held: app, .. } = operation.change(id, Action::ManageApps).await?;
    if !app.is_active {
        return Err(Error::conflict(
            "The app is deactivated. Activate it with updateApp before you renew its secret.",
        ));
    }
    let secret = Secret::random(SecretKind::AppSecret)?;
    let mut row = app.into_active_model();
    row.secret_hash = Set(secret.hash());
    row.updated_at = Set(tx.now());
    let app = row.update(&tx).await?;
    let audit = AuditRecord::new(RoomAction::AppSecretRegenerated, id);
    tx.commit_secret(audit, (app, secret)).await
}

/// Takes an app out of use.
///
/// # Errors
/// `NOT_FOUND`, `FORBIDDEN` unless an ADMIN asks, `CONFLICT` when it is deactivated already.
pub async fn deactivate_app(operation: &Operation, id: AppId) -> Result<app::Model> {
    let Change { tx, held: app, .. } = operation.change(id, Action::ManageApps).await?;
    if !app.is_active {
        return Err(Error::conflict("The app is deactivated already."));
    }
    tx.finishes();
    let mut row = app.into_active_model();
    row.is_active = Set(false);
    row.updated_at = Set(tx.now());
    let app = row.update(&tx).await?;
    let audit = AuditRecord::new(RoomAction::AppDeactivated, id)
        .changed(json!({ "isActive": true }), json!({ "isActive": false }));
    tx.commit(audit, app).await
}

/// A manifest is an object; its `permissions`, when there are any, are texts.
fn check_manifest(manifest: Json) -> Result<(Json, Json)> {
    let manifest = validation::json_object("manifest", manifest)?;
    let permissions = manifest.get("permissions").cloned().unwrap_or_else(|| json!([]));
    let texts = permissions
        .as_array()
        .is_some_and(|list| list.len() <= 100 && list.iter().all(Json::is_string));
    if !texts {
        return Err(Error::validation(
            "manifest",
            "permissions in the manifest must be a list of at most 100 texts.",
        ));
    }
    Ok((manifest, permissions))
}

fn audited(app: &app::Model) -> Json {
    json!({ "name": app.name, "manifest": app.manifest, "isActive": app.is_active })
}

fn slug_of(name: &str) -> Result<String> {
    let slug = validation::slug_from(name);
    if slug.len() < 3 {
        return Err(Error::validation(
            "slug",
            "No slug can be made from this name. Give one: 3 to 50 letters, digits and hyphens.",
        ));
    }
    Ok(slug)
}

fn client_id() -> Result<String> {
    let random: [u8; 12] = random_bytes()?;
    Ok(format!("tmb_client_{}", base16ct::lower::encode_string(&random)))
}
