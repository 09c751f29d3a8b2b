//! The statements of one operation: how many, and for whoever asks for an explanation, which.
//!
//! The tally belongs to the task that runs the operation: everything that this task sends to the database is counted,
//! whichever scope it goes through.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

tokio::task_local! {
    static TALLY: Arc<Tally>;
}

/// What one operation sent to the database.
#[derive(Default)]
pub struct Tally {
    count: AtomicU64,
    told: Option<Mutex<Vec<SentStatement>>>,
}

/// A statement that was sent.
#[derive(Clone, Debug)]
pub struct SentStatement {
    /// Its text. Parameters are sent apart and are not in it.
    pub sql: String,
    /// From sending it to having its answer.
    pub took: Duration,
}

impl Tally {
    /// A tally that keeps the texts of statements too.
    pub fn telling() -> Self {
        Self {
            count: AtomicU64::new(0),
            told: Some(Mutex::default()),
        }
    }

    /// How many statements there were, BEGIN and COMMIT apart.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// The statements so far, if they are kept, in the order in which they were answered.
    pub fn told(&self) -> Vec<SentStatement> {
        self.texts().map(|texts| texts.clone()).unwrap_or_default()
    }

    fn texts(&self) -> Option<MutexGuard<'_, Vec<SentStatement>>> {
        let told = self.told.as_ref()?;
        Some(told.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Runs an execution whose statements go on a tally.
pub async fn tallied<F: Future>(tally: Arc<Tally>, execution: F) -> F::Output {
    TALLY.scope(tally, execution).await
}

/// Counts a statement of the present task, and keeps its text when that is wanted.
pub(super) async fn counted<F: Future>(sql: &str, statement: F) -> F::Output {
    let tally = TALLY.try_with(Arc::clone).ok();
    let Some(tally) = tally else {
        return statement.await;
    };
    tally.count.fetch_add(1, Ordering::Relaxed);
    if tally.told.is_none() {
        return statement.await;
    }
    let start = Instant::now();
    let answer = statement.await;
    let told = SentStatement {
        sql: sql.to_owned(),
        took: start.elapsed(),
    };
    if let Some(mut texts) = tally.texts() {
        texts.push(told);
    }
    answer
}
