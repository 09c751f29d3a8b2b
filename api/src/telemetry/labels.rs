//! The labels of figures. Each has few values, so that nobody can fill the memory of whoever watches.

use std::fmt::{self, Write};

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};

/// An enum and how Prometheus writes it.
macro_rules! label {
    ($(#[$about:meta])* $name:ident { $($(#[$what:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$what])* $variant,)*
        }

        impl $name {
            /// Its text in figures and traces.
            pub(super) fn text(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }

        impl EncodeLabelValue for $name {
            fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), fmt::Error> {
                encoder.write_str(self.text())
            }
        }
    };
}

label! {
    /// What an operation is.
    OperationKind {
        /// A query.
        Query = "query",
        /// A mutation.
        Mutation = "mutation",
        /// A subscription.
        Subscription = "subscription",
    }
}

label! {
    /// How an operation ended.
    Outcome {
        /// Answered without an error.
        Ok = "ok",
        /// Answered with errors.
        Errors = "errors",
        /// Not executed.
        Refused = "refused",
        /// Cut off at its limit of time.
        TooLong = "too_long",
    }
}

label! {
    /// Which limit refused a connection.
    ConnectionLimit {
        /// That of all connections.
        All = "all",
        /// That of one address.
        Address = "address",
    }
}

label! {
    /// Which rate refused a request.
    RateLimited {
        /// That of a caller.
        Caller = "caller",
        /// That of an address.
        Address = "address",
        /// That of passwords, right or wrong.
        Password = "password",
        /// That of attempts to sign in that failed.
        SignIn = "sign_in",
        /// That of refresh tokens that were not good.
        Refresh = "refresh",
        /// That of wrong join codes.
        JoinCode = "join_code",
    }
}

label! {
    /// What a connection of the database does.
    PoolState {
        /// It waits for work.
        Idle = "idle",
        /// It works.
        InUse = "in_use",
    }
}

label! {
    /// How a run of work in the background ended.
    Ran {
        /// Done.
        Ok = "ok",
        /// Failed, and tried again at its next time.
        Failed = "failed",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct BackgroundLabels {
    pub(super) work: &'static str,
    pub(super) outcome: Ran,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct OperationLabels {
    pub(super) name: String,
    pub(super) kind: OperationKind,
    pub(super) outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct DurationLabels {
    pub(super) name: String,
    pub(super) kind: OperationKind,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct ErrorLabels {
    pub(super) code: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct ConnectionLabels {
    pub(super) limit: ConnectionLimit,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct RateLabels {
    pub(super) limit: RateLimited,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct PoolLabels {
    pub(super) pool: &'static str,
    pub(super) state: PoolState,
}
