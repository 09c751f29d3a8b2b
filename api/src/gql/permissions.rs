//! What the viewer may do, readable on the objects that it is about: a client shows the right buttons without trying.

use async_graphql::Enum;

use crate::policy::{self, ActedOn, Relations};

/// What somebody may do, by their role. The same table answers each change; what a status forbids, such as that of a room that is
/// over, is a CONFLICT all the same.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "policy::Action")]
pub enum Permission {
    /// Found an organization.
    CreateOrganization,
    /// See who belongs to an organization, and its apps.
    ReadOrganization,
    /// See a member's e-mail address.
    ReadEmail,
    /// Register, change, deactivate an app or renew its secret.
    ManageApps,
    /// Create a room in an organization.
    CreateRoom,
    /// Change, open, complete, cancel or delete a room.
    RunRoom,
    /// See the code that opens a private room.
    ReadJoinCode,
    /// Join a room that is public or whose join code is known.
    JoinRoom,
    /// Leave a room that one is in.
    LeaveRoom,
    /// Add, change or remove participants and viewers.
    ManageParticipants,
    /// Add, change or remove organizers and moderators.
    ManageStaff,
    /// Add, change or remove anybody while the list of a draw is open.
    ManageEntrants,
    /// See what the organizers noted about a participant.
    ReadParticipantMetadata,
    /// Create, change, order or delete prizes.
    ManagePrizes,
    /// Award a prize outside a draw, or take a win back.
    ManageWinners,
    /// Commit to a draw, exclude from it, freeze, run or void it, disqualify a winner.
    RunDraws,
    /// Approve the freeze of a draw that someone else asked for.
    ReviewDraws,
    /// Claim or decline a prize that was won.
    ClaimPrize,
    /// Read winners and participants as files, with what only organizers see.
    ReadRoomFiles,
}

/// What somebody with these relations may do to one kind of thing, in the order of the table.
pub fn permissions(relations: &Relations, acted_on: ActedOn) -> Vec<Permission> {
    relations.permitted(acted_on).map(Into::into).collect()
}
