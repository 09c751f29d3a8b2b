//! Whoever acts is a principal: a kind and an id in `audit_logs`, `rooms`, `draws`, `draw_exclusions`, `draw_steps` and
//! `idempotency_keys`, where only users could be named. And the organization of the platform itself, in which is audited what
//! happens to no tenant.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::roles::SERVER;

mod postgres;
mod sqlite;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Columns that named a user and name a principal from now on.
struct Actor {
    table: &'static str,
    /// The column that named a user.
    user: &'static str,
    /// The columns of the principal.
    id: &'static str,
    kind: &'static str,
    /// The column named a user in each row.
    always_user: bool,
    wanted: Wanted,
    append_only: bool,
    /// What happened to the rows when their user was deleted.
    on_delete: &'static str,
    /// The index that served the key to `users` alone, and its columns.
    index: Option<(&'static str, &'static str)>,
}

/// Which rows name a principal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// All of them. The server has no id.
    Always,
    /// All of them, and never the server.
    NeverServer,
    /// Some of them.
    Sometimes,
}

const ACTORS: [Actor; 7] = [
    Actor {
        always_user: false,
        append_only: true,
        ..actor("audit_logs", "actor_id", "actor_id", "actor_kind")
    },
    Actor {
        index: Some(("rooms_created_by_id_idx", "created_by, id")),
        ..actor("rooms", "created_by", "created_by_id", "created_by_kind")
    },
    Actor {
        index: Some(("draws_created_by_id_idx", "created_by, id")),
        ..actor("draws", "created_by", "created_by_id", "created_by_kind")
    },
    Actor {
        always_user: false,
        wanted: Wanted::Sometimes,
        index: Some(("draws_freeze_requested_by_idx", "freeze_requested_by")),
        ..actor(
            "draws",
            "freeze_requested_by",
            "freeze_requested_by_id",
            "freeze_requested_by_kind",
        )
    },
    Actor {
        append_only: true,
        index: Some(("draw_exclusions_excluded_by_idx", "excluded_by")),
        ..actor("draw_exclusions", "excluded_by", "excluded_by_id", "excluded_by_kind")
    },
    Actor {
        always_user: false,
        append_only: true,
        index: Some(("draw_steps_actor_id_idx", "actor_id")),
        ..actor("draw_steps", "actor_id", "actor_id", "actor_kind")
    },
    Actor {
        wanted: Wanted::NeverServer,
        on_delete: "CASCADE",
        ..actor("idempotency_keys", "user_id", "principal_id", "principal_kind")
    },
];

const fn actor(table: &'static str, user: &'static str, id: &'static str, kind: &'static str) -> Actor {
    Actor {
        table,
        user,
        id,
        kind,
        always_user: true,
        wanted: Wanted::Always,
        append_only: false,
        on_delete: "RESTRICT",
        index: None,
    }
}

/// A UUID of version 7 that no clock gives; a slug that nobody can choose.
const PLATFORM: &str = "00000000-0000-7000-8000-000000000000";
const PLATFORM_ROW: [(&str, &str); 9] = [
    ("slug", "PLATFORM"),
    ("name", "Platform"),
    ("admin_email", ""),
    ("status", "ACTIVE"),
    ("plan", "ENTERPRISE"),
    ("model_defaults", "{}"),
    ("resource_limits", "{}"),
    ("created_at", "1970-01-01T00:00:00+00:00"),
    ("updated_at", "1970-01-01T00:00:00+00:00"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        match manager.get_database_backend() {
            DbBackend::Sqlite => {
                for actor in &ACTORS {
                    sqlite::extend(db, actor).await?;
                }
                let blob = format!("x'{}'", PLATFORM.replace('-', ""));
                db.execute_unprepared(&platform(&blob)).await?;
            }
            _ => {
                for actor in &ACTORS {
                    db.execute_unprepared(&postgres::extend(actor)).await?;
                }
                db.execute_unprepared(&postgres::walls()).await?;
                // Under FORCE even the owner adds no row.
                let row = platform(&format!("'{PLATFORM}'"));
                let sql = format!(
                    "alter table organizations no force row level security; {row};
                     alter table organizations force row level security;"
                );
                db.execute_unprepared(&sql).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        match manager.get_database_backend() {
            DbBackend::Sqlite => {
                sqlite::forget_platform(db).await?;
                for actor in ACTORS.iter().rev() {
                    sqlite::reduce(db, actor).await?;
                }
            }
            _ => {
                db.execute_unprepared(&postgres::forget_platform()).await?;
                for actor in ACTORS.iter().rev() {
                    db.execute_unprepared(&postgres::reduce(actor)).await?;
                }
                db.execute_unprepared(&postgres::walls_before()).await?;
            }
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn platform(id: &str) -> String {
    let columns: Vec<_> = PLATFORM_ROW.iter().map(|(column, _)| *column).collect();
    let values: Vec<_> = PLATFORM_ROW.iter().map(|(_, value)| format!("'{value}'")).collect();
    format!(
        "insert into organizations (id, {}) values ({id}, {})",
        columns.join(", "),
        values.join(", ")
    )
}

impl Actor {
    /// The rules of its columns: `{table}_{rule}_check`.
    fn rules(&self) -> Vec<(String, String)> {
        let Self { kind, id, .. } = self;
        let (server, pair) = match self.wanted {
            Wanted::Always => (", 'SERVER'", Some(format!("({kind} = 'SERVER') = ({id} IS NULL)"))),
            // Neither is ever empty.
            Wanted::NeverServer => ("", None),
            Wanted::Sometimes => (
                ", 'SERVER'",
                Some(format!("({kind} IS NULL OR {kind} = 'SERVER') = ({id} IS NULL)")),
            ),
        };
        let words = format!("{kind} IN ('USER', 'API_KEY', 'APP', 'AGENT'{server})");
        let rule = |name: &str| format!("{}_{name}_check", self.table);
        let whole = kind.strip_suffix("_kind").unwrap_or(kind);
        let mut rules = vec![(rule(kind), words)];
        rules.extend(pair.map(|pair| (rule(whole), pair)));
        rules
    }

    /// The kind of rows that are there and have none yet, or that of a user without being one: what no user did, the server did.
    fn fill(&self) -> String {
        let Self { table, kind, id, .. } = self;
        match self.wanted {
            Wanted::Sometimes => format!("update {table} set {kind} = 'USER' where {id} is not null"),
            _ => format!(
                "update {table} set {kind} = case when {id} is null then 'SERVER' else 'USER' end \
                 where {kind} is null or {id} is null"
            ),
        }
    }

    /// The name of the key to `users`.
    fn key(&self) -> String {
        format!("{}_{}_fkey", self.table, self.user)
    }

    /// Whether the column of the id has to give up that it is never empty.
    fn may_be_empty_now(&self) -> bool {
        self.always_user && self.wanted == Wanted::Always
    }
}
