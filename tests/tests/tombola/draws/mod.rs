//! Draws that anyone can verify.

mod attacks;
mod crash;
mod crowd;
mod files;
mod large;
mod life;
mod races;
mod receipts;
mod sound;
pub(crate) mod stage;
