//! The tables, their rules, and the walls between tenants.

mod append_only;
mod check;
mod columns;
mod draw_rules;
mod indexes;
mod isolation;
mod locate;
mod migrations;
mod principals;
mod roles;
mod rows;
mod rules;
