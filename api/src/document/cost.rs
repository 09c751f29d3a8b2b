//! What an operation costs: one for each object that it answers and for each KiB of an object, more for what is counted or
//! changed.

use async_graphql::{Value, Variables, parser::types::OperationDefinition};

use super::{
    extents::Extent,
    json::json_bytes,
    response_shape::{AROUND_A_VALUE, AROUND_PARTS, Amount, Items, ResponseShape, ShapeField},
};
use crate::store::{DEFAULT_SIZE, MAX_SIZE};

/// What a change costs beyond what it answers.
const CHANGE: u64 = 10;
/// What counting a whole list costs.
const COUNT: u64 = 5;

/// Bytes of an object that cost as much as the object itself: so an answer has no more KiB than its cost and one.
const KIBIBYTE: u64 = 1024;
/// Braces, and the comma behind them.
const AROUND_AN_OBJECT: u64 = 3;

/// What the operation costs at most.
pub(super) fn requested(shape: &ResponseShape, operation: &OperationDefinition, variables: &Variables) -> u64 {
    let asked = Selection { operation, variables };
    let changes = changes(shape, operation);
    changes.saturating_add(asked.shape(shape, Objects::ROOT))
}

/// What the answer cost.
pub(super) fn actual(shape: &ResponseShape, operation: &OperationDefinition, data: &Value) -> u64 {
    changes(shape, operation).saturating_add(answered(shape, data))
}

fn changes(shape: &ResponseShape, operation: &OperationDefinition) -> u64 {
    match operation.ty {
        async_graphql::parser::types::OperationType::Mutation => CHANGE.saturating_mul(shape.fields.len() as u64),
        _ => 0,
    }
}

fn own(field: &ShapeField) -> u64 {
    if field.name == "totalCount" { COUNT } else { 0 }
}

struct Selection<'a> {
    operation: &'a OperationDefinition,
    variables: &'a Variables,
}

/// The objects of which a plan has the fields.
#[derive(Clone, Copy)]
struct Objects {
    count: u64,
    /// The size of the connections that they are.
    page: u64,
    /// Whether they are parts of the schema, each of them once.
    are_distinct: bool,
}

impl Objects {
    const ROOT: Self = Self {
        count: 1,
        page: 1,
        are_distinct: true,
    };

    fn times(self, each: u64) -> Self {
        Self {
            count: self.count.saturating_mul(each),
            page: 1,
            // One is not met twice.
            are_distinct: self.count == 1 && each == 1,
        }
    }
}

impl Selection<'_> {
    fn shape(&self, shape: &ResponseShape, of: Objects) -> u64 {
        let bytes = shape.fields.iter().map(|field| field.bytes);
        let bytes = bytes.fold(AROUND_AN_OBJECT, u64::saturating_add);
        let costs = shape.fields.iter().map(|field| self.field(field, of));
        costs.fold((bytes / KIBIBYTE).saturating_mul(of.count), u64::saturating_add)
    }

    fn field(&self, field: &ShapeField, of: Objects) -> u64 {
        if !field.is_composite {
            return own(field).saturating_mul(of.count);
        }
        let found = match &field.items {
            Items::One => of.times(1),
            Items::Bounded(count) => of.times(*count),
            Items::Given(given) => of.times(self.most(given)),
            Items::OfPage => of.times(of.page),
            Items::Page(given) => Objects {
                page: self.most(given),
                ..of.times(1)
            },
            Items::Told(extent) => told(*extent, of),
        };
        found.count.saturating_add(self.shape(&field.parts, found))
    }

    fn most(&self, amounts: &[Amount]) -> u64 {
        let numbers = amounts.iter().filter_map(|amount| match amount {
            Amount::Value(value) => size(value),
            Amount::Variable(name) => self.variables.get(name).or_else(|| self.default(name)).and_then(size),
        });
        numbers.max().unwrap_or(DEFAULT_SIZE.into()).min(MAX_SIZE.into())
    }

    fn default(&self, name: &str) -> Option<&Value> {
        let mut definitions = self.operation.variable_definitions.iter();
        let definition = definitions.find(|definition| definition.node.name.node == name)?;
        definition.node.default_value.as_ref().map(|value| &value.node)
    }
}

/// Parts of the schema: as long as none is met twice, no more than there are.
fn told(extent: Extent, of: Objects) -> Objects {
    let found = of.times(extent.each);
    match of.are_distinct {
        true => Objects {
            count: found.count.min(extent.all),
            are_distinct: extent.is_own,
            ..found
        },
        false => found,
    }
}

fn size(value: &Value) -> Option<u64> {
    match value {
        // A whole number may be written as another: 1e2.
        Value::Number(number) => number.as_u64().or_else(|| Some(number.as_f64()?.ceil() as u64)),
        Value::List(items) => Some(items.len() as u64),
        _ => None,
    }
}

fn answered(shape: &ResponseShape, value: &Value) -> u64 {
    let Value::Object(object) = value else {
        return 0;
    };
    let (mut cost, mut size) = (0_u64, AROUND_AN_OBJECT);
    let mut count = |field: &ShapeField| {
        let Some(value) = object.get(&field.key) else { return };
        size = size.saturating_add(field.key.len() as u64 + AROUND_A_VALUE);
        let (inner, bytes) = match field.is_composite {
            true => (objects(&field.parts, value), AROUND_PARTS),
            false => (own(field), json_bytes(value)),
        };
        cost = cost.saturating_add(inner);
        size = size.saturating_add(bytes);
    };
    match shape.places(object, std::iter::empty()) {
        Some(places) => places.iter().for_each(|place| count(&shape.fields[*place])),
        None => shape.fields.iter().for_each(count),
    }
    cost.saturating_add(size / KIBIBYTE)
}

fn objects(parts: &ResponseShape, value: &Value) -> u64 {
    match value {
        Value::Object(_) => answered(parts, value).saturating_add(1),
        Value::List(items) => items
            .iter()
            .map(|item| objects(parts, item))
            .fold(0, u64::saturating_add),
        _ => 0,
    }
}
