//! The policy's table, asked through the API: every action, by everybody that a caller can be.

mod actions;
mod cast;
mod queries;

use api::policy::{Action, Relation, allows, relations};
use rstest::rstest;
use sea_orm::Iterable;
use tests::{Database, World};

use actions::attempts;
use cast::Cast;

/// What the table says of a caller who is `relation` to the thing, and signed in or not, as everybody is.
fn allowed(action: Action, relation: Relation) -> bool {
    let everybody = match relation {
        Relation::Anonymous => Relation::Anonymous,
        _ => Relation::SignedIn,
    };
    allows(action, everybody) || allows(action, relation)
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_api_allows_exactly_what_the_policy_s_table_allows(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let cast = Cast::set(&world).await;
    let mut differences = Vec::new();
    let mut asked = 0;

    for action in Action::iter() {
        for relation in relations() {
            for attempt in attempts(&cast, action, relation) {
                let may = attempt.run(cast.who(relation)).await;
                asked += 1;
                if may != allowed(action, relation) {
                    differences.push(format!("{action:?} by {relation:?} ({}): {may}", attempt.name));
                }
            }
        }
    }

    assert!(differences.is_empty(), "the API answers otherwise: {differences:#?}");
    assert!(asked > 400, "only {asked} calls");
}
