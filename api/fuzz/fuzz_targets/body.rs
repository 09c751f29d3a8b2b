//! Whatever body comes, each of its operations has an answer in the shape of the specification, and what is wrong with
//! it is never called the server's own fault.

#![no_main]

use api_fuzz::{READER, check};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for answer in READER.body(bytes).expect("answers are JSON") {
        check(&answer);
    }
});
