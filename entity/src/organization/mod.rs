//! Tenants and their members.

pub mod membership;
#[allow(clippy::module_inception, reason = "the area is named after its main table")]
pub mod organization;
