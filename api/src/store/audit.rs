//! Records of the audit log.

use aws_lc_rs::digest;
use entity::{AuditLogId, OrganizationId, organization::audit_log};
use sea_orm::{ActiveValue::Set, NotSet};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::{
    caller::{Caller, Origin},
    clock::Clock,
};

/// What was done to what.
#[derive(Clone, Debug)]
pub struct AuditRecord {
    /// `ROOM_OPENED`, `PRIZE_AWARDED`, ….
    pub action: &'static str,
    /// Prefix of the resource's id.
    pub resource_type: &'static str,
    /// The resource's key.
    pub resource_id: Uuid,
    /// The fields that changed, as they were.
    pub before: Json,
    /// The fields that changed, as they are.
    pub after: Json,
    /// What else explains the change, such as a reason.
    pub metadata: Json,
}

impl AuditRecord {
    /// A record without changed fields.
    pub fn new<I: entity::Id>(action: &'static str, resource: I) -> Self {
        Self {
            action,
            resource_type: I::PREFIX,
            resource_id: resource.into(),
            before: Json::Null,
            after: Json::Null,
            metadata: json!({}),
        }
    }

    /// Adds the fields that changed: of what is handed in, only where the two differ.
    #[must_use]
    pub fn changed(mut self, before: Json, after: Json) -> Self {
        (self.before, self.after) = differing(before, after);
        self
    }

    /// Adds what else explains the change.
    #[must_use]
    pub fn because(mut self, metadata: Json) -> Self {
        self.metadata = metadata;
        self
    }

    /// The row, with its own hash: a later change of any field is noticed.
    pub(super) fn row(
        self,
        organization: OrganizationId,
        caller: &Caller,
        origin: &Origin,
        clock: &Clock,
    ) -> audit_log::ActiveModel {
        let id: AuditLogId = clock.new_id();
        let now = clock.now();
        let actor = caller.user();
        let address = origin.address.map(|address| address.to_string());
        let resource_id = entity::id::format(self.resource_type, self.resource_id);
        let changes = json!({ "before": stable(self.before), "after": stable(self.after) });
        let metadata = stable(self.metadata);
        // serde_json keeps object keys sorted, so that the same record has the same bytes.
        let hashed = json!({
            "id": id.to_string(),
            "organization": organization.to_string(),
            "actor": actor.map(|actor| actor.to_string()),
            "address": address,
            "action": self.action,
            "resource": resource_id,
            "changes": changes,
            "metadata": metadata,
            "at": now.timestamp_millis(),
        });
        let hash = digest::digest(&digest::SHA256, hashed.to_string().as_bytes());
        audit_log::ActiveModel {
            id: Set(id),
            organization_id: Set(organization),
            sequence: NotSet,
            actor_id: Set(actor),
            actor_address: Set(address),
            action: Set(self.action.to_owned()),
            resource_type: Set(self.resource_type.to_owned()),
            resource_id: Set(self.resource_id),
            changes: Set(changes),
            metadata: Set(metadata),
            hash: Set(hash.as_ref().to_vec()),
            created_at: Set(now),
        }
    }
}

/// Two objects without the fields that are alike in both, at any depth: a change of one setting repeats no other. Anything
/// else is kept whole.
fn differing(before: Json, after: Json) -> (Json, Json) {
    let (mut before, mut after) = match (before, after) {
        (Json::Object(before), Json::Object(after)) => (before, after),
        others => return others,
    };
    let common: Vec<String> = before.keys().filter(|key| after.contains_key(*key)).cloned().collect();
    for key in common {
        let (Some(old), Some(new)) = (before.remove(&key), after.remove(&key)) else {
            continue;
        };
        if old == new {
            continue;
        }
        let (old, new) = differing(old, new);
        before.insert(key.clone(), old);
        after.insert(key, new);
    }
    (Json::Object(before), Json::Object(after))
}

/// Numbers with a fraction or an exponent as text. Databases write them back in another form (`-0.0` as `0`, `1e21` as
/// digits), and then an honest record would look tampered with.
fn stable(value: Json) -> Json {
    match value {
        Json::Number(number) if !number.is_i64() && !number.is_u64() => Json::String(number.to_string()),
        Json::Array(items) => items.into_iter().map(stable).collect(),
        Json::Object(fields) => fields.into_iter().map(|(key, value)| (key, stable(value))).collect(),
        other => other,
    }
}
