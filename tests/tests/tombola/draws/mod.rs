//! Draws that anyone can verify.

mod claims;
mod endings;
mod engine;
mod guards;
mod life;
mod no_reroll;
mod no_way_around;
mod presentation;
mod secrecy;
mod show;
mod stage;
