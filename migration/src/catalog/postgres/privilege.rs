//! Privileges: what tombola_server, tombola_locate and PUBLIC hold is exactly what was granted.

use std::collections::BTreeSet;

use sea_orm_migration::sea_orm::{ConnectionTrait, DbErr};

use crate::{
    catalog::{
        expected,
        problem::{Problem, query},
    },
    roles::{LOCATE, SERVER},
};

/// `privilege` on `object`, held by `grantee`, as GRANT writes them. Sorted by object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Grant {
    object: String,
    privilege: String,
    grantee: String,
    /// May be handed on.
    grantable: bool,
}

impl Grant {
    fn new(privilege: impl Into<String>, object: impl Into<String>, grantee: &str) -> Self {
        Self {
            object: object.into(),
            privilege: privilege.into(),
            grantee: grantee.to_owned(),
            grantable: false,
        }
    }
}

/// Everything that the three hold on tables, columns, sequences, functions of schema tombola, schemas and the database. What
/// extensions bring is theirs to grant: it is no tenant's data.
const HELD: &str = "
    WITH who AS (SELECT 0::oid AS oid, 'PUBLIC' AS name
        UNION ALL SELECT oid, rolname::text FROM pg_roles WHERE rolname IN ($1, $2)),
      ours AS (SELECT oid, nspname FROM pg_namespace n
        WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_depend d
          WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e')),
      relations AS (SELECT c.oid, c.relacl, c.relowner, c.relkind FROM pg_class c JOIN ours n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND NOT EXISTS (SELECT FROM pg_depend d
          WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')),
      functions AS (SELECT oid, proacl, proowner FROM pg_proc WHERE pronamespace = to_regnamespace('tombola'))
    SELECT CASE r.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE '' END || r.oid::regclass::text AS object,
        a.privilege_type AS privilege, w.name AS grantee, a.is_grantable AS grantable
      FROM relations r, aclexplode(r.relacl) a JOIN who w ON w.oid = a.grantee
    UNION ALL SELECT r.oid::regclass::text, a.privilege_type || ' (' || t.attname || ')', w.name, a.is_grantable
      FROM relations r JOIN pg_attribute t ON t.attrelid = r.oid, aclexplode(t.attacl) a
      JOIN who w ON w.oid = a.grantee
    UNION ALL SELECT 'FUNCTION ' || f.oid::regprocedure::text, a.privilege_type, w.name, a.is_grantable
      FROM functions f, aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
      JOIN who w ON w.oid = a.grantee
    UNION ALL SELECT 'SCHEMA ' || quote_ident(n.nspname), a.privilege_type, w.name, a.is_grantable
      FROM pg_namespace n JOIN ours USING (oid), aclexplode(n.nspacl) a JOIN who w ON w.oid = a.grantee
    UNION ALL SELECT 'DATABASE ' || quote_ident(d.datname), a.privilege_type, w.name, a.is_grantable
      FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
      JOIN who w ON w.oid = a.grantee WHERE d.datname = current_database()";

pub(super) async fn check<C: ConnectionTrait>(db: &C) -> Result<Vec<Problem>, DbErr> {
    let mut held = BTreeSet::new();
    for row in query(db, HELD, [SERVER.into(), LOCATE.into()]).await? {
        held.insert(Grant {
            object: row.try_get("", "object")?,
            privilege: row.try_get("", "privilege")?,
            grantee: row.try_get("", "grantee")?,
            grantable: row.try_get("", "grantable")?,
        });
    }
    let mut granted = granted();
    for row in query(db, "SELECT quote_ident(current_database()) AS name", []).await? {
        granted.insert(Grant::new(
            "CONNECT",
            format!("DATABASE {}", row.try_get::<String>("", "name")?),
            SERVER,
        ));
    }
    // A function that does not belong there at all is named with the functions.
    let functions: Vec<String> = expected::functions()
        .iter()
        .map(|one| format!("FUNCTION {}", one.name()))
        .collect();
    held.retain(|grant| !grant.object.starts_with("FUNCTION ") || functions.contains(&grant.object));
    let extra = held.difference(&granted).map(
        |Grant {
             privilege,
             object,
             grantee,
             grantable,
         }| {
            let handed_on = if *grantable { " and may hand it on" } else { "" };
            Problem::new(format!(
                "{grantee} holds {privilege} on {object}{handed_on}, which it must not. \
             Run: REVOKE {privilege} ON {object} FROM {grantee};"
            ))
        },
    );
    let lacking = granted.difference(&held).map(
        |Grant {
             privilege,
             object,
             grantee,
             ..
         }| {
            Problem::new(format!(
                "{grantee} lacks {privilege} on {object}. Run: GRANT {privilege} ON {object} TO {grantee};"
            ))
        },
    );
    Ok(extra.chain(lacking).collect())
}

fn granted() -> BTreeSet<Grant> {
    let mut granted = BTreeSet::from([
        Grant::new("USAGE", "SCHEMA public", SERVER),
        Grant::new("USAGE", "SCHEMA tombola", SERVER),
        Grant::new("USAGE", "SCHEMA public", LOCATE),
    ]);
    for table in &expected::TABLES {
        let name = format!("public.{}", table.name);
        granted.extend(
            table
                .server
                .iter()
                .map(|privilege| Grant::new(*privilege, name.as_str(), SERVER)),
        );
        let columns = table.locate.iter();
        granted.extend(columns.map(|column| Grant::new(format!("SELECT ({column})"), name.as_str(), LOCATE)));
    }
    for function in expected::functions() {
        let name = format!("FUNCTION {}", function.name());
        // Its owner, tombola_locate, holds it too.
        if function.definer {
            granted.insert(Grant::new("EXECUTE", name.as_str(), LOCATE));
        }
        if function.called {
            granted.insert(Grant::new("EXECUTE", name.as_str(), SERVER));
        }
    }
    granted
}
