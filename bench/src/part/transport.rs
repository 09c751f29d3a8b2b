//! CPU of our own layers of HTTP, in units of what the stock integration needs for the same answers.

use std::{sync::Arc, time::Duration};

use anyhow::{Result, ensure};
use serde_json::Value as Json;

use super::setting::{Found, Setting};
use crate::{
    client::{Connection, Prepared},
    measure::{self, Load},
    say::say,
    scenario,
    server::Server,
};

/// Each asks every server once; the order turns round with each.
const ROUNDS: usize = 6;

/// The servers, and CPU times of one round in their order: milliseconds for one request.
struct Servers {
    stock: Server,
    own: Server,
    quiet: Server,
}

type Round = [f64; 3];

/// The head of the table.
pub const HEAD: &str = "| | stock | Tombola | quiet | Tombola ÷ stock | quiet ÷ stock |\n\
    |---|--:|--:|--:|--:|--:|\n";

/// What stands above the table.
pub fn introduction() -> String {
    format!(
        "CPU of the server's process for one request, in milliseconds, SQLite's own work included. Stock: the same schema, \
         callers, loaders and store behind the handler of async-graphql-axum, which keeps no limits, counts nothing and \
         logs nothing. Tombola: the whole server. Quiet: the same with `log.filter = \"warn\"`, so without a line for each \
         request. The three are asked in turn, in {ROUNDS} rounds of alternating order; medians of the rounds, with the \
         lowest and highest ratio. There is no goal."
    )
}

/// Measures it on one database.
pub async fn measure(setting: &Setting<'_>) -> Result<Found> {
    let (folder, url, key) = (setting.folder, &setting.database.server_url, setting.key);
    let servers = Servers {
        stock: Server::stock(folder, url, key).await?,
        own: Server::tombola(folder, url, key).await?,
        quiet: Server::quiet_tombola(folder, url, key).await?,
    };
    let requests = [
        (
            "`{ __typename }`",
            scenario::one_session(setting.scale, setting.tokens)?,
        ),
        (
            "three levels, 60 kB",
            scenario::three_levels(setting.scale, setting.tokens)?,
        ),
    ];
    let mut text = String::new();
    for (name, requests) in requests {
        let row = compare(setting, &servers, &requests).await?;
        let row = row.unwrap_or_else(|| "unknown on this system | | | |".to_owned());
        let row = format!("| {}: {name} | {row} |\n", setting.name);
        say(&format!("  {}", row.trim()));
        text += &row;
    }
    for server in [servers.stock, servers.own, servers.quiet] {
        server.stop().await?;
    }
    Ok(Found {
        rows: text,
        notes: String::new(),
    })
}

/// The cells of one row; none where CPU times are not told.
async fn compare(setting: &Setting<'_>, servers: &Servers, requests: &[Prepared]) -> Result<Option<String>> {
    let (stock, own) = (
        data(&servers.stock, requests).await?,
        data(&servers.own, requests).await?,
    );
    ensure!(
        stock == own,
        "the stock server answers something else: bring bench/src/stock.rs up to date"
    );
    let load = Arc::new(Load::new(requests.to_vec(), false));
    let order = [&servers.stock, &servers.own, &servers.quiet];
    for server in order {
        cpu(setting, server, &load, 1.0).await?;
    }
    let mut rounds: Vec<Round> = Vec::new();
    for number in 0..ROUNDS {
        let mut round = [0.0; 3];
        for step in 0..order.len() {
            let turn = if number % 2 == 0 { step } else { order.len() - 1 - step };
            let Some(found) = cpu(setting, order[turn], &load, setting.seconds / 2.0).await? else {
                return Ok(None);
            };
            round[turn] = found;
        }
        rounds.push(round);
    }
    Ok(Some(cells(&rounds)))
}

/// What the first request is answered with, but for `extensions`.
async fn data(server: &Server, requests: &[Prepared]) -> Result<Json> {
    let mut answer = Json::Null;
    if let Some(request) = requests.first() {
        let body = Connection::new(&server.address)?.ask(request).await?;
        answer = serde_json::from_slice(&body)?;
    }
    Ok(answer["data"].take())
}

async fn cpu(setting: &Setting<'_>, server: &Server, load: &Arc<Load>, seconds: f64) -> Result<Option<f64>> {
    let lasting = Duration::from_secs_f64(seconds);
    let phase = measure::run(&server.address, load, setting.connections, lasting, server.pid, &[]).await?;
    Ok(phase.server_cpu)
}

fn cells(rounds: &[Round]) -> String {
    let [stock, own, quiet] = [0, 1, 2].map(|server| sorted(rounds, |round| round[server]));
    let ratio = |server: usize| {
        let ratios = sorted(rounds, |round| round[server] / round[0]);
        let (lowest, highest) = (ratios[0], ratios[ratios.len() - 1]);
        format!("{:.2} ({lowest:.2} to {highest:.2})", median(&ratios))
    };
    format!(
        "{:.3} | {:.3} | {:.3} | {} | {}",
        median(&stock),
        median(&own),
        median(&quiet),
        ratio(1),
        ratio(2)
    )
}

fn sorted(rounds: &[Round], of: impl Fn(&Round) -> f64) -> Vec<f64> {
    let mut values: Vec<_> = rounds.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values
}

fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len().is_multiple_of(2) {
        return (sorted[middle - 1] + sorted[middle]) / 2.0;
    }
    sorted[middle]
}
