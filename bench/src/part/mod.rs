//! Parts of the benchmark that have a section of their own in `docs/benchmarks.md`.

mod attacks;
mod mixed;
mod sockets;
mod transport;

use std::path::Path;

use anyhow::Result;

use crate::{client::Tokens, data::scale::Scale, database::Measured, report::Run, scenario::Done};

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

/// Which part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Our layers of HTTP against the stock ones.
    Transport,
    /// Lists, rooms and changes at a fixed rate.
    Mixed,
    /// Many sockets on which nothing happens.
    Sockets,
    /// Requests that are meant to bring the server down.
    Attacks,
}

impl Part {
    /// In the order of the report.
    pub const ALL: [Self; 4] = [Self::Transport, Self::Mixed, Self::Sockets, Self::Attacks];

    /// Its name for `--only`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Transport => "transport",
            Self::Mixed => "mixed",
            Self::Sockets => "sockets",
            Self::Attacks => "attacks",
        }
    }

    /// Its heading in the report.
    pub fn title(self) -> &'static str {
        match self {
            Self::Transport => "Transport",
            Self::Mixed => "Mixed load",
            Self::Sockets => "Idle sockets",
            Self::Attacks => "Attacks",
        }
    }

    fn introduction(self) -> String {
        match self {
            Self::Transport => transport::introduction(),
            Self::Mixed => mixed::introduction(),
            Self::Sockets => sockets::introduction(),
            Self::Attacks => attacks::introduction(),
        }
    }

    /// The head of the section's table.
    fn head(self) -> &'static str {
        match self {
            Self::Transport => transport::HEAD,
            Self::Mixed => mixed::HEAD,
            Self::Sockets => sockets::HEAD,
            Self::Attacks => attacks::HEAD,
        }
    }

    /// Measures it on one database.
    ///
    /// # Errors
    /// When a server does not start or a request fails that must not.
    pub async fn measure(self, setting: &Setting<'_>) -> Result<Found> {
        match self {
            Self::Transport => transport::measure(setting).await,
            Self::Mixed => mixed::measure(setting).await,
            Self::Sockets => sockets::measure(setting).await,
            Self::Attacks => attacks::measure(setting).await,
        }
    }

    /// The section, with what all databases show.
    pub fn section(self, run: &Run, found: &Found) -> String {
        let (title, introduction) = (self.title(), self.introduction());
        let Found { rows, notes } = found;
        format!(
            "## {title}\n\n{introduction}\n\n{}{rows}\n{notes}- Measured {}.\n\n",
            self.head(),
            run.circumstances()
        )
    }
}
