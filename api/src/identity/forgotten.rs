//! What is forgotten of sessions when their time is over.

use crate::store::Forgotten;

/// Refresh tokens of sessions that are over.
pub const OLD_REFRESH_TOKENS: Forgotten = Forgotten {
    table: "refresh_tokens",
    key: "id",
    due: "SELECT t.id FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id \
          WHERE s.expires_at < $1 OR s.revoked_at < $1 LIMIT $2",
    locked: true,
};

/// Sessions that are over and have no refresh token any more: one that goes would take its tokens along, and they may be
/// thousands.
pub const OLD_SESSIONS: Forgotten = Forgotten {
    table: "sessions",
    key: "id",
    due: "SELECT t.id FROM sessions t WHERE (t.expires_at < $1 OR t.revoked_at < $1) \
          AND NOT EXISTS (SELECT 1 FROM refresh_tokens r WHERE r.session_id = t.id) LIMIT $2",
    locked: true,
};
