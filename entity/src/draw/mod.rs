//! Draws that anyone can verify: what they promise, their lists, what came out, and what became of it.

#[allow(clippy::module_inception, reason = "the area is named after its main table")]
pub mod draw;
pub mod draw_chunk;
pub mod draw_entrant;
pub mod draw_exclusion;
pub mod draw_prize;
pub mod draw_ranking;
pub mod draw_step;
