//! What areas hand to areas below them, by its type: put together where the process starts.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
};

use crate::error::{Error, Result};

/// Values of any types, one of each.
#[derive(Default)]
pub struct Parts(HashMap<TypeId, Box<dyn Any + Send + Sync>>);

impl Parts {
    /// Adds a value.
    #[must_use]
    pub fn with<T: Send + Sync + 'static>(mut self, part: T) -> Self {
        self.0.insert(TypeId::of::<T>(), Box::new(part));
        self
    }

    /// The value of a type.
    ///
    /// # Errors
    /// `INTERNAL` when it was not put in.
    pub fn get<T: 'static>(&self) -> Result<&T> {
        let part = self.0.get(&TypeId::of::<T>()).and_then(|part| part.downcast_ref());
        part.ok_or_else(|| Error::internal(anyhow::anyhow!("{} was not put in", std::any::type_name::<T>())))
    }
}

#[cfg(test)]
mod tests {
    use super::Parts;

    #[test]
    fn what_was_not_put_in_is_a_failure() {
        let parts = Parts::default().with(7_u8);
        assert_eq!(parts.get::<u8>().ok(), Some(&7));
        assert!(parts.get::<u16>().is_err());
    }
}
