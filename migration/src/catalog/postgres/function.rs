//! The functions of schema `tombola`: there, unchanged, and nobody else's.

use sea_orm_migration::sea_orm::{ConnectionTrait, DbErr};

use crate::{
    catalog::{
        expected::{self, Function},
        problem::{Problem, one_line, query},
    },
    roles::SERVER,
};

/// A function as the catalog has it.
struct Found {
    schema: String,
    /// With its schema and the types of its arguments.
    name: String,
    signature: String,
    answer: String,
    language: String,
    owner: String,
    definer: bool,
    settings: String,
    body: String,
}

pub(super) async fn check<C: ConnectionTrait>(db: &C) -> Result<Vec<Problem>, DbErr> {
    let found = read(db).await?;
    let expected = expected::functions();
    let mut problems = Vec::new();
    for wanted in &expected {
        let differences = match found.iter().find(|found| is(found, wanted)) {
            Some(found) => differences(found, wanted),
            None => vec!["is missing".to_owned()],
        };
        if !differences.is_empty() {
            problems.push(Problem::new(format!(
                "Function tombola.{} {}. Run: {}",
                wanted.signature,
                differences.join(" and "),
                create(wanted)
            )));
        }
    }
    for extra in found
        .iter()
        .filter(|found| !expected.iter().any(|wanted| is(found, wanted)))
    {
        let name = &extra.name;
        problems.push(Problem::new(if extra.schema == "tombola" {
            format!("Function {name} is in Tombola's own schema but not Tombola's. Run: DROP FUNCTION {name};")
        } else {
            format!(
                "Function {name} runs as {}, and {SERVER} may call it. \
                 Run: REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC, {SERVER};",
                extra.owner
            )
        }));
    }
    Ok(problems)
}

/// All of schema `tombola`, and whatever else lets the server's role act as another.
async fn read<C: ConnectionTrait>(db: &C) -> Result<Vec<Found>, DbErr> {
    let sql = "SELECT n.nspname::text AS schema, p.oid::regprocedure::text AS name,
                 p.proname || '(' || pg_get_function_arguments(p.oid) || ')' AS signature,
                 pg_get_function_result(p.oid) AS answer, l.lanname::text AS language,
                 pg_get_userbyid(p.proowner)::text AS owner, p.prosecdef AS definer,
                 coalesce(array_to_string(p.proconfig, ', '), '') AS settings, p.prosrc AS body
               FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
               WHERE n.nspname = 'tombola'
                 OR (p.prosecdef AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
                   AND has_function_privilege($1, p.oid, 'EXECUTE')
                   AND NOT EXISTS (SELECT FROM pg_depend d
                     WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'))
               ORDER BY 1, 2";
    let rows = query(db, sql, [SERVER.into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(Found {
                schema: row.try_get("", "schema")?,
                name: row.try_get("", "name")?,
                signature: row.try_get("", "signature")?,
                answer: row.try_get::<Option<_>>("", "answer")?.unwrap_or_default(),
                language: row.try_get("", "language")?,
                owner: row.try_get("", "owner")?,
                definer: row.try_get("", "definer")?,
                settings: row.try_get("", "settings")?,
                body: one_line(&row.try_get::<String>("", "body")?),
            })
        })
        .collect()
}

fn is(found: &Found, wanted: &Function) -> bool {
    found.schema == "tombola" && found.signature == wanted.signature
}

fn differences(found: &Found, wanted: &Function) -> Vec<String> {
    let mut differences = Vec::new();
    if found.definer != wanted.definer {
        let security = if wanted.definer {
            "SECURITY DEFINER"
        } else {
            "SECURITY INVOKER"
        };
        differences.push(format!("is not {security}"));
    }
    if found.owner != wanted.owner() {
        differences.push(format!("belongs to {}, not to {}", found.owner, wanted.owner()));
    }
    if found.settings != "search_path=\"\"" {
        differences.push(format!(
            "has the settings [{}], not an empty search_path alone",
            found.settings
        ));
    }
    if found.answer != wanted.answer || found.language != wanted.language || found.body != wanted.body {
        differences.push("does something else than it should".to_owned());
    }
    differences
}

fn create(function: &Function) -> String {
    let Function {
        signature,
        answer,
        language,
        body,
        ..
    } = function;
    let name = function.name();
    let owner = function.owner();
    let stable = if function.called { " STABLE" } else { "" };
    let security = if function.definer {
        " SECURITY DEFINER"
    } else {
        " SECURITY INVOKER"
    };
    let mut sql = format!(
        "CREATE OR REPLACE FUNCTION tombola.{signature} RETURNS {answer} LANGUAGE {language}{stable}{security} \
         SET search_path = '' AS $$ {body} $$; ALTER FUNCTION {name} OWNER TO {owner}; \
         REVOKE ALL ON FUNCTION {name} FROM PUBLIC;"
    );
    if function.called {
        sql += &format!(" GRANT EXECUTE ON FUNCTION {name} TO {SERVER};");
    }
    sql
}
