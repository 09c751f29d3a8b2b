//! What the audit log says of organizations.

use crate::store::audit_actions;

audit_actions! {
    /// What happens to an organization and its members.
    OrganizationAction in Tenant {
        /// It was founded.
        OrganizationCreated = "ORGANIZATION_CREATED",
        /// Somebody became a member.
        MemberAdded = "MEMBER_ADDED",
    }
}
