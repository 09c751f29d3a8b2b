//! Parts of the benchmark that have a section of their own in `docs/benchmarks.md`.

mod announcements;
mod attacks;
mod mixed;
mod setting;
mod shapes;
mod sockets;
mod transport;

use anyhow::Result;

pub use setting::{Found, Setting};

/// Which part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Six shapes of reading against the bare server.
    Shapes,
    /// Our layers of HTTP against the stock ones.
    Transport,
    /// Lists, rooms and changes at a fixed rate.
    Mixed,
    /// Many sockets on which nothing happens.
    Sockets,
    /// Many sockets that follow one room.
    Announcements,
    /// Requests that are meant to bring the server down.
    Attacks,
}

impl Part {
    /// In the order of the report.
    pub const ALL: [Self; 6] = [
        Self::Shapes,
        Self::Transport,
        Self::Mixed,
        Self::Sockets,
        Self::Announcements,
        Self::Attacks,
    ];

    /// Its name for `--only`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shapes => "shapes",
            Self::Transport => "transport",
            Self::Mixed => "mixed",
            Self::Sockets => "sockets",
            Self::Announcements => "announcements",
            Self::Attacks => "attacks",
        }
    }

    /// Its heading in the report.
    pub fn title(self) -> &'static str {
        match self {
            Self::Shapes => "Six shapes",
            Self::Transport => "Transport",
            Self::Mixed => "Mixed load",
            Self::Sockets => "Idle sockets",
            Self::Announcements => "Announcements",
            Self::Attacks => "Attacks",
        }
    }

    /// What stands above the section's table.
    pub(crate) fn introduction(self) -> String {
        match self {
            Self::Shapes => shapes::introduction(),
            Self::Transport => transport::introduction(),
            Self::Mixed => mixed::introduction(),
            Self::Sockets => sockets::introduction(),
            Self::Announcements => announcements::introduction(),
            Self::Attacks => attacks::introduction(),
        }
    }

    /// The head of the section's table.
    pub(crate) fn head(self) -> &'static str {
        match self {
            Self::Shapes => shapes::HEAD,
            Self::Transport => transport::HEAD,
            Self::Mixed => mixed::HEAD,
            Self::Sockets => sockets::HEAD,
            Self::Announcements => announcements::HEAD,
            Self::Attacks => attacks::HEAD,
        }
    }

    /// Measures it on one database.
    ///
    /// # Errors
    /// When a server does not start or a request fails that must not.
    pub async fn measure(self, setting: &Setting<'_>) -> Result<Found> {
        match self {
            Self::Shapes => shapes::measure(setting).await,
            Self::Transport => transport::measure(setting).await,
            Self::Mixed => mixed::measure(setting).await,
            Self::Sockets => sockets::measure(setting).await,
            Self::Announcements => announcements::measure(setting).await,
            Self::Attacks => attacks::measure(setting).await,
        }
    }
}
