//! Events that cannot have happened, or not in this order.

use draw::Level;
use serde_json::{Value, json};

use super::fault::{Again, Broken, Change, add, add_to, items};
use crate::builder::sample;

pub fn faults(all: &mut Vec<Broken>) {
    let mut fault = |name, change: Change| add(all, "events", name, Level::L0, Again::Nothing, change);
    fn event(document: &mut Value, event: Value) {
        items(&mut document["events"]).push(event);
    }
    const LATE: &str = "2023-09-16T12:00:00.000Z";
    fault("time-goes-back", |document| {
        document["events"][1]["at"] = json!("2023-09-15T11:59:59.999Z")
    });
    fault("promotion-missing", |document| {
        drop(items(&mut document["events"]).pop())
    });
    fault("promotion-of-another-rank", |document| {
        document["events"][2]["rank"] = json!(4)
    });
    fault("promotion-of-another-prize", |document| {
        document["events"][2]["prize"] = json!("prize_b")
    });
    fault("promotion-without-ending", |document| {
        drop(items(&mut document["events"]).remove(1))
    });
    fault("promotion-twice", |document| {
        event(
            document,
            json!({"type": "PROMOTED", "at": LATE, "prize": "prize_a", "rank": 4}),
        );
    });
    fault("skipped-without-ground", |document| {
        document["events"][2] =
            json!({"type": "SKIPPED", "at": LATE, "prize": "prize_a", "rank": 3, "reason": "WIN_LIMIT"});
        event(
            document,
            json!({"type": "PROMOTED", "at": LATE, "prize": "prize_a", "rank": 4}),
        );
    });
    fault("something-before-the-promotion", |document| {
        items(&mut document["events"]).swap(0, 2)
    });
    fault("claimed-twice", |document| {
        event(
            document,
            json!({"type": "CLAIMED", "at": LATE, "prize": "prize_a", "rank": 1}),
        );
    });
    fault("claimed-after-declining", |document| {
        event(
            document,
            json!({"type": "CLAIMED", "at": LATE, "prize": "prize_a", "rank": 2}),
        );
    });
    fault("claimed-by-an-alternate", |document| {
        event(
            document,
            json!({"type": "CLAIMED", "at": LATE, "prize": "prize_a", "rank": 4}),
        );
    });
    fault("declined-after-claiming", |document| {
        event(
            document,
            json!({"type": "DECLINED", "at": LATE, "prize": "prize_a", "rank": 1, "reason": null}),
        );
    });
    fault("expired-after-claiming", |document| {
        event(
            document,
            json!({"type": "EXPIRED", "at": LATE, "prize": "prize_a", "rank": 1}),
        );
    });
    fault("rank-zero", |document| document["events"][0]["rank"] = json!(0));
    fault("rank-beyond", |document| document["events"][0]["rank"] = json!(5));
    fault("rank-far-beyond", |document| {
        document["events"][0]["rank"] = json!(4_294_967_297_u64)
    });
    fault("prize-unknown", |document| {
        document["events"][0]["prize"] = json!("prize_c")
    });
    fault("after-voiding", |document| {
        let voided = json!({"type": "VOIDED", "at": "2023-09-15T11:00:00.000Z", "reason": "", "actor": ""});
        items(&mut document["events"]).insert(0, voided);
    });
    fault("voided-twice", |document| {
        event(
            document,
            json!({"type": "VOIDED", "at": LATE, "reason": "", "actor": ""}),
        );
        event(
            document,
            json!({"type": "VOIDED", "at": LATE, "reason": "", "actor": ""}),
        );
    });
    fault("voided-before-the-promotion", |document| {
        document["events"][2] = json!({"type": "VOIDED", "at": LATE, "reason": "", "actor": ""});
    });
    let mut endless = sample(Level::L0);
    endless.policy.claim_window_seconds = None;
    add_to(
        all,
        "events",
        "expired-without-window",
        &endless,
        Again::Nothing,
        |document| {
            event(
                document,
                json!({"type": "EXPIRED", "at": LATE, "prize": "prize_b", "rank": 1}),
            );
            event(
                document,
                json!({"type": "PROMOTED", "at": LATE, "prize": "prize_b", "rank": 2}),
            );
        },
    );
    let mut open = sample(Level::L0);
    (open.drawn, open.revealed) = (false, false);
    open.events.clear();
    add_to(
        all,
        "events",
        "claimed-before-the-draw",
        &open,
        Again::Nothing,
        |document| {
            event(
                document,
                json!({"type": "CLAIMED", "at": LATE, "prize": "prize_a", "rank": 1}),
            );
        },
    );
    add_to(
        all,
        "events",
        "voided-without-seed",
        &open,
        Again::Nothing,
        |document| {
            event(
                document,
                json!({"type": "VOIDED", "at": LATE, "reason": "", "actor": ""}),
            );
        },
    );
}
