//! `tombola demo`.

use std::process::ExitCode;

use super::{block_on, fail, print, serve};
use crate::{
    app::{self, Server},
    clock::Clock,
    config::Config,
    demo,
};

/// Data that is there already is kept.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Delete the SQLite file first and start over.
    #[arg(long)]
    reset: bool,
    /// Fill the database and end.
    #[arg(long)]
    no_serve: bool,
}

const FIRST_QUERY: &str =
    "{ rooms(first: 5) { totalCount nodes { title status prizes { nodes { name quantityRemaining } } } } }";

pub(super) fn run(config: Config, arguments: &Arguments) -> ExitCode {
    block_on(async {
        match work(config, arguments).await {
            Ok(None) => print("the demo data is in the database"),
            Ok(Some(server)) => {
                serve::welcome(&server);
                print(&instructions(&serve::base_address(&server)));
                serve::until_told(server).await
            }
            Err(error) => fail(&error),
        }
    })
}

async fn work(config: Config, arguments: &Arguments) -> anyhow::Result<Option<Server>> {
    if arguments.reset {
        reset(&config)?;
    }
    let services = app::prepare(config, Clock::system()).await?;
    if demo::fill(&services).await? {
        tracing::info!("filled the database with demo data");
    } else {
        tracing::info!("the database has data already, which is kept");
    }
    if arguments.no_serve {
        services.store.close().await;
        return Ok(None);
    }
    Ok(Some(Server::start(services).await?))
}

/// Deletes an embedded database; one on a server is not this program's to delete.
fn reset(config: &Config) -> anyhow::Result<()> {
    let Some(file) = config.sqlite_file() else {
        anyhow::bail!("--reset deletes a SQLite file only. On PostgreSQL drop and create the database yourself.");
    };
    let path = file.display();
    for end in ["", "-wal", "-shm"] {
        match std::fs::remove_file(format!("{path}{end}")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                anyhow::bail!("{path}{end} cannot be deleted: {error}");
            }
            _ => {}
        }
    }
    Ok(())
}

fn instructions(address: &str) -> String {
    let accounts: Vec<_> = demo::ACCOUNTS
        .iter()
        .map(|account| format!("  {:<22} {}   {}", account.email, demo::PASSWORD, account.what))
        .collect();
    format!(
        "\n  API       {address}/graphql\n  GraphiQL  {address}/\n\nDemo accounts (e-mail, password, what they may do):\n{}\n\n\
         A first query to paste:\n  {FIRST_QUERY}\n\nEnd with Ctrl-C.\n",
        accounts.join("\n")
    )
}
