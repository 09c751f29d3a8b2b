//! Two tenants with everything: neither sees or changes what is private to the other, whatever ids it knows. On SQLite
//! the finders are the only wall; on PostgreSQL row-level security stands behind them.

mod both;
mod calls;
mod changes;
mod codes;
mod reads;
mod selection;
mod shown;
mod tenant;
mod vanishing;
