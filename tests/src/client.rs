//! A client over real HTTP.

use serde_json::{Value as Json, json};

use crate::{Answer, Socket};

/// Somebody who talks to the server, signed in or not.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    /// Access token, if signed in.
    pub token: Option<String>,
    /// Global id of their user; empty for strangers.
    pub user: String,
    key: Option<String>,
}

impl Client {
    /// Nobody, at a server's address such as `http://127.0.0.1:4000`.
    pub fn stranger(base: &str) -> Self {
        Self {
            http: reqwest::Client::new(),
            base: base.to_owned(),
            token: None,
            user: String::new(),
            key: None,
        }
    }

    /// The same address as somebody with a token.
    pub fn signed_in(&self, token: &str, user: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            user: user.to_owned(),
            ..self.clone()
        }
    }

    /// The same person with an `Idempotency-Key` on all their requests.
    pub fn keyed(&self, key: &str) -> Self {
        Self {
            key: Some(key.to_owned()),
            ..self.clone()
        }
    }

    /// The server's address.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Runs an operation without variables.
    pub async fn query(&self, document: &str) -> Answer {
        self.run(document, json!({})).await
    }

    /// Runs an operation.
    pub async fn run(&self, document: &str, variables: Json) -> Answer {
        let mut request = self.http.post(format!("{}/graphql", self.base));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(key) = &self.key {
            request = request.header("idempotency-key", key);
        }
        let response = request
            .json(&json!({ "query": document, "variables": variables }))
            .send()
            .await
            .expect("the server answers");
        let status = response.status().as_u16();
        let text = response.text().await.expect("the answer has a body");
        let body = serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}"));
        Answer { status, body }
    }

    /// Runs one mutation with its `input`, asking for `selection` of its payload, such as `room { id }`.
    pub async fn mutate(&self, field: &str, input: Json, selection: &str) -> Answer {
        let kind = format!("{}{}Input", field[..1].to_uppercase(), &field[1..]);
        let document = format!("mutation Run($input: {kind}!) {{ {field}(input: $input) {{ {selection} }} }}");
        self.run(&document, json!({ "input": input })).await
    }

    /// Opens a socket as this client.
    pub async fn socket(&self) -> Socket {
        Socket::open(&self.base, self.token.as_deref()).await
    }

    /// The HTTP client, for requests of another shape.
    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }
}
