//! Figures of one server, for Prometheus. Each server has its own: several may share a process.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use prometheus_client::{
    encoding::text::encode,
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Metric, Registry},
};

use super::{
    labels::{
        BackgroundLabels, ConnectionLabels, ConnectionLimit, DurationLabels, ErrorLabels, OperationKind,
        OperationLabels, Outcome, PoolLabels, PoolState, Ran, RateLabels, RateLimited,
    },
    names::Names,
};

/// Names of operations that are told apart.
const OPERATION_NAMES: usize = 200;
/// Codes of errors that are told apart.
const ERROR_CODES: usize = 50;
/// What operations without a name go by.
const ANONYMOUS: &str = "anonymous";

/// The figures of one server.
#[derive(Clone)]
pub struct Metrics(Arc<Figures>);

struct Figures {
    registry: Registry,
    names: Names,
    codes: Names,
    operations: Family<OperationLabels, Counter>,
    operation_seconds: Family<DurationLabels, Histogram, fn() -> Histogram>,
    errors: Family<ErrorLabels, Counter>,
    sockets: Gauge,
    subscriptions: Gauge,
    connections: Gauge,
    connections_refused: Family<ConnectionLabels, Counter>,
    rates_refused: Family<RateLabels, Counter>,
    database_connections: Family<PoolLabels, Gauge>,
    statements: Counter,
    batches: Histogram,
    background_runs: Family<BackgroundLabels, Counter>,
}

/// Something that is open, and counted until this is dropped.
#[must_use = "it is counted only as long as this is kept"]
pub struct Open(Gauge);

impl Open {
    fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// From a millisecond to eight seconds.
fn durations() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 2.0, 14))
}

fn registered<M: Metric + Clone>(registry: &mut Registry, name: &str, help: &str, metric: M) -> M {
    registry.register(name, help, metric.clone());
    metric
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("tombola");
        let durations: fn() -> Histogram = durations;
        Self(Arc::new(Figures {
            names: Names::at_most(OPERATION_NAMES),
            codes: Names::at_most(ERROR_CODES),
            operations: registered(&mut registry, "operations", "Operations of GraphQL", Family::default()),
            operation_seconds: registered(
                &mut registry,
                "operation_seconds",
                "How long operations took",
                Family::new_with_constructor(durations),
            ),
            errors: registered(&mut registry, "errors", "Errors told to clients", Family::default()),
            sockets: registered(&mut registry, "sockets", "Open WebSockets", Gauge::default()),
            subscriptions: registered(&mut registry, "subscriptions", "Open subscriptions", Gauge::default()),
            connections: registered(
                &mut registry,
                "connections",
                "Open connections of clients",
                Gauge::default(),
            ),
            connections_refused: registered(
                &mut registry,
                "connections_refused",
                "Connections that were closed at once",
                Family::default(),
            ),
            rates_refused: registered(
                &mut registry,
                "rates_refused",
                "Requests that came too often",
                Family::default(),
            ),
            database_connections: registered(
                &mut registry,
                "database_connections",
                "Open connections to the database",
                Family::default(),
            ),
            statements: registered(
                &mut registry,
                "database_statements",
                "Statements sent to the database",
                Counter::default(),
            ),
            batches: registered(
                &mut registry,
                "batch_keys",
                "Keys of one batch of a loader",
                Histogram::new(exponential_buckets(1.0, 2.0, 14)),
            ),
            background_runs: registered(
                &mut registry,
                "background_runs",
                "Runs of work in the background",
                Family::default(),
            ),
            registry,
        }))
    }
}

impl Metrics {
    /// An operation has ended. Name those alone that the schema accepts: the first 200 names are told apart.
    pub fn operation(&self, name: Option<&str>, kind: OperationKind, outcome: Outcome, duration: Duration) {
        let name = name.map_or_else(|| ANONYMOUS.to_owned(), |name| self.0.names.label(name));
        let timed = DurationLabels {
            name: name.clone(),
            kind,
        };
        self.0
            .operation_seconds
            .get_or_create(&timed)
            .observe(duration.as_secs_f64());
        let counted = OperationLabels { name, kind, outcome };
        self.0.operations.get_or_create(&counted).inc();
    }

    /// A client was told of an error.
    pub fn error(&self, code: &str) {
        let code = self.0.codes.label(code);
        self.0.errors.get_or_create(&ErrorLabels { code }).inc();
    }

    /// A WebSocket was opened.
    pub fn socket_opened(&self) -> Open {
        Open::new(&self.0.sockets)
    }

    /// A subscription was opened, over whichever protocol.
    pub fn subscription_opened(&self) -> Open {
        Open::new(&self.0.subscriptions)
    }

    /// A client has connected.
    pub fn connection_opened(&self) -> Open {
        Open::new(&self.0.connections)
    }

    /// Connections of clients that are open now.
    pub fn connections(&self) -> i64 {
        self.0.connections.get()
    }

    /// A connection was closed at once.
    pub fn connection_refused(&self, limit: ConnectionLimit) {
        self.0
            .connections_refused
            .get_or_create(&ConnectionLabels { limit })
            .inc();
    }

    /// A request came too often.
    pub fn rate_refused(&self, limit: RateLimited) {
        self.0.rates_refused.get_or_create(&RateLabels { limit }).inc();
    }

    /// A loader has sent a batch.
    pub fn batch(&self, keys: usize) {
        self.0.batches.observe(keys as f64);
    }

    /// A run of work in the background has ended.
    pub fn background_run(&self, work: &'static str, outcome: Ran) {
        self.0
            .background_runs
            .get_or_create(&BackgroundLabels { work, outcome })
            .inc();
    }

    /// What the connections of a pool do now.
    pub fn database_connections(&self, pool: &'static str, state: PoolState, connections: u32) {
        self.0
            .database_connections
            .get_or_create(&PoolLabels { pool, state })
            .set(connections.into());
    }

    /// Statements sent so far.
    pub fn statements(&self, sent: u64) {
        self.0.statements.inner().store(sent, Ordering::Relaxed);
    }

    /// All figures in the text form of OpenMetrics.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a text cannot fail.
        let _ = encode(&mut text, &self.0.registry);
        text
    }
}
