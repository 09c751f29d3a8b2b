//! The live log: every event once and in order, to whoever may see the room, and to nobody else.

mod access;
mod cost;
pub(crate) mod follower;
mod kinds;
mod processes;
pub(crate) mod replay;
mod sequences;
mod sessions;
mod turns;
