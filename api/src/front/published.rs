//! Which document is meant: the one that was sent, or one that was published before and is named by its key.

use std::sync::Arc;

use super::request::GraphqlRequest;
use crate::{
    error::{Error, RequestError, Result},
    operation::Services,
    published::hash,
};

/// Where a request without headers names its app.
const APP_EXTENSION: &str = "app";

/// The text of the document.
///
/// # Errors
/// `PERSISTED_QUERY_NOT_FOUND` for a key without a document, `PERSISTED_QUERY_REQUIRED` where only published documents are
/// executed, `VALIDATION` when there is neither document nor key, the key is another document's, or the app is unclear.
pub(crate) async fn text(services: &Services, app: Option<&str>, request: &mut GraphqlRequest) -> Result<Arc<str>> {
    let key = request.document_key()?;
    let app = request.said(app, APP_EXTENSION)?.map(ToOwned::to_owned);
    let app = app.as_deref();
    let Some(text) = request.query.take() else {
        let Some(key) = key else {
            return Err(
                RequestError::malformed("query", "The request has no query. Send the document as a text.").into(),
            );
        };
        let found = services.published.find(app, &key).await?;
        return Ok(found.ok_or(RequestError::UnknownDocument)?);
    };
    // A client that sends both would have the document published; here an operator does that.
    if request.extensions.contains_key("persistedQuery") && key.is_some_and(|key| key != hash(&text)) {
        let message = "sha256Hash is not the SHA-256 of the query. Send the hash of the very text.";
        return Err(Error::validation("extensions", message));
    }
    if services.config.graphql.published_only {
        let found = services.published.find(app, &hash(&text)).await?;
        return Ok(found.ok_or(RequestError::UnpublishedDocument)?);
    }
    Ok(text.into())
}
