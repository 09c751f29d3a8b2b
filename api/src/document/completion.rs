//! Completes an answer that has errors as the specification says (GraphQL §6.4.4): a nullable field that failed is null,
//! a field that may not be null takes its nearest nullable ancestor with it, and what was lost with an ancestor has no
//! further errors.
//!
//! The executor leaves failed fields out, whether they may be null or not, and goes on with their siblings. Of a field
//! that it reached by way of an interface it does not say the path, only the place in the document.

use std::collections::BTreeMap;

use async_graphql::{
    Name, PathSegment, Pos, ServerError, Value,
    indexmap::IndexMap,
    parser::types::{BaseType, Type},
};

use super::response_shape::{ResponseShape, ShapeField};

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

/// The fields of an object whose type is only known from what it answers, and from what failed.
fn selected<'a>(shape: &'a ResponseShape, found: &IndexMap<Name, Value>, faults: &Faults) -> Vec<&'a ShapeField> {
    let failed = faults.fields.keys().map(String::as_str);
    match shape.places(found, failed) {
        Some(places) => places.iter().map(|place| &shape.fields[*place]).collect(),
        None => shape.fields.iter().collect(),
    }
}

/// What takes the nearest nullable ancestor with it.
struct Lost;

/// Data and errors as the specification wants them. Errors come in the order of the selection.
pub(super) fn complete(shape: &ResponseShape, data: Value, errors: Vec<ServerError>) -> (Value, Vec<ServerError>) {
    let mut faults = Faults::of(errors);
    let mut completion = Completion {
        path: Vec::new(),
        strays: std::mem::take(&mut faults.own),
        told: Vec::new(),
    };
    let data = match completion.object(shape, Some(data), faults) {
        Ok(data) => data,
        Err(Lost) => Value::Null,
    };
    let Completion { mut told, strays, .. } = completion;
    // Of a field of the document whose error is told already, or was lost with an ancestor, nothing more is said.
    told.extend(strays.into_iter().filter(|error| {
        let place = error.locations.first();
        !place.is_some_and(|place| stands_at(shape, *place))
    }));
    (data, told)
}

fn stands_at(shape: &ResponseShape, place: Pos) -> bool {
    let mut fields = shape.fields.iter();
    fields.any(|field| field.places.contains(&place) || stands_at(&field.parts, place))
}

struct Completion {
    /// Where in the answer this is.
    path: Vec<PathSegment>,
    /// Errors that say no path.
    strays: Vec<ServerError>,
    /// Errors that are part of the answer.
    told: Vec<ServerError>,
}

impl Completion {
    fn object(&mut self, shape: &ResponseShape, data: Option<Value>, mut faults: Faults) -> Result<Value, Lost> {
        let mut found = match data {
            Some(Value::Object(found)) => found,
            // An object of which every field failed, or was skipped, comes as null.
            _ => IndexMap::new(),
        };
        let mut completed = IndexMap::with_capacity(found.len());
        for field in selected(shape, &found, &faults) {
            let data = found.swap_remove(&field.key);
            let mut faults = faults.fields.remove(field.key.as_str()).unwrap_or_default();
            self.path.push(PathSegment::Field(field.key.to_string()));
            if data.is_none() && faults.is_empty() {
                faults.own.extend(self.stray(&field.places));
            }
            // Neither there nor failed: skipped, or of another type.
            let outcome = match data.is_none() && faults.is_empty() {
                true => None,
                false => Some(self.value(&field.ty, field, data, faults)),
            };
            self.path.pop();
            if let Some(value) = outcome.transpose()? {
                completed.insert(field.key.clone(), value);
            }
        }
        // Nothing of what the plan does not know may be lost.
        completed.extend(found);
        faults.drain(&mut self.told);
        Ok(Value::Object(completed))
    }

    /// The error of a field that has none at its path, but is missing.
    fn stray(&mut self, places: &[Pos]) -> Option<ServerError> {
        let is_here = |error: &ServerError| error.locations.first().is_some_and(|place| places.contains(place));
        let index = self.strays.iter().position(is_here)?;
        let mut error = self.strays.remove(index);
        error.path.clone_from(&self.path);
        Some(error)
    }

    fn value(&mut self, ty: &Type, field: &ShapeField, data: Option<Value>, mut faults: Faults) -> Result<Value, Lost> {
        let outcome = if faults.own.is_empty() {
            match &ty.base {
                BaseType::List(item) => self.list(item, field, data, faults),
                BaseType::Named(_) if field.is_composite => self.part(ty, field, data, faults),
                BaseType::Named(_) => Ok(data.unwrap_or_default()),
            }
        } else {
            self.told.push(faults.own.swap_remove(0));
            Err(Lost)
        };
        match outcome {
            Ok(Value::Null) | Err(Lost) if ty.nullable => Ok(Value::Null),
            Ok(Value::Null) => Err(Lost),
            other => other,
        }
    }

    fn part(&mut self, ty: &Type, field: &ShapeField, data: Option<Value>, faults: Faults) -> Result<Value, Lost> {
        let is_null = !matches!(data, Some(Value::Object(_)));
        if is_null && faults.is_empty() && ty.nullable {
            return Ok(Value::Null);
        }
        self.object(&field.parts, data, faults)
    }

    fn list(
        &mut self,
        item: &Type,
        field: &ShapeField,
        data: Option<Value>,
        mut faults: Faults,
    ) -> Result<Value, Lost> {
        let Some(Value::List(found)) = data else {
            // An item that failed takes the whole list with it.
            if let Some((_, first)) = faults.items.pop_first() {
                first.drain(&mut self.told);
                return Err(Lost);
            }
            return Ok(Value::Null);
        };
        let mut completed = Vec::with_capacity(found.len());
        for (index, data) in found.into_iter().enumerate() {
            let faults = faults.items.remove(&index).unwrap_or_default();
            self.path.push(PathSegment::Index(index));
            let value = self.value(item, field, Some(data), faults);
            self.path.pop();
            completed.push(value?);
        }
        Ok(Value::List(completed))
    }
}
