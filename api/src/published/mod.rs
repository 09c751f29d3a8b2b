//! Documents that were published for apps from the command line, and are found by whoever serves.

mod finder;

use std::{sync::Arc, time::Duration};

use aws_lc_rs::digest;
use entity::room::{app, document};
use moka::sync::Cache;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::OnConflict};
use serde_json::json;

use crate::{
    caller::{Caller, Origin},
    error::{Error, Result},
    store::{Audit, AuditRecord, Forgotten, ROWS_AT_ONCE, Store, Unaudited, Writing, audit_actions},
};

/// Documents that were removed.
pub const REMOVED_DOCUMENTS: Forgotten = Forgotten {
    table: "documents",
    key: "id",
    due: "SELECT t.id FROM documents t WHERE t.deleted_at < $1 LIMIT $2",
    locked: true,
};

audit_actions! {
    /// What happens to the documents of an app.
    DocumentAction in Tenant {
        /// Documents were published.
        Published = "DOCUMENTS_PUBLISHED",
        /// A document was taken back.
        Removed = "DOCUMENT_REMOVED",
    }
}

/// How long a document is served after it was removed.
const KEPT: Duration = Duration::from_secs(60);

/// Bytes of documents kept in the process.
const KEPT_BYTES: u64 = 16 * 1024 * 1024;

/// An app's client id, if one is named, and what a client sends instead of a document.
type Sought = (Option<String>, String);

/// A document to publish.
#[derive(Clone, Debug)]
pub struct NewDocument {
    /// Where it stands, for people.
    pub place: String,
    /// The id that its manifest gives it.
    pub id: Option<String>,
    /// The names of its operations.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// The published documents of one database, the latest of them kept in the process.
#[derive(Clone)]
pub struct PublishedDocuments {
    store: Store,
    kept: Cache<Sought, Arc<str>>,
}

impl PublishedDocuments {
    /// The published documents of one database.
    pub fn new(store: Store) -> Self {
        let weight = |sought: &Sought, text: &Arc<str>| {
            let bytes = sought.1.len() + text.len();
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        let kept = Cache::builder()
            .weigher(weight)
            .max_capacity(KEPT_BYTES)
            .time_to_live(KEPT)
            .build();
        Self { store, kept }
    }

    /// The text of a document: of one app by its hash or the id in its manifest; without an app, by its hash. None when it
    /// is not published, or its app is not active.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find(&self, client_id: Option<&str>, key: &str) -> Result<Option<Arc<str>>> {
        let sought = (client_id.map(str::to_owned), key.to_owned());
        if let Some(text) = self.kept.get(&sought) {
            return Ok(Some(text));
        }
        let target = match client_id {
            Some(client) => finder::of_client(client),
            None => finder::of_document(key),
        };
        let reading = match self.store.read_located(&Caller::Anonymous, &target).await {
            Ok(reading) => reading,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let app = match client_id {
            Some(client) => match finder::app_of(&reading, client).await? {
                Some(app) => Some(app.id),
                None => return Ok(None),
            },
            // The same hash is the same text, whosever it is.
            None => None,
        };
        let Some(row) = finder::document(&reading, app, key).await? else {
            return Ok(None);
        };
        let text: Arc<str> = row.text.into();
        self.kept.insert(sought, text.clone());
        Ok(Some(text))
    }

    /// Publishes documents of an app, under their hashes and under the ids of their manifest; answers those that were not
    /// published before.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is no such app; `CONFLICT` when an id stands for another text already.
    pub async fn publish(&self, client_id: &str, new: &[NewDocument]) -> Result<Vec<document::Model>> {
        let (tx, app) = self.change(client_id).await?;
        let known = finder::documents(&tx, app.id).await?;
        let added = added(&tx, &app, &known, new)?;
        for rows in added.chunks(ROWS_AT_ONCE) {
            // One that was removed comes back.
            let again = OnConflict::columns([document::Column::AppId, document::Column::Key])
                .update_columns([
                    document::Column::Hash,
                    document::Column::Name,
                    document::Column::Text,
                    document::Column::DeletedAt,
                    document::Column::UpdatedAt,
                ])
                .to_owned();
            let rows = rows.iter().cloned().map(IntoActiveModel::into_active_model);
            document::Entity::insert_many(rows)
                .on_conflict(again)
                .exec_without_returning(&tx)
                .await?;
        }
        if !added.is_empty() {
            let keys: Vec<_> = added.iter().map(|row| &row.key).collect();
            let published = AuditRecord::new(DocumentAction::Published, app.id);
            tx.audit(published.because(json!({ "documents": keys })));
        }
        let audit = match added.is_empty() {
            true => Audit::None(Unaudited::NothingChanged),
            false => Audit::Parts,
        };
        tx.commit(audit, ()).await?;
        Ok(added)
    }

    /// An app's documents, by name, in the order of its characters whatever the database's collation is.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is no such app.
    pub async fn list(&self, client_id: &str) -> Result<Vec<document::Model>> {
        let target = finder::of_client(client_id);
        let reading = self.store.read_located(&Caller::Server, &target).await?;
        let app = finder::app_of(&reading, client_id)
            .await?
            .ok_or_else(|| target.not_found())?;
        let mut documents = finder::documents(&reading, app.id).await?;
        documents.retain(|row| row.deleted_at.is_none());
        documents.sort_by(|one, other| (&one.name, &one.key).cmp(&(&other.name, &other.key)));
        Ok(documents)
    }

    /// Removes a document of an app, under all its keys; servers go on with it for a minute. Answers how many keys it had.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is no such app or document.
    pub async fn remove(&self, client_id: &str, key: &str) -> Result<u64> {
        let (tx, app) = self.change(client_id).await?;
        let row = finder::document(&tx, Some(app.id), key).await?;
        let row = row.ok_or_else(|| Error::not_found("document", "hash"))?;
        let removed = document::ActiveModel {
            deleted_at: Set(Some(tx.now())),
            updated_at: Set(tx.now()),
            ..Default::default()
        };
        let removed = document::Entity::update_many()
            .set(removed)
            .filter(document::Column::AppId.eq(app.id))
            .filter(document::Column::Hash.eq(&row.hash))
            .filter(document::Column::DeletedAt.is_null())
            .exec(&tx)
            .await?
            .rows_affected;
        self.kept.invalidate_all();
        let audit = AuditRecord::new(DocumentAction::Removed, app.id).because(json!({ "document": row.hash }));
        tx.commit(audit, ()).await?;
        Ok(removed)
    }

    /// Begins a change of an app's documents, as the server: whoever has its address and its command line.
    async fn change(&self, client_id: &str) -> Result<(Writing, app::Model)> {
        let target = finder::of_client(client_id);
        let tx = self
            .store
            .write(&Caller::Server, &Origin::default(), target.clone())
            .await?;
        let app = finder::app_of(&tx, client_id)
            .await?
            .ok_or_else(|| target.not_found())?;
        Ok((tx, app))
    }
}

/// The rows that are missing for documents.
fn added(
    tx: &Writing,
    app: &app::Model,
    known: &[document::Model],
    new: &[NewDocument],
) -> Result<Vec<document::Model>> {
    let now = tx.now();
    let mut added: Vec<document::Model> = Vec::new();
    for document in new {
        let hash = hash(&document.text);
        let given = document.id.clone().filter(|id| *id != hash);
        for key in std::iter::once(hash.clone()).chain(given) {
            let live = known.iter().filter(|row| row.deleted_at.is_none());
            match live.chain(&added).find(|row| row.key == key) {
                Some(row) if row.hash == hash => {}
                Some(row) => {
                    return Err(Error::conflict(format!(
                        "{}: the id {key} stands for another document of this app ({}). Remove that one first.",
                        document.place, row.hash
                    )));
                }
                None => added.push(document::Model {
                    id: tx.new_id(),
                    organization_id: app.organization_id,
                    app_id: app.id,
                    key,
                    hash: hash.clone(),
                    name: document.name.clone(),
                    text: document.text.clone(),
                    deleted_at: None,
                    created_at: now,
                    updated_at: now,
                }),
            }
        }
    }
    Ok(added)
}

/// SHA-256 of a document's text, in lower-case hexadecimal digits.
pub fn hash(text: &str) -> String {
    let digest = digest::digest(&digest::SHA256, text.as_bytes());
    base16ct::lower::encode_string(digest.as_ref())
}
