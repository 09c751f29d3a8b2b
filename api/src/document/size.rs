//! How large a document is once every fragment stands where it is spread, without ever putting it there.
//!
//! Fragments that spread others twice double at each level: 792 bytes can stand for a billion fields. Each fragment is
//! therefore measured once, sums saturate, and what is too large is refused before anything walks the spreads.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned,
    parser::types::{Directive, ExecutableDocument, OperationDefinition, Selection, SelectionSet},
};

use crate::{
    config::Limits,
    error::{Error, Result},
    limit::Limit,
};

/// What is counted.
#[derive(Clone, Copy, Default)]
struct Size {
    fields: u64,
    aliases: u64,
    directives: u64,
    depth: u64,
    /// Fields at its own level.
    wide: u64,
}

impl Size {
    fn add(&mut self, other: Self) {
        self.fields = self.fields.saturating_add(other.fields);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
        self.depth = self.depth.max(other.depth);
        self.wide = self.wide.saturating_add(other.wide);
    }
}

/// Holds every operation of a document to the limits.
///
/// # Errors
/// The code of the limit that is crossed, or `VALIDATION` for fragments that contain themselves.
pub(super) fn check(document: &ExecutableDocument, limits: &Limits) -> Result<()> {
    let mut measure = Measure {
        document,
        fragments: HashMap::new(),
    };
    let mut all = Size::default();
    for (_, operation) in document.operations.iter() {
        let size = measure.operation(&operation.node)?;
        within(Limit::Depth, "levels of fields", size.depth, limits.depth)?;
        within(Limit::RootFields, "fields at its root", size.wide, limits.root_fields)?;
        within(Limit::Aliases, "aliases", size.aliases, limits.aliases)?;
        within(Limit::Directives, "directives", size.directives, limits.directives)?;
        all.add(size);
    }
    // Fragments that no operation spreads are walked by the validator as well.
    for name in document.fragments.keys() {
        all.add(measure.fragment(name)?);
    }
    within(
        Limit::Fields,
        "fields, counted wherever a fragment is spread",
        all.fields,
        limits.fields,
    )
}

fn within(limit: Limit, what: &str, found: u64, allowed: usize) -> Result<()> {
    if found <= allowed as u64 {
        return Ok(());
    }
    let found = if found == u64::MAX {
        "countless".into()
    } else {
        found.to_string()
    };
    let message = format!("The document has {found} {what}; {allowed} are allowed. Ask for less at once.");
    Err(Error::exceeded(limit, message))
}

struct Measure<'a> {
    document: &'a ExecutableDocument,
    /// Measured fragments; nothing for one that is being measured.
    fragments: HashMap<&'a Name, Option<Size>>,
}

impl<'a> Measure<'a> {
    fn operation(&mut self, operation: &'a OperationDefinition) -> Result<Size> {
        let mut size = self.set(&operation.selection_set.node)?;
        size.directives = size.directives.saturating_add(operation.directives.len() as u64);
        Ok(size)
    }

    fn set(&mut self, set: &'a SelectionSet) -> Result<Size> {
        let mut sum = Size::default();
        for item in &set.items {
            sum.add(self.selection(&item.node)?);
        }
        Ok(sum)
    }

    fn selection(&mut self, selection: &'a Selection) -> Result<Size> {
        let directives = |directives: &[Positioned<Directive>]| directives.len() as u64;
        match selection {
            Selection::Field(field) => {
                let mut size = self.set(&field.node.selection_set.node)?;
                size.fields = size.fields.saturating_add(1);
                size.aliases = size.aliases.saturating_add(field.node.alias.is_some().into());
                size.directives = size.directives.saturating_add(directives(&field.node.directives));
                size.depth += 1;
                size.wide = 1;
                Ok(size)
            }
            Selection::InlineFragment(fragment) => {
                let mut size = self.set(&fragment.node.selection_set.node)?;
                size.directives = size.directives.saturating_add(directives(&fragment.node.directives));
                Ok(size)
            }
            Selection::FragmentSpread(spread) => {
                let mut size = self.fragment(&spread.node.fragment_name.node)?;
                size.directives = size.directives.saturating_add(directives(&spread.node.directives));
                Ok(size)
            }
        }
    }

    /// Depth of the calls: at most one for each fragment and bracket of the document, whose tokens are counted already.
    fn fragment(&mut self, name: &'a Name) -> Result<Size> {
        // The validator says of a fragment that is missing. Each spread of one is walked like a field: counted as nothing,
        // it could double for ever.
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(Size {
                fields: 1,
                ..Size::default()
            });
        };
        match self.fragments.get(name) {
            Some(Some(size)) => return Ok(*size),
            Some(None) => {
                let message = format!("The fragment “{name}” contains itself. Spread fragments without a circle.");
                return Err(Error::validation("query", message));
            }
            None => {}
        }
        self.fragments.insert(name, None);
        let mut size = self.set(&fragment.node.selection_set.node)?;
        size.directives = size.directives.saturating_add(fragment.node.directives.len() as u64);
        self.fragments.insert(name, Some(size));
        Ok(size)
    }
}
