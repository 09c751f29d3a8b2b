//! What a failed statement says about the database that it failed on, when the statement itself is not at fault.

use std::time::Duration;

use sea_orm::{DbErr, RuntimeErr};
use sqlx::{error::DatabaseError, postgres::PgDatabaseError};

/// Why a database does not do now what it would do at another time. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// The connection was ended from the other side, or broke.
    Lost,
    /// No connection can be had, or no means to work: all are in use, the server starts or stops.
    Busy,
    /// The statement gave way to others at the same rows, or waited for them too long.
    Contention,
    /// The database only reads, as a standby does after a failover.
    ReadOnly,
    /// The database has no room left on its disk.
    Full,
}

impl Outage {
    /// What a failure of SeaORM says.
    pub fn of(cause: &DbErr) -> Option<Self> {
        match cause {
            DbErr::ConnectionAcquire(_) => Some(Self::Busy),
            DbErr::Conn(cause) => Some(of_runtime(cause).unwrap_or(Self::Busy)),
            DbErr::Exec(cause) | DbErr::Query(cause) => of_runtime(cause),
            _ => None,
        }
    }

    /// What a failure of the driver says.
    pub fn of_driver(cause: &sqlx::Error) -> Option<Self> {
        match cause {
            sqlx::Error::Io(_) => Some(Self::Lost),
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => Some(Self::Busy),
            sqlx::Error::Database(error) => of_database(error.as_ref()),
            _ => None,
        }
    }

    /// When the same request may pass.
    pub fn retry_after(self) -> Duration {
        Duration::from_secs(match self {
            Self::Lost | Self::Busy | Self::Contention => 1,
            // Somebody has to do something about it.
            Self::ReadOnly | Self::Full => 5,
        })
    }

    /// What happened and what to do.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Lost => "The server lost its database on the way. Nothing was changed: try again in a second.",
            Self::Busy => "The server is busy. Try again in a few seconds.",
            Self::Contention => "The server is busy with the same things. Nothing was changed: try again.",
            Self::ReadOnly => {
                "The server can read now, but change nothing. Nothing was changed: try again in a few seconds."
            }
            Self::Full => "The server has no room left to store anything. Nothing was changed: try again later.",
        }
    }
}

fn of_runtime(cause: &RuntimeErr) -> Option<Outage> {
    match cause {
        RuntimeErr::SqlxError(error) => Outage::of_driver(error),
        RuntimeErr::Internal(_) => None,
    }
}

fn of_database(error: &dyn DatabaseError) -> Option<Outage> {
    let code = error.code()?;
    match error.try_downcast_ref::<PgDatabaseError>() {
        Some(_) => of_postgres(&code),
        None => code.parse().ok().and_then(of_sqlite),
    }
}

/// By SQLSTATE (PostgreSQL, appendix A).
fn of_postgres(code: &str) -> Option<Outage> {
    match code {
        // Connection exceptions; admin shutdown, crash, dropped database, idle for too long, also in a transaction.
        _ if code.starts_with("08") => Some(Outage::Lost),
        "57P01" | "57P02" | "57P04" | "57P05" | "25P03" => Some(Outage::Lost),
        // Cannot connect now; insufficient resources, such as too many connections.
        "57P03" | "53000" | "53200" | "53300" | "53400" => Some(Outage::Busy),
        // Deadlock, serialization, lock, timeout of a statement.
        "40P01" | "40001" | "55P03" | "57014" => Some(Outage::Contention),
        "25006" => Some(Outage::ReadOnly),
        "53100" => Some(Outage::Full),
        _ => None,
    }
}

/// By result code, whose lowest byte is the primary one (SQLite, "Result and Error Codes").
fn of_sqlite(code: u32) -> Option<Outage> {
    match code & 0xff {
        // SQLITE_BUSY, SQLITE_LOCKED, SQLITE_READONLY, SQLITE_FULL, SQLITE_CANTOPEN.
        5 | 6 => Some(Outage::Contention),
        8 => Some(Outage::ReadOnly),
        13 => Some(Outage::Full),
        14 => Some(Outage::Busy),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::outage::{Outage, of_postgres, of_sqlite};

    #[test]
    fn every_failure_of_the_database_has_its_outage() {
        for (code, outage) in [
            ("08006", Outage::Lost),
            ("57P01", Outage::Lost),
            ("57P03", Outage::Busy),
            ("53300", Outage::Busy),
            ("40001", Outage::Contention),
            ("25006", Outage::ReadOnly),
            ("53100", Outage::Full),
        ] {
            assert_eq!(of_postgres(code), Some(outage), "{code}");
        }
        // Unique violations, broken checks and faults of the statement are not the database's state.
        for code in ["23505", "23514", "42601", "25P02"] {
            assert_eq!(of_postgres(code), None, "{code}");
        }
        let extended = [
            (5, Outage::Contention),
            (517, Outage::Contention),
            (1032, Outage::ReadOnly),
            (13, Outage::Full),
        ];
        for (code, outage) in extended {
            assert_eq!(of_sqlite(code), Some(outage), "{code}");
        }
        assert_eq!(of_sqlite(2067), None, "SQLITE_CONSTRAINT_UNIQUE");
    }
}
