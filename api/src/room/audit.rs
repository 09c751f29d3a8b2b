//! What the audit log says of rooms and what belongs to them.

use crate::store::audit_actions;

audit_actions! {
    /// What happens to apps, rooms, participants, prizes and winners.
    RoomAction in Tenant {
        /// An app was registered.
        AppRegistered = "APP_REGISTERED",
        /// An app's name, manifest or state changed.
        AppUpdated = "APP_UPDATED",
        /// An app got another secret.
        AppSecretRegenerated = "APP_SECRET_REGENERATED",
        /// An app was taken out of use.
        AppDeactivated = "APP_DEACTIVATED",
        /// A room was made.
        RoomCreated = "ROOM_CREATED",
        /// A room's own fields changed.
        RoomUpdated = "ROOM_UPDATED",
        /// A room was opened.
        RoomOpened = "ROOM_OPENED",
        /// A room came to its end.
        RoomCompleted = "ROOM_COMPLETED",
        /// A room was called off.
        RoomCancelled = "ROOM_CANCELLED",
        /// A room was taken out of every list.
        RoomDeleted = "ROOM_DELETED",
        /// Somebody came into a room.
        ParticipantJoined = "PARTICIPANT_JOINED",
        /// Somebody left a room.
        ParticipantLeft = "PARTICIPANT_LEFT",
        /// Somebody else brought a participant in.
        ParticipantAdded = "PARTICIPANT_ADDED",
        /// A participant's role or tickets changed.
        ParticipantUpdated = "PARTICIPANT_UPDATED",
        /// Somebody else took a participant out.
        ParticipantRemoved = "PARTICIPANT_REMOVED",
        /// There is one more prize.
        PrizeCreated = "PRIZE_CREATED",
        /// A prize changed.
        PrizeUpdated = "PRIZE_UPDATED",
        /// A room's prizes were put in another order.
        PrizesReordered = "PRIZES_REORDERED",
        /// A prize was taken off the list.
        PrizeDeleted = "PRIZE_DELETED",
        /// A prize was given to a participant by hand.
        PrizeAwarded = "PRIZE_AWARDED",
        /// A winner claimed a prize that was awarded by hand.
        PrizeClaimed = "PRIZE_CLAIMED",
        /// A winner turned down a prize that was awarded by hand.
        PrizeDeclined = "PRIZE_DECLINED",
        /// A win that was awarded by hand was taken back.
        WinnerRevoked = "WINNER_REVOKED",
    }
}
