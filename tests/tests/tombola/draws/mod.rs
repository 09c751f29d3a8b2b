//! Draws that anyone can verify.

mod life;
mod stage;
