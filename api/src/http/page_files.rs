//! The files of the page for people, bundled into the binary, and the schema. Each is packed once.

use std::{collections::HashMap, sync::Arc};

use axum::body::Bytes;
use futures::stream;
use rust_embed::{EmbeddedFile, RustEmbed};
use tokio::{runtime::Handle, sync::OnceCell, task::spawn_blocking};

use super::packed::packed;
use crate::error::{Error, Result};

/// The built page. A binary that was built without it says how to build it.
#[derive(RustEmbed)]
#[folder = "../web/dist"]
#[allow_missing = true]
pub(super) struct PageFiles;

/// What is the same as long as the server runs, packed.
pub(super) struct PackedPages {
    pub(super) schema: Bytes,
    files: HashMap<String, OnceCell<Bytes>>,
}

impl PackedPages {
    /// The schema, and room for the files of the page, which are packed when they are asked for.
    ///
    /// # Errors
    /// `INTERNAL` when the schema cannot be packed.
    pub(super) async fn new(schema: &str) -> Result<Arc<Self>> {
        Ok(Arc::new(Self {
            schema: packed(stream::iter([Ok(schema.as_bytes().to_vec())])).await?,
            files: PageFiles::iter()
                .map(|path| (path.into_owned(), OnceCell::new()))
                .collect(),
        }))
    }

    pub(super) async fn file(&self, path: &str, file: &EmbeddedFile) -> Result<Bytes> {
        let missing = || Error::internal(anyhow::anyhow!("{path} is not among the files of the page"));
        let pack = async || {
            let bytes = file.data.to_vec();
            let runtime = Handle::current();
            spawn_blocking(move || runtime.block_on(packed(stream::iter([Ok(bytes)]))))
                .await
                .map_err(Error::internal)?
        };
        let kept = self.files.get(path).ok_or_else(missing)?;
        kept.get_or_try_init(pack).await.cloned()
    }
}
