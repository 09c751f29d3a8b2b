//! `tombola demo`.

use std::{process::ExitCode, sync::Arc};

use super::{
    output::{block_on, fail, print},
    serve,
};
use crate::{
    app::{self, Server},
    clock::Clock,
    config::Config,
    demo,
    operation::Services,
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
        if arguments.no_serve {
            return match fill(config, arguments).await {
                Ok(services) => {
                    services.store.close().await;
                    print("the demo data is in the database")
                }
                Err(error) => fail(&error),
            };
        }
        let started = async { Ok::<_, anyhow::Error>(Server::start(fill(config, arguments).await?).await?) };
        let greet = |server: &Server| {
            print(&instructions(&serve::base_address(server)));
        };
        serve::serve(started, greet).await
    })
}

async fn fill(config: Config, arguments: &Arguments) -> anyhow::Result<Arc<Services>> {
    if arguments.reset {
        reset(&config)?;
    }
    let services = app::prepare(config, Clock::system()).await?;
    if demo::fill(&services).await? {
        tracing::info!("filled the database with demo data");
    } else {
        tracing::info!("the database has data already, which is kept");
    }
    Ok(services)
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
