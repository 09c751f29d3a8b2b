//! Rows and how they are loaded: two statements a table, written by hand.

use std::{collections::HashMap, marker::PhantomData, sync::Arc};

use chrono::{DateTime, Utc};
use dataloader::{BatchFn, cached::Loader};
use sqlx::{PgPool, Row as _, postgres::PgRow};
use uuid::Uuid;

/// A row and the statements that find it.
pub trait Row: Sized + Send + Sync + 'static {
    /// By ids, `$1`.
    const BY_ID: &'static str;
    /// The first `$2` of each of the rooms `$1`.
    const OF_ROOM: &'static str;

    /// Reads the columns in their order.
    fn read(row: &PgRow) -> sqlx::Result<Self>;
    fn id(&self) -> Uuid;
    fn room(&self) -> Uuid;
}

pub struct Room {
    pub id: Uuid,
    pub title: String,
    pub status: String,
    pub is_public: bool,
    pub starts_at: Option<DateTime<Utc>>,
    pub app_id: Option<Uuid>,
}

impl Room {
    pub const BY_ID: &'static str = "SELECT id, title, status, is_public, starts_at, app_id FROM rooms \
        WHERE id = $1 AND deleted_at IS NULL";
    pub const OF_APP: &'static str = "SELECT id, title, status, is_public, starts_at, app_id FROM rooms \
        WHERE app_id = $1 AND deleted_at IS NULL ORDER BY id LIMIT $2";
    pub const LIST: &'static str = "SELECT id, title, status, is_public, starts_at, app_id FROM rooms \
        WHERE organization_id = $1 AND status = ANY($2) AND is_public = $3 AND deleted_at IS NULL ORDER BY id LIMIT $4";

    pub fn read(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get(0)?,
            title: row.try_get(1)?,
            status: row.try_get(2)?,
            is_public: row.try_get(3)?,
            starts_at: row.try_get(4)?,
            app_id: row.try_get(5)?,
        })
    }
}

pub struct App {
    pub id: Uuid,
    pub name: String,
}

impl Row for App {
    const BY_ID: &'static str = "SELECT id, name FROM apps WHERE id = ANY($1) AND deleted_at IS NULL";
    const OF_ROOM: &'static str = "";

    fn read(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get(0)?,
            name: row.try_get(1)?,
        })
    }

    fn id(&self) -> Uuid {
        self.id
    }

    fn room(&self) -> Uuid {
        Uuid::nil()
    }
}

pub struct User {
    pub id: Uuid,
    pub display_name: String,
}

impl Row for User {
    const BY_ID: &'static str = "SELECT id, display_name FROM users WHERE id = ANY($1)";
    const OF_ROOM: &'static str = "";

    fn read(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get(0)?,
            display_name: row.try_get(1)?,
        })
    }

    fn id(&self) -> Uuid {
        self.id
    }

    fn room(&self) -> Uuid {
        Uuid::nil()
    }
}

pub struct Participant {
    pub id: Uuid,
    pub room_id: Uuid,
    pub user_id: Uuid,
    pub role: String,
    pub tickets: i64,
}

impl Row for Participant {
    const BY_ID: &'static str = "SELECT id, room_id, user_id, role, tickets FROM participants WHERE id = ANY($1)";
    const OF_ROOM: &'static str = "SELECT c.* FROM unnest($1) AS p(id) CROSS JOIN LATERAL \
        (SELECT id, room_id, user_id, role, tickets FROM participants WHERE room_id = p.id AND left_at IS NULL \
         AND deleted_at IS NULL ORDER BY id LIMIT $2) AS c ORDER BY c.id";

    fn read(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get(0)?,
            room_id: row.try_get(1)?,
            user_id: row.try_get(2)?,
            role: row.try_get(3)?,
            tickets: row.try_get(4)?,
        })
    }

    fn id(&self) -> Uuid {
        self.id
    }

    fn room(&self) -> Uuid {
        self.room_id
    }
}

pub struct Prize {
    pub id: Uuid,
    pub room_id: Uuid,
    pub name: String,
    pub quantity: i32,
    pub quantity_remaining: i32,
}

impl Row for Prize {
    const BY_ID: &'static str = "SELECT id, room_id, name, quantity, quantity_remaining FROM prizes WHERE id = ANY($1)";
    const OF_ROOM: &'static str = "SELECT c.* FROM unnest($1) AS p(id) CROSS JOIN LATERAL \
        (SELECT id, room_id, name, quantity, quantity_remaining FROM prizes WHERE room_id = p.id \
         AND deleted_at IS NULL ORDER BY position, id LIMIT $2) AS c";

    fn read(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get(0)?,
            room_id: row.try_get(1)?,
            name: row.try_get(2)?,
            quantity: row.try_get(3)?,
            quantity_remaining: row.try_get(4)?,
        })
    }

    fn id(&self) -> Uuid {
        self.id
    }

    fn room(&self) -> Uuid {
        self.room_id
    }
}

pub struct Winner {
    pub id: Uuid,
    pub room_id: Uuid,
    pub prize_id: Uuid,
    pub participant_id: Uuid,
    pub status: String,
}

impl Row for Winner {
    const BY_ID: &'static str = "";
    const OF_ROOM: &'static str = "SELECT c.* FROM unnest($1) AS p(id) CROSS JOIN LATERAL \
        (SELECT id, room_id, prize_id, participant_id, status FROM winners WHERE room_id = p.id \
         AND deleted_at IS NULL ORDER BY id LIMIT $2) AS c ORDER BY c.id";

    fn read(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get(0)?,
            room_id: row.try_get(1)?,
            prize_id: row.try_get(2)?,
            participant_id: row.try_get(3)?,
            status: row.try_get(4)?,
        })
    }

    fn id(&self) -> Uuid {
        self.id
    }

    fn room(&self) -> Uuid {
        self.room_id
    }
}

/// Row by id.
pub struct ById<R>(PgPool, PhantomData<fn() -> R>);

/// A batch that fails answers nothing, and each of its fields then says so.
impl<R: Row> BatchFn<Uuid, Arc<R>> for ById<R> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Arc<R>> {
        let found = sqlx::query(R::BY_ID).bind(ids).fetch_all(&self.0).await;
        let rows = found.unwrap_or_default();
        let rows = rows.iter().filter_map(|row| R::read(row).ok());
        rows.map(|row| (row.id(), Arc::new(row))).collect()
    }
}

/// The first rows of each of many rooms: room and limit.
pub struct OfRoom<R>(PgPool, PhantomData<fn() -> R>);

type Rows<R> = Arc<Vec<Arc<R>>>;

impl<R: Row> BatchFn<(Uuid, i64), Rows<R>> for OfRoom<R> {
    async fn load(&mut self, keys: &[(Uuid, i64)]) -> HashMap<(Uuid, i64), Rows<R>> {
        let limit = keys.first().map_or(0, |key| key.1);
        let rooms: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let found = sqlx::query(R::OF_ROOM).bind(rooms).bind(limit).fetch_all(&self.0).await;
        let mut groups: HashMap<_, Vec<_>> = keys.iter().map(|key| (*key, Vec::new())).collect();
        for row in found.unwrap_or_default().iter().filter_map(|row| R::read(row).ok()) {
            if let Some(group) = groups.get_mut(&(row.room(), limit)) {
                group.push(Arc::new(row));
            }
        }
        groups.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect()
    }
}

type RowLoader<R> = Loader<Uuid, Arc<R>, ById<R>>;
type ListLoader<R> = Loader<(Uuid, i64), Rows<R>, OfRoom<R>>;

/// One set for each request.
pub struct Loaders {
    pub apps: RowLoader<App>,
    pub users: RowLoader<User>,
    pub prizes: RowLoader<Prize>,
    pub participants: RowLoader<Participant>,
    pub participants_of: ListLoader<Participant>,
    pub prizes_of: ListLoader<Prize>,
    pub winners_of: ListLoader<Winner>,
}

impl Loaders {
    pub fn new(pool: &PgPool) -> Self {
        Self {
            apps: by_id(pool),
            users: by_id(pool),
            prizes: by_id(pool),
            participants: by_id(pool),
            participants_of: of_room(pool),
            prizes_of: of_room(pool),
            winners_of: of_room(pool),
        }
    }
}

fn by_id<R: Row>(pool: &PgPool) -> RowLoader<R> {
    Loader::new(ById(pool.clone(), PhantomData))
        .with_max_batch_size(usize::MAX)
        .with_yield_count(3)
}

fn of_room<R: Row>(pool: &PgPool) -> ListLoader<R> {
    Loader::new(OfRoom(pool.clone(), PhantomData))
        .with_max_batch_size(usize::MAX)
        .with_yield_count(3)
}
