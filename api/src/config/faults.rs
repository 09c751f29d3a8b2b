//! What is wrong with settings, in sentences that name the key, what was found and what is allowed.

use figment::{Figment, error::Kind};

/// Why the settings cannot be used: one sentence a fault.
#[derive(Debug, thiserror::Error)]
#[error("the configuration cannot be used:\n{}", .0.iter().map(|fault| format!("  - {fault}")).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError(pub Vec<String>);

/// The faults found so far.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<String>);

impl Faults {
    /// A sentence about a fault.
    pub(super) fn add(&mut self, fault: String) {
        self.0.push(fault);
    }

    /// A number has to lie in a range.
    pub(super) fn range(&mut self, key: &str, found: u64, least: u64, most: u64) {
        if !(least..=most).contains(&found) {
            self.add(format!("{key}: found {found}, allowed are {least} to {most}"));
        }
    }

    /// An address, if there is one, has to be one of the web.
    pub(super) fn web_address(&mut self, key: &str, found: Option<&str>) {
        if let Some(found) = found
            && !matches!(url::Url::parse(found), Ok(url) if ["http", "https"].contains(&url.scheme()))
        {
            self.add(format!(
                "{key}: found “{found}”, allowed is an address that starts with https:// or http://"
            ));
        }
    }

    /// All of them, if there are any.
    ///
    /// # Errors
    /// The faults.
    pub(super) fn finish(self) -> Result<(), ConfigError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(ConfigError(self.0))
        }
    }
}

/// What figment found wrong, in our words.
pub(super) fn describe(figment: &Figment, error: &figment::Error) -> String {
    let place = error.metadata.as_ref().map(|found| match &found.source {
        Some(source) => format!(" (in {source})"),
        None if found.name.contains("environment") => " (in an environment variable)".to_owned(),
        None => String::new(),
    });
    let key = match (&error.kind, error.path.is_empty()) {
        (Kind::UnknownField(name, _), true) => name.clone(),
        (Kind::UnknownField(name, _), false) if !error.path.ends_with(std::slice::from_ref(name)) => {
            format!("{}.{name}", error.path.join("."))
        }
        (_, true) => "configuration file".to_owned(),
        _ => error.path.join("."),
    };
    let fault = match &error.kind {
        Kind::UnknownField(_, allowed) => format!("there is no such key, allowed are {}", allowed.join(", ")),
        Kind::UnknownVariant(found, allowed) => format!("found “{found}”, allowed are {}", allowed.join(", ")),
        // What was found there may be the secret.
        Kind::InvalidType(_, wanted) if key.ends_with("token") => format!("allowed is {wanted}"),
        Kind::InvalidType(found, wanted) | Kind::InvalidValue(found, wanted) => {
            format!("found {found}, allowed is {wanted}")
        }
        // An address may hold a password, so what was found there is not repeated.
        other => match figment.find_value(&key) {
            Ok(found) if !key.ends_with("url") => match found.into_string() {
                Some(found) => format!("found “{found}”: {other}"),
                None => other.to_string(),
            },
            _ => other.to_string(),
        },
    };
    format!("{key}: {fault}{}", place.unwrap_or_default())
}
