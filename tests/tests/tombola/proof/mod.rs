//! The two promises under stress: nothing is missed, nothing is left behind.

mod cut_off;
mod hang_up;
