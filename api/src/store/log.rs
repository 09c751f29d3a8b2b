//! Logs: what happened to a thing, in the order of the commits, without gaps. A log belongs to a typed id.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use entity::{Id, OrganizationId};
use sea_orm::{
    Condition, ConnectionTrait, DbBackend, DbErr, Iden, QueryResult,
    sea_query::{Alias, Asterisk, Expr, ExprTrait, Func, JoinType, Order, Query, SelectStatement},
};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{insert::ROWS_AT_ONCE, scope::Scope};
use crate::{
    caller::Caller,
    error::{Error, Result},
};

/// What has a log, by its id.
pub trait Log: Id {
    /// Where the log is kept.
    const TABLES: LogTables;

    /// The rows of the log's table that a caller may read.
    fn readable(caller: &Caller) -> Condition;

    /// Whether the caller sees what the log belongs to.
    ///
    /// # Errors
    /// `NOT_FOUND` when they do not.
    fn require_seen(self, scope: &impl Scope) -> impl Future<Output = Result<()>> + Send;
}

/// The two tables of a kind of log. In both, one column names what the log belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogTables {
    /// A row for each event: `sequence`, `kind`, `payload`.
    pub events: &'static str,
    /// A row for each log: `next_sequence`, and what else is counted of its owner.
    pub counters: &'static str,
    /// The column that names the owner.
    pub owner: &'static str,
}

/// One log of any kind. Logs are in the order of their ids, in which changes lock their counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LogId {
    pub(super) id: Uuid,
    tables: LogTables,
}

impl LogId {
    pub(super) fn of<L: Log>(log: L) -> Self {
        Self {
            id: log.into(),
            tables: L::TABLES,
        }
    }
}

/// What a log says next.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// `WINNER_ANNOUNCED`, ….
    pub kind: &'static str,
    /// What it announces.
    pub payload: Json,
}

/// An entry of a log.
#[derive(Clone, Debug)]
pub struct Logged<L> {
    /// Whose log it is in.
    pub log: L,
    /// Its place, from 1 without gaps.
    pub sequence: i64,
    /// `WINNER_ANNOUNCED`, ….
    pub kind: String,
    /// What it announces, so that delivery needs no other table.
    pub payload: Json,
    /// When it happened.
    pub created_at: DateTime<Utc>,
}

/// What is counted beside a log, in the same statement: people in a room. An event of the same change whose payload names the
/// column is told the new count.
#[derive(Debug)]
pub struct Count {
    /// The column of the counters' table.
    pub column: &'static str,
    /// How many come, or go.
    pub by: i32,
    /// The count that it may reach.
    pub at_most: Option<i32>,
    /// What is answered when it would be more.
    pub beyond: fn() -> Error,
}

/// What a change adds to a log.
#[derive(Default)]
pub(super) struct LogChange {
    pub(super) events: Vec<NewEvent>,
    pub(super) count: Option<Count>,
}

/// Counts, and writes the events under the next sequences. Whoever holds the counter's row is about to commit.
pub(super) async fn append(
    tx: &impl ConnectionTrait,
    log: LogId,
    tenant: Option<OrganizationId>,
    change: &LogChange,
    now: DateTime<Utc>,
) -> Result<()> {
    if change.events.is_empty() && change.count.is_none() {
        return Ok(());
    }
    let added = change.events.len() as i64;
    let (next, counted) = take_sequences(tx, log, added, change.count.as_ref(), now).await?;
    let without = || Error::internal(anyhow::anyhow!("an event without a tenant"));
    let tenant = match change.events.is_empty() {
        true => return Ok(()),
        false => tenant.ok_or_else(without)?,
    };
    let rows: Vec<_> = change.events.iter().zip(next - added..).collect();
    for rows in rows.chunks(ROWS_AT_ONCE) {
        let mut insert = Query::insert();
        insert.into_table(Alias::new(log.tables.events)).columns(
            [
                log.tables.owner,
                "sequence",
                "organization_id",
                "kind",
                "payload",
                "created_at",
            ]
            .map(Alias::new),
        );
        for (event, sequence) in rows {
            insert.values_panic([
                log.id.into(),
                (*sequence).into(),
                tenant.into(),
                event.kind.into(),
                told(event, counted).into(),
                now.into(),
            ]);
        }
        tx.execute(&insert).await?;
    }
    Ok(())
}

/// What an event announces: one that leaves a place for what is counted says the new count.
fn told(event: &NewEvent, counted: Option<(&str, i32)>) -> Json {
    let mut payload = event.payload.clone();
    if let Some((column, count)) = counted
        && let Some(place) = payload.get_mut(column)
    {
        *place = count.into();
    }
    payload
}

/// Answers the sequence behind those that were taken, and what is counted by its column.
async fn take_sequences(
    tx: &impl ConnectionTrait,
    log: LogId,
    added: i64,
    count: Option<&Count>,
    now: DateTime<Utc>,
) -> Result<(i64, Option<(&'static str, i32)>)> {
    let column = |name: &'static str| Expr::col(Alias::new(name));
    let mut update = Query::update();
    update
        .table(Alias::new(log.tables.counters))
        .value(Alias::new("next_sequence"), column("next_sequence").add(added))
        .value(Alias::new("updated_at"), now)
        .and_where(column(log.tables.owner).eq(log.id))
        .returning_col(Alias::new("next_sequence"));
    if let Some(count) = count {
        update
            .value(Alias::new(count.column), column(count.column).add(count.by))
            .returning(Query::returning().columns([Alias::new("next_sequence"), Alias::new(count.column)]));
        if let (Some(most), true) = (count.at_most, count.by > 0) {
            update.and_where(column(count.column).lte(most - count.by));
        }
    }
    let row = tx.query_one(&update).await?;
    let row = row.ok_or_else(|| match count {
        Some(Count {
            at_most: Some(_),
            beyond,
            ..
        }) => beyond(),
        _ => Error::internal(anyhow::anyhow!("the log of {} has no counter", log.id)),
    })?;
    let counted = match count {
        Some(count) => Some((count.column, row.try_get_by_index(1)?)),
        None => None,
    };
    Ok((row.try_get_by_index(0)?, counted))
}

/// The sequence of a log's newest event.
///
/// # Errors
/// When the database does not answer.
pub async fn newest_sequence<L: Log>(scope: &impl Scope, log: L) -> Result<i64> {
    let id: Uuid = log.into();
    let select = Query::select()
        .column(Alias::new("next_sequence"))
        .from(Alias::new(L::TABLES.counters))
        .and_where(Expr::col(Alias::new(L::TABLES.owner)).eq(id))
        .take();
    let row = scope.query_one(&select).await?;
    let next: Option<i64> = row.map(|row| row.try_get_by_index(0)).transpose()?;
    Ok(next.map_or(0, |next| next - 1))
}

/// Events of one log behind a sequence that the caller may read, oldest first; of one kind, if that is wanted.
///
/// # Errors
/// When the database does not answer.
pub async fn events_after<L: Log>(
    scope: &impl Scope,
    log: L,
    after: i64,
    only: Option<&'static str>,
    limit: u64,
) -> Result<Vec<Logged<L>>> {
    let id: Uuid = log.into();
    let mut select = after_sequence::<L>(scope.caller(), after, limit);
    select
        .column((L::events(), Asterisk))
        .and_where(L::column(L::TABLES.owner).eq(id));
    if let Some(kind) = only {
        // As it is in the index of announcements: a bound value would not be seen to be it.
        select.and_where(L::column("kind").eq(Expr::cust(format!("'{kind}'"))));
    }
    let rows = scope.query_all(&select).await?;
    rows.iter().map(|row| Ok(Logged::read(row)?)).collect()
}

/// Events of each of many logs behind a sequence, in one statement: the same two ways as every list of children.
///
/// # Errors
/// When the database does not answer.
pub async fn events_of_each<L: Log>(
    scope: &impl Scope,
    logs: &[L],
    after: i64,
    limit: u64,
) -> Result<HashMap<L, Arc<Vec<Logged<L>>>>> {
    let mut events: HashMap<L, Vec<Logged<L>>> = HashMap::new();
    for row in scope.query_all(&of_each(scope, logs, after, limit)).await? {
        let event = Logged::read(&row)?;
        events.entry(event.log).or_default().push(event);
    }
    Ok(events
        .into_iter()
        .map(|(log, events)| (log, Arc::new(events)))
        .collect())
}

#[derive(Clone, Copy)]
enum Name {
    Owners,
    Events,
}

impl Iden for Name {
    fn unquoted(&self) -> &str {
        match self {
            Self::Owners => "parent",
            Self::Events => "child",
        }
    }
}

fn of_each<L: Log>(scope: &impl Scope, logs: &[L], after: i64, limit: u64) -> SelectStatement {
    let ids: Vec<Uuid> = logs.iter().map(|log| (*log).into()).collect();
    let mut inner = after_sequence::<L>(scope.caller(), after, limit);
    let own = L::column(L::TABLES.owner);
    let mut select = SelectStatement::new();
    select.column((Name::Events, Asterisk));
    if scope.get_database_backend() == DbBackend::Sqlite {
        inner
            .expr(L::column("rowid"))
            .and_where(own.eq(Expr::col((Name::Owners, Alias::new("column1")))));
        select.from_values(ids, Name::Owners).join_as(
            JoinType::InnerJoin,
            L::events(),
            Name::Events,
            Expr::col((Name::Events, Alias::new("rowid"))).in_subquery(inner),
        );
    } else {
        inner
            .column((L::events(), Asterisk))
            .and_where(own.eq(Expr::col((Name::Owners, Name::Owners))));
        select
            .from_function(Func::cust(Alias::new("unnest")).arg(Expr::val(ids)), Name::Owners)
            .join_lateral(JoinType::InnerJoin, inner, Name::Events, Expr::cust("TRUE"));
    }
    select
        .order_by((Name::Events, Alias::new("sequence")), Order::Asc)
        .take()
}

fn after_sequence<L: Log>(caller: &Caller, after: i64, limit: u64) -> SelectStatement {
    Query::select()
        .from(L::events())
        .cond_where(L::readable(caller))
        .and_where(L::column("sequence").gt(after))
        .order_by((L::events(), Alias::new("sequence")), Order::Asc)
        .limit(limit)
        .take()
}

/// Names in the log's tables.
trait Names: Log {
    fn events() -> Alias {
        Alias::new(Self::TABLES.events)
    }

    fn column(name: &'static str) -> Expr {
        Expr::col((Self::events(), Alias::new(name)))
    }
}

impl<L: Log> Names for L {}

impl<L: Log> Logged<L> {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let log: Uuid = row.try_get("", L::TABLES.owner)?;
        Ok(Self {
            log: log.into(),
            sequence: row.try_get("", "sequence")?,
            kind: row.try_get("", "kind")?,
            payload: row.try_get("", "payload")?,
            created_at: row.try_get("", "created_at")?,
        })
    }
}
