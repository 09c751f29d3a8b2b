//! Rooms.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use entity::{AppId, room::room};

use crate::{
    error::Result,
    gql::{Int, Json, Nullable, OperationContext, Timestamp, id, once, payload},
    organization::Organization,
    patch::Field,
    room::{
        service::{self, RoomPatch, Transition},
        types::Room,
    },
};

/// Mutations about rooms.
#[derive(Default)]
pub(super) struct RoomLifeMutation;

/// A new room.
#[derive(InputObject)]
struct CreateRoomInput {
    /// Whom it belongs to.
    organization_id: ID,
    /// What it is called. 1 to 200 characters.
    title: String,
    /// What it is about. Up to 5000 characters.
    description: Option<String>,
    /// Whether everybody sees it once it is no draft, and can join without a code.
    #[graphql(default)]
    is_public: bool,
    /// The program that runs it.
    app_id: Option<ID>,
    /// When it starts, for people to know: the room can be joined as soon as it is ACTIVE.
    starts_at: Option<Timestamp>,
    /// When it ends, not before it starts: from then on nobody can join. The room stays ACTIVE until completeRoom.
    ends_at: Option<Timestamp>,
    /// How many people can be in it at once, 1 to 1000000; as many as come when left out.
    max_participants: Option<Int>,
    /// For client programs: a JSON object of at most 16 KiB.
    settings: Option<Json>,
}

/// Changes of a room. What is left out stays as it is; null empties what may be empty.
#[derive(InputObject)]
struct UpdateRoomInput {
    /// Which room.
    room_id: ID,
    /// What it is called. 1 to 200 characters.
    title: Option<String>,
    /// What it is about. Up to 5000 characters.
    description: MaybeUndefined<String>,
    /// Whether everybody sees it once it is no draft, and can join without a code. A room that has had a draw stays public.
    is_public: Option<bool>,
    /// The program that runs it.
    app_id: MaybeUndefined<ID>,
    /// When it starts, for people to know: the room can be joined as soon as it is ACTIVE.
    starts_at: MaybeUndefined<Timestamp>,
    /// When it ends, not before it starts: from then on nobody can join. The room stays ACTIVE until completeRoom. While a
    /// draw's list is open until a promised time, it cannot be moved to an earlier one.
    ends_at: MaybeUndefined<Timestamp>,
    /// How many people can be in it at once, 1 to 1000000, and not fewer than are in it. While a draw's list is open until a
    /// promised time, it cannot be lowered.
    max_participants: MaybeUndefined<Int>,
    /// For client programs: a JSON object of at most 16 KiB, replaced as a whole.
    settings: Option<Json>,
}

payload! {
    /// What `createRoom` answers.
    CreateRoomPayload {
        /// The new room.
        room: Room,
    }
    edge {
        /// The room as an edge of the organization's `rooms`, oldest first.
        room_edge by room::Column::OrganizationId
    }
    also {
        /// The organization that it belongs to.
        organization: Organization by organization_id,
    }
}

payload! {
    /// What `updateRoom` answers.
    UpdateRoomPayload {
        /// The room as it is now.
        room: Room,
    }
}

/// A draft to open.
#[derive(InputObject)]
struct OpenRoomInput {
    /// Which room.
    room_id: ID,
}

payload! {
    /// What `openRoom` answers.
    OpenRoomPayload {
        /// The room, now ACTIVE.
        room: Room,
    }
}

/// A room that is over.
#[derive(InputObject)]
struct CompleteRoomInput {
    /// Which room.
    room_id: ID,
}

payload! {
    /// What `completeRoom` answers.
    CompleteRoomPayload {
        /// The room, now COMPLETED.
        room: Room,
    }
}

/// A room to call off.
#[derive(InputObject)]
struct CancelRoomInput {
    /// Which room.
    room_id: ID,
}

payload! {
    /// What `cancelRoom` answers.
    CancelRoomPayload {
        /// The room, now CANCELLED.
        room: Room,
    }
}

/// A room to delete.
#[derive(InputObject)]
struct DeleteRoomInput {
    /// Which room.
    room_id: ID,
}

payload! {
    /// What `deleteRoom` answers.
    DeleteRoomPayload {
        /// The room, with its deletedAt.
        room: Room,
    }
}

/// Mutations about rooms.
#[Object(serial)]
impl RoomLifeMutation {
    /// Makes a draft room with the viewer as its ORGANIZER. For ADMINs and CREATORs of the organization.
    async fn create_room(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new room.")] input: CreateRoomInput,
    ) -> Nullable<CreateRoomPayload> {
        let CreateRoomInput {
            organization_id,
            title,
            description,
            is_public,
            app_id,
            starts_at,
            ends_at,
            max_participants,
            settings,
        } = input;
        let organization = id("organizationId", &organization_id)?;
        let patch = RoomPatch {
            title: Some(title),
            description: Field::given(description),
            is_public: Some(is_public),
            app: app(Field::given(app_id))?,
            starts_at: Field::given(starts_at).map(Timestamp::time),
            ends_at: Field::given(ends_at).map(Timestamp::time),
            max_participants: people(Field::given(max_participants))?,
            settings: settings.map(|settings| settings.0),
        };
        let room = once(ctx, service::create_room(ctx.operation()?, organization, patch)).await?;
        Ok(Some(CreateRoomPayload { room: Room::of(room) }))
    }

    /// Changes a room that is not over. For ORGANIZERs and ADMINs.
    async fn update_room(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateRoomInput,
    ) -> Nullable<UpdateRoomPayload> {
        let UpdateRoomInput {
            room_id,
            title,
            description,
            is_public,
            app_id,
            starts_at,
            ends_at,
            max_participants,
            settings,
        } = input;
        let room = id("roomId", &room_id)?;
        let patch = RoomPatch {
            title,
            description: description.into(),
            is_public,
            app: app(app_id.into())?,
            starts_at: Field::from(starts_at).map(Timestamp::time),
            ends_at: Field::from(ends_at).map(Timestamp::time),
            max_participants: people(max_participants.into())?,
            settings: settings.map(|settings| settings.0),
        };
        let room = once(ctx, service::update_room(ctx.operation()?, room, patch)).await?;
        Ok(Some(UpdateRoomPayload { room: Room::of(room) }))
    }

    /// Opens a draft: people can join, prizes can be awarded. For ORGANIZERs and ADMINs.
    async fn open_room(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The room.")] input: OpenRoomInput,
    ) -> Nullable<OpenRoomPayload> {
        Ok(Some(OpenRoomPayload {
            room: moved(ctx, &input.room_id, Transition::Open).await?,
        }))
    }

    /// Ends a room with its results; not while one of its draws is under way. For ORGANIZERs and ADMINs.
    async fn complete_room(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The room.")] input: CompleteRoomInput,
    ) -> Nullable<CompleteRoomPayload> {
        Ok(Some(CompleteRoomPayload {
            room: moved(ctx, &input.room_id, Transition::Complete).await?,
        }))
    }

    /// Calls a room off; not while it has a draw that is not VOID. For ORGANIZERs and ADMINs.
    async fn cancel_room(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The room.")] input: CancelRoomInput,
    ) -> Nullable<CancelRoomPayload> {
        Ok(Some(CancelRoomPayload {
            room: moved(ctx, &input.room_id, Transition::Cancel).await?,
        }))
    }

    /// Deletes a room that is not ACTIVE and never had a draw: nobody sees it any more. For ORGANIZERs and ADMINs.
    async fn delete_room(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The room.")] input: DeleteRoomInput,
    ) -> Nullable<DeleteRoomPayload> {
        let room = once(
            ctx,
            service::delete_room(ctx.operation()?, id("roomId", &input.room_id)?),
        )
        .await?;
        Ok(Some(DeleteRoomPayload { room: Room::of(room) }))
    }
}

fn app(field: Field<ID>) -> Result<Field<AppId>> {
    field.check(|app| app.map(|app| id("appId", app)).transpose())
}

fn people(field: Field<Int>) -> Result<Field<i32>> {
    field.check(|number| number.map(|number| number.narrow("maxParticipants")).transpose())
}

async fn moved(ctx: &Context<'_>, room: &ID, transition: Transition) -> Result<Room> {
    let room = once(
        ctx,
        service::move_room(ctx.operation()?, id("roomId", room)?, transition),
    )
    .await?;
    Ok(Room::of(room))
}
