//! Draws that anyone can verify.

mod bad_input;
mod bad_policy;
mod claims;
mod endings;
mod engine;
mod few;
mod guards;
mod life;
mod no_reroll;
mod no_way_around;
mod presentation;
mod secrecy;
mod show;
mod stage;
