//! What operators see: health, metrics, traces.

mod background;
mod health;
mod metrics;
mod outages;
mod outgoing;
mod traces;
