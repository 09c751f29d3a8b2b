//! Apps and their documents, for the command line and for documents that clients name by a hash: whoever sees an app is not
//! asked, because a document is found by knowing its hash.

use entity::{
    AppId,
    room::{app, document},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    error::{Error, Result},
    store::{Scope, Target},
};

/// The active app with a client id.
pub(super) fn of_client(client_id: &str) -> Target {
    Target::found_by(
        "locate_client",
        "SELECT organization_id FROM apps WHERE client_id = ? AND is_active AND deleted_at IS NULL",
        client_id,
        Error::not_found("app", "clientId"),
    )
}

/// An active app for which the document with a hash is published.
pub(super) fn of_document(hash: &str) -> Target {
    Target::found_by(
        "locate_document",
        "SELECT d.organization_id FROM documents d JOIN apps a ON a.id = d.app_id \
         WHERE d.hash = ? AND d.deleted_at IS NULL AND a.is_active AND a.deleted_at IS NULL LIMIT 1",
        hash,
        Error::not_found("document", "hash"),
    )
}

/// The active app with a client id, in its tenant.
pub(super) async fn app_of(scope: &impl Scope, client_id: &str) -> Result<Option<app::Model>> {
    let select = app::Entity::find()
        .filter(app::Column::ClientId.eq(client_id))
        .filter(app::Column::IsActive.eq(true))
        .filter(app::Column::DeletedAt.is_null());
    Ok(select.one(scope).await?)
}

/// A published document: of an app by its hash or its id in a manifest; without an app, by its hash.
pub(super) async fn document(scope: &impl Scope, app: Option<AppId>, key: &str) -> Result<Option<document::Model>> {
    let select = document::Entity::find().filter(document::Column::DeletedAt.is_null());
    let select = match app {
        Some(app) => select
            .filter(document::Column::AppId.eq(app))
            .filter(document::Column::Key.eq(key)),
        None => select.filter(document::Column::Hash.eq(key)),
    };
    Ok(select.one(scope).await?)
}

/// All documents that an app has or had.
pub(super) async fn documents(scope: &impl Scope, app: AppId) -> Result<Vec<document::Model>> {
    let select = document::Entity::find().filter(document::Column::AppId.eq(app));
    Ok(select.all(scope).await?)
}
