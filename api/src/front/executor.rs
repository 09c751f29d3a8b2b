//! What every operation is executed with, whichever way it comes.

use std::sync::Arc;

use tokio_util::task::TaskTracker;

use super::{cost_limiter::CostLimiter, documents::DocumentCache, explanation::Explaining, sharing::SharedStreams};
use crate::{
    document::Language,
    operation::Services,
    schema::{self, ApiSchema},
};

/// Prepares and executes operations. One for the process: every request shares it.
pub(crate) struct Executor {
    pub(super) services: Arc<Services>,
    /// Serves queries and mutations. It has no extension: any costs a fifth of the CPU of an answer.
    pub(super) schema: ApiSchema,
    /// Serves subscriptions: every event is an execution of its own.
    pub(super) streaming: ApiSchema,
    /// Serves requests that ask for an explanation.
    pub(super) explaining: ApiSchema,
    pub(super) documents: DocumentCache,
    pub(super) cost_limiter: CostLimiter,
    /// Events that are made once for many subscribers.
    pub(super) shared: SharedStreams,
    /// Tracks what must finish before the process ends.
    pub(super) work: TaskTracker,
}

impl Executor {
    /// An executor for the schema whose text this is.
    ///
    /// # Errors
    /// When the schema's own text cannot be read.
    pub(crate) fn new(sdl: &str, services: Arc<Services>, work: TaskTracker) -> Result<Arc<Self>, String> {
        let config = &services.config;
        let language = match config.is_development() {
            true => Language::of(sdl),
            false => Language::without_suggestions(sdl),
        };
        Ok(Arc::new(Self {
            schema: schema::serving(config),
            streaming: schema::streaming(services.clone()),
            explaining: schema::explaining(config, Explaining),
            documents: DocumentCache::new(language?, config.limits.clone()),
            cost_limiter: CostLimiter::new(config.limits.cost),
            shared: SharedStreams::default(),
            services,
            work,
        }))
    }
}
