//! `tombola roles`.

use std::process::ExitCode;

use migration::roles::{self, Passwords};

use super::{
    database::connect,
    output::{block_on, fail, print},
};
use crate::config::{Config, DatabaseKind};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Print the SQL instead, for a superuser to run.
    #[arg(long)]
    print: bool,
    /// Password of tombola_owner.
    #[arg(long, env = "TOMBOLA_OWNER_PASSWORD", hide_env_values = true)]
    owner_password: String,
    /// Password of tombola_server.
    #[arg(long, env = "TOMBOLA_SERVER_PASSWORD", hide_env_values = true)]
    server_password: String,
}

pub(super) fn run(config: &Config, arguments: &Arguments) -> ExitCode {
    let passwords = Passwords {
        owner: arguments.owner_password.clone(),
        server: arguments.server_password.clone(),
    };
    if arguments.print {
        return match roles::sql(&passwords) {
            Ok(sql) => print(&sql),
            Err(error) => fail(&error),
        };
    }
    if config.database_kind() != Some(DatabaseKind::Postgres) {
        return fail(&"SQLite has no roles. Set TOMBOLA_DATABASE__URL to a PostgreSQL superuser's address.");
    }
    block_on(async {
        match create(config, &passwords).await {
            Ok(()) => print(
                "there are tombola_owner, tombola_server and tombola_locate; next: tombola migrate up, as tombola_owner",
            ),
            Err(error) => fail(&error),
        }
    })
}

async fn create(config: &Config, passwords: &Passwords) -> anyhow::Result<()> {
    let connection = connect(config).await?;
    roles::create(&connection, passwords).await?;
    connection.close().await?;
    Ok(())
}
