//! The part of the real schema that the three-level list uses, under the same names.

use std::sync::Arc;

use async_graphql::{Context, EmptyMutation, EmptySubscription, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::SecondsFormat;
use entity::{AppId, ParticipantId, PrizeId, RoomId, UserId, WinnerId, id::Id};
use sqlx::{PgPool, postgres::PgRow};
use uuid::Uuid;

use super::rows::{App, Loaders, Participant, Prize, Room, User, Winner};

pub type Schema = async_graphql::Schema<Query, EmptyMutation, EmptySubscription>;

pub fn schema() -> Schema {
    Schema::build(Query, EmptyMutation, EmptySubscription).finish()
}

pub struct Query;

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
enum RoomStatus {
    Draft,
    Active,
    Completed,
    Cancelled,
}

#[derive(InputObject)]
struct RoomFilter {
    organization_id: ID,
    status: Vec<RoomStatus>,
    is_public: bool,
}

#[derive(SimpleObject)]
#[graphql(
    serial,
    concrete(name = "RoomConnection", params(RoomNode)),
    concrete(name = "ParticipantConnection", params(ParticipantNode)),
    concrete(name = "PrizeConnection", params(PrizeNode)),
    concrete(name = "WinnerConnection", params(WinnerNode))
)]
struct Connection<T: async_graphql::OutputType> {
    nodes: Vec<T>,
}

struct RoomNode(Room);
struct AppNode(Arc<App>);
struct ParticipantNode(Arc<Participant>);
struct UserNode(Arc<User>);
struct PrizeNode(Arc<Prize>);
struct WinnerNode(Arc<Winner>);

fn output<I: Id>(id: Uuid) -> ID {
    ID(I::from(id).to_string())
}

#[Object(serial)]
impl Query {
    async fn rooms(&self, ctx: &Context<'_>, first: i64, filter: RoomFilter) -> Result<Connection<RoomNode>> {
        let (_, organization) = entity::id::parse(&filter.organization_id).map_err(|_| "no id")?;
        let statuses: Vec<_> = filter.status.iter().map(|status| status.text()).collect();
        let rows = sqlx::query(Room::LIST)
            .bind(organization)
            .bind(statuses)
            .bind(filter.is_public)
            .bind(first)
            .fetch_all(ctx.data::<PgPool>()?)
            .await?;
        rooms_of(&rows)
    }

    async fn room(&self, ctx: &Context<'_>, id: ID) -> Result<Option<RoomNode>> {
        let (_, id) = entity::id::parse(&id).map_err(|_| "no id")?;
        let found = sqlx::query(Room::BY_ID)
            .bind(id)
            .fetch_optional(ctx.data::<PgPool>()?)
            .await?;
        Ok(found.as_ref().map(Room::read).transpose()?.map(RoomNode))
    }

    async fn app(&self, ctx: &Context<'_>, id: ID) -> Result<AppNode> {
        let (_, id) = entity::id::parse(&id).map_err(|_| "no id")?;
        Ok(AppNode(ctx.data::<Arc<Loaders>>()?.apps.try_load(id).await?))
    }
}

fn rooms_of(rows: &[PgRow]) -> Result<Connection<RoomNode>> {
    let rooms = rows.iter().map(|row| Room::read(row).map(RoomNode));
    Ok(Connection {
        nodes: rooms.collect::<Result<_, _>>()?,
    })
}

#[Object(serial, name = "App")]
impl AppNode {
    async fn id(&self) -> ID {
        output::<AppId>(self.0.id)
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    async fn rooms(&self, ctx: &Context<'_>, first: i64) -> Result<Connection<RoomNode>> {
        let rows = sqlx::query(Room::OF_APP)
            .bind(self.0.id)
            .bind(first)
            .fetch_all(ctx.data::<PgPool>()?)
            .await?;
        rooms_of(&rows)
    }
}

impl RoomStatus {
    fn text(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Active => "ACTIVE",
            Self::Completed => "COMPLETED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

#[Object(serial, name = "Room")]
impl RoomNode {
    async fn id(&self) -> ID {
        output::<RoomId>(self.0.id)
    }

    async fn title(&self) -> &str {
        &self.0.title
    }

    async fn status(&self) -> &str {
        &self.0.status
    }

    async fn is_public(&self) -> bool {
        self.0.is_public
    }

    async fn starts_at(&self) -> Option<String> {
        let moment = self.0.starts_at?;
        Some(moment.to_rfc3339_opts(SecondsFormat::Millis, true))
    }

    async fn app(&self, ctx: &Context<'_>) -> Result<Option<AppNode>> {
        let Some(app) = self.0.app_id else { return Ok(None) };
        Ok(Some(AppNode(ctx.data::<Arc<Loaders>>()?.apps.try_load(app).await?)))
    }

    async fn participants(&self, ctx: &Context<'_>, first: i64) -> Result<Connection<ParticipantNode>> {
        let loaders = ctx.data::<Arc<Loaders>>()?;
        let rows = loaders.participants_of.try_load((self.0.id, first)).await?;
        if ctx.look_ahead().field("nodes").field("user").exists() {
            let users = rows.iter().map(|row| row.user_id).collect();
            loaders.users.try_load_many(users).await?;
        }
        Ok(Connection {
            nodes: rows.iter().cloned().map(ParticipantNode).collect(),
        })
    }

    async fn prizes(&self, ctx: &Context<'_>, first: i64) -> Result<Connection<PrizeNode>> {
        let loaders = ctx.data::<Arc<Loaders>>()?;
        let rows = loaders.prizes_of.try_load((self.0.id, first)).await?;
        Ok(Connection {
            nodes: rows.iter().cloned().map(PrizeNode).collect(),
        })
    }

    async fn winners(&self, ctx: &Context<'_>, first: i64) -> Result<Connection<WinnerNode>> {
        let loaders = ctx.data::<Arc<Loaders>>()?;
        let rows = loaders.winners_of.try_load((self.0.id, first)).await?;
        let nodes = ctx.look_ahead().field("nodes");
        if nodes.field("prize").exists() {
            let prizes = rows.iter().map(|row| row.prize_id).collect();
            loaders.prizes.try_load_many(prizes).await?;
        }
        if nodes.field("participant").exists() {
            let participants = rows.iter().map(|row| row.participant_id).collect();
            let participants = loaders.participants.try_load_many(participants).await?;
            if nodes.field("participant").field("user").exists() {
                let users = participants.values().map(|row| row.user_id).collect();
                loaders.users.try_load_many(users).await?;
            }
        }
        Ok(Connection {
            nodes: rows.iter().cloned().map(WinnerNode).collect(),
        })
    }
}

#[Object(serial, name = "Participant")]
impl ParticipantNode {
    async fn id(&self) -> ID {
        output::<ParticipantId>(self.0.id)
    }

    async fn role(&self) -> &str {
        &self.0.role
    }

    async fn tickets(&self) -> i64 {
        self.0.tickets
    }

    async fn user(&self, ctx: &Context<'_>) -> Result<UserNode> {
        let loaders = ctx.data::<Arc<Loaders>>()?;
        Ok(UserNode(loaders.users.try_load(self.0.user_id).await?))
    }
}

#[Object(serial, name = "Profile")]
impl UserNode {
    async fn id(&self) -> ID {
        output::<UserId>(self.0.id)
    }

    async fn display_name(&self) -> &str {
        &self.0.display_name
    }
}

#[Object(serial, name = "Prize")]
impl PrizeNode {
    async fn id(&self) -> ID {
        output::<PrizeId>(self.0.id)
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    async fn quantity(&self) -> i32 {
        self.0.quantity
    }

    async fn quantity_remaining(&self) -> i32 {
        self.0.quantity_remaining
    }
}

#[Object(serial, name = "Winner")]
impl WinnerNode {
    async fn id(&self) -> ID {
        output::<WinnerId>(self.0.id)
    }

    async fn status(&self) -> &str {
        &self.0.status
    }

    async fn prize(&self, ctx: &Context<'_>) -> Result<PrizeNode> {
        let loaders = ctx.data::<Arc<Loaders>>()?;
        Ok(PrizeNode(loaders.prizes.try_load(self.0.prize_id).await?))
    }

    async fn participant(&self, ctx: &Context<'_>) -> Result<ParticipantNode> {
        let loaders = ctx.data::<Arc<Loaders>>()?;
        Ok(ParticipantNode(
            loaders.participants.try_load(self.0.participant_id).await?,
        ))
    }
}
