//! Organizations: founded, read by their members.

mod founding;
mod members;
