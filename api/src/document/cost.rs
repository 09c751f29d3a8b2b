//! What an operation costs: one for each object that it answers and for each KiB of an object, more for what is counted or
//! changed.

use async_graphql::{Value, Variables, parser::types::OperationDefinition};

use super::{
    bytes,
    plan::{Amount, Items, Plan, Planned},
};
use crate::store::{DEFAULT_SIZE, MAX_SIZE};

/// What a change costs beyond what it answers.
const CHANGE: u64 = 10;
/// What counting a whole list costs.
const COUNT: u64 = 5;

/// Bytes of an object that cost as much as the object itself.
const KIBIBYTE: u64 = 1024;

/// What the operation costs at most, as far as its arguments say.
pub(super) fn requested(plan: &Plan, operation: &OperationDefinition, variables: &Variables) -> u64 {
    let asked = Asked { operation, variables };
    let changes = changes(plan, operation);
    changes.saturating_add(asked.plan(plan, 1))
}

/// What the answer cost.
pub(super) fn actual(plan: &Plan, operation: &OperationDefinition, data: &Value) -> u64 {
    changes(plan, operation).saturating_add(answered(plan, data))
}

fn changes(plan: &Plan, operation: &OperationDefinition) -> u64 {
    match operation.ty {
        async_graphql::parser::types::OperationType::Mutation => CHANGE.saturating_mul(plan.fields.len() as u64),
        _ => 0,
    }
}

fn own(field: &Planned) -> u64 {
    if field.name == "totalCount" { COUNT } else { 0 }
}

struct Asked<'a> {
    operation: &'a OperationDefinition,
    variables: &'a Variables,
}

impl Asked<'_> {
    /// `page` is the size of the connection whose fields these are.
    fn plan(&self, plan: &Plan, page: u64) -> u64 {
        let costs = plan.fields.iter().map(|field| self.field(field, page));
        let bytes = plan.fields.iter().map(|field| field.bytes);
        let bytes = bytes.fold(0, u64::saturating_add);
        costs.fold(bytes / KIBIBYTE, u64::saturating_add)
    }

    fn field(&self, field: &Planned, page: u64) -> u64 {
        if !field.is_composite {
            return own(field);
        }
        let (count, inner) = match &field.items {
            Items::One => (1, 1),
            Items::About(count) => (*count, 1),
            Items::Given(given) => (self.most(given), 1),
            Items::Page(given) => (1, self.most(given)),
            Items::OfPage => (page, 1),
        };
        count.saturating_mul(self.plan(&field.parts, inner).saturating_add(1))
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

fn size(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::List(items) => Some(items.len() as u64),
        _ => None,
    }
}

fn answered(plan: &Plan, value: &Value) -> u64 {
    let Value::Object(object) = value else {
        return 0;
    };
    let (mut cost, mut size) = (0_u64, 0_u64);
    for field in &plan.fields {
        let Some(value) = object.get(&field.key) else { continue };
        size = size.saturating_add(field.key.len() as u64);
        cost = cost.saturating_add(match field.is_composite {
            true => objects(&field.parts, value),
            false => {
                size = size.saturating_add(bytes::taken(value));
                own(field)
            }
        });
    }
    cost.saturating_add(size / KIBIBYTE)
}

fn objects(parts: &Plan, value: &Value) -> u64 {
    match value {
        Value::Object(_) => answered(parts, value).saturating_add(1),
        Value::List(items) => items
            .iter()
            .map(|item| objects(parts, item))
            .fold(0, u64::saturating_add),
        _ => 0,
    }
}
