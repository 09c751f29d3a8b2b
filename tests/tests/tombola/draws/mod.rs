//! Draws that anyone can verify.

mod attacks;
mod bad_input;
mod bad_policy;
mod beacon;
mod claims;
mod eligibility;
mod endings;
mod engine;
mod few;
mod guards;
mod level_two;
mod life;
mod no_reroll;
mod no_way_around;
mod presentation;
mod races;
mod review;
mod secrecy;
mod show;
mod sound;
mod stage;
mod superseding;
