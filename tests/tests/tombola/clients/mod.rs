//! What libraries that others wrote make of the server: the programs in `tests/clients`.

mod javascript;
mod program;
mod python;
