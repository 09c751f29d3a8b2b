//! The database's tables, functions, policies and roles, and the check that they are still as they were made.
//!
//! Everything here uses raw names and knows nothing of the entities: a migration is history and must not change
//! when the code does.

use sea_orm_migration::{MigrationTrait, MigratorTrait};

pub mod catalog;
mod m0001_identity;
mod m0002_organization;
mod m0003_room;
mod m0004_functions;
mod m0005_append_only;
mod m0006_row_level_security;
mod m0007_draws;
mod m0008_idempotency_keys;
mod m0009_documents;
mod m0010_title_keys;
mod m0011_quotas;
mod m0012_people_in_steps;
mod m0013_announcements;
mod m0014_principals;
mod m0015_cheaper_walls;
pub mod roles;
mod run;
mod table;

pub use run::{MigrationStatus, down, is_complete, pending, status, up};

/// All migrations, oldest first. Run them with [`up`] and [`down`], which take the lock and keep to the owner's role.
#[derive(Clone, Copy, Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_identity::Migration),
            Box::new(m0002_organization::Migration),
            Box::new(m0003_room::Migration),
            Box::new(m0004_functions::Migration),
            Box::new(m0005_append_only::Migration),
            Box::new(m0006_row_level_security::Migration),
            Box::new(m0007_draws::Migration),
            Box::new(m0008_idempotency_keys::Migration),
            Box::new(m0009_documents::Migration),
            Box::new(m0010_title_keys::Migration),
            Box::new(m0011_quotas::Migration),
            Box::new(m0012_people_in_steps::Migration),
            Box::new(m0013_announcements::Migration),
            Box::new(m0014_principals::Migration),
            Box::new(m0015_cheaper_walls::Migration),
        ]
    }
}
