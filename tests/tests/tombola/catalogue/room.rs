//! Apps, rooms, participants, prizes and winners.

use serde_json::json;

use super::mutation::{Mutation, OpenTo, mutation};

/// An outsider sees nothing of the organization.
const OF_ORGANIZATION: OpenTo = OpenTo::Roles("NOT_FOUND");
/// An outsider sees a public room, and that they are not in it.
const OF_OWN_PLACE: OpenTo = OpenTo::Roles("CONFLICT");

pub fn mutations() -> Vec<Mutation> {
    let parts = [apps(), rooms(), participants(), prizes(), winners()];
    parts.into_iter().flatten().collect()
}

fn apps() -> Vec<Mutation> {
    let app = json!({ "appId": "@app" });
    let new = json!({ "organizationId": "@organization", "name": "Another", "manifest": {} });
    let renamed = json!({ "appId": "@app", "name": "Renamed" });
    vec![
        mutation("registerApp", new, &["APP_REGISTERED"])
            .open_to(OF_ORGANIZATION)
            .shows_secret(),
        mutation("updateApp", renamed, &["APP_UPDATED"]).open_to(OF_ORGANIZATION),
        mutation("regenerateAppSecret", app.clone(), &["APP_SECRET_REGENERATED"])
            .open_to(OF_ORGANIZATION)
            .shows_secret(),
        mutation("deactivateApp", app, &["APP_DEACTIVATED"]).open_to(OF_ORGANIZATION),
    ]
}

fn rooms() -> Vec<Mutation> {
    let room = json!({ "roomId": "@room" });
    let new = json!({ "organizationId": "@organization", "title": "Another", "appId": "@app" });
    let changes = json!({ "roomId": "@room", "title": "Renamed", "appId": "@app" });
    vec![
        mutation("createRoom", new, &["ROOM_CREATED"])
            .open_to(OF_ORGANIZATION)
            .announces(&["PARTICIPANT_JOINED"]),
        mutation("updateRoom", changes, &["ROOM_UPDATED"]).announces(&["ROOM_CHANGED"]),
        mutation("openRoom", room.clone(), &["ROOM_OPENED"]).announces(&["ROOM_STATUS_CHANGED"]),
        mutation("completeRoom", room.clone(), &["ROOM_COMPLETED"]).announces(&["ROOM_STATUS_CHANGED"]),
        mutation("cancelRoom", room.clone(), &["ROOM_CANCELLED"]).announces(&["ROOM_STATUS_CHANGED"]),
        mutation("deleteRoom", room, &["ROOM_DELETED"]),
    ]
}

fn participants() -> Vec<Mutation> {
    let room = json!({ "roomId": "@room" });
    let someone = json!({ "roomId": "@room", "userId": "@guest" });
    let place = json!({ "participantId": "@unlucky" });
    let tickets = json!({ "participantId": "@unlucky", "tickets": 7 });
    vec![
        mutation("joinRoom", room.clone(), &["PARTICIPANT_JOINED"])
            .open_to(OpenTo::Joiners)
            .announces(&["PARTICIPANT_JOINED"]),
        mutation("leaveRoom", room, &["PARTICIPANT_LEFT"])
            .open_to(OF_OWN_PLACE)
            .announces(&["PARTICIPANT_LEFT"]),
        mutation("addParticipant", someone, &["PARTICIPANT_ADDED"]).announces(&["PARTICIPANT_JOINED"]),
        mutation("updateParticipant", tickets, &["PARTICIPANT_UPDATED"]).announces(&["PARTICIPANT_CHANGED"]),
        mutation("removeParticipant", place, &["PARTICIPANT_REMOVED"]).announces(&["PARTICIPANT_LEFT"]),
    ]
}

fn prizes() -> Vec<Mutation> {
    let new = json!({ "roomId": "@room", "name": "A third prize" });
    let renamed = json!({ "prizeId": "@other_prize", "name": "Renamed" });
    let order = json!({ "roomId": "@room", "prizeIds": ["@prize", "@other_prize"] });
    vec![
        mutation("createPrize", new, &["PRIZE_CREATED"]).announces(&["PRIZE_CREATED"]),
        mutation("updatePrize", renamed, &["PRIZE_UPDATED"]).announces(&["PRIZE_CHANGED"]),
        mutation("reorderPrizes", order, &["PRIZES_REORDERED"]).announces(&["PRIZE_CHANGED"]),
        mutation("deletePrize", json!({ "prizeId": "@other_prize" }), &["PRIZE_DELETED"]).announces(&["PRIZE_DELETED"]),
    ]
}

fn winners() -> Vec<Mutation> {
    let award = json!({ "prizeId": "@prize", "participantId": "@unlucky" });
    let back = json!({ "winnerId": "@winner", "reason": "A mistake" });
    vec![
        mutation("awardPrize", award, &["PRIZE_AWARDED"]).announces(&["WINNER_ANNOUNCED"]),
        mutation("revokeWinner", back, &["WINNER_REVOKED"]).announces(&["WINNER_REVOKED"]),
    ]
}
