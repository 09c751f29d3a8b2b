//! The triggers that keep tables append-only.

use std::collections::HashMap;

use sea_orm_migration::sea_orm::{ConnectionTrait, DbErr};

use crate::catalog::{
    expected,
    problem::{Problem, one_line, query},
};

pub(super) async fn check<C: ConnectionTrait>(db: &C) -> Result<Vec<Problem>, DbErr> {
    let sql = "SELECT c.relname::text AS name, pg_get_triggerdef(t.oid) AS definition, t.tgenabled::text AS enabled
               FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
               WHERE c.relnamespace = 'public'::regnamespace AND t.tgname = 'append_only'";
    let mut found = HashMap::new();
    for row in query(db, sql, []).await? {
        let definition = one_line(&row.try_get::<String>("", "definition")?);
        found.insert(
            row.try_get::<String>("", "name")?,
            (definition, row.try_get::<String>("", "enabled")?),
        );
    }
    let mut problems = Vec::new();
    for table in expected::TABLES.iter().filter(|table| table.append_only) {
        let name = table.name;
        let create = format!(
            "CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.{name} FOR EACH STATEMENT \
             EXECUTE FUNCTION tombola.refuse_change()"
        );
        let enable = format!("ALTER TABLE public.{name} ENABLE ALWAYS TRIGGER append_only;");
        let (problem, run) = match found.get(name) {
            None => ("is missing", format!("{create}; {enable}")),
            Some((definition, _)) if *definition != create => (
                "is another one than it should be",
                format!("DROP TRIGGER append_only ON public.{name}; {create}; {enable}"),
            ),
            Some((_, enabled)) if enabled != "A" => ("is not enabled always", enable),
            Some(_) => continue,
        };
        problems.push(Problem::new(format!(
            "Table {name}: trigger append_only, which refuses to change what was written once, {problem}. Run: {run}"
        )));
    }
    Ok(problems)
}
