//! More people than could join one by one.

use entity::{ParticipantId, RoomId, UserId};
use sea_orm::{ConnectionTrait, Statement};
use tests::{Database, World, database::execute};

use super::stage::Stage;

/// Puts so many people into the stage's room, past the API, in a few statements. They are like the stage's first person.
pub(crate) async fn crowd(stage: &Stage, people: usize) {
    let world = stage.world();
    let (client, place) = &stage.people[0];
    let (user, place): (UserId, ParticipantId) = (client.user.parse().unwrap(), place.parse().unwrap());
    let room: RoomId = stage.scene.room.parse().unwrap();
    let (id, nonce, numbers) = match world.database.database() {
        Database::Sqlite => (
            "randomblob(16)",
            "randomblob(16)",
            format!(
                "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {people}) SELECT n FROM s)"
            ),
        ),
        Database::Postgres => (
            "gen_random_uuid()",
            "uuid_send(gen_random_uuid())",
            format!("(SELECT n FROM generate_series(1, {people}) AS s(n))"),
        ),
    };
    let kept = "timezone, preferences, platform_role, level, xp, created_at, updated_at";
    let users = format!(
        "INSERT INTO users (id, email, display_name, {kept}) \
         SELECT {id}, 'crowd-' || numbers.n || '@example.com', 'Crowd ' || numbers.n, {kept} \
         FROM users CROSS JOIN {numbers} AS numbers WHERE users.id = $1"
    );
    run(world, &users, user.0).await;
    let places = format!(
        "INSERT INTO participants (id, organization_id, room_id, user_id, role, tickets, entry_nonce, metadata, joined_at, \
         created_at, updated_at) \
         SELECT {id}, p.organization_id, p.room_id, u.id, p.role, p.tickets, {nonce}, p.metadata, p.joined_at, p.created_at, \
         p.updated_at FROM participants p CROSS JOIN users u WHERE p.id = $1 AND u.email LIKE 'crowd-%@example.com'"
    );
    run(world, &places, place.0).await;
    let counter =
        format!("UPDATE room_counters SET participant_count = participant_count + {people} WHERE room_id = $1");
    run(world, &counter, room.0).await;
    if world.database.database() == Database::Postgres {
        execute(&world.db, "ANALYZE users, participants").await;
    }
}

async fn run(world: &World, sql: &str, id: uuid::Uuid) {
    let statement = Statement::from_sql_and_values(world.db.get_database_backend(), sql, [id.into()]);
    if let Err(error) = world.db.execute_raw(statement).await {
        panic!("{sql}\n{error}");
    }
}
