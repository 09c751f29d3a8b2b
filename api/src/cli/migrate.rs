//! `tombola migrate`.

use std::process::ExitCode;

use clap::Subcommand;

use super::{
    database::connect,
    output::{block_on, fail, print},
};
use crate::config::Config;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    direction: Direction,
}

#[derive(Subcommand)]
enum Direction {
    /// Apply every migration that is missing.
    Up,
    /// Take back the last migrations. Their tables and all data in them are lost.
    Down {
        /// How many.
        #[arg(long, default_value_t = 1)]
        steps: u32,
        /// Confirms that data may be lost.
        #[arg(long)]
        yes: bool,
    },
    /// List the migrations and whether each is applied.
    Status,
}

pub(super) fn run(config: &Config, arguments: &Arguments) -> ExitCode {
    block_on(async {
        match work(config, &arguments.direction).await {
            Ok(lines) => print(&lines.join("\n")),
            Err(error) => fail(&error),
        }
    })
}

async fn work(config: &Config, direction: &Direction) -> anyhow::Result<Vec<String>> {
    let connection = connect(config).await?;
    let lines = match direction {
        Direction::Up => named("applied", migration::up(&connection).await?, "nothing to apply"),
        Direction::Down { yes: false, .. } => {
            anyhow::bail!("this loses the tables of the last migrations and all data in them; repeat it with --yes")
        }
        Direction::Down { steps, yes: true } => named(
            "took back",
            migration::down(&connection, *steps).await?,
            "nothing to take back",
        ),
        Direction::Status => {
            let line = |status: migration::MigrationStatus| {
                format!("{} {}", if status.applied { "applied" } else { "missing" }, status.name)
            };
            migration::status(&connection).await?.into_iter().map(line).collect()
        }
    };
    connection.close().await?;
    Ok(lines)
}

fn named(what: &str, names: Vec<String>, nothing: &str) -> Vec<String> {
    if names.is_empty() {
        return vec![nothing.to_owned()];
    }
    names.into_iter().map(|name| format!("{what} {name}")).collect()
}
