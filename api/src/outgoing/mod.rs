//! Asking others over HTTP: one client with limits of time and size, which asks no private address unless its operator allows that.

mod error;
mod guard;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use reqwest::{StatusCode, Url, redirect::Policy};
use serde::de::DeserializeOwned;

use crate::config::OutgoingConfig;
pub use error::OutgoingError;
use guard::{Guard, GuardedResolver, PrivateName};

/// How long an answer may take, from the first byte that is sent to the last that is read.
const PATIENCE: Duration = Duration::from_secs(2);

/// The client that all requests of the server to others go through. Cheap to clone.
#[derive(Clone)]
pub struct Outgoing {
    /// Made when it is first needed: a server that asks nobody needs no certificates of authorities.
    client: Arc<OnceLock<reqwest::Client>>,
    guard: Arc<Guard>,
}

impl Outgoing {
    /// A client that asks public addresses, and private ones of the networks that the settings name. It uses no proxy: behind one,
    /// it could not know which address is asked.
    pub fn new(config: &OutgoingConfig) -> Self {
        Self {
            client: Arc::default(),
            guard: Arc::new(Guard::new(&config.private_networks)),
        }
    }

    fn client(&self) -> Result<&reqwest::Client, OutgoingError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(Policy::none())
            .no_proxy()
            .dns_resolver(GuardedResolver(self.guard.clone()))
            .build()
            .map_err(OutgoingError::Unreached)?;
        Ok(self.client.get_or_init(|| client))
    }

    /// The JSON behind an address, of so many bytes at most.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn json<T: DeserializeOwned>(&self, address: &str, most: usize) -> Result<T, OutgoingError> {
        let not_web = || OutgoingError::Address(address.to_owned());
        let url = Url::parse(address).map_err(|_| not_web())?;
        if !["http", "https"].contains(&url.scheme()) {
            return Err(not_web());
        }
        // A host that is an address is not looked up, so that the resolver does not see it.
        self.guard.check_host(&url)?;
        let sent = self.client()?.get(url).send().await;
        let mut response = sent.map_err(refused_or_unreached)?;
        if response.status() != StatusCode::OK {
            return Err(OutgoingError::Status(response.status()));
        }
        let mut bytes = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(refused_or_unreached)? {
            if bytes.len() + piece.len() > most {
                return Err(OutgoingError::TooLarge(most));
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(serde_json::from_slice(&bytes)?)
    }
}

/// The resolver's refusal comes wrapped as a failure to connect.
fn refused_or_unreached(error: reqwest::Error) -> OutgoingError {
    let mut cause: Option<&dyn std::error::Error> = Some(&error);
    while let Some(inner) = cause {
        if let Some(private) = inner.downcast_ref::<PrivateName>() {
            return OutgoingError::Private(private.0.clone());
        }
        cause = inner.source();
    }
    // Whoever reads this knows the address.
    OutgoingError::Unreached(error.without_url())
}
