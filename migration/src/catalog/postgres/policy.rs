//! Row-level security: on and forced for every tenant table, with exactly the expected policies.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbErr, QueryResult};

use crate::catalog::{
    expected::{Policy, TABLES, Wall},
    problem::{Problem, one_line, query},
};

pub(super) async fn check<C: ConnectionTrait>(db: &C) -> Result<Vec<Problem>, DbErr> {
    let mut problems = tables(db).await?;
    problems.extend(policies(db).await?);
    Ok(problems)
}

/// Asks for every table that looks like a tenant's, known or not, so that a new one is not forgotten.
async fn tables<C: ConnectionTrait>(db: &C) -> Result<Vec<Problem>, DbErr> {
    let sql = "SELECT c.relname::text AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
                 EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'organization_id'
                   AND NOT a.attisdropped) AS of_tenant
               FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1";
    let mut problems = Vec::new();
    let mut found: Vec<String> = Vec::new();
    for row in query(db, sql, []).await? {
        let name: String = row.try_get("", "name")?;
        let expected = TABLES.iter().find(|table| table.name == name);
        let walled = expected.is_some_and(|table| !matches!(table.wall, Wall::None));
        if walled || row.try_get("", "of_tenant")? {
            for (column, state, verb) in [("enabled", "not enabled", "ENABLE"), ("forced", "not forced", "FORCE")] {
                if !row.try_get::<bool>("", column)? {
                    problems.push(Problem::new(format!(
                        "Table {name}: row-level security is {state}. \
                         Run: ALTER TABLE public.{name} {verb} ROW LEVEL SECURITY;"
                    )));
                }
            }
        }
        found.push(name);
    }
    for table in TABLES
        .iter()
        .filter(|table| !found.iter().any(|name| name == table.name))
    {
        problems.push(Problem::new(format!(
            "Table {} is missing from schema public. Restore the database from a backup.",
            table.name
        )));
    }
    Ok(problems)
}

async fn policies<C: ConnectionTrait>(db: &C) -> Result<Vec<Problem>, DbErr> {
    let sql = "SELECT c.relname::text AS name, p.polname::text AS policy, p.polpermissive AS permissive,
                 CASE p.polcmd WHEN '*' THEN 'ALL' WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
                   ELSE 'DELETE' END AS command,
                 array_to_string(ARRAY(SELECT CASE r WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(r)::text END
                   FROM unnest(p.polroles) AS r ORDER BY 1), ', ') AS roles,
                 coalesce(pg_get_expr(p.polqual, p.polrelid), '') AS expression,
                 coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '') AS with_check
               FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
               WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1, 2";
    let found = query(db, sql, [])
        .await?
        .iter()
        .map(read)
        .collect::<Result<Vec<_>, _>>()?;
    let expected: Vec<Policy> = TABLES.iter().flat_map(|table| table.policies()).collect();
    let mut problems = Vec::new();
    for wanted in &expected {
        match found.iter().find(|policy| same_name(policy, wanted)) {
            Some(policy) if policy == wanted => {}
            Some(policy) => problems.push(Problem::new(format!(
                "Table {}: policy {} is another one than it should be. It is: {} Run: {} {}",
                wanted.table,
                wanted.name,
                create(policy),
                drop(wanted),
                create(wanted)
            ))),
            None => problems.push(Problem::new(format!(
                "Table {}: policy {} is missing. Run: {}",
                wanted.table,
                wanted.name,
                create(wanted)
            ))),
        }
    }
    for extra in found
        .iter()
        .filter(|policy| !expected.iter().any(|wanted| same_name(policy, wanted)))
    {
        problems.push(Problem::new(format!(
            "Table {}: policy {} does not belong there. It is: {} Run: {}",
            extra.table,
            extra.name,
            create(extra),
            drop(extra)
        )));
    }
    Ok(problems)
}

fn read(row: &QueryResult) -> Result<Policy, DbErr> {
    Ok(Policy {
        table: row.try_get("", "name")?,
        name: row.try_get("", "policy")?,
        permissive: row.try_get("", "permissive")?,
        command: row.try_get("", "command")?,
        roles: row.try_get("", "roles")?,
        using: one_line(&row.try_get::<String>("", "expression")?),
        with_check: one_line(&row.try_get::<String>("", "with_check")?),
    })
}

fn same_name(one: &Policy, other: &Policy) -> bool {
    one.table == other.table && one.name == other.name
}

fn create(policy: &Policy) -> String {
    let kind = if policy.permissive { "PERMISSIVE" } else { "RESTRICTIVE" };
    let mut sql = format!(
        "CREATE POLICY {} ON public.{} AS {kind} FOR {} TO {}",
        policy.name, policy.table, policy.command, policy.roles
    );
    if !policy.using.is_empty() {
        sql += &format!(" USING ({})", policy.using);
    }
    if !policy.with_check.is_empty() {
        sql += &format!(" WITH CHECK ({})", policy.with_check);
    }
    sql + ";"
}

fn drop(policy: &Policy) -> String {
    format!("DROP POLICY {} ON public.{};", policy.name, policy.table)
}
