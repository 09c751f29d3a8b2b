//! Roles: the server's stands under row-level security and owns nothing.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbErr};

use crate::{
    catalog::{
        expected,
        problem::{Problem, query},
    },
    roles::{LOCATE, OWNER, SERVER},
};

/// Who is signed in, to what, and what the roles are.
pub(super) async fn check<C: ConnectionTrait>(db: &C) -> Result<Vec<Problem>, DbErr> {
    let mut problems = signed_in(db).await?;
    problems.extend(attributes(db).await?);
    problems.extend(memberships(db).await?);
    Ok(problems)
}

async fn signed_in<C: ConnectionTrait>(db: &C) -> Result<Vec<Problem>, DbErr> {
    let sql = "SELECT current_user::text AS role, session_user::text AS session, current_schema()::text AS schema,
                 current_setting('server_version_num')::int AS version";
    let mut problems = Vec::new();
    for row in query(db, sql, []).await? {
        let roles: [String; 2] = [row.try_get("", "role")?, row.try_get("", "session")?];
        let schema: Option<String> = row.try_get("", "schema")?;
        let version: i32 = row.try_get("", "version")?;
        // A superuser who only took the server's role on could take it off again.
        if let Some(other) = roles.iter().find(|role| *role != SERVER) {
            problems.push(Problem::new(format!(
                "The server is signed in as {other}, not as {SERVER}: the policies are made for that role. \
                 Use the address of {SERVER}."
            )));
        }
        // Before the first migration it may not even see the schema.
        if let Some(schema) = schema.filter(|schema| schema != "public") {
            problems.push(Problem::new(format!(
                "Tables are looked for in schema {schema} first, not in public. \
                 Run: ALTER ROLE {SERVER} RESET search_path; and take search_path out of the address."
            )));
        }
        if version < 150_000 {
            problems.push(Problem::new(format!(
                "PostgreSQL is older than version 15 (its number is {version}). Upgrade it."
            )));
        }
    }
    Ok(problems)
}

async fn attributes<C: ConnectionTrait>(db: &C) -> Result<Vec<Problem>, DbErr> {
    let sql = "SELECT w.name AS role, r.oid IS NULL AS missing,
                 array_to_string(ARRAY(SELECT a.name FROM (VALUES
                   ('SUPERUSER', r.rolsuper), ('BYPASSRLS', r.rolbypassrls), ('CREATEROLE', r.rolcreaterole),
                   ('CREATEDB', r.rolcreatedb), ('REPLICATION', r.rolreplication),
                   ('LOGIN', r.rolcanlogin AND w.name = $2)) AS a(name, held) WHERE a.held), ',') AS attributes
               FROM unnest(string_to_array($1, ',')) AS w(name) LEFT JOIN pg_roles r ON r.rolname = w.name";
    let mut problems = Vec::new();
    for row in query(db, sql, [[OWNER, SERVER, LOCATE].join(",").into(), LOCATE.into()]).await? {
        let role: String = row.try_get("", "role")?;
        let held: String = row.try_get("", "attributes")?;
        if row.try_get("", "missing")? {
            problems.push(Problem::new(format!(
                "Role {role} does not exist. Run `tombola roles`."
            )));
        }
        for attribute in held.split(',').filter(|attribute| !attribute.is_empty()) {
            problems.push(Problem::new(format!(
                "Role {role} has {attribute}, which it must not have. Run: ALTER ROLE {role} NO{attribute};"
            )));
        }
    }
    Ok(problems)
}

/// Whoever is a member of another role can act as it.
async fn memberships<C: ConnectionTrait>(db: &C) -> Result<Vec<Problem>, DbErr> {
    let sql = "SELECT g.rolname::text AS role FROM pg_auth_members m
               JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = $1
               ORDER BY 1";
    let mut problems = Vec::new();
    for row in query(db, sql, [SERVER.into()]).await? {
        let role: String = row.try_get("", "role")?;
        problems.push(Problem::new(format!(
            "Role {SERVER} is a member of {role} and can act as it. Run: REVOKE {role} FROM {SERVER};"
        )));
    }
    Ok(problems)
}

/// Owners stand above what they own: privileges do not bind them, and they can lift row-level security.
pub(super) async fn owners<C: ConnectionTrait>(db: &C) -> Result<Vec<Problem>, DbErr> {
    let sql = "SELECT 'DATABASE' AS kind, quote_ident(datname) AS name, pg_get_userbyid(datdba)::text AS owner
                 FROM pg_database WHERE datname = current_database()
               UNION ALL SELECT 'SCHEMA', quote_ident(nspname), pg_get_userbyid(nspowner)::text FROM pg_namespace
                 WHERE nspname IN ('public', 'tombola')
               UNION ALL SELECT CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
                   WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, oid::regclass::text, pg_get_userbyid(relowner)::text
                 FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
                   AND relnamespace = 'public'::regnamespace
               ORDER BY 1, 2";
    let mut problems = Vec::new();
    for row in query(db, sql, []).await? {
        let kind: String = row.try_get("", "kind")?;
        let name: String = row.try_get("", "name")?;
        let owner: String = row.try_get("", "owner")?;
        let ours = match kind.as_str() {
            "SCHEMA" => true,
            "TABLE" => expected::TABLES
                .iter()
                .any(|table| name == format!("public.{}", table.name)),
            _ => false,
        };
        if owner == SERVER || owner == LOCATE || (ours && owner != OWNER) {
            problems.push(Problem::new(format!(
                "{kind} {name} belongs to {owner}, not to {OWNER}. Run: ALTER {kind} {name} OWNER TO {OWNER};"
            )));
        }
    }
    Ok(problems)
}
