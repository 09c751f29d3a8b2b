//! Prizes.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use entity::room::prize;

use crate::{
    error::Result,
    gql::{Int, Json, Nullable, OperationContext, id, once, payload},
    patch::Field,
    room::{
        service::{self, PrizePatch},
        types::{Prize, Room},
    },
};

/// Mutations about prizes.
#[derive(Default)]
pub(super) struct PrizeMutation;

/// A new prize.
#[derive(InputObject)]
struct CreatePrizeInput {
    /// Where it can be won.
    room_id: ID,
    /// What it is called. 1 to 200 characters.
    name: String,
    /// What it is. Up to 2000 characters.
    description: Option<String>,
    /// Address of a picture, starting with https://.
    image_url: Option<String>,
    /// How many of it there are, 1 to 1000000.
    #[graphql(default_with = "Int(1)")]
    quantity: Int,
    /// For client programs: a JSON object of at most 16 KiB.
    metadata: Option<Json>,
}

payload! {
    /// What `createPrize` answers.
    CreatePrizePayload {
        /// The new prize, behind the others.
        prize: Prize,
    }
    edge {
        /// The prize as an edge of the room's `prizes`, for a client that adds it to the list that it keeps.
        prize_edge by prize::Column::RoomId
    }
    also {
        /// The room that it can be won in.
        room: Room by room_id,
    }
}

/// Changes of a prize. What is left out stays as it is; null empties what may be empty.
#[derive(InputObject)]
struct UpdatePrizeInput {
    /// Which prize.
    prize_id: ID,
    /// What it is called. 1 to 200 characters.
    name: Option<String>,
    /// What it is. Up to 2000 characters.
    description: MaybeUndefined<String>,
    /// Address of a picture, starting with https://.
    image_url: MaybeUndefined<String>,
    /// How many of it there are, 1 to 1000000, and not fewer than are awarded.
    quantity: Option<Int>,
    /// For client programs: a JSON object of at most 16 KiB, replaced as a whole.
    metadata: Option<Json>,
}

payload! {
    /// What `updatePrize` answers.
    UpdatePrizePayload {
        /// The prize as it is now.
        prize: Prize,
    }
}

/// A room's prizes in a new order.
#[derive(InputObject)]
struct ReorderPrizesInput {
    /// Which room.
    room_id: ID,
    /// Every prize of the room once, first to last.
    prize_ids: Vec<ID>,
}

payload! {
    /// What `reorderPrizes` answers.
    ReorderPrizesPayload {
        /// The room, with its prizes in the new order.
        room: Room,
    }
}

/// A prize to take off the list.
#[derive(InputObject)]
struct DeletePrizeInput {
    /// Which prize.
    prize_id: ID,
}

payload! {
    /// What `deletePrize` answers.
    DeletePrizePayload {
        /// The prize, with its deletedAt.
        prize: Prize,
    }
    also {
        /// The room that it could be won in.
        room: Room by room_id,
    }
}

/// Mutations about prizes.
#[Object(serial)]
impl PrizeMutation {
    /// Adds a prize behind the others. For ORGANIZERs and ADMINs.
    async fn create_prize(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new prize.")] input: CreatePrizeInput,
    ) -> Nullable<CreatePrizePayload> {
        let CreatePrizeInput {
            room_id,
            name,
            description,
            image_url,
            quantity,
            metadata,
        } = input;
        let patch = PrizePatch {
            name: Some(name),
            description: Field::given(description),
            image_url: Field::given(image_url),
            quantity: Some(quantity.narrow("quantity")?),
            metadata: metadata.map(|metadata| metadata.0),
        };
        let row = once(
            ctx,
            service::create_prize(ctx.operation()?, id("roomId", &room_id)?, patch),
        )
        .await?;
        Ok(Some(CreatePrizePayload { prize: Prize::of(row) }))
    }

    /// Changes a prize. While a draw that is not VOID draws it, this is a CONFLICT. For ORGANIZERs and ADMINs.
    async fn update_prize(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdatePrizeInput,
    ) -> Nullable<UpdatePrizePayload> {
        let UpdatePrizeInput {
            prize_id,
            name,
            description,
            image_url,
            quantity,
            metadata,
        } = input;
        let patch = PrizePatch {
            name,
            description: description.into(),
            image_url: image_url.into(),
            quantity: quantity.map(|quantity| quantity.narrow("quantity")).transpose()?,
            metadata: metadata.map(|metadata| metadata.0),
        };
        let row = once(
            ctx,
            service::update_prize(ctx.operation()?, id("prizeId", &prize_id)?, patch),
        )
        .await?;
        Ok(Some(UpdatePrizePayload { prize: Prize::of(row) }))
    }

    /// Puts a room's prizes in the order in which they are drawn. For ORGANIZERs and ADMINs.
    async fn reorder_prizes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The room and the order.")] input: ReorderPrizesInput,
    ) -> Nullable<ReorderPrizesPayload> {
        let order = input
            .prize_ids
            .iter()
            .map(|prize| id("prizeIds", prize))
            .collect::<Result<Vec<_>>>()?;
        let row = once(
            ctx,
            service::reorder_prizes(ctx.operation()?, id("roomId", &input.room_id)?, &order),
        )
        .await?;
        Ok(Some(ReorderPrizesPayload { room: Room::of(row) }))
    }

    /// Takes a prize without winners off the list. While a draw that is not VOID draws it, this is a CONFLICT. For ORGANIZERs
    /// and ADMINs.
    async fn delete_prize(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The prize.")] input: DeletePrizeInput,
    ) -> Nullable<DeletePrizePayload> {
        let row = once(
            ctx,
            service::delete_prize(ctx.operation()?, id("prizeId", &input.prize_id)?),
        )
        .await?;
        Ok(Some(DeletePrizePayload { prize: Prize::of(row) }))
    }
}
