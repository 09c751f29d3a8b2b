//! `[graphql]`.

use serde::{Deserialize, Serialize};

/// What the API tells of itself and which documents it takes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraphqlConfig {
    /// Whether this server is for people who develop, or serves them.
    pub mode: Mode,
    /// Whether clients may ask for the schema; by the mode when left out.
    pub introspection: Option<bool>,
    /// Whether ADMINs may have answers explained; by the mode when left out.
    pub explain: Option<bool>,
    /// Whether only documents are executed that were published before.
    pub published_only: bool,
}

/// Whether a server is for people who develop, or serves them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Production with an https:// public_url, development without.
    Auto,
    /// The schema can be asked for, wrong names are answered with right ones, and answers can be explained.
    Development,
    /// Nothing of that.
    Production,
}

impl Default for GraphqlConfig {
    fn default() -> Self {
        Self {
            mode: Mode::Auto,
            introspection: None,
            explain: None,
            published_only: false,
        }
    }
}
