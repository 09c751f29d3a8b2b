//! The bounds that every request is held to, by the code that a client gets when it crosses one.

/// A bound. Each has a code of its own, and a key in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Bytes of a request's body, or of one message of a socket.
    Body,
    /// Bytes of a document.
    Document,
    /// Lexical tokens of a document.
    Tokens,
    /// Levels of fields.
    Depth,
    /// Fields under another name.
    Aliases,
    /// Directives.
    Directives,
    /// Fields at the root of an operation.
    RootFields,
    /// Fields in all, when every fragment stands where it is spread.
    Fields,
    /// Values in the variables of an operation.
    Values,
    /// What a query or mutation may cost.
    Cost,
    /// What each event of a subscription may cost.
    EventCost,
    /// How long an operation may take.
    Time,
    /// How long the body of a request may take to come.
    BodyTime,
    /// Sockets and streams of one caller.
    Sockets,
    /// Sockets and streams from one network address.
    SocketsPerAddress,
    /// Operations that run at once on one socket.
    Subscriptions,
    /// Operations in one request.
    Operations,
    /// How long a socket may leave what it was sent unread.
    Reading,
}

impl Limit {
    /// All of them, for documents and checks.
    pub const ALL: [Self; 18] = [
        Self::Body,
        Self::BodyTime,
        Self::Operations,
        Self::Document,
        Self::Tokens,
        Self::Depth,
        Self::Aliases,
        Self::Directives,
        Self::RootFields,
        Self::Fields,
        Self::Values,
        Self::Cost,
        Self::EventCost,
        Self::Time,
        Self::Sockets,
        Self::SocketsPerAddress,
        Self::Subscriptions,
        Self::Reading,
    ];

    /// The value of `extensions.code`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Body => "BODY_TOO_LARGE",
            Self::Document => "DOCUMENT_TOO_LARGE",
            Self::Tokens => "TOO_MANY_TOKENS",
            Self::Depth => "TOO_DEEP",
            Self::Aliases => "TOO_MANY_ALIASES",
            Self::Directives => "TOO_MANY_DIRECTIVES",
            Self::RootFields => "TOO_MANY_ROOT_FIELDS",
            Self::Fields => "TOO_MANY_FIELDS",
            Self::Values => "TOO_MANY_VALUES",
            Self::Cost | Self::EventCost => "TOO_COSTLY",
            Self::Time | Self::BodyTime => "TOO_SLOW",
            Self::Sockets | Self::SocketsPerAddress => "TOO_MANY_SOCKETS",
            Self::Subscriptions => "TOO_MANY_SUBSCRIPTIONS",
            Self::Operations => "TOO_MANY_OPERATIONS",
            Self::Reading => "SLOW_SUBSCRIBER",
        }
    }

    /// The key of the configuration that sets it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Body => "limits.body_bytes",
            Self::Document => "limits.document_bytes",
            Self::Tokens => "limits.tokens",
            Self::Depth => "limits.depth",
            Self::Aliases => "limits.aliases",
            Self::Directives => "limits.directives",
            Self::RootFields => "limits.root_fields",
            Self::Fields => "limits.fields",
            Self::Values => "limits.values",
            Self::Cost => "limits.cost",
            Self::EventCost => "limits.event_cost",
            Self::Time => "operation_seconds",
            Self::BodyTime => "limits.body_seconds",
            Self::Sockets => "limits.sockets",
            Self::SocketsPerAddress => "limits.sockets_per_address",
            Self::Subscriptions => "limits.subscriptions",
            Self::Operations => "limits.batch",
            Self::Reading => "limits.reading_seconds",
        }
    }

    /// Whether it bounds a document and its execution rather than the request that carries it.
    pub fn is_of_operation(self) -> bool {
        match self {
            Self::Document
            | Self::Tokens
            | Self::Depth
            | Self::Aliases
            | Self::Directives
            | Self::RootFields
            | Self::Fields
            | Self::Values
            | Self::Cost
            | Self::EventCost
            | Self::Time => true,
            Self::Body
            | Self::BodyTime
            | Self::Sockets
            | Self::SocketsPerAddress
            | Self::Subscriptions
            | Self::Operations
            | Self::Reading => false,
        }
    }
}

/// Where a caller stands, for the fields `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset`
/// (draft-ietf-httpapi-ratelimit-headers-06).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateState {
    /// Requests at once.
    pub limit: u32,
    /// How many of them are left.
    pub remaining: u32,
    /// Seconds until all are back.
    pub reset_seconds: u64,
}
