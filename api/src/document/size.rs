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
    error::{RequestError, RequestResult},
    limit::Limit,
};

/// How deep fields and fragments may stand in each other.
const MAX_LEVEL: usize = 150;

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

/// Holds every operation of a document to the limits. Answers how many fields it has.
///
/// # Errors
/// The code of the limit that is crossed, or `VALIDATION` for fragments that contain themselves.
pub(super) fn check(document: &ExecutableDocument, limits: &Limits) -> RequestResult<u64> {
    let mut measure = Measure {
        document,
        fragments: HashMap::new(),
        level: 0,
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
    )?;
    Ok(all.fields)
}

fn within(limit: Limit, what: &str, found: u64, allowed: usize) -> RequestResult<()> {
    if found <= allowed as u64 {
        return Ok(());
    }
    let found = if found == u64::MAX {
        "countless".into()
    } else {
        found.to_string()
    };
    let message = format!("The document has {found} {what}; {allowed} are allowed. Ask for less at once.");
    Err(RequestError::exceeded(limit, message))
}

struct Measure<'a> {
    document: &'a ExecutableDocument,
    /// Measured fragments; nothing for one that is being measured.
    fragments: HashMap<&'a Name, Option<Size>>,
    /// How deep fields and fragments stand in each other.
    level: usize,
}

impl<'a> Measure<'a> {
    fn operation(&mut self, operation: &'a OperationDefinition) -> RequestResult<Size> {
        let mut size = self.set(&operation.selection_set.node)?;
        size.directives = size.directives.saturating_add(operation.directives.len() as u64);
        Ok(size)
    }

    /// The executor and the validator go along with fragments as deep as this does, and the stack has an end.
    fn set(&mut self, set: &'a SelectionSet) -> RequestResult<Size> {
        self.level += 1;
        if self.level > MAX_LEVEL {
            let message = format!("Fields and fragments stand more than {MAX_LEVEL} deep in each other. Ask for less.");
            return Err(RequestError::exceeded(Limit::Depth, message));
        }
        let mut sum = Size::default();
        for item in &set.items {
            sum.add(self.selection(&item.node)?);
        }
        self.level -= 1;
        Ok(sum)
    }

    fn selection(&mut self, selection: &'a Selection) -> RequestResult<Size> {
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
                size.fields = size.fields.saturating_add(1);
                Ok(size)
            }
            Selection::FragmentSpread(spread) => {
                let mut size = self.fragment(&spread.node.fragment_name.node)?;
                size.directives = size.directives.saturating_add(directives(&spread.node.directives));
                // A spread costs who follows it, whatever it leads to.
                size.fields = size.fields.saturating_add(1);
                Ok(size)
            }
        }
    }

    fn fragment(&mut self, name: &'a Name) -> RequestResult<Size> {
        let Some(fragment) = self.document.fragments.get(name) else {
            let message = format!("The document spreads the fragment “{name}”, but does not define it.");
            return Err(RequestError::inexecutable("query", message));
        };
        match self.fragments.get(name) {
            Some(Some(size)) => return Ok(*size),
            Some(None) => {
                let message = format!("The fragment “{name}” contains itself. Spread fragments without a circle.");
                return Err(RequestError::inexecutable("query", message));
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
