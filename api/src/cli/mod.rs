//! The command line: commands and logs.

mod check;
mod database;
mod demo;
mod documents;
mod logging;
mod migrate;
mod output;
mod roles;
mod serve;
mod signals;
mod verify;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use self::output::{fail, print};
use crate::config::{Config, ConfigError};

const AFTER_HELP: &str = "\
Examples:
  tombola                           serve on http://127.0.0.1:4000 with a SQLite file in this folder
  tombola demo                      the same with demo data, accounts and a first query to paste
  tombola check                     say whether configuration and database are sound
  tombola verify draw.json          compute a draw's winners again from its transcript
  tombola --config tombola.toml     serve with settings from a file

Settings come from built-in defaults, then the file, then variables: `database.url` is TOMBOLA_DATABASE__URL.
The README lists them all.";

/// A GraphQL server for live rooms: prize draws, quizzes and training runs.
#[derive(Parser)]
#[command(name = "tombola", version, about, after_help = AFTER_HELP)]
struct Arguments {
    /// TOML file with settings.
    #[arg(long, global = true, env = "TOMBOLA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API and GraphiQL (what happens without a command).
    Serve,
    /// Fill an empty database with demo data, print its accounts and a first query, and serve.
    Demo(demo::Arguments),
    /// Create PostgreSQL's roles, or print the SQL that does.
    ///
    /// Makes tombola_owner (runs migrations), tombola_server (serves, under row-level security) and tombola_locate,
    /// with a superuser's address in TOMBOLA_DATABASE__URL. Safe to run again: it changes nothing but the passwords.
    Roles(roles::Arguments),
    /// Change the database's schema, or tell where it stands.
    ///
    /// On PostgreSQL give the owner's address: TOMBOLA_DATABASE__URL=postgres://tombola_owner:…@HOST/DATABASE.
    /// A server on SQLite migrates its file by itself.
    Migrate(migrate::Arguments),
    /// Print the GraphQL schema in the schema definition language.
    Schema,
    /// Print who may do what, as a Markdown table.
    Policy,
    /// Check a draw's transcript, or your own receipt: without a server, a database or any trust.
    ///
    /// Computes every step of the draw again and says what it checked. The exit status is 0 when everything holds, 1 when a
    /// check fails, 2 when nothing could be read, 3 when nothing failed but the draw is not over yet.
    Verify(verify::Arguments),
    /// Publish the documents that an app's clients may send by name, list them, or take them out of use.
    ///
    /// Give the server's address, as for serving.
    Documents(documents::Arguments),
    /// Check configuration and database catalog; the exit status says whether all is sound.
    Check,
}

/// Runs the command that the arguments name.
pub fn run() -> ExitCode {
    let Arguments { config: file, command } = Arguments::parse();
    match command {
        Some(Command::Schema) => print(&crate::schema::sdl()),
        Some(Command::Policy) => print(&crate::policy::matrix()),
        Some(Command::Check) => check::run(load(file)),
        Some(Command::Verify(arguments)) => verify::run(arguments),
        command => {
            let config = match load(file) {
                Ok(config) => config,
                Err(error) => return fail(&error),
            };
            let traces = match logging::start(&config) {
                Ok(traces) => traces,
                Err(error) => return fail(&error),
            };
            let code = match command {
                Some(Command::Demo(arguments)) => demo::run(config, &arguments),
                Some(Command::Documents(arguments)) => documents::run(config, arguments),
                Some(Command::Roles(arguments)) => roles::run(&config, &arguments),
                Some(Command::Migrate(arguments)) => migrate::run(&config, &arguments),
                _ => serve::run(config),
            };
            if let Some(traces) = traces {
                traces.finish();
            }
            code
        }
    }
}

fn load(file: Option<PathBuf>) -> Result<Config, ConfigError> {
    Config::load(file.as_deref())
}
