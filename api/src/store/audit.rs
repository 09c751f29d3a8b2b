//! Records of the audit log.

use aws_lc_rs::digest;
use entity::{AuditLogId, OrganizationId, Principal, store::audit_log};
use sea_orm::{ActiveValue::Set, NotSet};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::{
    caller::{Caller, Origin},
    clock::Clock,
    error::{Error, Result},
};

/// Whose audit log a record belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditLog {
    /// That of the tenant in which the change is made.
    Tenant,
    /// That of the platform: it happens to accounts and sessions, which belong to no tenant.
    Platform,
}

/// What was done, as the audit log names it: one enum an area, made by [`audit_actions`].
pub trait AuditAction: Copy {
    /// In whose log it is recorded.
    const LOG: AuditLog;

    /// `ROOM_OPENED`, `PRIZE_AWARDED`, ….
    fn name(self) -> &'static str;
}

/// Declares an area's actions: an enum that knows their names and in whose log they are recorded.
macro_rules! audit_actions {
    ($(#[$doc:meta])* $enum:ident in $log:ident { $($(#[$action_doc:meta])* $action:ident = $name:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $enum {
            $($(#[$action_doc])* $action,)+
        }

        impl crate::store::AuditAction for $enum {
            const LOG: crate::store::AuditLog = crate::store::AuditLog::$log;

            fn name(self) -> &'static str {
                match self {
                    $(Self::$action => $name,)+
                }
            }
        }
    };
}
pub(crate) use audit_actions;

/// What a change tells the audit log.
#[derive(Debug)]
pub enum Audit {
    /// One thing that was done.
    Record(AuditRecord),
    /// What its parts have told with [`Writing::audit`](super::Writing::audit): one record at least.
    Parts,
    /// Nothing of its own.
    None(Unaudited),
}

/// Why a change tells the audit log nothing of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unaudited {
    /// Everything is as it was before.
    NothingChanged,
    /// It goes on with what was recorded when it began, such as a session or the announcement of winners.
    GoesOn,
}

impl From<AuditRecord> for Audit {
    fn from(record: AuditRecord) -> Self {
        Self::Record(record)
    }
}

impl From<Unaudited> for Audit {
    fn from(reason: Unaudited) -> Self {
        Self::None(reason)
    }
}

/// What was done to what.
#[derive(Clone, Debug)]
pub struct AuditRecord {
    log: AuditLog,
    action: &'static str,
    actor: Option<Principal>,
    /// Prefix of the resource's id, and its key.
    resource_type: &'static str,
    resource_id: Uuid,
    before: Json,
    after: Json,
    metadata: Json,
}

impl AuditRecord {
    /// A record without changed fields, of what the caller did.
    pub fn new<A: AuditAction, I: entity::Id>(action: A, resource: I) -> Self {
        Self {
            log: A::LOG,
            action: action.name(),
            actor: None,
            resource_type: I::PREFIX,
            resource_id: resource.into(),
            before: Json::Null,
            after: Json::Null,
            metadata: json!({}),
        }
    }

    /// Somebody else did it than the caller: a caller who signs in is nobody yet.
    #[must_use]
    pub fn by(mut self, actor: Principal) -> Self {
        self.actor = Some(actor);
        self
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
    ///
    /// # Errors
    /// `INTERNAL` when nobody is known to have done it, or the tenant's log is wanted in a change without a tenant.
    pub(super) fn row(
        self,
        tenant: Option<OrganizationId>,
        caller: &Caller,
        origin: &Origin,
        clock: &Clock,
    ) -> Result<audit_log::ActiveModel> {
        let incomplete = |what| Error::internal(anyhow::anyhow!("{} was to be audited without {what}", self.action));
        let organization = match self.log {
            AuditLog::Tenant => tenant.ok_or_else(|| incomplete("a tenant"))?,
            AuditLog::Platform => OrganizationId::PLATFORM,
        };
        let actor = self
            .actor
            .or(caller.principal())
            .ok_or_else(|| incomplete("an actor"))?;
        let id: AuditLogId = clock.new_id();
        let now = clock.now();
        let address = origin.address.map(|address| address.to_string());
        let resource_id = entity::id::format(self.resource_type, self.resource_id);
        let changes = json!({ "before": stable(self.before), "after": stable(self.after) });
        let metadata = stable(self.metadata);
        // serde_json keeps object keys sorted, so that the same record has the same bytes.
        let hashed = json!({
            "id": id.to_string(),
            "organization": organization.to_string(),
            "actor": actor.id().map(|_| actor.to_string()),
            "address": address,
            "action": self.action,
            "resource": resource_id,
            "changes": changes,
            "metadata": metadata,
            "at": now.timestamp_millis(),
        });
        let hash = digest::digest(&digest::SHA256, hashed.to_string().as_bytes());
        Ok(audit_log::ActiveModel {
            id: Set(id),
            organization_id: Set(organization),
            sequence: NotSet,
            actor_kind: Set(actor.kind()),
            actor_id: Set(actor.id()),
            actor_address: Set(address),
            action: Set(self.action.to_owned()),
            resource_type: Set(self.resource_type.to_owned()),
            resource_id: Set(self.resource_id),
            changes: Set(changes),
            metadata: Set(metadata),
            hash: Set(hash.as_ref().to_vec()),
            created_at: Set(now),
        })
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
