//! What a part measures with, and what it finds.

use std::path::Path;

use crate::{client::Tokens, data::scale::Scale, database::Measured, scenario::Done};

/// What is measured, and how.
pub struct Setting<'a> {
    /// A database with the data set.
    pub database: &'a Measured,
    /// Its name and version.
    pub name: &'a str,
    /// The size of the data set.
    pub scale: Scale,
    /// What earlier runs changed in it.
    pub done: Done,
    /// For logs.
    pub folder: &'a Path,
    /// The key file of the servers.
    pub key: &'a Path,
    /// Access tokens signed with it.
    pub tokens: &'a Tokens,
    /// Connections that ask at once.
    pub connections: usize,
    /// Seconds of a phase.
    pub seconds: f64,
}

/// What a part shows.
#[derive(Default)]
pub struct Found {
    /// Rows of the section's table.
    pub rows: String,
    /// Lines below it.
    pub notes: String,
}

impl Found {
    /// What a part shows on another database.
    pub fn add(&mut self, other: Self) {
        self.rows += &other.rows;
        self.notes += &other.notes;
    }
}
