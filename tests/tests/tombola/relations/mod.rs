//! Relations: how many statements they take, and what they lead to.

mod cases;
mod counts;
pub(crate) mod crowd;
mod deleted;
pub(crate) mod draws;
mod nested;
pub(crate) mod rows;
pub(crate) mod schema;
mod shapes;
mod values;
