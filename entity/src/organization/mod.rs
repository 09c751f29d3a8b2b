//! Tenants, their members and the audit log.

pub mod audit_log;
pub mod membership;
#[allow(clippy::module_inception, reason = "the area is named after its main table")]
pub mod organization;
pub mod storage_counter;
