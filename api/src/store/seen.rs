//! The ids of rows that a snapshot has shown to its caller.

use std::{
    any::TypeId,
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use uuid::Uuid;

/// The ids that were shown, by their kinds.
#[derive(Default)]
pub(super) struct Seen(Mutex<HashMap<TypeId, Shown>>);

/// Rows of one kind, each with the row that it is seen with, if it is seen with another.
type Shown = HashMap<Uuid, Option<With>>;

/// A row that others are seen with: its kind and id.
pub(super) type With = (TypeId, Uuid);

impl Seen {
    /// Takes notice of rows, and of those that they are seen with.
    pub(super) fn note(&self, kind: TypeId, rows: impl IntoIterator<Item = (Uuid, Option<With>)>) {
        let mut known = self.known();
        let mut with = Vec::new();
        let shown = known.entry(kind).or_default();
        for (id, seen_with) in rows {
            shown.insert(id, seen_with);
            with.extend(seen_with);
        }
        for (kind, id) in with {
            known.entry(kind).or_default().entry(id).or_insert(None);
        }
    }

    /// Whether all these were shown.
    pub(super) fn has(&self, kind: TypeId, ids: &[Uuid]) -> bool {
        let known = self.known();
        known
            .get(&kind)
            .is_some_and(|shown| ids.iter().all(|id| shown.contains_key(id)))
    }

    /// The rows of a kind that all these are seen with; nothing when one of them was not shown, or is seen otherwise.
    pub(super) fn with(&self, kind: TypeId, ids: &[Uuid], other: TypeId) -> Option<Vec<Uuid>> {
        let known = self.known();
        let shown = known.get(&kind)?;
        let with = ids.iter().map(|id| match shown.get(id)? {
            Some((kind, with)) if *kind == other => Some(*with),
            _ => None,
        });
        let with: Option<HashSet<Uuid>> = with.collect();
        Some(with?.into_iter().collect())
    }

    /// Everything of a kind that was shown.
    pub(super) fn ids(&self, kind: TypeId) -> Vec<Uuid> {
        let known = self.known();
        known
            .get(&kind)
            .map(|shown| shown.keys().copied().collect())
            .unwrap_or_default()
    }

    fn known(&self) -> MutexGuard<'_, HashMap<TypeId, Shown>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
