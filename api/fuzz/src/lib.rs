//! What the fuzz targets share.

use std::sync::LazyLock;

use api::http::fuzzing::Reader;
use serde_json::Value;

/// Reads as the server does; made once for all inputs.
pub static READER: LazyLock<Reader> = LazyLock::new(|| Reader::new().expect("the schema's own text is readable"));

/// Holds an answer to the specification (GraphQL §7.1).
pub fn check(answer: &Value) {
    let data = answer.get("data");
    match answer.get("errors") {
        Some(errors) => {
            let errors = errors.as_array().expect("errors are a list");
            assert!(!errors.is_empty(), "errors are left out when there are none");
            errors.iter().for_each(|error| check_error(error, data.is_some()));
        }
        None => assert!(data.is_some_and(Value::is_object), "neither data nor errors"),
    }
}

/// A request that is not executed is at fault itself: its errors have no path, and are not the server's.
fn check_error(error: &Value, is_executed: bool) {
    let message = error["message"].as_str().expect("an error has a message");
    let code = error["extensions"]["code"].as_str().expect("an error has a code");
    assert!(!message.is_empty());
    assert!(
        is_executed || error.get("path").is_none(),
        "a request error with a path: {message}"
    );
    assert!(is_executed || code != "INTERNAL", "{message}");
}
