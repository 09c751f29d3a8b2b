//! A second server process on a world's database: same signing key, same clock.

use api::{app::Server, config::Config};

use crate::{Client, World, world::start};

/// What runs beside the world's own server.
pub struct Second {
    server: Server,
    /// Nobody in particular, talking to it.
    pub stranger: Client,
}

impl Second {
    /// A server with the world's settings, and some of its own.
    pub async fn start(world: &World, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = world.config().clone();
        config.database.max_connections = 4;
        change(&mut config);
        let server = start(&config, &world.clock).await;
        let stranger = Client::stranger(&format!("http://{}", server.address()));
        Self { server, stranger }
    }

    /// The same person, talking to the second process.
    pub fn client(&self, client: &Client) -> Client {
        let token = client.token.as_deref().expect("a signed-in client");
        self.stranger.signed_in(token, &client.user)
    }

    /// Stops it in order.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}
