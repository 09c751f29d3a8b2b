//! What the server answered.

use serde_json::Value as Json;

/// The body of an answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The JSON body.
    pub body: Json,
}

impl Answer {
    /// The data at a JSON pointer such as `/room/title`; there must be no error.
    pub fn at(&self, pointer: &str) -> &Json {
        let errors = self.errors();
        assert!(errors.is_empty(), "the operation was refused: {}", self.body);
        self.body["data"]
            .pointer(pointer)
            .unwrap_or_else(|| panic!("nothing at {pointer} in {}", self.body))
    }

    /// The text at a pointer.
    pub fn text(&self, pointer: &str) -> String {
        self.at(pointer)
            .as_str()
            .unwrap_or_else(|| panic!("no text at {pointer} in {}", self.body))
            .to_owned()
    }

    /// The number at a pointer.
    pub fn number(&self, pointer: &str) -> i64 {
        self.at(pointer)
            .as_i64()
            .unwrap_or_else(|| panic!("no number at {pointer} in {}", self.body))
    }

    /// The list at a pointer.
    pub fn list(&self, pointer: &str) -> &[Json] {
        self.at(pointer)
            .as_array()
            .unwrap_or_else(|| panic!("no list at {pointer} in {}", self.body))
    }

    /// All errors.
    pub fn errors(&self) -> &[Json] {
        self.body["errors"].as_array().map_or(&[], Vec::as_slice)
    }

    /// Whether it worked.
    pub fn is_ok(&self) -> bool {
        self.errors().is_empty()
    }

    /// The code of the first error.
    pub fn code(&self) -> Option<&str> {
        self.errors().first()?["extensions"]["code"].as_str()
    }

    /// The field that the first error names.
    pub fn field(&self) -> Option<&str> {
        self.errors().first()?["extensions"]["field"].as_str()
    }

    /// The sentence of the first error.
    pub fn message(&self) -> &str {
        self.errors()
            .first()
            .and_then(|error| error["message"].as_str())
            .unwrap_or_default()
    }

    /// The operation was refused with this code.
    #[track_caller]
    pub fn assert_refused(&self, code: &str) {
        assert_eq!(self.code(), Some(code), "{}", self.body);
        assert!(self.message().len() > 10, "the sentence says what to do: {}", self.body);
    }

    /// The operation was refused with this code for this argument.
    #[track_caller]
    pub fn assert_refused_for(&self, code: &str, field: &str) {
        self.assert_refused(code);
        assert_eq!(self.field(), Some(field), "{}", self.body);
    }
}
