//! Tenants: organizations, their members and roles.

mod audit;
mod finder;
mod mutation;
mod query;
mod service;
mod types;
mod viewer;

pub use audit::OrganizationAction;
pub(crate) use finder::of_own;
pub use finder::{MembershipFilter, is_admin_somewhere, own_ids, relations};
pub use mutation::OrganizationMutation;
pub use query::OrganizationQuery;
pub use service::{create_organization, sign_up};
pub use types::{Membership, Organization};
pub use viewer::viewer;
