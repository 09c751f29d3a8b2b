//! Rooms: what their rules allow and refuse.

mod winner;
