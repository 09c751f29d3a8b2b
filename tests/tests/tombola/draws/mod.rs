//! Draws that anyone can verify.

mod attacks;
mod life;
mod races;
mod sound;
mod stage;
