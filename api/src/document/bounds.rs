//! How much an answer may hold: the most entries of each list that has no page, and the most bytes of each text. What a
//! field may take is what the rules for its input let in, so the numbers are those of the rules.

use std::collections::HashMap;

use async_graphql::parser::types::Type;

use super::typing::{base_name, is_list};
use crate::validation::{
    MAX_DRAW_ROLES, MAX_DRAWS, MAX_EMAIL, MAX_JSON, MAX_NAME, MAX_PRIZE_DESCRIPTION, MAX_PRIZES, MAX_REASON,
    MAX_ROOM_DESCRIPTION, MAX_SLUG, MAX_TITLE, MAX_URL, MAX_USER_AGENT,
};

/// Places where a directive may stand (GraphQL §3.13), in the list that the schema tells of it.
const DIRECTIVE_LOCATIONS: u64 = 19;

/// An id: a prefix and 26 characters.
const ID: usize = 48;
/// The value of an enum, or the name of a type.
const ENUM: usize = 48;
/// A number, a moment, true or false.
const SMALL: usize = 32;
/// 32 bytes in hexadecimal.
const HASH: usize = 64;
/// 96 bytes in hexadecimal: of the two kinds of signatures the longer one.
const SIGNATURE: usize = 192;
/// A secret, a code, an address of the network, a time zone.
const RANDOM: usize = 128;
/// An access token. The name of the installation stands in it twice.
const TOKEN: usize = 4096;
/// A cursor of a list that is in the order of numbers or moments.
const CURSOR: usize = 512;
/// A cursor that holds a title, in base64. A letter may become three when it is folded.
const CURSOR_OF_TEXT: usize = (3 * characters(MAX_TITLE) + CURSOR) * 4 / 3;
/// A draw's policy: names are quoted twice, in the policy and in the answer.
const POLICY: usize = 4096 + MAX_PRIZES * (characters(MAX_TITLE) + 192);
/// Hashes from an entry of a list up to its root: no list has more than 2^64 entries.
const PATH: usize = 64;
/// A receipt with its path. Quotes are escaped.
const RECEIPT: usize = 4096 + PATH * (HASH + 5);

/// The bytes of a text of so many characters in an answer. Control characters are in none, but for line breaks; whatever is
/// escaped takes two bytes, and none takes more than four.
const fn characters(most: usize) -> usize {
    4 * most
}

/// What somebody may do to one thing: fewer actions than this are in the policy.
const PERMISSIONS: usize = 32 * (ENUM + 3);

/// The most entries of each list without a page whose entries have fields.
const LISTS: &[(&str, usize)] = &[
    ("AddParticipantPayload.closedDraws", MAX_DRAWS),
    ("DrawPolicy.prizes", MAX_PRIZES),
    ("JoinRoomPayload.closedDraws", MAX_DRAWS),
];

/// The most bytes of each text in an answer, without its quotes; of a list of values those of all of it.
const TEXTS: &[(&str, usize)] = &[
    ("App.clientId", RANDOM),
    ("App.name", characters(MAX_NAME)),
    // A part of its manifest.
    ("App.permissions", MAX_JSON),
    ("App.slug", MAX_SLUG),
    ("AppEdge.cursor", CURSOR),
    ("Draw.listRoot", HASH),
    ("Draw.policyDocument", POLICY),
    ("Draw.policyHash", HASH),
    ("Draw.seed", HASH),
    ("Draw.seedCommit", HASH),
    ("Draw.transcriptPath", 2 * ID),
    ("Draw.voidReason", characters(MAX_REASON)),
    ("DrawEdge.cursor", CURSOR),
    ("DrawEligibility.roles", MAX_DRAW_ROLES * (ENUM + 3)),
    ("DrawEntropy.chain", HASH),
    ("DrawEntropy.dice", draw::MAX_THROWS),
    ("DrawEntropy.signature", SIGNATURE),
    ("DrawExclusion.reason", characters(MAX_REASON)),
    ("DrawExclusionEdge.cursor", CURSOR),
    ("DrawPrize.name", characters(MAX_TITLE)),
    ("DrawPrize.prizeId", ID),
    ("DrawReceipt.document", RECEIPT),
    ("DrawReceipt.entryId", HASH),
    ("DrawReceipt.nonce", HASH),
    ("DrawReceipt.path", PATH * (HASH + 3)),
    ("DrawSignature.keyId", HASH),
    ("DrawSignature.publicKey", HASH),
    ("DrawSignature.value", SIGNATURE),
    ("DrawStep.reason", characters(MAX_REASON)),
    ("DrawStepEdge.cursor", CURSOR),
    ("DrawStepTaken.evidence", draw::MAX_THROWS + 4 * HASH),
    ("DrawStepTaken.reason", characters(MAX_REASON)),
    ("Membership.email", 2 * MAX_EMAIL),
    ("MembershipEdge.cursor", CURSOR),
    ("Organization.name", characters(MAX_TITLE)),
    ("Organization.slug", MAX_SLUG),
    ("Organization.viewerPermissions", PERMISSIONS),
    ("PageInfo.endCursor", CURSOR_OF_TEXT),
    ("PageInfo.startCursor", CURSOR_OF_TEXT),
    ("ParticipantChanged.displayName", characters(MAX_NAME)),
    ("ParticipantEdge.cursor", CURSOR),
    ("ParticipantJoined.displayName", characters(MAX_NAME)),
    ("ParticipantLeft.displayName", characters(MAX_NAME)),
    ("Prize.description", characters(MAX_PRIZE_DESCRIPTION)),
    ("Prize.imageUrl", characters(MAX_URL)),
    ("Prize.name", characters(MAX_TITLE)),
    ("PrizeChanged.description", characters(MAX_PRIZE_DESCRIPTION)),
    ("PrizeChanged.imageUrl", characters(MAX_URL)),
    ("PrizeChanged.name", characters(MAX_TITLE)),
    ("PrizeCreated.description", characters(MAX_PRIZE_DESCRIPTION)),
    ("PrizeCreated.imageUrl", characters(MAX_URL)),
    ("PrizeCreated.name", characters(MAX_TITLE)),
    ("PrizeDeleted.description", characters(MAX_PRIZE_DESCRIPTION)),
    ("PrizeDeleted.imageUrl", characters(MAX_URL)),
    ("PrizeDeleted.name", characters(MAX_TITLE)),
    ("PrizeEdge.cursor", CURSOR),
    ("Profile.avatarUrl", characters(MAX_URL)),
    ("Profile.displayName", characters(MAX_NAME)),
    ("RefreshSessionPayload.accessToken", TOKEN),
    ("RefreshSessionPayload.refreshToken", RANDOM),
    ("RegenerateAppSecretPayload.clientSecret", RANDOM),
    ("RegisterAppPayload.clientSecret", RANDOM),
    ("Room.description", characters(MAX_ROOM_DESCRIPTION)),
    ("Room.joinCode", RANDOM),
    ("Room.title", characters(MAX_TITLE)),
    ("Room.viewerPermissions", PERMISSIONS),
    ("RoomChanged.description", characters(MAX_ROOM_DESCRIPTION)),
    ("RoomChanged.title", characters(MAX_TITLE)),
    ("RoomEdge.cursor", CURSOR_OF_TEXT),
    ("Session.ipAddress", RANDOM),
    ("Session.userAgent", characters(MAX_USER_AGENT)),
    ("SignedIn.accessToken", TOKEN),
    ("SignedIn.refreshToken", RANDOM),
    ("Viewer.email", 2 * MAX_EMAIL),
    ("Viewer.firstName", characters(MAX_NAME)),
    ("Viewer.lastName", characters(MAX_NAME)),
    ("Viewer.timezone", RANDOM),
    ("Viewer.viewerPermissions", PERMISSIONS),
    ("Winner.revokeReason", characters(MAX_REASON)),
    ("Winner.viewerPermissions", PERMISSIONS),
    ("WinnerAnnounced.displayName", characters(MAX_NAME)),
    ("WinnerAnnounced.prizeName", characters(MAX_TITLE)),
    ("WinnerEdge.cursor", CURSOR),
    ("WinnerRevoked.displayName", characters(MAX_NAME)),
    ("WinnerRevoked.prizeName", characters(MAX_TITLE)),
    ("WinnerRevoked.reason", characters(MAX_REASON)),
    ("WinnerStatusChanged.displayName", characters(MAX_NAME)),
    ("WinnerStatusChanged.prizeName", characters(MAX_TITLE)),
    ("WinnerStatusChanged.reason", characters(MAX_REASON)),
];

/// The bounds of one schema.
pub(super) struct Bounds {
    lists: HashMap<(&'static str, &'static str), u64>,
    texts: HashMap<(&'static str, &'static str), u64>,
    /// Of what the schema tells of itself.
    longest: u64,
}

impl Bounds {
    /// The bounds of a schema whose longest text about itself has so many bytes.
    pub(super) fn new(longest: u64) -> Self {
        Self {
            lists: by_field(LISTS),
            texts: by_field(TEXTS),
            longest,
        }
    }

    /// How many entries a list without a page may have. A list that nothing is said about may be endless.
    pub(super) fn entries(&self, parent: &str, field: &str) -> u64 {
        self.lists.get(&(parent, field)).copied().unwrap_or(u64::MAX)
    }

    /// How many bytes a value without fields may take in an answer, as JSON. One that nothing is said about may take any
    /// number.
    pub(super) fn bytes(&self, parent: &str, field: &str, ty: &Type) -> u64 {
        let quotes = 2;
        if field == "__typename" {
            return ENUM as u64 + quotes;
        }
        if parent.starts_with("__") {
            let one = self.longest + quotes;
            return if is_list(ty) { DIRECTIVE_LOCATIONS * one } else { one };
        }
        if let Some(bytes) = self.texts.get(&(parent, field)) {
            return bytes + quotes;
        }
        match base_name(ty) {
            _ if is_list(ty) => u64::MAX,
            "JSON" => MAX_JSON as u64,
            "ID" => ID as u64 + quotes,
            "String" => u64::MAX,
            // Numbers, moments and enums.
            _ => ENUM.max(SMALL) as u64 + quotes,
        }
    }

    /// Whether something is said about a list or text, as far as it needs that.
    pub(super) fn has(&self, parent: &str, field: &str, ty: &Type, is_composite: bool) -> bool {
        match is_composite {
            true => !is_list(ty) || self.lists.contains_key(&(parent, field)),
            false => self.bytes(parent, field, ty) < u64::MAX,
        }
    }

    /// The fields that something is said about.
    pub(super) fn named(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.lists.keys().chain(self.texts.keys()).copied()
    }
}

fn by_field(table: &'static [(&'static str, usize)]) -> HashMap<(&'static str, &'static str), u64> {
    let entries = table.iter();
    let entries = entries.filter_map(|(name, most)| Some((name.split_once('.')?, *most as u64)));
    entries.collect()
}
