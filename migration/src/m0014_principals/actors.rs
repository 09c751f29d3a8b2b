//! The columns that named users and name principals from now on, and the platform among these.

/// Columns that named a user and name a principal from now on.
pub(super) struct Actor {
    pub(super) table: &'static str,
    /// The column that named a user.
    pub(super) user: &'static str,
    /// The columns of the principal.
    pub(super) id: &'static str,
    pub(super) kind: &'static str,
    /// The column named a user in each row.
    pub(super) always_user: bool,
    pub(super) wanted: Wanted,
    pub(super) append_only: bool,
    /// What happened to the rows when their user was deleted.
    pub(super) on_delete: &'static str,
    /// The index that served the key to `users` alone, and its columns.
    pub(super) index: Option<(&'static str, &'static str)>,
}

/// Which rows name a principal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of them. The server has no id.
    Always,
    /// All of them, and never the server.
    NeverServer,
    /// Some of them.
    Sometimes,
}

pub(super) const ACTORS: [Actor; 7] = [
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

/// The id of the platform: a UUID of version 7 that no clock gives.
pub(super) const PLATFORM: &str = "00000000-0000-7000-8000-000000000000";

impl Actor {
    /// The rules of its columns: `{table}_{rule}_check`.
    pub(super) fn rules(&self) -> Vec<(String, String)> {
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
    pub(super) fn fill(&self) -> String {
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
    pub(super) fn key(&self) -> String {
        format!("{}_{}_fkey", self.table, self.user)
    }

    /// Whether the column of the id has to give up that it is never empty.
    pub(super) fn may_be_empty_now(&self) -> bool {
        self.always_user && self.wanted == Wanted::Always
    }
}
