//! The way in: connections are accepted, counted, watched and ended in order.

mod busy;
mod limits;
mod linger;
mod pulse;
mod refusal;
mod stream;

use std::{net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::Service;

use self::{
    busy::Busy,
    limits::{ConnectionLimits, ConnectionPermit},
    pulse::{Due, Patience, Pulse},
    stream::Watched,
};
use super::connection::{Connection, ConnectionBudgets};
use crate::{
    config::{Config, ConnectionsConfig},
    telemetry::Metrics,
};

/// How long nothing is accepted when the system has no more files to give.
const PAUSE: Duration = Duration::from_millis(500);
/// Longest head of a request, in bytes: so much each connection may make the server keep.
const HEAD_BYTES: usize = 64 * 1024;
/// How often a client of HTTP/2 is asked whether it is there, and how long it may take to say so.
const PING: Duration = Duration::from_secs(20);
/// Requests of one HTTP/2 connection at once.
const STREAMS: u32 = 200;

/// What every connection needs.
struct ListenState {
    router: Router,
    protocol: Builder<TokioExecutor>,
    config: ConnectionsConfig,
    /// How long a client may take nothing of what it is sent.
    reading: Duration,
    keeping: ConnectionBudgets,
    shutdown: CancellationToken,
}

/// Serves until `shutdown`, and then until the last connection has ended in order. A client that takes nothing of what it
/// is sent for as long as it may is cut off, and so is the slowest when too much waits.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    config: &Config,
    metrics: Metrics,
    shutdown: CancellationToken,
) {
    let limits = ConnectionLimits::new(config.connections.clone(), metrics);
    let state = Arc::new(ListenState {
        router,
        protocol: protocol(&config.connections),
        config: config.connections.clone(),
        reading: Duration::from_secs(config.limits.reading_seconds),
        keeping: ConnectionBudgets::new(&config.limits),
        shutdown: shutdown.clone(),
    });
    let connections = TaskTracker::new();
    let refusing = Arc::new(Semaphore::new(refusal::AT_ONCE));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shutdown.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                match (limits.enter(peer.ip()), refusing.clone().try_acquire_owned()) {
                    (Ok(place), _) => drop(connections.spawn(serve_one(state.clone(), stream, peer, place))),
                    (Err(limit), Ok(turn)) => drop(connections.spawn(refusal::tell(stream, limit, turn))),
                    // The stream is dropped, which closes it.
                    (Err(_), Err(_)) => {}
                }
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted; trying again");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// HTTP/1 and HTTP/2, which a proxy may speak without asking first.
fn protocol(config: &ConnectionsConfig) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        // It runs between two requests, too. That a head comes in time is seen to by the pulse.
        .header_read_timeout(config.keep_alive() + config.header_limit())
        .max_buf_size(HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING)
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD_BYTES as u32)
        // WebSockets over HTTP/2 (RFC 8441).
        .enable_connect_protocol();
    builder
}

/// The client was gone before it was accepted.
fn is_of_one_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn serve_one(state: Arc<ListenState>, stream: TcpStream, peer: SocketAddr, place: ConnectionPermit) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY was not set");
    }
    let pulse = Arc::new(Pulse::new(Patience {
        head: state.config.header_limit(),
        rest: state.config.keep_alive(),
        reading: state.reading,
    }));
    let router = state.router.clone();
    let beats = pulse.clone();
    let kept = state.keeping.connection();
    let counted = kept.clone();
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let busy = Busy::begin(beats.clone(), request.version());
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert::<Connection>(counted.clone());
        let answer = router.clone().call(request);
        async move { answer.await.map(|response| response.map(|body| busy.until_sent(body))) }
    });
    let io = TokioIo::new(Watched::new(stream, pulse.clone(), place, state.reading));
    let mut connection = pin!(state.protocol.serve_connection_with_upgrades(io, service));
    let (mut rested, mut stopping) = (false, false);
    loop {
        tokio::select! {
            outcome = connection.as_mut() => {
                if let Err(error) = outcome {
                    tracing::debug!(error, "a connection failed");
                }
                return;
            }
            due = pulse.due(), if !rested => {
                if due == Due::Cut {
                    return;
                }
                rested = true;
            }
            () = kept.answers().is_cut() => return,
            () = state.shutdown.cancelled(), if !stopping => stopping = true,
        }
        // What is being answered is answered; HTTP/2 tells the client to send no more.
        connection.as_mut().graceful_shutdown();
    }
}
