//! What the audit log says of draws.

use entity::draw::draw_step::DrawStepKind;

use crate::store::audit_actions;

audit_actions! {
    /// The steps of a draw.
    DrawAction in Tenant {
        /// Policy and seed were committed to.
        Committed = "DRAW_COMMITTED",
        /// Someone was kept out.
        ParticipantExcluded = "DRAW_PARTICIPANT_EXCLUDED",
        /// Somebody else brought a participant in while the list was open.
        ParticipantAdded = "DRAW_PARTICIPANT_ADDED",
        /// Somebody changed a participant's role or tickets while the list was open.
        ParticipantChanged = "DRAW_PARTICIPANT_CHANGED",
        /// Somebody else took a participant out while the list was open.
        ParticipantRemoved = "DRAW_PARTICIPANT_REMOVED",
        /// The freeze was asked for and waits for a reviewer.
        FreezeRequested = "DRAW_FREEZE_REQUESTED",
        /// A reviewer agreed to the freeze.
        FreezeApproved = "DRAW_FREEZE_APPROVED",
        /// The list was closed.
        Frozen = "DRAW_FROZEN",
        /// Dice or a drand round were given.
        EntropyProvided = "DRAW_ENTROPY_PROVIDED",
        /// The ranks were computed.
        Drawn = "DRAW_DRAWN",
        /// The last winner was announced and the seed revealed.
        Presented = "DRAW_PRESENTED",
        /// A win was claimed.
        PrizeClaimed = "PRIZE_CLAIMED",
        /// A win was turned down.
        PrizeDeclined = "PRIZE_DECLINED",
        /// A win was not claimed in time.
        ClaimExpired = "PRIZE_CLAIM_EXPIRED",
        /// A win was taken away.
        WinnerDisqualified = "WINNER_DISQUALIFIED",
        /// An alternate won.
        AlternatePromoted = "ALTERNATE_PROMOTED",
        /// An alternate was passed over.
        AlternateSkipped = "ALTERNATE_SKIPPED",
        /// The draw was called off.
        Voided = "DRAW_VOIDED",
    }
}

impl From<DrawStepKind> for DrawAction {
    fn from(kind: DrawStepKind) -> Self {
        match kind {
            DrawStepKind::Committed => Self::Committed,
            DrawStepKind::Excluded => Self::ParticipantExcluded,
            DrawStepKind::ParticipantAdded => Self::ParticipantAdded,
            DrawStepKind::ParticipantChanged => Self::ParticipantChanged,
            DrawStepKind::ParticipantRemoved => Self::ParticipantRemoved,
            DrawStepKind::FreezeRequested => Self::FreezeRequested,
            DrawStepKind::FreezeApproved => Self::FreezeApproved,
            DrawStepKind::Frozen => Self::Frozen,
            DrawStepKind::EntropyProvided => Self::EntropyProvided,
            DrawStepKind::Drawn => Self::Drawn,
            DrawStepKind::Presented => Self::Presented,
            DrawStepKind::Claimed => Self::PrizeClaimed,
            DrawStepKind::Declined => Self::PrizeDeclined,
            DrawStepKind::Expired => Self::ClaimExpired,
            DrawStepKind::Disqualified => Self::WinnerDisqualified,
            DrawStepKind::Promoted => Self::AlternatePromoted,
            DrawStepKind::Skipped => Self::AlternateSkipped,
            DrawStepKind::Voided => Self::Voided,
        }
    }
}
