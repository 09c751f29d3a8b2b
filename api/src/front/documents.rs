//! Documents that were read already: clients send the same few again and again.

use std::sync::Arc;

use moka::sync::Cache;

use crate::{
    config::Limits,
    document::{Document, Language},
    error::RequestResult,
};

/// About how much memory the documents may take that are kept, in bytes.
const KEPT: u64 = 32 * 1024 * 1024;

/// Reads documents, each once.
#[derive(Clone)]
pub(crate) struct DocumentCache {
    language: Arc<Language>,
    limits: Arc<Limits>,
    read: Cache<String, Arc<Document>>,
}

impl DocumentCache {
    /// Documents for a schema.
    pub(crate) fn new(language: Language, limits: Limits) -> Self {
        let weight = |_: &String, document: &Arc<Document>| u32::try_from(document.weight()).unwrap_or(u32::MAX);
        Self {
            language: Arc::new(language),
            limits: Arc::new(limits),
            read: Cache::builder().weigher(weight).max_capacity(KEPT).build(),
        }
    }

    /// A document that keeps to the limits.
    ///
    /// # Errors
    /// Why it cannot be executed. What is refused is not kept.
    pub(crate) fn read(&self, text: &str) -> RequestResult<Arc<Document>> {
        if let Some(known) = self.read.get(text) {
            return Ok(known);
        }
        let document = Arc::new(Document::read(text, &self.language, &self.limits)?);
        self.read.insert(text.to_owned(), document.clone());
        Ok(document)
    }
}
