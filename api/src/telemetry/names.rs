//! A bounded set of names: clients choose them, and each is a series that is kept for good.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

/// Longest name that is kept, in bytes.
const LONGEST: usize = 100;
/// What all names go by that come too late.
const OTHER: &str = "other";

/// The first names that came.
pub(super) struct Names {
    known: Mutex<HashSet<String>>,
    most: usize,
}

impl Names {
    pub(super) fn at_most(most: usize) -> Self {
        Self {
            known: Mutex::default(),
            most,
        }
    }

    /// The name itself, or `other` when there is no room for one more.
    pub(super) fn label(&self, name: &str) -> String {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.contains(name) {
            if known.len() >= self.most || name.len() > LONGEST {
                return OTHER.to_owned();
            }
            known.insert(name.to_owned());
        }
        name.to_owned()
    }
}

#[test]
fn names_that_come_too_late_are_others() {
    let names = Names::at_most(2);
    assert_eq!(
        ["a", "b", "c", "a", "d"].map(|name| names.label(name)),
        ["a", "b", "other", "a", "other"]
    );
    assert_eq!(Names::at_most(2).label(&"x".repeat(LONGEST + 1)), "other");
}
