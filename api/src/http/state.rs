//! What every handler has.

use std::sync::Arc;

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    page_files::PackedPages, readiness::Readiness, stream_limits::StreamLimits, transcript_cache::PackedTranscripts,
};
use crate::{front::Executor, operation::Services};

/// What every handler has.
#[derive(Clone)]
pub(super) struct AppState {
    pub(super) services: Arc<Services>,
    pub(super) executor: Arc<Executor>,
    pub(super) streams: StreamLimits,
    pub(super) pages: Arc<PackedPages>,
    pub(super) transcripts: PackedTranscripts,
    pub(super) readiness: Readiness,
    pub(super) shutdown: CancellationToken,
    pub(super) work: TaskTracker,
}
