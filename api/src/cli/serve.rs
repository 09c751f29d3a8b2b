//! `tombola serve`.

use std::{fmt::Display, net::SocketAddr, process::ExitCode};

use super::{
    output::{block_on, fail},
    signals::Signals,
};
use crate::{
    app::{self, Server},
    clock::Clock,
    config::Config,
};

pub(super) fn run(config: Config) -> ExitCode {
    block_on(async {
        let started = async { Server::start(app::prepare(config, Clock::system()).await?).await };
        serve(started, |_| {}).await
    })
}

/// Says where the server answers.
fn welcome(server: &Server) {
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

/// Starts a server and serves until SIGTERM or Ctrl-C, then ends in order; a second signal ends at once.
pub(super) async fn serve<E: Display>(
    start: impl Future<Output = Result<Server, E>>,
    greet: impl FnOnce(&Server),
) -> ExitCode {
    let mut signals = match Signals::listen() {
        Ok(signals) => signals,
        Err(error) => return fail(&error),
    };
    let server = tokio::select! {
        started = start => match started {
            Ok(server) => server,
            Err(error) => return fail(&error),
        },
        // Told to end before it served: there is nothing to drain.
        () = signals.next() => return ExitCode::SUCCESS,
    };
    welcome(&server);
    greet(&server);
    signals.next().await;
    tracing::info!("shutting down: no new requests, running operations finish");
    tokio::select! {
        () = server.stop() => ExitCode::SUCCESS,
        () = signals.next() => ExitCode::FAILURE,
    }
}
