//! Tests of the draw engine: the specification's vectors, published vectors of the primitives, properties, statistics,
//! broken transcripts, and agreement with the second verifier.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails, and says where"
)]

mod agreement;
mod broken;
mod builder;
mod flips;
mod generate;
mod outcome;
mod primitives;
mod program;
mod ranking;
mod receipts;
mod screen;
mod statistics;
mod texts;
mod transcripts;
mod trees;
mod vectors;
