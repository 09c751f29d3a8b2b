//! What the store keeps of every change, whatever area it is made in.

pub mod audit_log;
pub mod idempotency_key;
pub mod storage_counter;
