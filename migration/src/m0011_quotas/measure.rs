//! What the tenants had stored before it was counted: the rows that are there, as the server counts values. What was replaced
//! or forgotten since is not among them.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// A table of tenants and what its rows take.
struct Measured {
    name: &'static str,
    /// The column that names the tenant.
    tenant: &'static str,
    /// Bytes of its ids, numbers and times.
    fixed: u32,
    /// Columns of text or bytes.
    texts: &'static [&'static str],
    /// Columns of JSON.
    json: &'static [&'static str],
}

const TABLES: [Measured; 18] = [
    Measured {
        tenant: "id",
        json: &["model_defaults", "resource_limits"],
        ..measured(
            "organizations",
            48,
            &[
                "slug",
                "name",
                "company_name",
                "admin_email",
                "status",
                "plan",
                "industry",
            ],
        )
    },
    measured("memberships", 64, &["role"]),
    Measured {
        json: &["changes", "metadata"],
        ..measured("audit_logs", 72, &["actor_address", "action", "resource_type", "hash"])
    },
    Measured {
        json: &["manifest", "permissions"],
        ..measured("apps", 64, &["slug", "name", "client_id", "secret_hash"])
    },
    measured("documents", 72, &["key", "hash", "name", "text"]),
    Measured {
        json: &["settings"],
        ..measured(
            "rooms",
            120,
            &[
                "title",
                "description",
                "status",
                "join_code",
                "search_text",
                "title_key",
            ],
        )
    },
    measured("room_counters", 64, &[]),
    Measured {
        json: &["metadata"],
        ..measured("participants", 128, &["role", "entry_nonce"])
    },
    Measured {
        json: &["metadata"],
        ..measured("prizes", 96, &["name", "description", "image_url"])
    },
    Measured {
        json: &["metadata"],
        ..measured("winners", 152, &["source", "status", "revoke_reason"])
    },
    measured(
        "draws",
        184,
        &[
            "status",
            "level",
            "policy",
            "policy_hash",
            "seed_commit",
            "sealed_seed",
            "seed",
            "key_id",
            "public_key",
            "signature",
            "list_root",
            "freeze_signature",
            "entropy",
            "void_reason",
        ],
    ),
    measured("draw_prizes", 112, &[]),
    measured("draw_rankings", 88, &["ranking"]),
    measured("draw_chunks", 64, &["entries", "root"]),
    measured("draw_entrants", 64, &["participants"]),
    measured("draw_exclusions", 104, &["reason"]),
    measured("draw_steps", 112, &["kind", "reason"]),
    Measured {
        json: &["payload"],
        ..measured("room_events", 48, &["kind"])
    },
];

const fn measured(name: &'static str, fixed: u32, texts: &'static [&'static str]) -> Measured {
    Measured {
        name,
        tenant: "organization_id",
        fixed,
        texts,
        json: &[],
    }
}

impl Measured {
    /// Tenant and bytes of each of its rows.
    fn select(&self, backend: DbBackend) -> String {
        let mut sql = format!("select {} as tenant, {}", self.tenant, self.fixed);
        for column in self.texts {
            sql += &match backend {
                DbBackend::Postgres => format!(" + coalesce(octet_length({column}), 0)"),
                _ => format!(" + coalesce(length(cast({column} as blob)), 0)"),
            };
        }
        for column in self.json {
            sql += &match backend {
                DbBackend::Postgres => format!(" + octet_length({column}::text)"),
                _ => format!(" + length(cast({column} as blob))"),
            };
        }
        format!("{sql} as bytes from {}", self.name)
    }
}

/// Gives every tenant its counter.
pub(super) async fn fill(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let backend = manager.get_database_backend();
    let rows = TABLES.each_ref().map(|table| table.select(backend)).join(" union all ");
    let fill = format!(
        "insert into storage_counters (organization_id, bytes, created_at, updated_at)
         select o.id, coalesce(stored.bytes, 0), o.created_at, o.updated_at from organizations o
           left join (select tenant, cast(sum(bytes) as bigint) as bytes from ({rows}) counted group by tenant) stored
           on stored.tenant = o.id;"
    );
    let sql = match backend {
        // Under FORCE even the owner sees no row.
        DbBackend::Postgres => format!("{} {fill} {}", forced("no force"), forced("force")),
        _ => fill,
    };
    manager.get_connection().execute_unprepared(&sql).await?;
    Ok(())
}

fn forced(how: &str) -> String {
    let alter = |table: &Measured| format!("alter table {} {how} row level security;", table.name);
    TABLES.iter().map(alter).collect()
}
