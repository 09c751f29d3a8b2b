//! Memory at 50 open connections: forty of HTTP that have just read the three-level list, ten sockets that follow a
//! room.

use anyhow::Result;
use futures::future::try_join_all;

use crate::{
    client::{Connection, Prepared, Tokens},
    process::memory_mebibytes,
    server::Server,
    socket,
};

/// Connections over HTTP.
const LINES: usize = 40;
/// Sockets.
const SOCKETS: usize = 10;

/// Resident memory in MiB: now, and at its highest since the server started.
pub struct Memory {
    /// With all connections open.
    pub now: f64,
    /// After all that was measured before.
    pub highest: f64,
}

/// Opens the connections and looks.
///
/// # Errors
/// When a connection cannot be opened.
pub async fn at_fifty(server: &Server, tokens: &Tokens, requests: &[Prepared]) -> Result<Option<Memory>> {
    let mut sockets = Vec::new();
    for number in 0..SOCKETS {
        sockets.push(socket::follow(&server.address, &tokens.bearer(number as u64)?, 0).await?);
    }
    let lines = (0..LINES)
        .map(|_| Connection::new(&server.address))
        .collect::<Result<Vec<_>>>()?;
    for _ in 0..3 {
        try_join_all(
            lines
                .iter()
                .zip(requests.iter().cycle())
                .map(|(line, request)| line.send(request)),
        )
        .await?;
    }
    let found = |line| memory_mebibytes(server.pid, line);
    let memory = found("VmRSS").zip(found("VmHWM"));
    drop(sockets);
    Ok(memory.map(|(now, highest)| Memory { now, highest }))
}
