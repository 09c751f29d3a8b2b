//! Every relation of the schema, and the ways that lead to its parents.

/// A field that reads more than its parent's row.
pub(super) struct Case {
    /// `Type.field`.
    pub(super) field: &'static str,
    /// How it is asked for.
    pub(super) selection: &'static str,
}

/// A way to many parents: `PARENT` stands for what is selected of each, `$n` and `$m` for numbers of rows.
pub(super) struct Way {
    /// The parents' type.
    pub(super) parent: &'static str,
    pub(super) document: &'static str,
    /// `$n` and `$m`: one parent, 50 and more, and as many as the list allows.
    pub(super) sizes: &'static [(u32, u32)],
}

const fn case(field: &'static str, selection: &'static str) -> Case {
    Case { field, selection }
}

/// One case for each relation; a test compares with the schema.
pub(super) const CASES: &[Case] = &[
    case("App.organization", "organization { name }"),
    case("App.rooms", "rooms(first: 3) { nodes { title } }"),
    case("Draw.exclusions", "exclusions(first: 3) { nodes { reason } }"),
    case("Draw.room", "room { title }"),
    case("Draw.steps", "steps(first: 3) { nodes { kind } }"),
    case("Draw.supersedes", "supersedes { status }"),
    case("Draw.winners", "winners(first: 3) { nodes { status } }"),
    case("DrawExclusion.draw", "draw { status }"),
    case("DrawExclusion.excludedBy", "excludedBy { displayName }"),
    case("DrawExclusion.participant", "participant { tickets }"),
    case("DrawPrize.prize", "prize { name }"),
    case("DrawProgress.room", "room { title }"),
    case("DrawStep.actor", "actor { displayName }"),
    case("DrawStep.draw", "draw { status }"),
    case("DrawStep.participant", "participant { tickets }"),
    case("DrawStep.prize", "prize { name }"),
    case("DrawStepTaken.draw", "draw { status }"),
    case("DrawStepTaken.room", "room { title }"),
    case("Membership.organization", "organization { name }"),
    case("Membership.user", "user { displayName }"),
    case("Organization.apps", "apps(first: 3) { nodes { name } }"),
    case("Organization.memberships", "memberships(first: 3) { nodes { role } }"),
    case("Organization.rooms", "rooms(first: 3) { nodes { title } }"),
    case("Participant.room", "room { title }"),
    case("Participant.user", "user { displayName }"),
    case("Participant.winners", "winners(first: 3) { nodes { status } }"),
    case("ParticipantChanged.participant", "participant { tickets }"),
    case("ParticipantChanged.room", "room { title }"),
    case("ParticipantChanged.user", "user { displayName }"),
    case("ParticipantJoined.participant", "participant { tickets }"),
    case("ParticipantJoined.room", "room { title }"),
    case("ParticipantJoined.user", "user { displayName }"),
    case("ParticipantLeft.participant", "participant { tickets }"),
    case("ParticipantLeft.room", "room { title }"),
    case("ParticipantLeft.user", "user { displayName }"),
    case("Prize.room", "room { title }"),
    case("Prize.winners", "winners(first: 3) { nodes { status } }"),
    case("PrizeChanged.prize", "prize { name }"),
    case("PrizeChanged.room", "room { title }"),
    case("PrizeCreated.prize", "prize { name }"),
    case("PrizeCreated.room", "room { title }"),
    case("PrizeDeleted.prize", "prize { name }"),
    case("PrizeDeleted.room", "room { title }"),
    case("Room.app", "app { name }"),
    case("Room.draws", "draws(first: 3) { nodes { status } }"),
    case("Room.events", "events(first: 3) { sequence }"),
    case("Room.organization", "organization { name }"),
    case("Room.participants", "participants(first: 3) { nodes { role } }"),
    case("Room.prizes", "prizes(first: 3) { nodes { name } }"),
    case("Room.viewerParticipation", "viewerParticipation { role }"),
    case("Room.winners", "winners(first: 3) { nodes { status } }"),
    case("RoomChanged.room", "room { title }"),
    case("RoomEvent.room", "room { title }"),
    case("RoomStatusChanged.room", "room { title }"),
    case("Viewer.memberships", "memberships(first: $n) { nodes { role } }"),
    case("Viewer.participations", "participations(first: $n) { nodes { role } }"),
    case("Viewer.session", "session { expiresAt }"),
    case("Winner.draw", "draw { status }"),
    case("Winner.participant", "participant { tickets }"),
    case("Winner.prize", "prize { name }"),
    case("Winner.room", "room { title }"),
    case("Winner.user", "user { displayName }"),
    case("WinnerAnnounced.participant", "participant { tickets }"),
    case("WinnerAnnounced.prize", "prize { name }"),
    case("WinnerAnnounced.room", "room { title }"),
    case("WinnerAnnounced.winner", "winner { status }"),
    case("WinnerRevoked.participant", "participant { tickets }"),
    case("WinnerRevoked.prize", "prize { name }"),
    case("WinnerRevoked.room", "room { title }"),
    case("WinnerRevoked.winner", "winner { status }"),
    case("WinnerStatusChanged.participant", "participant { tickets }"),
    case("WinnerStatusChanged.prize", "prize { name }"),
    case("WinnerStatusChanged.room", "room { title }"),
    case("WinnerStatusChanged.winner", "winner { status }"),
    case("Query.app", "app(id: \"$app\") { name }"),
    case("Query.apps", "apps(first: $n) { nodes { name } totalCount }"),
    case("Query.draw", "draw(id: \"$draw\") { status }"),
    case("Query.drawReceipt", "drawReceipt(drawId: \"$draw\") { nonce }"),
    case("Query.node", "node(id: \"$id\") { id }"),
    case("Query.nodes", "nodes(ids: [$ids]) { id }"),
    case("Query.organization", "organization(slug: \"nobody\") { name }"),
    case("Query.room", "room(id: \"$id\") { title }"),
    case("Query.roomByJoinCode", "roomByJoinCode(joinCode: \"$code\") { title }"),
    case("Query.rooms", "rooms(first: $n) { nodes { title } totalCount }"),
    case("Query.viewer", "viewer { email }"),
];

/// Fields that answer a plain value, and read for it.
pub(super) const READING_VALUES: &[Case] = &[
    case("Membership.email", "email"),
    case("Participant.metadata", "metadata"),
    case("Room.joinCode", "joinCode"),
    case("App.rooms", "rooms(first: 1) { totalCount }"),
    case(
        "Draw.policy",
        "policy { winLimit prizes { name } eligibility { staff } }",
    ),
    case(
        "Draw.entropy",
        "entropy { level } signature { keyId } freezeSignature { keyId }",
    ),
    case("Draw.exclusions", "exclusions(first: 1) { totalCount }"),
    case("Draw.steps", "steps(first: 1) { totalCount }"),
    case("Draw.winners", "winners(first: 1) { totalCount }"),
    case("Organization.apps", "apps(first: 1) { totalCount }"),
    case(
        "Organization.memberships",
        "memberships(first: 1, roles: [REVIEWER]) { totalCount }",
    ),
    case("Organization.rooms", "rooms(first: 1) { totalCount }"),
    case("Participant.winners", "winners(first: 1) { totalCount }"),
    case("Prize.winners", "winners(first: 1) { totalCount }"),
    case("Room.participants", "participants(first: 1) { totalCount }"),
    case("Room.draws", "draws(first: 1) { totalCount }"),
    case(
        "Room.participants",
        "participants(first: 1, roles: [ORGANIZER, VIEWER]) { totalCount nodes { role } }",
    ),
    case("Room.prizes", "prizes(first: 1) { totalCount }"),
    case(
        "Room.winners",
        "winners(first: 1, statuses: [REVOKED]) { totalCount nodes { status } }",
    ),
    case("Viewer.memberships", "memberships(first: $n) { totalCount }"),
    case("Viewer.participations", "participations(first: $n) { totalCount }"),
];

/// Whether a field answers what its parent holds already, without another look at the database.
pub(super) fn is_held(kind: &str, field: &str) -> bool {
    let wrapper = ["Connection", "Edge", "Payload"].iter().any(|end| kind.ends_with(end));
    let own = match kind {
        "Viewer" => field == "profile",
        "Draw" => ["policy", "signature", "freezeSignature", "entropy"].contains(&field),
        "DrawPolicy" => true,
        _ => kind == "SignedIn",
    };
    wrapper || own
}

const ALL: &[(u32, u32)] = &[(1, 1), (50, 1), (100, 10)];
const FIFTY: &[(u32, u32)] = &[(1, 1), (50, 1), (50, 10)];
const FLAT: &[(u32, u32)] = &[(1, 0), (50, 0), (100, 0)];

const fn way(parent: &'static str, document: &'static str, sizes: &'static [(u32, u32)]) -> Way {
    Way {
        parent,
        document,
        sizes,
    }
}

/// Every type that has relations, by every list that leads to it. Beside these, each `Node` by its id.
pub(super) const WAYS: &[Way] = &[
    way("Query", "{ PARENT }", FLAT),
    way("Viewer", "{ viewer { PARENT } }", FLAT),
    way(
        "Organization",
        "{ viewer { memberships(first: $n) { nodes { organization { PARENT } } } } }",
        FIFTY,
    ),
    way(
        "Organization",
        "{ rooms(first: $n) { nodes { organization { PARENT } } } }",
        FLAT,
    ),
    way(
        "Organization",
        "{ apps(first: $n) { edges { node { organization { PARENT } } } } }",
        FLAT,
    ),
    way(
        "Membership",
        "{ viewer { memberships(first: $n) { nodes { PARENT } } } }",
        FIFTY,
    ),
    way(
        "Membership",
        "{ viewer { memberships(first: $n) { nodes { organization { memberships(last: $m) { nodes { PARENT } } } } } } }",
        FIFTY,
    ),
    way("App", "{ apps(first: $n) { nodes { PARENT } } }", FLAT),
    way("App", "{ rooms(first: $n) { nodes { app { PARENT } } } }", FLAT),
    way(
        "App",
        "{ viewer { memberships(first: $n) { nodes { organization { apps(first: $m) { nodes { PARENT } } } } } } }",
        FIFTY,
    ),
    way("Room", "{ rooms(first: $n) { nodes { PARENT } } }", FLAT),
    way(
        "Room",
        "{ rooms(first: $n, orderBy: { field: TITLE }) { edges { node { PARENT } } } }",
        FLAT,
    ),
    way(
        "Room",
        "{ apps(first: $n) { nodes { rooms(first: $m) { nodes { PARENT } } } } }",
        ALL,
    ),
    way(
        "Room",
        "{ viewer { participations(first: $n) { nodes { room { PARENT } } } } }",
        FIFTY,
    ),
    way(
        "Room",
        "{ rooms(first: $n) { nodes { winners(first: $m) { nodes { room { PARENT } } } } } }",
        ALL,
    ),
    way(
        "Participant",
        "{ rooms(first: $n) { nodes { participants(first: $m) { nodes { PARENT } } } } }",
        ALL,
    ),
    way(
        "Participant",
        "{ rooms(first: $n) { nodes { participants(last: $m) { edges { node { PARENT } } } } } }",
        ALL,
    ),
    way(
        "Participant",
        "{ rooms(first: $n) { nodes { viewerParticipation { PARENT } } } }",
        FLAT,
    ),
    way(
        "Participant",
        "{ viewer { participations(first: $n) { nodes { PARENT } } } }",
        FIFTY,
    ),
    way(
        "Participant",
        "{ rooms(first: $n) { nodes { winners(first: $m) { nodes { participant { PARENT } } } } } }",
        ALL,
    ),
    way(
        "Prize",
        "{ rooms(first: $n) { nodes { prizes(first: $m) { nodes { PARENT } } } } }",
        ALL,
    ),
    way(
        "Prize",
        "{ rooms(first: $n) { nodes { winners(first: $m) { nodes { prize { PARENT } } } } } }",
        ALL,
    ),
    way(
        "Winner",
        "{ rooms(first: $n) { nodes { winners(first: $m) { nodes { PARENT } } } } }",
        ALL,
    ),
    way(
        "Winner",
        "{ rooms(first: $n) { nodes { prizes(first: 10) { nodes { winners(first: $m) { nodes { PARENT } } } } } } }",
        ALL,
    ),
    way(
        "Winner",
        "{ rooms(first: $n) { nodes { participants(first: 10) { nodes { winners(first: $m) { nodes { PARENT } } } } } } }",
        ALL,
    ),
    way(
        "Draw",
        "{ rooms(first: $n) { nodes { draws(first: $m) { nodes { PARENT } } } } }",
        ALL,
    ),
    way(
        "Draw",
        "{ rooms(first: $n) { nodes { draws(first: 1) { nodes { supersedes { PARENT } } } } } }",
        FLAT,
    ),
    way(
        "Draw",
        "{ rooms(first: $n) { nodes { winners(first: $m) { nodes { draw { PARENT } } } } } }",
        ALL,
    ),
    way(
        "DrawPrize",
        "{ rooms(first: $n) { nodes { draws(first: $m) { nodes { policy { prizes { PARENT } } } } } } }",
        ALL,
    ),
    way(
        "DrawStep",
        "{ rooms(first: $n) { nodes { draws(first: 2) { nodes { steps(first: $m) { nodes { PARENT } } } } } } }",
        ALL,
    ),
    way(
        "DrawExclusion",
        "{ rooms(first: $n) { nodes { draws(first: 2) { nodes { exclusions(first: $m) { nodes { PARENT } } } } } } }",
        ALL,
    ),
    way(
        "Winner",
        "{ rooms(first: $n) { nodes { draws(first: 2) { nodes { winners(first: $m) { nodes { PARENT } } } } } } }",
        ALL,
    ),
    way(
        "RoomEvent",
        "{ rooms(first: $n) { nodes { events(first: $m) { PARENT } } } }",
        ALL,
    ),
    way(
        "ParticipantChanged",
        "{ rooms(first: $n) { nodes { events { ... on ParticipantChanged { PARENT } } } } }",
        FLAT,
    ),
    way(
        "ParticipantJoined",
        "{ rooms(first: $n) { nodes { events { ... on ParticipantJoined { PARENT } } } } }",
        FLAT,
    ),
    way(
        "ParticipantLeft",
        "{ rooms(first: $n) { nodes { events { ... on ParticipantLeft { PARENT } } } } }",
        FLAT,
    ),
    way(
        "PrizeChanged",
        "{ rooms(first: $n) { nodes { events { ... on PrizeChanged { PARENT } } } } }",
        FLAT,
    ),
    way(
        "PrizeCreated",
        "{ rooms(first: $n) { nodes { events { ... on PrizeCreated { PARENT } } } } }",
        FLAT,
    ),
    way(
        "PrizeDeleted",
        "{ rooms(first: $n) { nodes { events { ... on PrizeDeleted { PARENT } } } } }",
        FLAT,
    ),
    way(
        "RoomChanged",
        "{ rooms(first: $n) { nodes { events { ... on RoomChanged { PARENT } } } } }",
        FLAT,
    ),
    way(
        "RoomStatusChanged",
        "{ rooms(first: $n) { nodes { events { ... on RoomStatusChanged { PARENT } } } } }",
        FLAT,
    ),
    way(
        "WinnerAnnounced",
        "{ rooms(first: $n) { nodes { events { ... on WinnerAnnounced { PARENT } } } } }",
        FLAT,
    ),
    way(
        "WinnerRevoked",
        "{ rooms(first: $n) { nodes { events { ... on WinnerRevoked { PARENT } } } } }",
        FLAT,
    ),
    way(
        "DrawProgress",
        "{ rooms(first: $n) { nodes { events { ... on DrawProgress { PARENT } } } } }",
        FLAT,
    ),
    way(
        "DrawStepTaken",
        "{ rooms(first: $n) { nodes { events { ... on DrawStepTaken { PARENT } } } } }",
        FLAT,
    ),
    way(
        "WinnerStatusChanged",
        "{ rooms(first: $n) { nodes { events { ... on WinnerStatusChanged { PARENT } } } } }",
        FLAT,
    ),
];
