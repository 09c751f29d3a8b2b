//! Changes that are made once, however often their client asks for them under one `Idempotency-Key`.

mod crash;
mod every;
mod fields;
mod forget;
mod keys;
mod later;
mod races;
mod secrets;
mod wait;
mod walls;

use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value as Json, json};
use tests::{Client, Scene, World};

/// Prizes `name` in the scene's room, in the order of their making.
async fn prizes(scene: &Scene) -> Vec<String> {
    let document = format!(
        "{{ room(id: \"{}\") {{ prizes(first: 100) {{ nodes {{ name }} }} }} }}",
        scene.room
    );
    let answer = scene.creator.query(&document).await;
    let name = |node: &Json| node["name"].as_str().unwrap().to_owned();
    answer.list("/room/prizes/nodes").iter().map(name).collect()
}

fn prize(scene: &Scene, name: &str) -> Json {
    json!({ "roomId": scene.room, "name": name })
}

/// A document that makes a prize for each of the names, which are the aliases too.
fn document(scene: &Scene, names: &[&str]) -> String {
    let field = |name: &&str| {
        format!(
            "{name}: createPrize(input: {{ roomId: \"{}\", name: \"{name}\" }}) {{ prize {{ id name }} }}",
            scene.room
        )
    };
    format!(
        "mutation {{ {} }}",
        names.iter().map(field).collect::<Vec<_>>().join(" ")
    )
}

/// How many rows a table has.
pub(crate) async fn count(world: &World, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    let statement = Statement::from_string(world.db.get_database_backend(), sql);
    let row = world.db.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

/// A person's client under a key of its own.
fn fresh(client: &Client) -> Client {
    client.keyed(&uuid::Uuid::now_v7().to_string())
}
