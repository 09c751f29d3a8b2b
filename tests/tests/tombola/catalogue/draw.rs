//! Draws, and what becomes of their wins.

use serde_json::json;

use super::mutation::{Mutation, mutation};

/// 25 throws of a die.
const DICE: &str = "3141526535246132651423561";

pub fn mutations() -> Vec<Mutation> {
    // In the place of the void draw, with something in every field.
    let new = json!({
        "roomId": "@draw_room",
        "supersedes": "@void_draw",
        "policy": {
            "prizes": [{ "prizeId": "@void_prize", "quantity": 1, "alternates": 1 }],
            "weights": "TICKETS", "ticketCap": 3, "winLimit": 1,
            "eligibility": { "roles": ["PARTICIPANT"], "joinedBefore": "2026-07-01T00:00:00Z" },
            "claimWindowSeconds": 3600, "level": "L2", "drandRound": 40_000_000,
        },
    });
    let open = json!({ "drawId": "@open_draw" });
    let someone = json!({
        "drawId": "@open_draw", "participantId": "@draw_participant", "reason": "Knows the hosts",
    });
    let dice = json!({ "drawId": "@draw_of_dice", "dice": DICE });
    let run = json!({ "drawId": "@frozen_draw", "paceSeconds": 2 });
    let void = json!({ "drawId": "@open_draw", "reason": "A mistake" });
    let no = json!({ "winnerId": "@own_winner", "reason": "No room for it" });
    let rules = json!({ "winnerId": "@drawn_winner", "reason": "Not of age" });
    let step = |name, input, audited| mutation(name, input, audited).announces(&["DRAW_STEP_TAKEN"]);
    vec![
        step("createDraw", new, &["DRAW_COMMITTED"]),
        step("excludeFromDraw", someone, &["DRAW_PARTICIPANT_EXCLUDED"]),
        step("freezeDraw", open.clone(), &["DRAW_FREEZE_REQUESTED"]),
        step("approveDraw", open, &["DRAW_FREEZE_APPROVED", "DRAW_FROZEN"]),
        step("provideDrawEntropy", dice, &["DRAW_ENTROPY_PROVIDED"]),
        step("runDraw", run, &["DRAW_DRAWN"]).at_times(&["DRAW_PRESENTED", "WINNER_ANNOUNCED"]),
        step("voidDraw", void, &["DRAW_VOIDED"]).at_times(&["WINNER_REVOKED"]),
        mutation("claimPrize", json!({ "winnerId": "@own_winner" }), &["PRIZE_CLAIMED"])
            .announces(&["WINNER_STATUS_CHANGED"]),
        mutation("declinePrize", no, &["PRIZE_DECLINED"]).announces(&["WINNER_STATUS_CHANGED"]),
        step("disqualifyWinner", rules, &["WINNER_DISQUALIFIED"])
            .announces(&["WINNER_REVOKED", "DRAW_STEP_TAKEN"])
            .at_times(&["ALTERNATE_PROMOTED", "WINNER_ANNOUNCED"]),
    ]
}
