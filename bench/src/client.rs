//! Who asks: access tokens for any user of the data set, and GraphQL over HTTP.

use std::{path::Path, time::Duration};

use anyhow::{Context, Result, bail};
use api::{
    clock::Clock,
    config::Config,
    credentials::{AccessTokens, SigningKey},
};
use entity::{SessionId, UserId};
use reqwest::{
    Client,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue},
};
use serde_json::{Value as Json, json};

use crate::data::scale::{Table, uuid};

/// Signs access tokens with the server's own key.
pub struct Tokens(AccessTokens);

impl Tokens {
    /// Reads the key file that the server is given, or makes it.
    ///
    /// # Errors
    /// When the file cannot be read or made.
    pub fn load(key: &Path) -> Result<Self> {
        let key = SigningKey::load_or_create(key)?;
        let issuer = Config::default().auth.issuer;
        let lifetime = chrono::Duration::hours(6);
        Ok(Self(AccessTokens::new(&key, &issuer, lifetime, Clock::system())))
    }

    /// The value of `Authorization` of a user's session.
    ///
    /// # Errors
    /// When the token cannot be signed.
    pub fn bearer(&self, user: u64) -> Result<String> {
        let session = SessionId(uuid(Table::Session, user));
        let (token, _) = self.0.issue(UserId(uuid(Table::User, user)), session)?;
        Ok(format!("Bearer {token}"))
    }
}

/// A request, ready to be sent.
#[derive(Clone)]
pub struct Prepared {
    authorization: Option<HeaderValue>,
    body: Vec<u8>,
}

impl Prepared {
    /// A document with its variables, as a user or as nobody.
    ///
    /// # Errors
    /// When the token is no header.
    pub fn new(bearer: Option<&str>, document: &str, variables: &Json) -> Result<Self> {
        let body = serde_json::to_vec(&json!({ "query": document, "variables": variables }))?;
        let authorization = bearer.map(HeaderValue::from_str).transpose()?;
        Ok(Self { authorization, body })
    }
}

/// The way to a server.
pub struct Connection {
    client: Client,
    url: String,
}

impl Connection {
    /// A client that opens one connection with its first request.
    ///
    /// # Errors
    /// When the client cannot be made.
    pub fn new(address: &str) -> Result<Self> {
        Self::keeping(address, 1)
    }

    /// A client that opens as many connections as it has requests under way, and keeps them.
    ///
    /// # Errors
    /// When the client cannot be made.
    pub fn many(address: &str) -> Result<Self> {
        Self::keeping(address, usize::MAX)
    }

    fn keeping(address: &str, idle: usize) -> Result<Self> {
        let client = Client::builder()
            .http1_only()
            .pool_max_idle_per_host(idle)
            .pool_idle_timeout(None)
            .timeout(Duration::from_secs(30))
            .build()?;
        Ok(Self {
            client,
            url: format!("{address}/graphql"),
        })
    }

    /// Sends a request and answers the size of what came back.
    ///
    /// # Errors
    /// When the answer is not 200 or tells of an error.
    pub async fn send(&self, request: &Prepared) -> Result<usize> {
        Ok(self.ask(request).await?.len())
    }

    /// Sends a request and answers what came back.
    ///
    /// # Errors
    /// When the answer is not 200 or tells of an error.
    pub async fn ask(&self, request: &Prepared) -> Result<Vec<u8>> {
        let mut post = self
            .client
            .post(&self.url)
            .header(CONTENT_TYPE, "application/json")
            .body(request.body.clone());
        if let Some(value) = &request.authorization {
            post = post.header(AUTHORIZATION, value);
        }
        let response = post.send().await.context("the server does not answer")?;
        let status = response.status();
        let body = response.bytes().await?;
        // The server writes "errors" first or last.
        let failed =
            !body.starts_with(b"{\"data\":") || body.windows(10).rev().take(4000).any(|part| part == b",\"errors\":");
        if !status.is_success() || failed {
            let question = String::from_utf8_lossy(&request.body).into_owned();
            bail!("{status}: {}\nfor {question}", String::from_utf8_lossy(&body));
        }
        Ok(body.into())
    }
}
