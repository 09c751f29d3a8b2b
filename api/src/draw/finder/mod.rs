//! What of draws a caller may see: a draw, its steps and its exclusions are seen when their room is. And what a draw is made of,
//! for those who may.

mod draw;
mod due;
mod list;
mod rows;
mod win;

pub use draw::{
    count_of_standing_draws, draw_by_id, draw_for_change, draw_prizes, draws_under_way, has_draws, live_draws_of,
    standing_draws, superseded_draw, void_draws_of,
};
pub use due::due_draws;
pub use list::{chunk_roots, eligible, moment};
pub use rows::{
    chunk, entrants, exclusions_of, hidden_winners, last_step, rankings_of, standing_winner_of, standing_winners,
    steps_of, unclaimed_winners,
};
pub use win::{DrawnWin, OwnWin};
