//! What a field says of itself in the schema, where a request has to be treated by it before anything is executed.

use async_graphql::TypeDirective;

/// The field has a password hashed, whether the password is right or wrong. It counts against the rate limit of passwords.
#[TypeDirective(location = "FieldDefinition", name = "hashesPassword")]
pub fn hashes_password() {}

/// The field begins or continues a session. An operation of such fields alone is executed as nobody if the access token that
/// it brings has expired.
#[TypeDirective(location = "FieldDefinition", name = "signsIn")]
pub fn signs_in() {}

/// The name of [`hashes_password`] in the schema.
pub const HASHES_PASSWORD: &str = "hashesPassword";
/// The name of [`signs_in`] in the schema.
pub const SIGNS_IN: &str = "signsIn";
