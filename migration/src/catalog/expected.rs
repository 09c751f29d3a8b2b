//! What has to hold: the newest state of tables, policies, privileges and functions.

use crate::roles::{LOCATE, OWNER, SERVER};

/// A table in schema `public`.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) wall: Wall,
    /// What tombola_server may do.
    pub(super) server: &'static [&'static str],
    /// The columns that tombola_locate may read, and all their rows.
    pub(super) locate: &'static [&'static str],
    pub(super) append_only: bool,
    /// Which rows a transaction that was opened for forgetting sees, and alone may delete, whosever they are.
    pub(super) forgotten: Option<&'static str>,
    /// Every transaction adds rows of the platform to it, whatever tenant it was opened for.
    pub(super) takes_platform_rows: bool,
}

/// Which rows of a table the server's role sees, beside those of the tenant that the transaction was opened for.
pub(super) enum Wall {
    /// All: the table belongs to no tenant.
    None,
    /// The organizations that the current user is a member of.
    Organizations,
    /// Rows of those organizations.
    Members,
    /// Rooms of those organizations, listed rooms, and rooms that the current user is in.
    Rooms,
    /// Rows whose room is seen.
    Room,
    /// Such rows, when this holds too.
    RoomWhen(&'static str),
    /// None.
    Own,
    /// Rows of the principal that the current user is, instead of any tenant's; and all that may be forgotten.
    User,
}

/// A policy as the catalog prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Policy {
    pub(super) table: String,
    pub(super) name: String,
    pub(super) permissive: bool,
    /// `ALL`, `SELECT`, ….
    pub(super) command: String,
    /// Names, with commas.
    pub(super) roles: String,
    pub(super) using: String,
    pub(super) with_check: String,
}

const READ: &[&str] = &["SELECT"];
const ADD: &[&str] = &["SELECT", "INSERT"];
const CHANGE: &[&str] = &["SELECT", "INSERT", "UPDATE"];

const FORGET: &[&str] = &["SELECT", "INSERT", "DELETE"];
const CHANGE_AND_FORGET: &[&str] = &["SELECT", "INSERT", "UPDATE", "DELETE"];

/// Removed before the time that the transaction was opened for.
const REMOVED: &str = "(deleted_at < (NULLIF(current_setting('app.forget_before'::text, true), ''::text))\
                       ::timestamp with time zone)";

/// The organization of the platform itself.
const PLATFORM: &str = "00000000-0000-7000-8000-000000000000";

const BY_ID: &[&str] = &["id", "organization_id", "deleted_at"];

pub(super) const TABLES: [Table; 24] = [
    table("seaql_migrations", Wall::None, READ),
    table("users", Wall::None, CHANGE),
    table("sessions", Wall::None, CHANGE_AND_FORGET),
    table("refresh_tokens", Wall::None, CHANGE_AND_FORGET),
    table("idempotency_keys", Wall::User, FORGET),
    table("organizations", Wall::Organizations, CHANGE),
    table("storage_counters", Wall::Own, CHANGE),
    Table {
        locate: &["organization_id", "user_id"],
        ..table("memberships", Wall::Members, CHANGE)
    },
    Table {
        append_only: true,
        takes_platform_rows: true,
        ..table("audit_logs", Wall::Members, ADD)
    },
    Table {
        locate: &["id", "organization_id", "deleted_at", "client_id", "is_active"],
        ..table("apps", Wall::Members, CHANGE)
    },
    Table {
        locate: &["organization_id", "app_id", "hash", "deleted_at"],
        forgotten: Some(REMOVED),
        ..table("documents", Wall::Members, CHANGE_AND_FORGET)
    },
    Table {
        locate: &["id", "organization_id", "join_code", "deleted_at"],
        ..table("rooms", Wall::Rooms, CHANGE)
    },
    table("room_counters", Wall::Room, CHANGE),
    Table {
        locate: &["id", "organization_id", "room_id", "user_id", "left_at", "deleted_at"],
        ..table("participants", Wall::Room, CHANGE)
    },
    Table {
        locate: BY_ID,
        ..table("prizes", Wall::Room, CHANGE)
    },
    Table {
        locate: &["id", "organization_id", "deleted_at", "draw_id", "status", "claim_by"],
        ..table("winners", Wall::RoomWhen("(announced_at IS NOT NULL)"), CHANGE)
    },
    Table {
        locate: &["id", "organization_id", "announce_at"],
        ..table("draws", Wall::Room, CHANGE)
    },
    table("draw_prizes", Wall::Room, CHANGE),
    table("draw_rankings", Wall::RoomWhen("presented"), CHANGE),
    Table {
        append_only: true,
        ..table("draw_chunks", Wall::Room, ADD)
    },
    Table {
        append_only: true,
        ..table("draw_entrants", Wall::Own, ADD)
    },
    Table {
        append_only: true,
        ..table("draw_exclusions", Wall::Room, ADD)
    },
    Table {
        append_only: true,
        ..table("draw_steps", Wall::Room, ADD)
    },
    Table {
        append_only: true,
        ..table("room_events", Wall::Room, ADD)
    },
];

const fn table(name: &'static str, wall: Wall, server: &'static [&'static str]) -> Table {
    Table {
        name,
        wall,
        server,
        locate: &[],
        append_only: false,
        forgotten: None,
        takes_platform_rows: false,
    }
}

impl Table {
    /// Expressions are the text that PostgreSQL 15 to 18 print with an empty search path, on one line.
    pub(super) fn policies(&self) -> Vec<Policy> {
        const MINE: &str = "= ANY (( SELECT tombola.my_organizations() AS my_organizations)::uuid[])";
        let in_seen_room = format!(
            "(EXISTS ( SELECT 1 FROM public.rooms r WHERE (r.id = {}.room_id)))",
            self.name
        );
        let (key, seen) = match self.wall {
            Wall::None => return Vec::new(),
            Wall::Organizations => ("id", Some(format!("(id {MINE})"))),
            Wall::Members => ("organization_id", Some(format!("(organization_id {MINE})"))),
            Wall::Rooms => (
                "organization_id",
                Some(format!(
                    "((is_public AND (status <> 'DRAFT'::text) AND (deleted_at IS NULL)) OR (organization_id {MINE}) \
                     OR (id = ANY (( SELECT tombola.my_rooms() AS my_rooms)::uuid[])))"
                )),
            ),
            Wall::Room => ("organization_id", Some(in_seen_room)),
            Wall::RoomWhen(holds) => ("organization_id", Some(format!("({holds} AND {in_seen_room})"))),
            Wall::Own => ("organization_id", None),
            Wall::User => return self.of_user(),
        };
        let own = format!("({key} = ( SELECT tombola.tenant() AS tenant))");
        let mut policies = vec![Policy {
            command: "ALL".to_owned(),
            with_check: own.clone(),
            ..self.select("own", SERVER, own)
        }];
        policies.extend(seen.map(|seen| self.select("seen", SERVER, seen)));
        if !self.locate.is_empty() {
            policies.push(self.select("locate", LOCATE, "true".to_owned()));
        }
        if let Some(forgotten) = self.forgotten {
            policies.push(Policy {
                command: "ALL".to_owned(),
                with_check: "false".to_owned(),
                ..self.select("forgotten", SERVER, forgotten.to_owned())
            });
            policies.push(Policy {
                command: "DELETE".to_owned(),
                permissive: false,
                ..self.select("only_forgotten", SERVER, forgotten.to_owned())
            });
        }
        if self.takes_platform_rows {
            policies.push(Policy {
                command: "INSERT".to_owned(),
                with_check: format!("(organization_id = '{PLATFORM}'::uuid)"),
                ..self.select("platform", SERVER, String::new())
            });
        }
        policies
    }

    fn of_user(&self) -> Vec<Policy> {
        const OWN: &str = "((principal_kind = 'USER'::text) AND (principal_id = (NULLIF(current_setting('app.current_user_id'::text, \
                           true), ''::text))::uuid))";
        const OLD: &str = "(created_at < (NULLIF(current_setting('app.forget_before'::text, true), ''::text))\
                           ::timestamp with time zone)";
        let all = |name: &str, using: &str, with_check: &str| Policy {
            command: "ALL".to_owned(),
            with_check: with_check.to_owned(),
            ..self.select(name, SERVER, using.to_owned())
        };
        vec![all("own", OWN, OWN), all("forgotten", OLD, "false")]
    }

    fn select(&self, name: &str, role: &str, using: String) -> Policy {
        Policy {
            table: self.name.to_owned(),
            name: name.to_owned(),
            permissive: true,
            command: "SELECT".to_owned(),
            roles: role.to_owned(),
            using,
            with_check: String::new(),
        }
    }
}

/// A function in schema `tombola`.
pub(super) struct Function {
    /// As PostgreSQL prints it: `locate_room(wanted uuid)`.
    pub(super) signature: &'static str,
    pub(super) answer: &'static str,
    pub(super) language: &'static str,
    /// Runs as its owner, tombola_locate.
    pub(super) definer: bool,
    /// Called by tombola_server; triggers are called by nobody.
    pub(super) called: bool,
    /// On one line.
    pub(super) body: String,
}

impl Function {
    /// With its schema and the types of its arguments: `tombola.locate_room(uuid)`.
    pub(super) fn name(&self) -> String {
        format!("tombola.{}", self.signature.replace("wanted ", ""))
    }

    pub(super) fn owner(&self) -> &'static str {
        if self.definer { LOCATE } else { OWNER }
    }
}

pub(super) fn functions() -> Vec<Function> {
    let by_id = |signature, table| {
        let body = format!("select organization_id from public.{table} where id = wanted and deleted_at is null");
        definer(signature, "uuid", body)
    };
    vec![
        Function {
            definer: false,
            language: "plpgsql",
            ..definer(
                "tenant()",
                "uuid",
                "begin return (nullif(current_setting('app.current_tenant_id', true), '')::uuid); end",
            )
        },
        ids_of_user("my_organizations()", "organization_id", "public.memberships", ""),
        ids_of_user(
            "my_rooms()",
            "room_id",
            "public.participants",
            " and left_at is null and deleted_at is null",
        ),
        by_id("locate_room(wanted uuid)", "rooms"),
        by_id("locate_prize(wanted uuid)", "prizes"),
        by_id("locate_participant(wanted uuid)", "participants"),
        by_id("locate_winner(wanted uuid)", "winners"),
        by_id("locate_app(wanted uuid)", "apps"),
        definer("locate_client(wanted text)", "uuid", LOCATE_CLIENT),
        definer("locate_document(wanted text)", "uuid", LOCATE_DOCUMENT),
        definer(
            "locate_draw(wanted uuid)",
            "uuid",
            "select organization_id from public.draws where id = wanted",
        ),
        definer("due_draws(wanted timestamp with time zone)", "uuid[]", DUE_DRAWS),
        definer(
            "locate_join_code(wanted text)",
            "uuid",
            "select organization_id from public.rooms where join_code = wanted and deleted_at is null",
        ),
        Function {
            definer: false,
            called: false,
            language: "plpgsql",
            ..definer(
                "refuse_change()",
                "trigger",
                format!(
                    "begin raise exception '% {REFUSAL}', tg_table_name \
                     using errcode = 'object_not_in_prerequisite_state'; end"
                ),
            )
        },
    ]
}

/// In PL/pgSQL, whose plan is kept for a connection: policies call these in each statement.
fn ids_of_user(signature: &'static str, column: &str, table: &str, narrowed: &str) -> Function {
    const USER: &str = "nullif(current_setting('app.current_user_id', true), '')::uuid";
    let query = format!("select coalesce(array_agg({column}), '{{}}') from {table} where user_id = {USER}{narrowed}");
    Function {
        language: "plpgsql",
        ..definer(signature, "uuid[]", format!("begin return ({query}); end"))
    }
}

const DUE_DRAWS: &str = "select coalesce(array_agg(id), '{}') from (select id from public.draws \
     where announce_at <= wanted union select draw_id from public.winners \
     where status = 'PENDING' and claim_by <= wanted and draw_id is not null) due";

const LOCATE_CLIENT: &str =
    "select organization_id from public.apps where client_id = wanted and is_active and deleted_at is null";

const LOCATE_DOCUMENT: &str = "select d.organization_id from public.documents d join public.apps a on a.id = d.app_id \
     where d.hash = wanted and d.deleted_at is null and a.is_active and a.deleted_at is null limit 1";

/// What a refused change of an append-only table says, after the table's name.
pub(super) const REFUSAL: &str = "is append-only: its rows are never changed or deleted. Add a new row instead.";

fn definer(signature: &'static str, answer: &'static str, body: impl Into<String>) -> Function {
    Function {
        signature,
        answer,
        language: "sql",
        definer: true,
        called: true,
        body: body.into(),
    }
}
