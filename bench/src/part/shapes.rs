//! Six shapes of reading, each in units of what the bare server needs for the same answer.

use std::{sync::Arc, time::Duration};

use anyhow::{Result, ensure};
use api::config::DatabaseKind;
use serde_json::{Value as Json, json};

use super::setting::{Found, Setting};
use crate::{
    client::{Connection, Prepared},
    data::scale::{ROOMS_OF_ORGANIZATION, Table, admin, is_active, is_public, text},
    measure::{self, Load},
    say::say,
    scenario::THREE_LEVELS,
    server::Server,
};

/// Each asks both servers once, in alternating order.
const ROUNDS: usize = 5;

const ROOM: &str = "query ($room: ID!) { room(id: $room) { id title status isPublic startsAt } }";
const LIST: &str = "query ($organization: ID!) {
  rooms(first: 20, filter: { organizationId: $organization, status: [ACTIVE], isPublic: true }) {
    nodes { id title status isPublic startsAt } } }";
const PEOPLE: &str = "query ($room: ID!) { room(id: $room) { id title
  participants(first: 50) { nodes { id role tickets user { id displayName } } } } }";
const ROOM_WITH_ALL: &str = "query ($room: ID!) { room(id: $room) { id title app { id name }
  prizes(first: 5) { nodes { id name quantity quantityRemaining } }
  winners(first: 10) { nodes { id status prize { name } participant { user { displayName } } } } } }";
const APP: &str = "query ($app: ID!) { app(id: $app) { id name
  rooms(first: 20) { nodes { id title status isPublic startsAt } } } }";

/// The head of the table.
pub const HEAD: &str = "| | caller | bare | bare db | Tombola | Tombola db | Tombola ÷ bare |\n\
    |---|---|--:|--:|--:|--:|--:|\n";

/// What stands above the table.
pub fn introduction() -> String {
    format!(
        "CPU for one request in milliseconds, of the server and of PostgreSQL's processes. Bare: the same answers from \
         async-graphql, dataloader and sqlx with statements written by hand, as a superuser, without sign-in, rights, \
         snapshots, limits or log. Both are asked in turn, in {ROUNDS} rounds of alternating order; medians of the rounds, with \
         the lowest and highest ratio of server and database together. A member is ADMIN of the organization and belongs to \
         three; an outsider has an account and belongs to none. Goal: a room by its id at most 2, the others and the geometric mean at most 1.45."
    )
}

/// Who asks.
#[derive(Clone, Copy)]
enum Asker {
    Member,
    Outsider,
    Nobody,
}

/// One row of the table.
struct Shape {
    name: &'static str,
    document: &'static str,
    /// Which thing it asks for, by the number of a room in it.
    variables: fn(u64) -> Json,
}

const SHAPES: [Shape; 6] = [
    Shape {
        name: "room by id",
        document: ROOM,
        variables: |room| json!({ "room": text(Table::Room, room) }),
    },
    Shape {
        name: "list of 20",
        document: LIST,
        variables: organization,
    },
    Shape {
        name: "three levels, 60 kB",
        document: THREE_LEVELS,
        variables: organization,
    },
    Shape {
        name: "room, 50 people",
        document: PEOPLE,
        variables: |room| json!({ "room": text(Table::Room, room) }),
    },
    Shape {
        name: "room, app, prizes, winners",
        document: ROOM_WITH_ALL,
        variables: |room| json!({ "room": text(Table::Room, room) }),
    },
    Shape {
        name: "an app's rooms",
        document: APP,
        variables: |room| json!({ "app": text(Table::App, room / ROOMS_OF_ORGANIZATION) }),
    },
];

fn organization(room: u64) -> Json {
    json!({ "organization": text(Table::Organization, room / ROOMS_OF_ORGANIZATION) })
}

impl Shape {
    /// Apps are shown to members alone.
    fn askers(&self) -> &'static [Asker] {
        match self.name {
            "room, app, prizes, winners" | "an app's rooms" => &[Asker::Member],
            _ => &[Asker::Member, Asker::Outsider, Asker::Nobody],
        }
    }

    fn requests(&self, setting: &Setting<'_>, asker: Asker) -> Result<Vec<Prepared>> {
        let (scale, tokens) = (setting.scale, setting.tokens);
        let rooms = (0..scale.rooms_with_winners()).filter(|room| is_active(*room) && is_public(*room));
        rooms
            .step_by(7)
            .take(200)
            .map(|room| {
                let bearer = match asker {
                    Asker::Member => Some(tokens.bearer(admin(room))?),
                    Asker::Outsider => Some(tokens.bearer(scale.members() + room * 13 % 1000)?),
                    Asker::Nobody => None,
                };
                Prepared::new(bearer.as_deref(), self.document, &(self.variables)(room))
            })
            .collect()
    }
}

impl Asker {
    fn name(self) -> &'static str {
        match self {
            Self::Member => "a member",
            Self::Outsider => "an outsider",
            Self::Nobody => "nobody",
        }
    }
}

/// CPU of a server and of its database for one request.
#[derive(Clone, Copy, Default)]
struct Cost {
    server: f64,
    database: f64,
}

impl Cost {
    fn sum(self) -> f64 {
        self.server + self.database
    }
}

/// Measures it, where the bare server can be asked.
pub async fn measure(setting: &Setting<'_>) -> Result<Found> {
    let database = setting.database;
    if database.kind != DatabaseKind::Postgres {
        return Ok(Found::default());
    }
    let bare = Server::bare(setting.folder, &database.above_url).await?;
    let own = Server::quiet_tombola(setting.folder, &database.server_url, setting.key).await?;
    let (mut rows, mut ratios) = (String::new(), Vec::new());
    for shape in &SHAPES {
        for asker in shape.askers() {
            let requests = shape.requests(setting, *asker)?;
            let (cells, ratio) = compare(setting, &bare, &own, &requests).await?;
            let row = format!("| {} | {} | {cells} |\n", shape.name, asker.name());
            say(&format!("  {}", row.trim()));
            rows += &row;
            ratios.push(ratio);
        }
    }
    bare.stop().await?;
    own.stop().await?;
    let mean = ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / ratios.len() as f64;
    let notes = format!("Geometric mean of the ratios: {:.2}.\n\n", mean.exp());
    say(&format!("  {}", notes.trim()));
    Ok(Found { rows, notes })
}

async fn compare(setting: &Setting<'_>, bare: &Server, own: &Server, requests: &[Prepared]) -> Result<(String, f64)> {
    for request in requests.iter().take(3) {
        let (expected, found) = (data(bare, request).await?, data(own, request).await?);
        ensure!(
            expected == found && !found.is_null(),
            "the servers answer differently: bring bench/src/bare up to date\n{expected}\n{found}"
        );
    }
    let load = Arc::new(Load::new(requests.to_vec(), false));
    let order = [bare, own];
    for server in order {
        cost(setting, server, &load, 0.5).await?;
    }
    let mut rounds: Vec<[Cost; 2]> = Vec::new();
    for number in 0..ROUNDS {
        let mut round = [Cost::default(); 2];
        for step in 0..2 {
            let turn = (number + step) % 2;
            round[turn] = cost(setting, order[turn], &load, setting.seconds / 4.0).await?;
        }
        rounds.push(round);
    }
    let ratios = sorted(&rounds, |[bare, own]| own.sum() / bare.sum());
    let middle = |of: fn(&[Cost; 2]) -> f64| sorted(&rounds, of)[ROUNDS / 2];
    let cells = format!(
        "{:.3} | {:.3} | {:.3} | {:.3} | {:.2} ({:.2} to {:.2})",
        middle(|[bare, _]| bare.server),
        middle(|[bare, _]| bare.database),
        middle(|[_, own]| own.server),
        middle(|[_, own]| own.database),
        ratios[ROUNDS / 2],
        ratios[0],
        ratios[ROUNDS - 1],
    );
    Ok((cells, ratios[ROUNDS / 2]))
}

async fn data(server: &Server, request: &Prepared) -> Result<Json> {
    let body = Connection::new(&server.address)?.ask(request).await?;
    let mut answer: Json = serde_json::from_slice(&body)?;
    Ok(answer["data"].take())
}

async fn cost(setting: &Setting<'_>, server: &Server, load: &Arc<Load>, seconds: f64) -> Result<Cost> {
    let processes = setting.database.backends().await?;
    let lasting = Duration::from_secs_f64(seconds);
    let phase = measure::run(
        &server.address,
        load,
        setting.connections,
        lasting,
        server.pid,
        &processes,
    )
    .await?;
    Ok(Cost {
        server: phase.server_cpu.unwrap_or_default(),
        database: phase.database_cpu.unwrap_or_default(),
    })
}

fn sorted(rounds: &[[Cost; 2]], of: impl Fn(&[Cost; 2]) -> f64) -> Vec<f64> {
    let mut values: Vec<_> = rounds.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values
}
