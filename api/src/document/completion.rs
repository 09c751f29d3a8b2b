//! Completes an answer that has errors as the specification says (GraphQL §6.4.4): a nullable field that failed is null,
//! a field that may not be null takes its nearest nullable ancestor with it, and what was lost with an ancestor has no
//! further errors.
//!
//! The executor leaves failed fields out, whether they may be null or not, and goes on with their siblings.

use std::collections::BTreeMap;

use async_graphql::{
    Name, PathSegment, ServerError, Value,
    indexmap::IndexMap,
    parser::types::{BaseType, Type},
};

use super::plan::Plan;

/// Errors by the place in the answer to which they belong.
#[derive(Default)]
struct Faults {
    own: Vec<ServerError>,
    fields: BTreeMap<String, Faults>,
    items: BTreeMap<usize, Faults>,
}

impl Faults {
    fn of(errors: Vec<ServerError>) -> Self {
        let mut root = Self::default();
        for error in errors {
            let mut place = &mut root;
            for segment in &error.path {
                place = match segment {
                    PathSegment::Field(name) => place.fields.entry(name.clone()).or_default(),
                    PathSegment::Index(index) => place.items.entry(*index).or_default(),
                };
            }
            place.own.push(error);
        }
        root
    }

    fn is_empty(&self) -> bool {
        self.own.is_empty() && self.fields.is_empty() && self.items.is_empty()
    }

    /// All of them, in the order of their places.
    fn drain(self, told: &mut Vec<ServerError>) {
        told.extend(self.own);
        self.fields.into_values().for_each(|faults| faults.drain(told));
        self.items.into_values().for_each(|faults| faults.drain(told));
    }
}

/// What takes the nearest nullable ancestor with it.
struct Lost;

/// Data and errors as the specification wants them. Errors come in the order of the selection.
pub(super) fn complete(plan: &Plan, data: Value, errors: Vec<ServerError>) -> (Value, Vec<ServerError>) {
    let mut faults = Faults::of(errors);
    let mut told = std::mem::take(&mut faults.own);
    let data = match object(plan, Some(data), faults, &mut told) {
        Ok(data) => data,
        Err(Lost) => Value::Null,
    };
    (data, told)
}

fn object(plan: &Plan, data: Option<Value>, mut faults: Faults, told: &mut Vec<ServerError>) -> Result<Value, Lost> {
    let mut found = match data {
        Some(Value::Object(found)) => found,
        // An object of which every field failed, or was skipped, comes as null.
        _ => IndexMap::new(),
    };
    let mut completed = IndexMap::with_capacity(found.len());
    for field in &plan.0 {
        let data = found.swap_remove(&field.key);
        let faults = faults.fields.remove(field.key.as_str()).unwrap_or_default();
        // Neither there nor failed: skipped, or of another type.
        if data.is_none() && faults.is_empty() {
            continue;
        }
        let is_composite = field.is_composite;
        let value = value(&field.ty, is_composite, &field.parts, data, faults, told)?;
        completed.insert(field.key.clone(), value);
    }
    // Nothing of what the plan does not know may be lost.
    completed.extend(found.into_iter().collect::<Vec<(Name, Value)>>());
    faults.drain(told);
    Ok(Value::Object(completed))
}

fn value(
    ty: &Type,
    is_composite: bool,
    parts: &Plan,
    data: Option<Value>,
    mut faults: Faults,
    told: &mut Vec<ServerError>,
) -> Result<Value, Lost> {
    let outcome = if faults.own.is_empty() {
        match &ty.base {
            BaseType::List(item) => list(item, is_composite, parts, data, faults, told),
            BaseType::Named(_) if is_composite => part(ty, parts, data, faults, told),
            BaseType::Named(_) => Ok(data.unwrap_or_default()),
        }
    } else {
        told.push(faults.own.swap_remove(0));
        Err(Lost)
    };
    match outcome {
        Ok(Value::Null) | Err(Lost) if ty.nullable => Ok(Value::Null),
        Ok(Value::Null) => Err(Lost),
        other => other,
    }
}

fn part(
    ty: &Type,
    parts: &Plan,
    data: Option<Value>,
    faults: Faults,
    told: &mut Vec<ServerError>,
) -> Result<Value, Lost> {
    let is_null = !matches!(data, Some(Value::Object(_)));
    if is_null && faults.is_empty() && ty.nullable {
        return Ok(Value::Null);
    }
    object(parts, data, faults, told)
}

fn list(
    item: &Type,
    is_composite: bool,
    parts: &Plan,
    data: Option<Value>,
    mut faults: Faults,
    told: &mut Vec<ServerError>,
) -> Result<Value, Lost> {
    let Some(Value::List(found)) = data else {
        // An item that failed takes the whole list with it.
        if let Some((_, first)) = faults.items.pop_first() {
            first.drain(told);
            return Err(Lost);
        }
        return Ok(Value::Null);
    };
    let mut completed = Vec::with_capacity(found.len());
    for (index, data) in found.into_iter().enumerate() {
        let faults = faults.items.remove(&index).unwrap_or_default();
        completed.push(value(item, is_composite, parts, Some(data), faults, told)?);
    }
    Ok(Value::List(completed))
}
