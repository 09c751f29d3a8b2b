//! What a room's live log can say. Events carry what they announce, so that delivery needs no other table.

use chrono::{DateTime, Utc};
use entity::{
    ParticipantId, PrizeId, RoomId, UserId, WinnerId,
    draw::{draw::DrawStatus, draw_step::DrawStepKind},
    room::{
        participant::{self, ParticipantRole},
        prize,
        room::{self, RoomStatus},
        winner::{self, WinnerStatus},
    },
};
use sea_orm::ActiveEnum;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{
    error::{Error, Result},
    store::{Logged, NewEvent},
};

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Event {
    /// The room went from one status to the next.
    RoomStatusChanged {
        /// Before.
        from: Stored<RoomStatus>,
        /// Now.
        to: Stored<RoomStatus>,
    },
    /// The room's own fields changed.
    RoomChanged(RoomFacts),
    /// Someone came in.
    ParticipantJoined {
        /// Who.
        #[serde(flatten)]
        participant: ParticipantFacts,
        /// How many people are in the room then. The commit, which counts them, writes it.
        #[serde(default)]
        participant_count: Option<i32>,
    },
    /// Someone went, or was removed.
    ParticipantLeft {
        /// Who.
        #[serde(flatten)]
        participant: ParticipantFacts,
        /// Whether someone else removed them.
        removed: bool,
        /// As in [`Event::ParticipantJoined`].
        #[serde(default)]
        participant_count: Option<i32>,
    },
    /// A participant's role or tickets changed.
    ParticipantChanged(ParticipantFacts),
    /// There is one more prize.
    PrizeCreated(PrizeFacts),
    /// A prize changed, or its place in the order.
    PrizeChanged(PrizeFacts),
    /// A prize was taken off the list.
    PrizeDeleted(PrizeFacts),
    /// A prize has a winner.
    WinnerAnnounced(WinnerFacts),
    /// A win was claimed, turned down, or not claimed in time.
    WinnerStatusChanged {
        /// Which win.
        #[serde(flatten)]
        winner: WinnerFacts,
        /// Where it stands now.
        status: Stored<WinnerStatus>,
        /// Why, if somebody said.
        reason: Option<String>,
    },
    /// A draw took a step.
    DrawStepTaken(DrawStepFacts),
    /// A long step of a draw goes on.
    DrawProgress {
        /// Which draw.
        draw_id: uuid::Uuid,
        /// What is under way.
        phase: DrawPhase,
        /// How much of it is done.
        done: u64,
        /// How much there is to do.
        total: u64,
    },
    /// A win was taken back.
    WinnerRevoked {
        /// Which win.
        #[serde(flatten)]
        winner: WinnerFacts,
        /// Why.
        reason: String,
    },
}

/// An enum as the database stores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored<A>(pub A);

impl<A: ActiveEnum<Value = String>> Serialize for Stored<A> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.0.to_value().serialize(serializer)
    }
}

impl<'de, A: ActiveEnum<Value = String>> Deserialize<'de> for Stored<A> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        A::try_from_value(&text).map(Self).map_err(serde::de::Error::custom)
    }
}

/// A room at the time of an event. What events of an earlier version, or of a draft, do not say is nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoomFacts {
    /// Its title.
    pub title: String,
    /// What it is about.
    #[serde(default)]
    pub description: Option<String>,
    /// Whether everybody sees it.
    #[serde(default)]
    pub is_public: Option<bool>,
    /// When it starts.
    #[serde(default)]
    pub starts_at: Option<DateTime<Utc>>,
    /// When it ends.
    #[serde(default)]
    pub ends_at: Option<DateTime<Utc>>,
    /// How many can be in it.
    #[serde(default)]
    pub max_participants: Option<i32>,
}

impl RoomFacts {
    /// What there is to say of a room. Of a draft only its title: once a public room is open, everybody reads its whole log.
    pub fn new(row: &room::Model) -> Self {
        if row.status == RoomStatus::Draft {
            return Self {
                title: row.title.clone(),
                ..Self::default()
            };
        }
        Self {
            title: row.title.clone(),
            description: row.description.clone(),
            is_public: Some(row.is_public),
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            max_participants: row.max_participants,
        }
    }
}

/// A participant at the time of an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ParticipantFacts {
    /// Their place in the room.
    pub participant_id: uuid::Uuid,
    /// Their account.
    pub user_id: Option<uuid::Uuid>,
    /// Their name.
    pub display_name: String,
    /// Their role.
    pub role: Stored<ParticipantRole>,
    /// Their tickets.
    pub tickets: i64,
}

impl ParticipantFacts {
    /// What there is to say of a participant, whose account has this name.
    pub fn new(row: &participant::Model, name: Option<&str>) -> Self {
        Self {
            participant_id: row.id.0,
            user_id: row.user_id.map(|user| user.0),
            display_name: name.unwrap_or_default().to_owned(),
            role: Stored(row.role),
            tickets: row.tickets,
        }
    }

    /// Their place in the room.
    pub fn participant(&self) -> ParticipantId {
        ParticipantId(self.participant_id)
    }

    /// Their account.
    pub fn user(&self) -> Option<UserId> {
        self.user_id.map(UserId)
    }
}

/// A prize at the time of an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PrizeFacts {
    /// The prize.
    pub prize_id: uuid::Uuid,
    /// Its name.
    pub name: String,
    /// What it is; nothing in events of a draft, or of an earlier version.
    #[serde(default)]
    pub description: Option<String>,
    /// A picture; nothing in events of a draft, or of an earlier version.
    #[serde(default)]
    pub image_url: Option<String>,
    /// Its place in the order, from 0.
    pub position: i32,
    /// How many there are.
    pub quantity: i32,
    /// How many are left.
    pub quantity_remaining: i32,
}

impl PrizeFacts {
    /// What there is to say of a prize. In a draft not its texts beside the name: once a public room is open, everybody reads
    /// its whole log.
    pub fn new(row: &prize::Model, room: &room::Model) -> Self {
        let is_shown = room.status != RoomStatus::Draft;
        Self {
            prize_id: row.id.0,
            name: row.name.clone(),
            description: row.description.clone().filter(|_| is_shown),
            image_url: row.image_url.clone().filter(|_| is_shown),
            position: row.position,
            quantity: row.quantity,
            quantity_remaining: row.quantity_remaining,
        }
    }

    /// The prize.
    pub fn prize(&self) -> PrizeId {
        PrizeId(self.prize_id)
    }
}

/// A win at the time of an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WinnerFacts {
    /// The win.
    pub winner_id: uuid::Uuid,
    /// The prize.
    pub prize_id: uuid::Uuid,
    /// Its name.
    pub prize_name: String,
    /// How many of it are left.
    pub quantity_remaining: i32,
    /// The winner's place in the room.
    pub participant_id: uuid::Uuid,
    /// Their account.
    pub user_id: Option<uuid::Uuid>,
    /// Their name.
    pub display_name: String,
    /// Where the win stands; nothing in events of an earlier version.
    #[serde(default)]
    pub winner_status: Option<Stored<WinnerStatus>>,
    /// Its rank in the draw for the prize, from 1.
    #[serde(default)]
    pub rank: Option<i32>,
    /// Until when it can be claimed.
    #[serde(default)]
    pub claim_by: Option<DateTime<Utc>>,
}

impl WinnerFacts {
    /// What there is to say of a win.
    pub fn new(row: &winner::Model, prize: &prize::Model, who: &ParticipantFacts) -> Self {
        Self {
            winner_id: row.id.0,
            prize_id: prize.id.0,
            prize_name: prize.name.clone(),
            quantity_remaining: prize.quantity_remaining,
            participant_id: row.participant_id.0,
            user_id: who.user_id,
            display_name: who.display_name.clone(),
            winner_status: Some(Stored(row.status)),
            rank: row.rank,
            claim_by: row.claim_by,
        }
    }

    /// The win.
    pub fn winner(&self) -> WinnerId {
        WinnerId(self.winner_id)
    }

    /// The prize.
    pub fn prize(&self) -> PrizeId {
        PrizeId(self.prize_id)
    }

    /// The winner's place in the room.
    pub fn participant(&self) -> ParticipantId {
        ParticipantId(self.participant_id)
    }
}

/// What a draw does that may take long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DrawPhase {
    /// Asking drand for a round; counts tries.
    FetchingRound,
    /// Computing the ranks; counts ranks.
    Ranking,
}

/// A step of a draw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DrawStepFacts {
    /// The draw.
    pub draw_id: uuid::Uuid,
    /// Its place among the draw's steps, from 1.
    pub position: i64,
    /// What happened.
    pub step: Stored<DrawStepKind>,
    /// Where the draw stands then.
    pub status: Stored<DrawStatus>,
    /// The prize that it was about.
    pub prize_id: Option<uuid::Uuid>,
    /// The rank that it was about, from 1.
    pub rank: Option<i32>,
    /// Why, if somebody said.
    pub reason: Option<String>,
    /// What the step fixed: policy hash, list root, entropy, seed.
    pub evidence: Option<String>,
    /// Whom it was about, when it was not about a rank.
    #[serde(default)]
    pub participant_id: Option<uuid::Uuid>,
    /// What counted of them before; none for one who was not in the room.
    #[serde(default)]
    pub before: Option<RoleAndTickets>,
    /// What counts of them from then on; none for one who was taken out.
    #[serde(default)]
    pub after: Option<RoleAndTickets>,
}

/// What counts of a participant in a draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleAndTickets {
    /// Their role.
    pub role: Stored<ParticipantRole>,
    /// Their tickets.
    pub tickets: i64,
}

impl RoleAndTickets {
    /// What counts of a participant.
    pub fn of(row: &participant::Model) -> Self {
        Self {
            role: Stored(row.role),
            tickets: row.tickets,
        }
    }
}

impl Event {
    /// The stored name of this kind of event.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::RoomStatusChanged { .. } => "ROOM_STATUS_CHANGED",
            Self::RoomChanged(_) => "ROOM_CHANGED",
            Self::ParticipantJoined { .. } => "PARTICIPANT_JOINED",
            Self::ParticipantLeft { .. } => "PARTICIPANT_LEFT",
            Self::ParticipantChanged(_) => "PARTICIPANT_CHANGED",
            Self::PrizeCreated(_) => "PRIZE_CREATED",
            Self::PrizeChanged(_) => "PRIZE_CHANGED",
            Self::PrizeDeleted(_) => "PRIZE_DELETED",
            Self::WinnerAnnounced(_) => Self::WINNER_ANNOUNCED,
            Self::WinnerStatusChanged { .. } => "WINNER_STATUS_CHANGED",
            Self::DrawStepTaken(_) => "DRAW_STEP_TAKEN",
            Self::DrawProgress { .. } => "DRAW_PROGRESS",
            Self::WinnerRevoked { .. } => "WINNER_REVOKED",
        }
    }

    /// The stored name of the announcement of a winner.
    pub const WINNER_ANNOUNCED: &'static str = "WINNER_ANNOUNCED";

    /// The event as the log takes it.
    ///
    /// # Errors
    /// `INTERNAL` when it cannot be written as JSON.
    pub fn into_new(self) -> Result<NewEvent> {
        let mut written = serde_json::to_value(&self)?;
        let payload = written.get_mut("payload").map(Json::take).unwrap_or_default();
        Ok(NewEvent {
            kind: self.kind(),
            payload,
        })
    }

    /// The event that a row of the log tells of.
    ///
    /// # Errors
    /// `INTERNAL` when the row is of no known kind.
    pub fn read(row: &Logged<RoomId>) -> Result<Self> {
        let written = serde_json::json!({ "kind": row.kind, "payload": row.payload });
        serde_json::from_value(written).map_err(Error::internal)
    }
}
