//! Events of a room's live log as clients see them.

use async_graphql::{Context, ID, Interface, Object};
use entity::{DrawId, RoomId, UserId};

use super::{Participant, ParticipantRole, Prize, Room, Winner, room::RoomStatus, winner::WinnerStatus};
use crate::{
    error::{Error, Result},
    gql::{Answer, Json, Long, OperationContext, Timestamp, load, load_with_deleted, output},
    identity::Profile,
    room::event::{Event, ParticipantFacts, PrizeFacts, RoomFacts, WinnerFacts},
    store::Logged,
};

/// Where an event stands in its room's log.
#[derive(Clone, Copy)]
pub struct Entry {
    room: RoomId,
    sequence: i64,
    occurred_at: chrono::DateTime<chrono::Utc>,
}

/// Something that happened in a room. Sequences count from 1 without gaps: give the last one that you have
/// handled as `after`, and nothing is missed or comes twice.
#[derive(Interface)]
#[graphql(
    field(
        name = "sequence",
        ty = "Long",
        desc = "Its place in the room's log, from 1 without gaps."
    ),
    field(name = "occurred_at", ty = "Timestamp", desc = "When it happened."),
    field(name = "room_id", ty = "ID", desc = "The room's id, without a look at the database."),
    field(name = "room", ty = "Option<Room>", desc = "The room as it is now.")
)]
pub enum RoomEvent {
    /// The room went from one status to the next.
    RoomStatusChanged(RoomStatusChanged),
    /// The room's own fields changed.
    RoomChanged(RoomChanged),
    /// Someone came in.
    ParticipantJoined(ParticipantJoined),
    /// Someone went.
    ParticipantLeft(ParticipantLeft),
    /// A participant's role or tickets changed.
    ParticipantChanged(ParticipantChanged),
    /// There is one more prize.
    PrizeCreated(PrizeCreated),
    /// A prize changed.
    PrizeChanged(PrizeChanged),
    /// A prize was taken off the list.
    PrizeDeleted(PrizeDeleted),
    /// A prize has a winner.
    WinnerAnnounced(WinnerAnnounced),
    /// A win was taken back.
    WinnerRevoked(WinnerRevoked),
    /// A win was claimed, turned down, or not claimed in time.
    WinnerStatusChanged(WinnerStatusChanged),
    /// A draw took a step.
    DrawStepTaken(DrawStepTaken),
    /// A long step of a draw goes on.
    DrawProgress(DrawProgress),
}

/// One type of event: the fields that all share, and its own, which `$facts` answers.
macro_rules! event_type {
    (
        $(#[doc = $doc:literal])+
        $name:ident($type:ty) {
            $($(#[doc = $field_doc:literal])+ fn $field:ident(&$this:ident $(, $ctx:ident)?) -> $answer:ty $body:block)*
        }
    ) => {
        $(#[doc = $doc])+
        pub struct $name {
            pub(super) entry: Entry,
            pub(super) facts: $type,
        }

        $(#[doc = $doc])+
        #[Object(serial)]
        impl $name {
            /// Its place in the room's log, from 1 without gaps.
            pub async fn sequence(&self) -> Long {
                Long(self.entry.sequence)
            }

            /// When it happened.
            pub async fn occurred_at(&self) -> Timestamp {
                Timestamp(self.entry.occurred_at)
            }

            /// The room's id, without a look at the database.
            pub async fn room_id(&self) -> ID {
                output(self.entry.room)
            }

            /// The room as it is now.
            pub async fn room(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Room>> {
                Ok(load(ctx.operation()?, self.entry.room).await?)
            }

            $(
                $(#[doc = $field_doc])+
                async fn $field(&$this $(, $ctx: &Context<'_>)?) -> $answer $body
            )*
        }
    };
}

/// An event about one participant.
macro_rules! participant_event {
    ($(#[doc = $doc:literal])+ $name:ident($type:ty, |$facts:ident| $participant:expr) { $($more:tt)* }) => {
        event_type! {
            $(#[doc = $doc])+
            $name($type) {
                /// Id of their place in the room.
                fn participant_id(&self) -> ID {
                    let $facts = &self.facts;
                    output($participant.participant())
                }
                /// Their name at the time.
                fn display_name(&self) -> String {
                    let $facts = &self.facts;
                    $participant.display_name.clone()
                }
                /// Their role at the time.
                fn role(&self) -> ParticipantRole {
                    let $facts = &self.facts;
                    $participant.role.0.into()
                }
                /// Their tickets at the time.
                fn tickets(&self) -> Long {
                    let $facts = &self.facts;
                    Long($participant.tickets)
                }
                /// Their place in the room as it is now.
                fn participant(&self, ctx) -> Answer<Participant> {
                    let $facts = &self.facts;
                    Ok(load_with_deleted(ctx.operation()?, $participant.participant()).await?)
                }
                /// The person; null for an agent.
                fn user(&self, ctx) -> Answer<Profile> {
                    let $facts = &self.facts;
                    Ok(load_with_deleted(ctx.operation()?, $participant.user()).await?)
                }
                $($more)*
            }
        }
    };
}

/// An event about one prize.
macro_rules! prize_event {
    ($(#[doc = $doc:literal])+ $name:ident) => {
        event_type! {
            $(#[doc = $doc])+
            $name(PrizeFacts) {
                /// The prize's id.
                fn prize_id(&self) -> ID {
                    output(self.facts.prize())
                }
                /// The prize's name at the time.
                fn name(&self) -> &str {
                    &self.facts.name
                }
                /// What it was; null for events of an earlier version too. What client programs keep with it is not told here.
                fn description(&self) -> Option<&str> {
                    self.facts.description.as_deref()
                }
                /// Address of its picture; null for events of an earlier version too.
                fn image_url(&self) -> Option<&str> {
                    self.facts.image_url.as_deref()
                }
                /// Its place in the order at the time, from 0.
                fn position(&self) -> i32 {
                    self.facts.position
                }
                /// How many of it there were.
                fn quantity(&self) -> i32 {
                    self.facts.quantity
                }
                /// How many of it nobody had won yet.
                fn quantity_remaining(&self) -> i32 {
                    self.facts.quantity_remaining
                }
                /// The prize as it is now.
                fn prize(&self, ctx) -> Answer<Prize> {
                    Ok(load_with_deleted(ctx.operation()?, self.facts.prize()).await?)
                }
            }
        }
    };
}

/// An event about one win.
macro_rules! winner_event {
    ($(#[doc = $doc:literal])+ $name:ident($type:ty, |$facts:ident| $winner:expr) { $($more:tt)* }) => {
        event_type! {
            $(#[doc = $doc])+
            $name($type) {
                /// The win's id.
                fn winner_id(&self) -> ID {
                    let $facts = &self.facts;
                    output($winner.winner())
                }
                /// The prize's id.
                fn prize_id(&self) -> ID {
                    let $facts = &self.facts;
                    output($winner.prize())
                }
                /// The prize's name at the time.
                fn prize_name(&self) -> String {
                    let $facts = &self.facts;
                    $winner.prize_name.clone()
                }
                /// How many of the prize were left.
                fn quantity_remaining(&self) -> i32 {
                    let $facts = &self.facts;
                    $winner.quantity_remaining
                }
                /// Id of the winner's place in the room.
                fn participant_id(&self) -> ID {
                    let $facts = &self.facts;
                    output($winner.participant())
                }
                /// The winner's name at the time.
                fn display_name(&self) -> String {
                    let $facts = &self.facts;
                    $winner.display_name.clone()
                }
                /// Id of the winner's account; null for an agent.
                fn user_id(&self) -> Option<ID> {
                    let $facts = &self.facts;
                    $winner.user_id.map(|user| output(UserId(user)))
                }
                /// Its rank in the draw for this prize, from 1; null for a prize awarded by hand.
                fn rank(&self) -> Option<i32> {
                    let $facts = &self.facts;
                    $winner.rank
                }
                /// Until when the winner can claim, as far as it was known; null when there is no limit, or not yet one.
                fn claim_by(&self) -> Option<Timestamp> {
                    let $facts = &self.facts;
                    $winner.claim_by.map(Timestamp)
                }
                /// The win as it is now.
                fn winner(&self, ctx) -> Answer<Winner> {
                    let $facts = &self.facts;
                    Ok(load_with_deleted(ctx.operation()?, $winner.winner()).await?)
                }
                /// The prize as it is now.
                fn prize(&self, ctx) -> Answer<Prize> {
                    let $facts = &self.facts;
                    Ok(load_with_deleted(ctx.operation()?, $winner.prize()).await?)
                }
                /// The winner's place in the room as it is now.
                fn participant(&self, ctx) -> Answer<Participant> {
                    let $facts = &self.facts;
                    Ok(load_with_deleted(ctx.operation()?, $winner.participant()).await?)
                }
                $($more)*
            }
        }
    };
}

// Below the macros, which it uses.
mod draw;

use draw::{DrawProgress, DrawStepTaken};

event_type! {
    /// The room went from one status to the next.
    RoomStatusChanged((RoomStatus, RoomStatus)) {
        /// The status before.
        fn previous_status(&self) -> RoomStatus {
            self.facts.0
        }
        /// The status from then on.
        fn room_status(&self) -> RoomStatus {
            self.facts.1
        }
    }
}

event_type! {
    /// The room's own fields changed: all that clients can set, as they are from then on.
    RoomChanged(RoomFacts) {
        /// The room's title.
        fn title(&self) -> &str {
            &self.facts.title
        }
        /// What it is about; null for events of an earlier version too.
        fn description(&self) -> Option<&str> {
            self.facts.description.as_deref()
        }
        /// Whether everybody sees it once it is no draft; null for events of an earlier version.
        fn is_public(&self) -> Option<bool> {
            self.facts.is_public
        }
        /// When it starts; null for events of an earlier version too.
        fn starts_at(&self) -> Option<Timestamp> {
            self.facts.starts_at.map(Timestamp)
        }
        /// When it ends; null for events of an earlier version too.
        fn ends_at(&self) -> Option<Timestamp> {
            self.facts.ends_at.map(Timestamp)
        }
        /// How many people can be in it at once; null for events of an earlier version too.
        fn max_participants(&self) -> Option<i32> {
            self.facts.max_participants
        }
        /// What the organizer set for client programs; null for events of an earlier version.
        fn settings(&self) -> Option<Json> {
            self.facts.settings.as_ref().map(Into::into)
        }
    }
}

participant_event! {
    /// Someone came in, or came back.
    ParticipantJoined((ParticipantFacts, Option<i32>), |facts| facts.0) {
        /// How many people are in the room then; null for events of an earlier version.
        fn participant_count(&self) -> Option<i32> {
            self.facts.1
        }
    }
}

participant_event! {
    /// Someone went, or was removed.
    ParticipantLeft((ParticipantFacts, bool, Option<i32>), |facts| facts.0) {
        /// Whether someone else removed them.
        fn removed(&self) -> bool {
            self.facts.1
        }
        /// How many people are in the room then; null for events of an earlier version.
        fn participant_count(&self) -> Option<i32> {
            self.facts.2
        }
    }
}

participant_event! {
    /// A participant's role or tickets changed.
    ParticipantChanged(ParticipantFacts, |facts| facts) {}
}

prize_event! {
    /// There is one more prize.
    PrizeCreated
}

prize_event! {
    /// A prize changed, or its place in the order.
    PrizeChanged
}

prize_event! {
    /// A prize was taken off the list.
    PrizeDeleted
}

winner_event! {
    /// A prize has a winner.
    WinnerAnnounced(WinnerFacts, |facts| facts) {
        /// Where the win stands from then on.
        fn winner_status(&self) -> WinnerStatus {
            status_of(&self.facts, WinnerStatus::Pending)
        }
    }
}

winner_event! {
    /// A win was taken back; its quantity can be won again.
    WinnerRevoked((WinnerFacts, String), |facts| facts.0) {
        /// Where the win stands from then on.
        fn winner_status(&self) -> WinnerStatus {
            status_of(&self.facts.0, WinnerStatus::Revoked)
        }
        /// Why. It is always said; the type is that of other events' `reason`, so that one selection takes them all.
        fn reason(&self) -> Option<&str> {
            Some(&self.facts.1)
        }
    }
}

winner_event! {
    /// A win was claimed, turned down, or not claimed in time.
    WinnerStatusChanged((WinnerFacts, WinnerStatus, Option<String>), |facts| facts.0) {
        /// Where the win stands from then on.
        fn winner_status(&self) -> WinnerStatus {
            self.facts.1
        }
        /// Why, if somebody said.
        fn reason(&self) -> Option<&str> {
            self.facts.2.as_deref()
        }
    }
}

/// Where a win stands; an event of an earlier version does not say it beside its kind.
fn status_of(facts: &WinnerFacts, by_kind: WinnerStatus) -> WinnerStatus {
    facts.winner_status.map_or(by_kind, |status| status.0.into())
}

/// A row of the log as its type.
///
/// # Errors
/// `INTERNAL` when the row is of no known kind.
pub fn room_event(row: &Logged<RoomId>) -> Result<RoomEvent> {
    let entry = Entry {
        room: row.log,
        sequence: row.sequence,
        occurred_at: row.created_at,
    };
    Ok(match Event::read(row)? {
        Event::RoomStatusChanged { from, to } => RoomStatusChanged {
            entry,
            facts: (from.0.into(), to.0.into()),
        }
        .into(),
        Event::RoomChanged(facts) => RoomChanged { entry, facts }.into(),
        Event::ParticipantJoined {
            participant,
            participant_count,
        } => ParticipantJoined {
            entry,
            facts: (participant, participant_count),
        }
        .into(),
        Event::ParticipantLeft {
            participant,
            removed,
            participant_count,
        } => ParticipantLeft {
            entry,
            facts: (participant, removed, participant_count),
        }
        .into(),
        Event::ParticipantChanged(facts) => ParticipantChanged { entry, facts }.into(),
        Event::PrizeCreated(facts) => PrizeCreated { entry, facts }.into(),
        Event::PrizeChanged(facts) => PrizeChanged { entry, facts }.into(),
        Event::PrizeDeleted(facts) => PrizeDeleted { entry, facts }.into(),
        Event::WinnerAnnounced(facts) => WinnerAnnounced { entry, facts }.into(),
        Event::WinnerStatusChanged { winner, status, reason } => WinnerStatusChanged {
            entry,
            facts: (winner, status.0.into(), reason),
        }
        .into(),
        Event::DrawStepTaken(facts) => DrawStepTaken { entry, facts }.into(),
        Event::DrawProgress {
            draw_id,
            phase,
            done,
            total,
        } => DrawProgress {
            entry,
            facts: (DrawId(draw_id), phase.into(), done, total),
        }
        .into(),
        Event::WinnerRevoked { winner, reason } => WinnerRevoked {
            entry,
            facts: (winner, reason),
        }
        .into(),
    })
}

/// A row of the log that announces a winner.
///
/// # Errors
/// `INTERNAL` when the row is of another kind.
pub fn announced(row: &Logged<RoomId>) -> Result<WinnerAnnounced> {
    match room_event(row)? {
        RoomEvent::WinnerAnnounced(event) => Ok(event),
        _ => Err(Error::internal(anyhow::anyhow!(
            "{} is no announcement of a winner",
            row.kind
        ))),
    }
}
