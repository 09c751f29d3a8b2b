//! The benchmark: a large data set in either database, a release server as a child process, and what its operations
//! cost. It prints a table while it works and writes `docs/benchmarks.md`.
//!
//! ```text
//! cargo build --release -p api -p bench
//! scripts/with-postgres target/release/bench
//! ```

mod bare;
mod client;
mod data;
mod database;
mod engine;
mod machine;
mod measure;
mod memory;
mod part;
mod process;
mod report;
mod say;
mod scenario;
mod server;
mod socket;
mod stock;

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use api::config::DatabaseKind;
use clap::{Parser, Subcommand, ValueEnum};

use client::{Connection, Prepared, Tokens};
use data::scale::{BLOCK, Scale};
use database::Measured;
use measure::{Load, Phase};
use part::{Found, Part, Setting};
use report::{Figures, Row, Run, heading, section, with_section};
use say::say;
use scenario::{Done, Goal, Scenario};
use server::Server;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures the server on a large data set.
#[derive(Parser)]
struct Arguments {
    /// On which databases.
    #[arg(long, value_enum, default_values = ["sqlite", "postgres"])]
    database: Vec<Kind>,
    /// Rooms, a multiple of 100; ten users and fifty participants for each.
    #[arg(long, default_value_t = 10_000)]
    rooms: u64,
    /// Seconds of each row with several connections; half as many with one.
    #[arg(long, default_value_t = 4.0)]
    seconds: f64,
    /// Connections that ask at once.
    #[arg(long, default_value_t = 8)]
    connections: usize,
    /// Only “shapes”, “transport”, “mixed”, “sockets” or “attacks”, whose section is recorded; or “engine”, or rows whose name contains this,
    /// which are not.
    #[arg(long, default_value = "")]
    only: String,
    /// Take the data set that an earlier run left.
    #[arg(long)]
    keep: bool,
    /// Where the figures are recorded.
    #[arg(long, default_value = "docs/benchmarks.md", value_name = "FILE")]
    output: PathBuf,
    /// For the data set, keys and logs.
    #[arg(long, default_value = "target/bench", value_name = "FOLDER")]
    folder: PathBuf,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve as the bare server; the benchmark starts it.
    #[command(hide = true)]
    Bare {
        /// Where to listen.
        address: SocketAddr,
    },
    /// Serve our own schema behind the stock integration; the benchmark starts it.
    #[command(hide = true)]
    Stock,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Sqlite,
    Postgres,
}

impl From<Kind> for DatabaseKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Sqlite => Self::Sqlite,
            Kind::Postgres => Self::Postgres,
        }
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    match arguments.command {
        Some(Command::Bare { address }) => return bare::serve(address).await,
        Some(Command::Stock) => return stock::serve().await,
        None => {}
    }
    ensure!(
        arguments.rooms >= 10 * BLOCK && arguments.rooms.is_multiple_of(BLOCK),
        "--rooms must be a multiple of {BLOCK}, at least {}",
        10 * BLOCK
    );
    fs::create_dir_all(&arguments.folder).with_context(|| format!("making {}", arguments.folder.display()))?;
    let run = Run {
        date: chrono::Utc::now().format("%Y-%m-%d %H:%M UTC").to_string(),
        commit: machine::commit(),
        command: command(&arguments.only),
        machine: machine::describe(),
        load: machine::load(),
        connections: arguments.connections,
    };
    say(&format!("Tombola {}, {}", run.commit, run.machine));
    let engine = match arguments.only.as_str() {
        "" | "engine" => engine::section(Path::new("."))?,
        _ => String::new(),
    };
    if arguments.only == "engine" {
        return Ok(());
    }
    let parts = parts(&arguments.only);
    let mut found: Vec<Found> = parts.iter().map(|_| Found::default()).collect();
    let mut figures = Vec::new();
    for kind in &arguments.database {
        figures.extend(measure_database((*kind).into(), &arguments, &parts, &mut found).await?);
    }
    let sections = parts
        .iter()
        .zip(&found)
        .map(|(part, found)| (*part, section(*part, &run, found)));
    record(&arguments, &run, &figures, &sections.collect::<Vec<_>>(), &engine)
}

/// What was typed, or comes to the same.
fn command(only: &str) -> String {
    match only {
        "" => "make bench".to_owned(),
        only => format!("scripts/with-postgres target/release/bench --only {only}"),
    }
}

/// All of them, or the one that is wanted.
fn parts(only: &str) -> Vec<Part> {
    let wanted = |part: &Part| only.is_empty() || part.name() == only;
    Part::ALL.into_iter().filter(wanted).collect()
}

/// Writes the whole page, or the section of the part that alone was measured.
fn record(
    arguments: &Arguments,
    run: &Run,
    figures: &[Figures],
    sections: &[(Part, String)],
    engine: &str,
) -> Result<()> {
    let output = &arguments.output;
    let text = match (arguments.only.as_str(), sections) {
        ("", sections) => {
            let sections: String = sections.iter().map(|(_, section)| section.as_str()).collect();
            run.markdown(figures, &sections, engine)
        }
        (_, [(part, section)]) => {
            let page = match output.exists() {
                true => fs::read_to_string(output).with_context(|| format!("reading {}", output.display()))?,
                false => String::new(),
            };
            with_section(&page, *part, section)
        }
        _ => return Ok(()),
    };
    fs::write(output, text).with_context(|| format!("writing {}", output.display()))?;
    say(&format!("Recorded in {}", output.display()));
    Ok(())
}

/// The table of one database, unless only a part is wanted, and what its parts show.
async fn measure_database(
    kind: DatabaseKind,
    arguments: &Arguments,
    parts: &[Part],
    found: &mut [Found],
) -> Result<Option<Figures>> {
    let folder = &arguments.folder.canonicalize()?;
    let scale = Scale { rooms: arguments.rooms };
    let database = Measured::prepare(kind, folder, scale, arguments.keep).await?;
    let key = folder.join("bench.key");
    let tokens = Tokens::load(&key)?;
    let name = database.version().await?;
    say(&format!("\n{name}"));
    let mut setting = Setting {
        done: done(&database, scale).await?,
        database: &database,
        name: &name,
        scale,
        folder,
        key: &key,
        tokens: &tokens,
        connections: arguments.connections,
        seconds: arguments.seconds,
    };
    let figures = match (arguments.only.as_str(), parts) {
        ("", _) | (_, []) => Some(measure_scenarios(&setting, arguments).await?),
        _ => None,
    };
    setting.done = done(&database, scale).await?;
    for (part, found) in parts.iter().zip(found) {
        say(&format!("\n{}", part.title()));
        let measured = part.measure(&setting).await;
        found.add(measured.with_context(|| format!("measuring “{}”", part.title()))?);
    }
    database.above.close().await?;
    Ok(figures)
}

async fn measure_scenarios(setting: &Setting<'_>, arguments: &Arguments) -> Result<Figures> {
    let Setting {
        database,
        scale,
        folder,
        tokens,
        ..
    } = setting;
    let server = Server::tombola(folder, &database.server_url, setting.key).await?;
    let mut figures = Figures {
        database: setting.name.to_owned(),
        data: data_text(*scale),
        rows: Vec::new(),
        memory: None,
    };
    say(&heading());
    for scenario in scenario::scenarios(*scale, tokens, setting.done, &arguments.only)? {
        let bare = match (scenario.goal, database.kind) {
            (Some(Goal::TimesBare(_)), DatabaseKind::Postgres) => {
                Some(bare_cpu(database, &server, folder, &scenario, arguments, &mut figures).await?)
            }
            _ => None,
        };
        let row = measure_scenario(&server, database, scenario, arguments, bare.flatten()).await?;
        say(&row.line());
        figures.rows.push(row);
    }
    let requests = scenario::three_levels(*scale, tokens)?;
    figures.memory = memory::at_fifty(&server, tokens, &requests).await?;
    say(&format!("  {}", figures.memory_text()));
    server.stop().await?;
    Ok(figures)
}

/// CPU of the bare server for the same requests, in milliseconds. It should give the same answers.
async fn bare_cpu(
    database: &Measured,
    server: &Server,
    folder: &Path,
    scenario: &Scenario,
    arguments: &Arguments,
    figures: &mut Figures,
) -> Result<Option<f64>> {
    let bare = Server::bare(folder, &database.above_url).await?;
    for request in scenario.requests.iter().take(3) {
        if !same_answer(&bare, server, request).await? {
            say(
                "  ! the bare server answers something else: bring bench/src/bare up to date, or the ratio says little",
            );
        }
    }
    let scenario = Scenario {
        name: "the same from the bare server",
        goal: None,
        requests: scenario.requests.clone(),
        once: false,
    };
    let row = measure_scenario(&bare, database, scenario, arguments, None).await?;
    say(&row.line());
    let cpu = row.together.server_cpu;
    figures.rows.push(row);
    bare.stop().await?;
    Ok(cpu)
}

async fn same_answer(one: &Server, other: &Server, request: &Prepared) -> Result<bool> {
    let answer = async |server: &Server| -> Result<serde_json::Value> {
        let body = Connection::new(&server.address)?.ask(request).await?;
        let mut answer: serde_json::Value = serde_json::from_slice(&body)?;
        Ok(answer["data"].take())
    };
    Ok(answer(one).await? == answer(other).await?)
}

async fn measure_scenario(
    server: &Server,
    database: &Measured,
    scenario: Scenario,
    arguments: &Arguments,
    bare: Option<f64>,
) -> Result<Row> {
    let load = Arc::new(Load::new(scenario.requests, scenario.once));
    let phase = async |connections: usize, seconds: f64| -> Result<Phase> {
        let database = database.backends().await?;
        let lasting = Duration::from_secs_f64(seconds);
        measure::run(&server.address, &load, connections, lasting, server.pid, &database)
            .await
            .with_context(|| format!("measuring “{}”", scenario.name))
    };
    // Warms caches and prepared statements on all connections.
    phase(arguments.connections, 0.5).await?;
    let alone = phase(1, arguments.seconds / 2.0).await?;
    let together = phase(arguments.connections, arguments.seconds).await?;
    let times_bare = together.server_cpu.zip(bare).map(|(own, bare)| own / bare);
    Ok(Row {
        name: scenario.name.to_owned(),
        alone,
        together,
        goal: scenario.goal,
        times_bare,
    })
}

/// What earlier runs changed in the data set.
async fn done(database: &Measured, scale: Scale) -> Result<Done> {
    let more = async |table: &str, first: u64| -> Result<u64> {
        let count = database.number(&format!("SELECT count(*) FROM {table}")).await?;
        Ok(u64::try_from(count)?.saturating_sub(first))
    };
    let drafts = scale.rooms_with_winners() / 20;
    let winners = (scale.rooms_with_winners() - drafts) * data::scale::WINNERS;
    Ok(Done {
        awards: more("winners", winners).await?,
        joins: more("participants", scale.participants()).await?,
    })
}

fn data_text(scale: Scale) -> String {
    format!(
        "{} users with a session each, {} organizations, {} rooms, {} participants, {} prizes; {} rooms with {} winners.",
        scale.users(),
        scale.organizations(),
        scale.rooms,
        scale.participants(),
        scale.prizes(),
        scale.rooms_with_winners(),
        data::scale::WINNERS
    )
}
