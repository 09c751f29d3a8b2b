//! Variables that an operation cannot do without (GraphQL §6.1.2). What a value must look like, the validator says.

use async_graphql::{Value, Variables, parser::types::OperationDefinition};

use crate::error::{Error, Result};

/// Refuses a missing or empty variable that may not be null.
///
/// # Errors
/// `VALIDATION` with the name of the variable.
pub(super) fn check(operation: &OperationDefinition, variables: &Variables) -> Result<()> {
    for definition in &operation.variable_definitions {
        let definition = &definition.node;
        if definition.var_type.node.nullable {
            continue;
        }
        let name = &definition.name.node;
        let what = match variables.get(name) {
            Some(Value::Null) => "is null",
            None if definition.default_value.is_none() => "is missing",
            _ => continue,
        };
        let message = format!(
            "The variable ${name} {what}, and its type {} takes no null. Send it in variables.",
            definition.var_type.node
        );
        return Err(Error::validation("variables", message));
    }
    Ok(())
}
