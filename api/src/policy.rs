//! Who may do what: one table. Services ask it, nothing else decides.

use std::borrow::Cow;

use entity::{organization::membership::MemberRole, room::participant::ParticipantRole};
use sea_orm::{ActiveEnum, Iterable};

use crate::{
    caller::Caller,
    error::{Error, Result},
};

/// What a caller can be to the thing that they act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// Not signed in.
    Anonymous,
    /// Signed in, whatever else.
    SignedIn,
    /// It is about themselves.
    Oneself,
    /// Member of the thing's organization.
    Member(MemberRole),
    /// Participant of the thing's room.
    Participant(ParticipantRole),
}

/// What can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sea_orm::EnumIter)]
pub enum Action {
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

/// What an action is done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActedOn {
    /// The platform as a whole.
    Platform,
    /// An organization and what belongs to it.
    Organization,
    /// A room and what belongs to it.
    Room,
    /// A win.
    Win,
}

impl Action {
    /// What it is done to.
    pub fn acted_on(self) -> ActedOn {
        match self {
            Self::CreateOrganization => ActedOn::Platform,
            Self::ReadOrganization | Self::ReadEmail | Self::ManageApps | Self::CreateRoom => ActedOn::Organization,
            Self::ClaimPrize => ActedOn::Win,
            Self::RunRoom
            | Self::ReadJoinCode
            | Self::JoinRoom
            | Self::LeaveRoom
            | Self::ManageParticipants
            | Self::ManageStaff
            | Self::ManageEntrants
            | Self::ReadParticipantMetadata
            | Self::ManagePrizes
            | Self::ManageWinners
            | Self::RunDraws
            | Self::ReviewDraws
            | Self::ReadRoomFiles => ActedOn::Room,
        }
    }
}

/// Every relation there is, in the order of the printed matrix.
pub fn relations() -> impl Iterator<Item = Relation> {
    [Relation::Anonymous, Relation::SignedIn, Relation::Oneself]
        .into_iter()
        .chain(MemberRole::iter().map(Relation::Member))
        .chain(ParticipantRole::iter().map(Relation::Participant))
}

/// The table.
pub fn allows(action: Action, relation: Relation) -> bool {
    use Relation::{Member, Oneself, Participant, SignedIn};

    const ADMIN: Relation = Member(MemberRole::Admin);
    const ORGANIZER: Relation = Participant(ParticipantRole::Organizer);
    const MODERATOR: Relation = Participant(ParticipantRole::Moderator);

    match action {
        Action::CreateOrganization | Action::JoinRoom | Action::LeaveRoom => relation == SignedIn,
        Action::ReadOrganization => matches!(relation, Member(_)),
        Action::ReadEmail => matches!(relation, Oneself | ADMIN),
        Action::ManageApps => relation == ADMIN,
        Action::CreateRoom => matches!(relation, ADMIN | Member(MemberRole::Creator)),
        Action::RunRoom
        | Action::ManageStaff
        | Action::ManageEntrants
        | Action::ManagePrizes
        | Action::ManageWinners
        | Action::RunDraws
        | Action::ReadRoomFiles => matches!(relation, ADMIN | ORGANIZER),
        Action::ReviewDraws => relation == Member(MemberRole::Reviewer),
        Action::ClaimPrize => relation == Oneself,
        Action::ReadJoinCode | Action::ManageParticipants => matches!(relation, ADMIN | ORGANIZER | MODERATOR),
        Action::ReadParticipantMetadata => matches!(relation, Oneself | ADMIN | ORGANIZER | MODERATOR),
    }
}

/// What the caller is to one thing.
#[derive(Clone, Debug)]
pub struct Relations(Vec<Relation>);

impl Relations {
    /// What the caller is to everything.
    pub fn of(caller: &Caller) -> Self {
        Self(vec![if caller.user().is_some() {
            Relation::SignedIn
        } else {
            Relation::Anonymous
        }])
    }

    /// Adds a relation.
    #[must_use]
    pub fn and(mut self, relation: Option<Relation>) -> Self {
        self.0.extend(relation);
        self
    }

    /// Whether the table allows it.
    pub fn may(&self, action: Action) -> bool {
        self.0.iter().any(|relation| allows(action, *relation))
    }

    /// The actions on one kind of thing that the table allows.
    pub fn permitted(&self, acted_on: ActedOn) -> impl Iterator<Item = Action> {
        Action::iter().filter(move |action| action.acted_on() == acted_on && self.may(*action))
    }

    /// Asks the table.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for someone unknown, `FORBIDDEN` with the roles that it takes.
    pub fn allow(&self, action: Action) -> Result<()> {
        if self.may(action) {
            return Ok(());
        }
        if self.0.contains(&Relation::Anonymous) {
            return Err(Error::sign_in_first());
        }
        let takes: Vec<_> = relations()
            .filter(|relation| allows(action, *relation))
            .map(Relation::describe)
            .collect();
        Err(Error::Forbidden(
            format!("Your role does not allow this. It takes: {}.", takes.join(", or ")).into(),
        ))
    }

    /// Whether the caller belongs to the thing's organization.
    pub fn is_member(&self) -> bool {
        self.0.iter().any(|relation| matches!(relation, Relation::Member(_)))
    }
}

impl Relation {
    /// The relation in words.
    pub fn describe(self) -> Cow<'static, str> {
        match self {
            Self::Anonymous => "anonymous".into(),
            Self::SignedIn => "signed in".into(),
            Self::Oneself => "oneself".into(),
            Self::Member(role) => format!("{} of the organization", role.to_value()).into(),
            Self::Participant(role) => format!("{} of the room", role.to_value()).into(),
        }
    }
}

/// The whole table as Markdown; `docs/policy.md` holds it and a test compares.
pub fn matrix() -> String {
    let relations: Vec<_> = relations().collect();
    let header: Vec<_> = relations.iter().map(|relation| relation.describe()).collect();
    let mut text = format!(
        "| action | {} |\n|---|{}\n",
        header.join(" | "),
        ":-:|".repeat(relations.len())
    );
    for action in Action::iter() {
        let cells = relations
            .iter()
            .map(|relation| if allows(action, *relation) { " yes |" } else { " · |" });
        text += &format!("| {action:?} |{}\n", cells.collect::<String>());
    }
    text
}
