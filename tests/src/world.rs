//! A started server on a database of its own, with people who talk to it.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use api::{
    app::{self, Server},
    clock::Clock,
    config::{Config, RatesConfig},
    operation::Services,
};
use chrono::{DateTime, Duration, TimeZone, Utc};
use entity::{
    SessionId, UserId,
    identity::{
        session::{self, AssuranceLevel},
        user::{self, PlatformRole},
    },
};
use sea_orm::{ActiveValue::Set, DatabaseConnection, EntityTrait};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::{Answer, Client, Database, TestDatabase, dump::dump};

/// Everything that one test has to itself.
pub struct World {
    /// Its database.
    pub database: TestDatabase,
    /// The server's clock; it stands until it is advanced.
    pub clock: Clock,
    /// Above all walls.
    pub db: DatabaseConnection,
    server: Option<Server>,
    config: Config,
    folder: TempDir,
    stranger: Client,
}

impl World {
    /// A server with the defaults.
    pub async fn new(database: Database) -> Self {
        Self::with(database, |_| {}).await
    }

    /// A server with other settings.
    pub async fn with(database: Database, change: impl FnOnce(&mut Config)) -> Self {
        let database = TestDatabase::create(database).await;
        let folder = tempfile::tempdir().expect("a folder can be made");
        let mut config = Config {
            listen: ([127, 0, 0, 1], 0).into(),
            ..Config::default()
        };
        config.database.url = database.server_url();
        config.database.max_connections = 8;
        config.database.acquire_seconds = 30;
        config.auth.signing_key_file = folder.path().join("tombola.key");
        config.events.poll_milliseconds = 60_000;
        // Statements are counted: nobody looks after draws or sessions unless a test is about that.
        config.draws.tick_milliseconds = 24 * 60 * 60 * 1000;
        config.events.session_milliseconds = 24 * 60 * 60 * 1000;
        // Nobody is too slow, too many or too often unless a test is about that.
        config.connections.header_seconds = 120;
        config.connections.per_address = 10_000;
        config.rates = unlimited();
        // Peers of tests are on this machine.
        config.outgoing.private_networks = vec!["127.0.0.0/8".to_owned().try_into().expect("a network")];
        change(&mut config);
        let clock = Clock::fixed(start_of_time());
        let server = start(&config, &clock).await;
        let stranger = Client::stranger(&format!("http://{}", server.address()));
        let db = database.superuser().await;
        Self {
            database,
            clock,
            db,
            server: Some(server),
            config,
            folder,
            stranger,
        }
    }

    /// Nobody in particular.
    pub fn stranger(&self) -> &Client {
        &self.stranger
    }

    /// Somebody with an account and a live session, without the cost of a password.
    pub async fn user(&self, name: &str) -> Client {
        let now = self.clock.now();
        let id: UserId = self.clock.new_id();
        let session: SessionId = self.clock.new_id();
        let row = user::ActiveModel {
            id: Set(id),
            email: Set(format!(
                "{}-{}@example.com",
                name.to_lowercase().replace(' ', "."),
                id.0.simple()
            )),
            display_name: Set(name.to_owned()),
            timezone: Set("UTC".to_owned()),
            preferences: Set(json!({})),
            platform_role: Set(PlatformRole::None),
            level: Set(1),
            xp: Set(0),
            created_at: Set(now),
            updated_at: Set(now),
            ..Default::default()
        };
        user::Entity::insert(row)
            .exec_without_returning(&self.db)
            .await
            .expect("a user");
        let row = session::ActiveModel {
            id: Set(session),
            user_id: Set(id),
            assurance_level: Set(AssuranceLevel::Password),
            authenticated_at: Set(now),
            last_seen_at: Set(now),
            expires_at: Set(now + Duration::days(30)),
            created_at: Set(now),
            updated_at: Set(now),
            ..Default::default()
        };
        session::Entity::insert(row)
            .exec_without_returning(&self.db)
            .await
            .expect("a session");
        let (token, _) = self.services().tokens.issue(id, session).expect("a token");
        self.stranger.signed_in(&token, &id.to_string())
    }

    /// What the server works with.
    pub fn services(&self) -> &Arc<Services> {
        self.server().services()
    }

    /// Statements that the server has sent to the database so far.
    pub fn statements(&self) -> u64 {
        self.services().store.statements()
    }

    /// Everything that the database holds.
    pub async fn dump(&self) -> BTreeMap<String, Vec<String>> {
        dump(&self.db).await
    }

    /// Runs a mutation that must be refused with `code` for `field`, and shows that nothing changed.
    #[track_caller]
    pub fn refuses<'a>(
        &'a self,
        client: &'a Client,
        mutation: &'a str,
        input: Json,
        code: &'a str,
        field: Option<&'a str>,
    ) -> impl Future<Output = Answer> + 'a {
        let place = std::panic::Location::caller();
        async move {
            let before = self.dump().await;
            let answer = client.mutate(mutation, input.clone(), "__typename").await;
            assert_eq!(
                answer.code(),
                Some(code),
                "at {place}: {mutation} {input}: {}",
                answer.body
            );
            if let Some(field) = field {
                assert_eq!(
                    answer.field(),
                    Some(field),
                    "at {place}: {mutation} {input}: {}",
                    answer.body
                );
            }
            assert!(
                answer.message().len() > 10,
                "at {place}: the sentence says what to do: {}",
                answer.body
            );
            let after = self.dump().await;
            for (table, rows) in &before {
                assert_eq!(
                    Some(rows),
                    after.get(table),
                    "at {place}: a refused {mutation} changed {table}"
                );
            }
            answer
        }
    }

    /// Stops the server in order and starts it again on the same database, as a new process would.
    pub async fn restart(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
        let server = start(&self.config, &self.clock).await;
        let address = format!("http://{}", server.address());
        self.stranger = Client::stranger(&address);
        self.server = Some(server);
    }

    /// The same person at the server's present address.
    pub fn again(&self, client: &Client) -> Client {
        let token = client.token.as_deref().expect("a signed-in client");
        self.stranger.signed_in(token, &client.user)
    }

    /// Stops the server in order.
    pub async fn stop(mut self) {
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
    }

    /// A folder that goes with the test.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// The server's settings.
    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    fn server(&self) -> &Server {
        self.server.as_ref().expect("the server runs")
    }
}

pub(crate) async fn start(config: &Config, clock: &Clock) -> Server {
    let services = app::prepare(config.clone(), clock.clone())
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    Server::start(services).await.unwrap_or_else(|error| panic!("{error}"))
}

/// Rates that nobody meets.
fn unlimited() -> RatesConfig {
    const MOST: u32 = 1_000_000_000;
    RatesConfig {
        requests_per_minute: MOST,
        burst: MOST,
        callers_per_address: 1,
        passwords_per_minute: MOST,
        password_burst: MOST,
        sign_ins_per_minute: MOST,
        sign_in_burst: MOST,
        join_codes_per_minute: MOST,
        join_code_burst: MOST,
    }
}

fn start_of_time() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 6, 1, 12, 0, 0).single().expect("a time")
}
