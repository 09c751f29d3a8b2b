//! `winners`: a key to their draw, and whether they were announced yet.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use super::draw::part_of_draw;
use crate::{
    m0003_room::prize::{winners_indexes, winners_table},
    table::*,
};

pub(super) async fn extend(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Sqlite {
        let table = winners_table(REBUILT)
            .col(moment_null("announced_at"))
            .foreign_key(&mut part_of_draw("winners"))
            .take();
        rebuild(manager, table, Some(("announced_at", "created_at"))).await?;
    } else {
        let column = Table::alter()
            .table("winners")
            .add_column(moment_null("announced_at"))
            .take();
        manager.alter_table(column).await?;
        // Under FORCE even the owner sees no row.
        let fill = "alter table winners no force row level security; update winners set announced_at = created_at;
                    alter table winners force row level security";
        manager.get_connection().execute_unprepared(fill).await?;
        manager.create_foreign_key(part_of_draw("winners")).await?;
    }
    let claims = index("winners", &["claim_by"])
        .and_where(Expr::cust("status = 'PENDING' AND claim_by IS NOT NULL"))
        .take();
    let indexes = [
        index("winners", &["room_id", "draw_id"]),
        index("winners", &["draw_id", "id"]),
        claims,
    ];
    create_indexes(manager, indexes).await
}

pub(super) async fn reduce(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Sqlite {
        return rebuild(manager, winners_table(REBUILT), None).await;
    }
    let sql =
        "drop index winners_claim_by_idx; drop index winners_draw_id_id_idx; drop index winners_room_id_draw_id_idx;
               alter table winners drop constraint winners_room_id_draw_id_fkey;
               alter table winners drop column announced_at";
    manager.get_connection().execute_unprepared(sql).await?;
    Ok(())
}

const REBUILT: &str = "winners_rebuilt";

/// SQLite adds keys only to new tables: a new one takes the rows and the name. No other table points to this one.
async fn rebuild(
    manager: &SchemaManager<'_>,
    table: TableCreateStatement,
    filled: Option<(&str, &str)>,
) -> Result<(), DbErr> {
    const COLUMNS: &str = "id, organization_id, room_id, prize_id, participant_id, draw_id, rank, source, status, claim_by, \
                           revoked_at, revoke_reason, metadata, deleted_at, created_at, updated_at";
    manager.create_table(table).await?;
    let (to, from) = filled.map_or_else(Default::default, |(to, from)| (format!(", {to}"), format!(", {from}")));
    let sql = format!(
        "insert into {REBUILT} ({COLUMNS}{to}) select {COLUMNS}{from} from winners;
         drop table winners; alter table {REBUILT} rename to winners;"
    );
    manager.get_connection().execute_unprepared(&sql).await?;
    create_indexes(manager, winners_indexes()).await
}
