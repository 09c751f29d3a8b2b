//! What operators see: health, metrics, traces.

mod health;
mod metrics;
mod outages;
mod traces;
