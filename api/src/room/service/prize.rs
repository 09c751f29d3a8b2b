//! Prizes: made, changed, put in order, taken off the list.

use std::collections::HashSet;

use entity::{
    PrizeId, RoomId,
    room::{prize, room},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel,
    sea_query::{Expr, ExprTrait, Query},
};
use serde_json::{Value as Json, json};

use super::{OPEN, require_status};
use crate::{
    error::{Error, Result},
    operation::{Change, Operation},
    patch::{Field, set},
    policy::Action,
    room::{
        audit::RoomAction,
        event::{Event, PrizeFacts},
        finder::{self, InRoom},
        rules::rules,
    },
    store::{AuditRecord, Writing},
    validation::{self, MAX_PRIZES},
};

/// A new prize, or changes of one: what is left out stays, or takes its default.
#[derive(Default)]
pub struct PrizePatch {
    /// What it is called.
    pub name: Option<String>,
    /// What it is.
    pub description: Field<String>,
    /// A picture.
    pub image_url: Field<String>,
    /// How many there are.
    pub quantity: Option<i32>,
    /// For client programs.
    pub metadata: Option<Json>,
}

impl PrizePatch {
    fn check(self) -> Result<Self> {
        Ok(Self {
            name: self
                .name
                .map(|name| validation::text("name", &name, validation::MAX_TITLE))
                .transpose()?,
            description: self.description.check(|text| {
                validation::optional_long_text(
                    "description",
                    text.map(String::as_str),
                    validation::MAX_PRIZE_DESCRIPTION,
                )
            })?,
            image_url: self
                .image_url
                .check(|url| validation::optional_url("imageUrl", url.map(String::as_str)))?,
            quantity: self
                .quantity
                .map(|quantity| validation::integer("quantity", quantity, 1, 1_000_000))
                .transpose()?,
            metadata: self
                .metadata
                .map(|metadata| validation::json_object("metadata", metadata))
                .transpose()?,
        })
    }
}

/// Adds a prize behind the others.
///
/// # Errors
/// `VALIDATION`, `NOT_FOUND`, `FORBIDDEN`; `CONFLICT` when the room is over.
pub async fn create_prize(operation: &Operation, room: RoomId, patch: PrizePatch) -> Result<prize::Model> {
    let PrizePatch {
        name,
        description,
        image_url,
        quantity,
        metadata,
    } = patch.check()?;
    let name = name.ok_or_else(|| Error::validation("name", "name is missing; give 1 to 200 characters."))?;
    let Change { tx, held: room, .. } = operation.change(room, Action::ManagePrizes).await?;
    require_open(&room)?;
    let (count, position) = finder::count_and_next_position(&tx, room.id).await?;
    if count >= MAX_PRIZES as i64 {
        return Err(Error::Bound(
            format!("A room can have {MAX_PRIZES} prizes. Raise a quantity instead.").into(),
        ));
    }
    let quantity = quantity.unwrap_or(1);
    let now = tx.now();
    let prize = prize::Model {
        id: tx.new_id(),
        organization_id: room.organization_id,
        room_id: room.id,
        name,
        description: description.after(None),
        image_url: image_url.after(None),
        position,
        quantity,
        quantity_remaining: quantity,
        metadata: metadata.unwrap_or_else(|| json!({})),
        deleted_at: None,
        created_at: now,
        updated_at: now,
    };
    prize::Entity::insert(prize.clone().into_active_model())
        .exec_without_returning(&tx)
        .await?;
    tx.announce(room.id, Event::PrizeCreated(PrizeFacts::new(&prize, &room)).into_new()?);
    let audit = AuditRecord::new(RoomAction::PrizeCreated, prize.id).changed(json!(null), audited(&prize));
    tx.commit(audit, prize).await
}

/// Changes a prize.
///
/// # Errors
/// `VALIDATION`, `NOT_FOUND`, `FORBIDDEN`; `CONFLICT` for a quantity below what is awarded, while a draw that is not void
/// draws it, or when the room is over.
pub async fn update_prize(operation: &Operation, id: PrizeId, patch: PrizePatch) -> Result<prize::Model> {
    let PrizePatch {
        name,
        description,
        image_url,
        quantity,
        metadata,
    } = patch.check()?;
    let Change { tx, held, .. } = operation.change(id, Action::ManagePrizes).await?;
    let InRoom { room, row: before } = held;
    require_open(&room)?;
    rules(operation)?.may_change_prize(&tx, id).await?;
    if let Some(quantity) = quantity {
        set_quantity(&tx, &before, quantity).await?;
    }
    let mut row = before.clone().into_active_model();
    set(name, &mut row.name);
    set(metadata, &mut row.metadata);
    description.apply(&mut row.description);
    image_url.apply(&mut row.image_url);
    row.updated_at = Set(tx.now());
    let prize = row.update(&tx).await?;
    tx.announce(
        prize.room_id,
        Event::PrizeChanged(PrizeFacts::new(&prize, &room)).into_new()?,
    );
    let audit = AuditRecord::new(RoomAction::PrizeUpdated, id).changed(audited(&before), audited(&prize));
    tx.commit(audit, prize).await
}

/// One conditional update: what is awarded stays awarded, whatever else happens at the same time.
async fn set_quantity(tx: &Writing, prize: &prize::Model, quantity: i32) -> Result<()> {
    let awarded = Expr::col(prize::Column::Quantity).sub(Expr::col(prize::Column::QuantityRemaining));
    let update = Query::update()
        .table(prize::Entity)
        .value(
            prize::Column::QuantityRemaining,
            Expr::value(quantity).sub(awarded.clone()),
        )
        .value(prize::Column::Quantity, quantity)
        .and_where(prize::Column::Id.eq(prize.id))
        .and_where(awarded.lte(quantity))
        .to_owned();
    if tx.execute(&update).await?.rows_affected() == 1 {
        return Ok(());
    }
    let awarded = prize.quantity - prize.quantity_remaining;
    let message = format!("{awarded} of this prize are awarded; quantity cannot be {quantity}. Revoke winners first.");
    Err(Error::conflict_of("quantity", message))
}

/// Puts a room's prizes in order.
///
/// # Errors
/// `VALIDATION` when the ids are not exactly those of the room's prizes, `NOT_FOUND`, `FORBIDDEN`, `CONFLICT`.
pub async fn reorder_prizes(operation: &Operation, room: RoomId, order: &[PrizeId]) -> Result<room::Model> {
    let Change { tx, held: room, .. } = operation.change(room, Action::ManagePrizes).await?;
    require_open(&room)?;
    let prizes = finder::prizes(&tx, room.id).await?;
    let (wanted, known): (HashSet<_>, HashSet<_>) = (
        order.iter().copied().collect(),
        prizes.iter().map(|prize| prize.id).collect(),
    );
    if wanted != known || order.len() != prizes.len() {
        let message = format!("prizeIds must name each of the room's {} prizes once.", prizes.len());
        return Err(Error::validation("prizeIds", message));
    }
    rules(operation)?.may_reorder_prizes(&tx, order).await?;
    for mut prize in prizes {
        let place = order
            .iter()
            .position(|id| *id == prize.id)
            .and_then(|place| i32::try_from(place).ok());
        let Some(position) = place.filter(|place| *place != prize.position) else {
            continue;
        };
        let change = prize::ActiveModel {
            id: Set(prize.id),
            position: Set(position),
            updated_at: Set(tx.now()),
            ..Default::default()
        };
        change.update(&tx).await?;
        prize.position = position;
        tx.announce(room.id, Event::PrizeChanged(PrizeFacts::new(&prize, &room)).into_new()?);
    }
    let ids: Vec<_> = order.iter().map(ToString::to_string).collect();
    let audit = AuditRecord::new(RoomAction::PrizesReordered, room.id).changed(json!(null), json!({ "prizeIds": ids }));
    tx.commit(audit, room).await
}

/// Takes a prize off the list.
///
/// # Errors
/// `NOT_FOUND`, `FORBIDDEN`; `CONFLICT` while it has winners or a draw that is not void draws it, or when the room is
/// over.
pub async fn delete_prize(operation: &Operation, id: PrizeId) -> Result<prize::Model> {
    let Change { tx, held, .. } = operation.change(id, Action::ManagePrizes).await?;
    let InRoom { room, row: prize } = held;
    require_open(&room)?;
    tx.finishes();
    rules(operation)?.may_change_prize(&tx, id).await?;
    let update = Query::update()
        .table(prize::Entity)
        .value(prize::Column::DeletedAt, tx.now())
        .value(prize::Column::UpdatedAt, tx.now())
        .and_where(prize::Column::Id.eq(id))
        .and_where(Expr::col(prize::Column::Quantity).equals(prize::Column::QuantityRemaining))
        .to_owned();
    if tx.execute(&update).await?.rows_affected() != 1 {
        return Err(Error::conflict(
            "This prize has winners. Revoke them before you delete it.",
        ));
    }
    tx.announce(
        prize.room_id,
        Event::PrizeDeleted(PrizeFacts::new(&prize, &room)).into_new()?,
    );
    let audit = AuditRecord::new(RoomAction::PrizeDeleted, id).changed(audited(&prize), json!(null));
    let deleted_at = Some(tx.now());
    tx.commit(audit, prize::Model { deleted_at, ..prize }).await
}

fn require_open(room: &room::Model) -> Result<()> {
    require_status(room, &OPEN, "its prizes can be changed")
}

fn audited(prize: &prize::Model) -> Json {
    json!({
        "name": prize.name,
        "description": prize.description,
        "imageUrl": prize.image_url,
        "quantity": prize.quantity,
        "metadata": prize.metadata,
    })
}
