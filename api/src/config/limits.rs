//! `[limits]`.

use serde::{Deserialize, Serialize};

use super::Faults;

/// What one request, socket or stream may ask for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Bytes of a request's body, or of a message of a socket.
    pub body_bytes: usize,
    /// How long the body of a request may take to come, in seconds.
    pub body_seconds: u64,
    /// Operations in one request; 0 answers no lists of operations.
    pub batch: usize,
    /// Bytes of a document.
    pub document_bytes: usize,
    /// Tokens of a document.
    pub tokens: usize,
    /// Levels of fields.
    pub depth: usize,
    /// Fields under another name, in one operation.
    pub aliases: usize,
    /// Directives in one operation.
    pub directives: usize,
    /// Fields at the root of an operation.
    pub root_fields: usize,
    /// Fields of a document, counted wherever a fragment is spread.
    pub fields: usize,
    /// Values in the variables of an operation: every entry of a list and every field of an object.
    pub values: usize,
    /// What a query or mutation may cost.
    pub cost: usize,
    /// What each event of a subscription may cost.
    pub event_cost: usize,
    /// Sockets and streams of one caller.
    pub sockets: usize,
    /// Sockets and streams from one network address.
    pub sockets_per_address: usize,
    /// Operations that run at once on one socket.
    pub subscriptions: usize,
    /// Messages that wait for the client of one socket; a full queue holds its subscriptions back.
    pub queue: usize,
    /// Bytes of what waits for the client of one socket or stream; more holds its operations back.
    pub socket_bytes: usize,
    /// Bytes of answers that wait for their clients, in the whole process, and as many of bodies that are not sent to their
    /// end. Beyond it the slowest are cut off.
    pub waiting_bytes: usize,
    /// How long a client may leave what it was sent unread, in seconds.
    pub reading_seconds: u64,
    /// How long a new socket may take to say who it is, in seconds.
    pub init_seconds: u64,
    /// How often the server asks whether the client of a socket or stream is there, in seconds.
    pub ping_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1024 * 1024,
            body_seconds: 10,
            batch: 0,
            document_bytes: 64 * 1024,
            tokens: 2000,
            depth: 15,
            aliases: 100,
            directives: 20,
            root_fields: 20,
            fields: 2000,
            values: 10_000,
            cost: 50_000,
            event_cost: 1_000,
            sockets: 50,
            sockets_per_address: 2000,
            subscriptions: 50,
            queue: 16,
            socket_bytes: 1024 * 1024,
            waiting_bytes: 32 * 1024 * 1024,
            reading_seconds: 30,
            init_seconds: 10,
            ping_seconds: 15,
        }
    }
}

impl Limits {
    pub(super) fn check(&self, faults: &mut Faults) {
        let mut range = |key: &str, found: usize, least: u64, most: u64| {
            faults.range(&format!("limits.{key}"), found as u64, least, most);
        };
        range("body_bytes", self.body_bytes, 1024, 64 * 1024 * 1024);
        range("body_seconds", self.body_seconds as usize, 1, 600);
        range("batch", self.batch, 0, 10);
        range("document_bytes", self.document_bytes, 1024, 1024 * 1024);
        range("tokens", self.tokens, 100, 20_000);
        range("depth", self.depth, 1, 30);
        range("aliases", self.aliases, 0, 10_000);
        range("directives", self.directives, 0, 1000);
        range("root_fields", self.root_fields, 1, 1000);
        range("fields", self.fields, 100, 20_000);
        range("values", self.values, 100, 1_000_000);
        range("cost", self.cost, 100, 10_000_000);
        range("event_cost", self.event_cost, 10, 10_000_000);
        range("sockets", self.sockets, 1, 100_000);
        range("sockets_per_address", self.sockets_per_address, 1, 1_000_000);
        range("subscriptions", self.subscriptions, 1, 10_000);
        range("queue", self.queue, 1, 10_000);
        range("socket_bytes", self.socket_bytes, 16 * 1024, 64 * 1024 * 1024);
        range("waiting_bytes", self.waiting_bytes, 1024 * 1024, 4 * 1024 * 1024 * 1024);
        range("reading_seconds", self.reading_seconds as usize, 1, 600);
        range("init_seconds", self.init_seconds as usize, 1, 600);
        range("ping_seconds", self.ping_seconds as usize, 1, 600);
    }
}
