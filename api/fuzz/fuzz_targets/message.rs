//! Whatever message comes over a socket, it leads to an answer in the shape of the specification, or to none.

#![no_main]

use api_fuzz::{READER, check};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Some(answer) = READER.message(text).expect("an answer is JSON") {
        check(&answer);
    }
});
