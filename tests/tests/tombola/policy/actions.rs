//! For each action of the policy, the fields and mutations that it guards, with input that changes nothing when it is
//! let through: it meets a `CONFLICT` behind the policy, or what it writes is there already.

use api::policy::{Action, Relation};
use serde_json::{Value as Json, json};
use tests::Client;

use super::cast::Cast;

/// Something that a caller tries.
pub struct Attempt {
    pub name: &'static str,
    what: What,
}

enum What {
    /// Let through unless its error is one of access.
    Mutation(Json),
    /// Let through when there is something at the pointer.
    Query(&'static str, Json, &'static str),
    /// Let through when it is answered.
    File(String),
}

impl Attempt {
    /// Whether the caller was let through.
    pub async fn run(&self, client: &Client) -> bool {
        match &self.what {
            What::Mutation(input) => {
                let answer = client.mutate(self.name, input.clone(), "__typename").await;
                match answer.code() {
                    None | Some("CONFLICT") => true,
                    Some("UNAUTHENTICATED" | "FORBIDDEN" | "NOT_FOUND") => false,
                    _ => panic!("{} is no good attempt: {}", self.name, answer.body),
                }
            }
            What::File(path) => {
                let mut request = client.http().get(format!("{}{path}", client.base()));
                if let Some(token) = &client.token {
                    request = request.bearer_auth(token);
                }
                match request.send().await.unwrap().status().as_u16() {
                    200 => true,
                    401 | 403 | 404 => false,
                    other => panic!("{} is no good attempt: {other}", self.name),
                }
            }
            What::Query(document, variables, pointer) => {
                let answer = client.run(document, variables.clone()).await;
                assert!(answer.is_ok(), "{}: {}", self.name, answer.body);
                let found = answer.body["data"].pointer(pointer);
                found.is_some_and(|value| !value.is_null())
            }
        }
    }
}

fn mutation(name: &'static str, input: Json) -> Attempt {
    let what = What::Mutation(input);
    Attempt { name, what }
}

fn query(name: &'static str, document: &'static str, id: &str, pointer: &'static str) -> Attempt {
    let what = What::Query(document, json!({ "id": id }), pointer);
    Attempt { name, what }
}

fn file(name: &'static str, path: String) -> Attempt {
    let what = What::File(path);
    Attempt { name, what }
}

/// Everything that the action guards. Without an arm for a new action this does not compile.
pub fn attempts(cast: &Cast, action: Action, relation: Relation) -> Vec<Attempt> {
    let ids = &cast.scene;
    let oneself = relation == Relation::Oneself;
    let of_room = json!({ "roomId": ids.room });
    let of_over = json!({ "roomId": ids.over });
    let of_place_over = json!({ "participantId": ids.place_over });
    let of_prize = json!({ "prizeId": ids.prize });
    match action {
        // The slug is taken.
        Action::CreateOrganization => vec![mutation(
            "createOrganization",
            json!({ "name": "Taken", "slug": ids.slug }),
        )],
        Action::ReadOrganization => vec![
            query(
                "organization",
                "query($id: ID!) { organization(id: $id) { memberships { nodes { role } } } }",
                &ids.organization,
                "/organization/memberships/nodes/0",
            ),
            query(
                "app",
                "query($id: ID!) { app(id: $id) { name } }",
                &ids.active_app,
                "/app",
            ),
            query(
                "apps",
                "query($id: ID!) { apps(organizationId: $id) { nodes { name } } }",
                &ids.organization,
                "/apps/nodes/0",
            ),
            query(
                "Room.app",
                "query($id: ID!) { room(id: $id) { app { id } } }",
                &ids.room,
                "/room/app",
            ),
            query(
                "Room.organization",
                "query($id: ID!) { room(id: $id) { organization { id } } }",
                &ids.room,
                "/room/organization",
            ),
        ]
        .into_iter()
        .filter(|_| !oneself)
        .collect(),
        Action::ReadEmail if oneself => vec![query(
            "Viewer.memberships.email",
            "query($id: ID!) { node(id: $id) { id } viewer { memberships { nodes { email } } } }",
            &ids.organization,
            "/viewer/memberships/nodes/0/email",
        )],
        Action::ReadEmail => vec![
            query(
                "Membership.email",
                "query($id: ID!) { node(id: $id) { ... on Membership { email } } }",
                &ids.membership,
                "/node/email",
            ),
            query(
                "Organization.memberships.email",
                "query($id: ID!) { organization(id: $id) { memberships(first: 1) { nodes { email } } } }",
                &ids.organization,
                "/organization/memberships/nodes/0/email",
            ),
        ],
        Action::ManageApps => vec![
            mutation(
                "registerApp",
                json!({ "organizationId": ids.organization, "name": "Taken", "slug": "active", "manifest": {} }),
            ),
            mutation("updateApp", json!({ "appId": ids.active_app, "name": "active" })),
            mutation("regenerateAppSecret", json!({ "appId": ids.idle_app })),
            mutation("deactivateApp", json!({ "appId": ids.idle_app })),
        ],
        Action::CreateRoom => vec![mutation(
            "createRoom",
            json!({ "organizationId": ids.organization, "title": "With an idle app", "appId": ids.idle_app }),
        )],
        Action::RunRoom => vec![
            mutation("updateRoom", json!({ "roomId": ids.room, "title": "The room" })),
            mutation("openRoom", of_room.clone()),
            mutation("completeRoom", of_over.clone()),
            mutation("cancelRoom", of_over.clone()),
            mutation("deleteRoom", of_room),
        ],
        Action::ReadJoinCode => vec![query(
            "Room.joinCode",
            "query($id: ID!) { room(id: $id) { joinCode } }",
            &ids.room,
            "/room/joinCode",
        )],
        Action::JoinRoom => vec![mutation("joinRoom", json!({ "roomId": ids.elsewhere }))],
        Action::LeaveRoom => vec![mutation("leaveRoom", json!({ "roomId": ids.elsewhere }))],
        Action::ManageParticipants => ["PARTICIPANT", "VIEWER"]
            .into_iter()
            .flat_map(|role| {
                [
                    mutation(
                        "addParticipant",
                        json!({ "roomId": ids.room, "userId": ids.somebody.user, "role": role }),
                    ),
                    mutation(
                        "updateParticipant",
                        json!({ "participantId": ids.place_over, "role": role }),
                    ),
                ]
            })
            .chain([
                mutation(
                    "updateParticipant",
                    json!({ "participantId": ids.their_place, "tickets": 3 }),
                ),
                mutation("removeParticipant", of_place_over),
            ])
            .collect(),
        Action::ManageStaff => ["ORGANIZER", "MODERATOR"]
            .into_iter()
            .flat_map(|role| {
                [
                    mutation(
                        "addParticipant",
                        json!({ "roomId": ids.room, "userId": ids.somebody.user, "role": role }),
                    ),
                    mutation(
                        "updateParticipant",
                        json!({ "participantId": ids.place_over, "role": role }),
                    ),
                ]
            })
            .chain(ids.staff_over.iter().flat_map(|place| {
                [
                    mutation("updateParticipant", json!({ "participantId": place, "tickets": 3 })),
                    mutation(
                        "updateParticipant",
                        json!({ "participantId": place, "role": "PARTICIPANT" }),
                    ),
                    mutation("removeParticipant", json!({ "participantId": place })),
                ]
            }))
            .collect(),
        // In a room with a list that its policy has closed and nobody has frozen.
        Action::ManageEntrants => ["PARTICIPANT", "VIEWER"]
            .into_iter()
            .flat_map(|role| {
                [
                    mutation(
                        "addParticipant",
                        json!({ "roomId": ids.drawing, "userId": ids.somebody.user, "role": role }),
                    ),
                    mutation(
                        "updateParticipant",
                        json!({ "participantId": ids.place_drawing, "role": role }),
                    ),
                ]
            })
            .chain([
                mutation(
                    "updateParticipant",
                    json!({ "participantId": ids.place_drawing, "tickets": 3 }),
                ),
                mutation("removeParticipant", json!({ "participantId": ids.place_drawing })),
            ])
            .collect(),
        Action::ReadParticipantMetadata if oneself => vec![query(
            "Room.viewerParticipation.metadata",
            "query($id: ID!) { room(id: $id) { viewerParticipation { metadata } } }",
            &ids.room,
            "/room/viewerParticipation/metadata",
        )],
        Action::ReadParticipantMetadata => vec![query(
            "Participant.metadata",
            "query($id: ID!) { node(id: $id) { ... on Participant { metadata } } }",
            &ids.their_place,
            "/node/metadata",
        )],
        Action::ManagePrizes => vec![
            mutation("createPrize", json!({ "roomId": ids.over, "name": "Too late" })),
            mutation("updatePrize", json!({ "prizeId": ids.prize, "name": "Too late" })),
            mutation("reorderPrizes", json!({ "roomId": ids.over, "prizeIds": [ids.prize] })),
            mutation("deletePrize", of_prize),
        ],
        Action::RunDraws => vec![
            mutation(
                "createDraw",
                json!({ "roomId": ids.over, "policy": { "level": "L0", "prizes": [{ "prizeId": ids.prize }] } }),
            ),
            mutation(
                "excludeFromDraw",
                json!({ "drawId": ids.void_draw, "participantId": ids.place_over, "reason": "Too late" }),
            ),
            mutation("freezeDraw", json!({ "drawId": ids.void_draw })),
            mutation(
                "provideDrawEntropy",
                json!({ "drawId": ids.void_draw, "dice": "3141526535246132651423561" }),
            ),
            mutation("runDraw", json!({ "drawId": ids.void_draw })),
            mutation("voidDraw", json!({ "drawId": ids.void_draw, "reason": "Again" })),
            mutation(
                "disqualifyWinner",
                json!({ "winnerId": ids.revoked_win, "reason": "By hand" }),
            ),
        ],
        Action::ReviewDraws => vec![mutation("approveDraw", json!({ "drawId": ids.void_draw }))],
        Action::ClaimPrize => vec![
            mutation("claimPrize", json!({ "winnerId": ids.own_win })),
            mutation("declinePrize", json!({ "winnerId": ids.own_win })),
        ],
        Action::ReadRoomFiles => ["winners", "participants"]
            .into_iter()
            .map(|name| file(name, format!("/rooms/{}/{name}.csv", ids.room)))
            .collect(),
        Action::ManageWinners => vec![
            mutation(
                "awardPrize",
                json!({ "prizeId": ids.prize, "participantId": ids.place_over }),
            ),
            mutation(
                "revokeWinner",
                json!({ "winnerId": ids.revoked_win, "reason": "Again" }),
            ),
        ],
    }
}
