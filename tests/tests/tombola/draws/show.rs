//! A draw whose winners are announced one by one: one car and two pens for six people, ten seconds apart.

use chrono::Duration;
use entity::{DrawId, draw::draw, room::winner};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value as Json, json};
use tests::Database;

use super::stage::{Stage, Win};

/// Seconds between two announcements.
pub(crate) const PACE: i64 = 10;

/// Wins that are announced altogether.
pub(crate) const WINS: usize = 3;

/// The draw, with its first winner announced.
pub(crate) struct Show {
    pub(crate) stage: Stage,
    pub(crate) draw: String,
    pub(crate) car: String,
    pub(crate) pens: String,
}

impl Show {
    /// Begins it.
    pub(crate) async fn begin(database: Database) -> Self {
        let show = Self::frozen(database).await;
        show.run().await;
        show
    }

    /// The same before it is run.
    pub(crate) async fn frozen(database: Database) -> Self {
        let stage = Stage::new(database, 6).await;
        let (car, pens) = (stage.scene.prize(1).await, stage.scene.prize(2).await);
        let prizes = json!([{ "prizeId": car, "alternates": 1 }, { "prizeId": pens, "alternates": 1 }]);
        let policy = json!({ "level": "L0", "prizes": prizes, "claimWindowSeconds": 120 });
        let draw = stage.create(policy).await;
        stage.call("freezeDraw", &draw).await;
        Self { stage, draw, car, pens }
    }

    /// Runs it at its pace.
    pub(crate) async fn run(&self) {
        let input = json!({ "drawId": self.draw, "paceSeconds": PACE });
        let answer = self.stage.tell("runDraw", input).await;
        assert_eq!(answer.text("/runDraw/draw/status"), "DRAWN");
    }

    /// Lets the time of the next announcement come; answers who is announced by then.
    pub(crate) async fn next(&self) -> Vec<Win> {
        let before = self.stage.winners(&self.draw).await.len();
        self.stage.world().clock.advance(Duration::seconds(PACE));
        self.stage.winners_when(&self.draw, before + 1).await
    }

    /// All wins, hidden ones too, in the order of their announcement: read past the API.
    pub(crate) async fn rows(&self) -> Vec<winner::Model> {
        let id: DrawId = self.draw.parse().unwrap();
        let select = winner::Entity::find()
            .filter(winner::Column::DrawId.eq(id))
            .order_by_asc(winner::Column::Id);
        select.all(&self.stage.world().db).await.unwrap()
    }

    /// The draw's row.
    pub(crate) async fn row(&self) -> draw::Model {
        let id: DrawId = self.draw.parse().unwrap();
        let row = draw::Entity::find_by_id(id).one(&self.stage.world().db).await;
        row.unwrap().unwrap()
    }

    /// What a stranger sees of the seed.
    pub(crate) async fn seed(&self) -> Json {
        self.stage.read(&self.draw, "seed").await["seed"].clone()
    }
}
