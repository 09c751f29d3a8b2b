//! `tombola serve`.

use std::{net::SocketAddr, process::ExitCode};

use super::{block_on, fail};
use crate::{
    app::{self, Server},
    clock::Clock,
    config::Config,
};

pub(super) fn run(config: Config) -> ExitCode {
    block_on(async {
        let started = async { Server::start(app::prepare(config, Clock::system()).await?).await };
        match started.await {
            Ok(server) => {
                welcome(&server);
                until_told(server).await
            }
            Err(error) => fail(&error),
        }
    })
}

/// Says where the server answers.
pub(super) fn welcome(server: &Server) {
    let address = base_address(server);
    tracing::info!(
        graphql = format!("{address}/graphql"),
        graphiql = format!("{address}/"),
        database = ?server.services().store.kind(),
        "tombola serves"
    );
}

/// The server's address as a person would type it.
pub(super) fn base_address(server: &Server) -> String {
    match &server.services().config.public_url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => {
            let address = server.address();
            let host = if address.ip().is_unspecified() {
                [127, 0, 0, 1].into()
            } else {
                address.ip()
            };
            format!("http://{}", SocketAddr::new(host, address.port()))
        }
    }
}

/// Serves until SIGTERM or Ctrl-C, then ends in order; a second signal ends at once.
pub(super) async fn until_told(server: Server) -> ExitCode {
    signal().await;
    tracing::info!("shutting down: no new requests, running operations finish");
    tokio::select! {
        () = server.stop() => ExitCode::SUCCESS,
        () = signal() => ExitCode::FAILURE,
    }
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminate = async {
        match signal(SignalKind::terminate()) {
            Ok(mut stream) => {
                stream.recv().await;
            }
            // Without the handler the signal ends the process by itself.
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminate => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    let _ = tokio::signal::ctrl_c().await;
}
