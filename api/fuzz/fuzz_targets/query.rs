//! Whatever stands behind the question mark of a URL, it has one answer in the shape of the specification.

#![no_main]

use api_fuzz::{READER, check};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| check(&READER.query(text).expect("an answer is JSON")));
