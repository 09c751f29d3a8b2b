//! Tenants: organizations, their members and roles.

mod finder;
mod mutation;
mod query;
mod service;
mod types;

pub(crate) use finder::of_own;
pub use finder::{MembershipFilter, MembershipOrder, is_admin_somewhere, organization, own_ids};
pub use mutation::OrganizationMutation;
pub use query::OrganizationQuery;
pub use service::{create_organization, found};
pub use types::{Membership, Organization};
