//! A fresh, migrated database for each test, on SQLite or on PostgreSQL.
//!
//! The migrations run once, into a template; each test gets a copy, which takes milliseconds. Processes of one run share the
//! templates: `scripts/with-postgres` names a folder that ends with its cluster. Without one, each process makes its own.

use std::{
    path::Path,
    sync::atomic,
    time::{Duration, UNIX_EPOCH},
};

use migration::roles::{self, Passwords};
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// Where the folder of the run is found: `scripts/with-postgres` sets it.
const RUN_FOLDER: &str = "TOMBOLA_TEST_FOLDER";

/// Where a superuser's address is found: `scripts/with-postgres` sets it.
const SUPERUSER_URL: &str = "TOMBOLA_TEST_POSTGRES";

/// The cluster listens on this machine only and ends with the tests.
const PASSWORD: &str = "only-for-tests";

/// The same password as PostgreSQL keeps it, but after one round of hashing where it usually takes 4096: without
/// optimisation those take longer than most tests.
const QUICK_VERIFIER: &str = "SCRAM-SHA-256$1:b25seS1mb3ItdGVzdHMhIQ==$uzz+8shEYP+PLLwh5nU4TVFhd4iuaR1oYyIqRSZJ0rw=:\
                              n5hUrDAfy6g4wbLX0xWx4nBBtbG2Uh7AUnSW4lGMf3g=";

/// What a test runs on. Tests take it as a value, so that each runs on both:
/// `#[values(Database::Sqlite, Database::Postgres)] database: Database`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// A file of its own.
    Sqlite,
    /// A database of its own in the cluster of `scripts/with-postgres`.
    Postgres,
}

impl Database {
    /// SeaORM's name of it.
    pub fn backend(self) -> DbBackend {
        match self {
            Database::Sqlite => DbBackend::Sqlite,
            Database::Postgres => DbBackend::Postgres,
        }
    }
}

/// One test's database.
#[derive(Debug)]
pub struct TestDatabase {
    place: Place,
}

#[derive(Debug)]
enum Place {
    Sqlite { folder: TempDir },
    Postgres { name: String },
}

impl TestDatabase {
    /// A database with all migrations.
    pub async fn create(database: Database) -> Self {
        match database {
            Database::Sqlite => Self::sqlite(sqlite_template().await),
            Database::Postgres => Self::copy_of(postgres_template().await).await,
        }
    }

    /// A database without tables; on PostgreSQL its roles are there.
    pub async fn empty(database: Database) -> Self {
        match database {
            // SQLite takes an empty file for an empty database.
            Database::Sqlite => Self::sqlite(&[]),
            Database::Postgres => Self::copy_of(postgres_bare().await).await,
        }
    }

    /// Which of the two it is.
    pub fn database(&self) -> Database {
        match self.place {
            Place::Sqlite { .. } => Database::Sqlite,
            Place::Postgres { .. } => Database::Postgres,
        }
    }

    /// The address that the server signs in with.
    pub fn server_url(&self) -> String {
        self.url(roles::SERVER)
    }

    /// The address that migrations run with.
    pub fn owner_url(&self) -> String {
        self.url(roles::OWNER)
    }

    /// The address of whoever stands above all walls: for preparing and for looking afterwards.
    pub fn superuser_url(&self) -> String {
        match &self.place {
            Place::Sqlite { .. } => self.url(""),
            Place::Postgres { name } => with_name(&superuser_url(), name),
        }
    }

    /// Signs in with the server's address.
    pub async fn server(&self) -> DatabaseConnection {
        connect(&self.server_url()).await
    }

    /// Signs in with the owner's address.
    pub async fn owner(&self) -> DatabaseConnection {
        connect(&self.owner_url()).await
    }

    /// Signs in with the superuser's address.
    pub async fn superuser(&self) -> DatabaseConnection {
        connect(&self.superuser_url()).await
    }

    /// Removes the database. Without this it stays until the cluster ends, which is soon enough for most tests.
    pub async fn close(self) {
        match self.place {
            Place::Sqlite { folder } => folder.close().expect("the test's folder can be removed"),
            Place::Postgres { name } => {
                let db = connect(&superuser_url()).await;
                execute(&db, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
                db.close().await.expect("the connection closes");
            }
        }
    }

    fn url(&self, role: &str) -> String {
        match &self.place {
            Place::Sqlite { folder } => format!("sqlite://{}?mode=rwc", folder.path().join("tombola.sqlite").display()),
            Place::Postgres { name } => {
                let superuser = superuser_url();
                let (_, host) = superuser
                    .rsplit_once('@')
                    .expect("the address has an @ before its host");
                with_name(&format!("postgres://{role}:{PASSWORD}@{host}"), name)
            }
        }
    }

    fn sqlite(content: &[u8]) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("tombola-test-")
            .tempdir()
            .expect("a folder can be made");
        std::fs::write(folder.path().join("tombola.sqlite"), content).expect("the file can be written");
        Self {
            place: Place::Sqlite { folder },
        }
    }

    async fn copy_of(template: &str) -> Self {
        let name = new_name();
        let admin = connect(&superuser_url()).await;
        execute(
            &admin,
            &format!("CREATE DATABASE {name} TEMPLATE {template} OWNER {}", roles::OWNER),
        )
        .await;
        // What is granted on the database itself is not copied.
        let grants = format!(
            "REVOKE ALL ON DATABASE {name} FROM PUBLIC; GRANT CONNECT ON DATABASE {name} TO {}",
            roles::SERVER
        );
        execute(&admin, &grants).await;
        admin.close().await.expect("the connection closes");
        Self {
            place: Place::Postgres { name },
        }
    }
}

/// Signs in, with few connections and a short patience.
pub async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    let connections = if url.starts_with("sqlite:") { 1 } else { 4 };
    options
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(60))
        .sqlx_logging(false);
    sea_orm::Database::connect(options)
        .await
        .unwrap_or_else(|error| panic!("cannot sign in: {error}"))
}

/// Runs SQL that must work.
pub async fn execute(db: &impl ConnectionTrait, sql: &str) {
    if let Err(error) = db.execute_unprepared(sql).await {
        panic!("{sql}\n{error}");
    }
}

/// The content of a migrated file.
async fn sqlite_template() -> &'static [u8] {
    static TEMPLATE: OnceCell<Vec<u8>> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(async || {
            let Some(folder) = std::env::var_os(RUN_FOLDER) else {
                return migrated_file().await;
            };
            let shared = Path::new(&folder).join(format!("template_{}.sqlite", build()));
            if let Ok(content) = std::fs::read(&shared) {
                return content;
            }
            let content = migrated_file().await;
            // Several may do so at once, and each puts a whole file there.
            let own = shared.with_extension(std::process::id().to_string());
            std::fs::write(&own, &content).expect("the folder of the run can be written");
            std::fs::rename(&own, &shared).expect("a file of the run's folder can be renamed");
            content
        })
        .await
}

async fn migrated_file() -> Vec<u8> {
    let template = TestDatabase::empty(Database::Sqlite).await;
    let db = template.owner().await;
    migration::up(&db).await.expect("the migrations run on SQLite");
    db.close().await.expect("the connection closes");
    let Place::Sqlite { folder } = &template.place else {
        unreachable!("it was made on SQLite")
    };
    std::fs::read(folder.path().join("tombola.sqlite")).expect("the file can be read")
}

/// The name of a migrated database to which nobody is connected.
async fn postgres_template() -> &'static str {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(async || {
            made_once("tombola_template", async || {
                let template = TestDatabase::empty(Database::Postgres).await;
                let db = template.owner().await;
                migration::up(&db).await.expect("the migrations run on PostgreSQL");
                db.close().await.expect("the connection closes");
                let Place::Postgres { name } = template.place else {
                    unreachable!("it was made on PostgreSQL")
                };
                name
            })
            .await
        })
        .await
}

/// The name of a database with roles but without tables, to which nobody is connected.
async fn postgres_bare() -> &'static str {
    static BARE: OnceCell<String> = OnceCell::const_new();
    BARE.get_or_init(async || made_once("tombola_bare", bare).await).await
}

async fn bare() -> String {
    let name = new_name();
    let lock = lock_roles().await;
    let admin = connect(&superuser_url()).await;
    // As operators may have it: with a collation that is not that of bytes.
    let create = format!("CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'");
    execute(&admin, &create).await;
    admin.close().await.expect("the connection closes");
    let superuser = connect(&with_name(&superuser_url(), &name)).await;
    roles::create(&superuser, &passwords())
        .await
        .expect("the roles can be created");
    for role in [roles::OWNER, roles::SERVER] {
        execute(&superuser, &format!("ALTER ROLE {role} PASSWORD '{QUICK_VERIFIER}'")).await;
    }
    superuser.close().await.expect("the connection closes");
    lock.release().await;
    name
}

/// Tells this build of the tests from others, whose migrations may be others.
fn build() -> u64 {
    let program = std::env::current_exe().expect("a program knows its file");
    let made = program
        .metadata()
        .and_then(|file| file.modified())
        .expect("its file has a time");
    made.duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

/// A database that one process of the run makes, under the name by which the others find it.
async fn made_once(shared: &str, make: impl AsyncFnOnce() -> String) -> String {
    if std::env::var_os(RUN_FOLDER).is_none() {
        return make().await;
    }
    let shared = &format!("{shared}_{}", build());
    let mut admin = PgConnection::connect(&superuser_url())
        .await
        .expect("the superuser can sign in");
    // One lock for each: the template is made of the bare one.
    sqlx::query("SELECT pg_advisory_lock(hashtext($1))")
        .bind(shared)
        .execute(&mut admin)
        .await
        .expect("the lock is given");
    let found = sqlx::query("SELECT 1 FROM pg_database WHERE datname = $1")
        .bind(shared)
        .fetch_optional(&mut admin)
        .await
        .expect("the cluster lists its databases");
    if found.is_none() {
        let made = make().await;
        sqlx::raw_sql(AssertSqlSafe(format!("ALTER DATABASE {made} RENAME TO {shared}")))
            .execute(&mut admin)
            .await
            .expect("a database to which nobody is connected can be renamed");
    }
    // Its end gives the lock back.
    admin.close().await.expect("the connection closes");
    shared.to_owned()
}

/// The passwords of the roles in the tests' cluster.
pub fn passwords() -> Passwords {
    Passwords {
        owner: PASSWORD.to_owned(),
        server: PASSWORD.to_owned(),
    }
}

/// Held by whoever changes a role: roles belong to the whole cluster, and PostgreSQL refuses two changes at once.
#[derive(Debug)]
#[must_use]
pub struct RolesLock(PgConnection);

/// Waits until nobody else changes roles, in this process or another.
pub async fn lock_roles() -> RolesLock {
    let mut connection = PgConnection::connect(&superuser_url())
        .await
        .expect("the superuser can sign in");
    sqlx::query("SELECT pg_advisory_lock(1)")
        .execute(&mut connection)
        .await
        .expect("the lock is given");
    RolesLock(connection)
}

impl RolesLock {
    /// Lets the next one change roles. Dropping the lock does the same a little later.
    pub async fn release(self) {
        self.0.close().await.expect("the connection closes");
    }
}

/// Unique in the cluster, over several processes too.
fn new_name() -> String {
    static NUMBER: atomic::AtomicU32 = atomic::AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, atomic::Ordering::Relaxed);
    format!("tombola_test_{}_{number}", std::process::id())
}

fn superuser_url() -> String {
    std::env::var(SUPERUSER_URL).unwrap_or_else(|_| {
        panic!(
            "This test needs PostgreSQL, and {SUPERUSER_URL} names none. Run `make test`, which starts one, or \
             `make test-sqlite`, which leaves these tests out."
        )
    })
}

/// The address with another database at its end.
fn with_name(url: &str, name: &str) -> String {
    let (server, _) = url.rsplit_once('/').expect("the address ends with a database's name");
    format!("{server}/{name}")
}
