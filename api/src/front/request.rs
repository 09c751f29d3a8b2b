//! What a client asks for, whichever way it comes: the parameters of a request (GraphQL over HTTP §5.1).

use async_graphql::Variables;
use serde_json::{Map, Value as Json};

use super::json;
use crate::{
    error::{RequestError, RequestResult},
    validation::path_of_nul,
};

/// The parameters of one operation.
#[derive(Debug, Default)]
pub(crate) struct GraphqlRequest {
    /// The document.
    pub(crate) query: Option<String>,
    /// The operation to execute. An empty name is none (GraphQL over HTTP §5.1).
    pub(crate) operation_name: Option<String>,
    pub(crate) variables: Map<String, Json>,
    pub(crate) extensions: Map<String, Json>,
    /// The id of a document that was published before.
    pub(crate) document_id: Option<String>,
}

impl GraphqlRequest {
    /// Reads the parameters of a JSON object.
    ///
    /// # Errors
    /// `VALIDATION` with the parameter that has another type.
    pub(crate) fn from_json(body: Json) -> RequestResult<Self> {
        let Json::Object(mut body) = body else {
            return Err(RequestError::malformed(
                "query",
                "The request must be a JSON object with a query.",
            ));
        };
        Ok(Self {
            query: text(&mut body, "query")?,
            operation_name: text(&mut body, "operationName")?.filter(|name| !name.is_empty()),
            variables: object(&mut body, "variables")?,
            extensions: object(&mut body, "extensions")?,
            document_id: text(&mut body, "documentId")?,
        })
    }

    /// Reads the parameters of a URL, of which `variables` and `extensions` are JSON.
    ///
    /// # Errors
    /// `VALIDATION` with the parameter that cannot be read.
    pub(crate) fn from_query(query: &str) -> RequestResult<Self> {
        let mut body = Map::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let value = match name.as_ref() {
                "variables" | "extensions" if value.is_empty() => Json::Null,
                "variables" => parsed("variables", &value)?,
                "extensions" => parsed("extensions", &value)?,
                _ => Json::String(value.into_owned()),
            };
            body.insert(name.into_owned(), value);
        }
        Self::from_json(Json::Object(body))
    }

    /// Whether there is a document, or something that names one.
    pub(crate) fn is_complete(&self) -> bool {
        self.query.is_some() || self.document_id.is_some() || self.extensions.contains_key("persistedQuery")
    }

    /// The key of a published document: `documentId`, or the hash of an automatic persisted query.
    ///
    /// # Errors
    /// `VALIDATION` for a persisted query of another version or without a hash.
    pub(crate) fn document_key(&self) -> RequestResult<Option<String>> {
        if let Some(id) = &self.document_id {
            return Ok(Some(id.strip_prefix("sha256:").unwrap_or(id).to_owned()));
        }
        let Some(persisted) = self.extensions.get("persistedQuery") else {
            return Ok(None);
        };
        match (persisted["version"].as_u64(), persisted["sha256Hash"].as_str()) {
            (Some(1), Some(hash)) => Ok(Some(hash.to_ascii_lowercase())),
            _ => Err(RequestError::malformed(
                "extensions",
                "persistedQuery must have version 1 and a text sha256Hash.",
            )),
        }
    }

    /// Whether the texts beside document and variables, which are looked at with their places, can be looked up: a database
    /// may not take U+0000.
    ///
    /// # Errors
    /// `VALIDATION` with the parameter that holds it.
    pub(crate) fn check_texts(&self) -> RequestResult<()> {
        let texts = [
            ("operationName", &self.operation_name),
            ("documentId", &self.document_id),
        ];
        for (field, text) in texts {
            if text.as_ref().is_some_and(|text| text.contains('\0')) {
                return Err(RequestError::malformed(
                    field,
                    format!("{field} holds the character U+0000; take it out."),
                ));
            }
        }
        for (name, value) in &self.extensions {
            let place = match path_of_nul(value) {
                _ if name.contains('\0') => "extensions has a name that".to_owned(),
                Some(path) if path.is_empty() => format!("extensions.{name}"),
                Some(path) => format!("extensions.{name}.{path}"),
                None => continue,
            };
            let message = format!("{place} holds the character U+0000; take it out.");
            return Err(RequestError::malformed("extensions", message));
        }
        Ok(())
    }

    /// The variables, for the executor.
    pub(crate) fn take_variables(&mut self) -> Variables {
        Variables::from_json(Json::Object(std::mem::take(&mut self.variables)))
    }

    /// What a request says in a header, or, where it has none, among its extensions.
    ///
    /// # Errors
    /// `VALIDATION` for an extension that is no text, or says something else than the header.
    pub(crate) fn said<'a>(&'a self, header: Option<&'a str>, name: &str) -> RequestResult<Option<&'a str>> {
        let extension = match self.extensions.get(name) {
            None | Some(Json::Null) => None,
            Some(Json::String(text)) => Some(text.as_str()),
            Some(other) => {
                let found = kind(other);
                let message = format!("extensions.{name} is {found}; it must be a text or null.");
                return Err(RequestError::malformed("extensions", message));
            }
        };
        match (header, extension) {
            (Some(header), Some(extension)) if header != extension => {
                let message =
                    format!("extensions.{name} is not what the header says. Send one of them, or both alike.");
                Err(RequestError::malformed("extensions", message))
            }
            (header, extension) => Ok(header.or(extension)),
        }
    }
}

fn parsed(field: &'static str, text: &str) -> RequestResult<Json> {
    json::read(field, text).map_err(|message| RequestError::malformed(field, message))
}

fn text(body: &mut Map<String, Json>, field: &'static str) -> RequestResult<Option<String>> {
    match body.remove(field) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => Ok(Some(text)),
        Some(other) => Err(wrong_type(field, "a text", &other)),
    }
}

fn object(body: &mut Map<String, Json>, field: &'static str) -> RequestResult<Map<String, Json>> {
    match body.remove(field) {
        None | Some(Json::Null) => Ok(Map::new()),
        Some(Json::Object(object)) => Ok(object),
        Some(other) => Err(wrong_type(field, "a JSON object", &other)),
    }
}

fn wrong_type(field: &'static str, wanted: &str, found: &Json) -> RequestError {
    let found = kind(found);
    RequestError::malformed(field, format!("{field} is {found}; it must be {wanted} or null."))
}

fn kind(found: &Json) -> &'static str {
    match found {
        Json::Null => "null",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}
