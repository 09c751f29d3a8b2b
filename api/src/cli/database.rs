//! The database of a command that works on the schema.

use sea_orm::DatabaseConnection;

use crate::{app::StartError, clock::Clock, config::Config, events::Bus, store::Store};

/// Opens the database for a command that works on the schema. The same way as the server: what goes wrong is said
/// without the address, which may hold a password.
pub(super) async fn connect(config: &Config) -> Result<DatabaseConnection, StartError> {
    let kind = config.database_kind().ok_or(StartError::UnknownDatabase)?;
    let store = Store::open(kind, &config.database, &config.quotas, Clock::system(), Bus::default()).await;
    Ok(store.map_err(StartError::Database)?.maintenance())
}
