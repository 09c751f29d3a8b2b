//! What the audit log says of accounts and sessions.

use crate::store::audit_actions;

audit_actions! {
    /// What happens to accounts and sessions. They belong to no tenant.
    IdentityAction in Platform {
        /// Somebody made an account.
        SignedUp = "SIGNED_UP",
        /// Somebody opened a session.
        SignedIn = "SIGNED_IN",
        /// Somebody ended their session.
        SignedOut = "SIGNED_OUT",
        /// A session was ended for its user.
        SessionRevoked = "SESSION_REVOKED",
        /// Somebody changed their account.
        ProfileUpdated = "PROFILE_UPDATED",
    }
}
