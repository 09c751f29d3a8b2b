//! Whatever bytes come, the verifier answers: it neither panics nor hangs, and never takes a receipt for a transcript.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut last = 0;
    let result = draw::verify(bytes, &mut |read| {
        assert!(read >= last && read <= bytes.len() as u64);
        last = read;
    });
    let receipt = draw::Receipt::parse(bytes);
    if let Ok(receipt) = &receipt {
        assert!(result.is_err());
        let _ = receipt.verify();
    }
    if let Ok(report) = result {
        assert_eq!(last, bytes.len() as u64, "it held, but was not read to its end");
        assert_eq!(report.passed.len(), 9);
        assert!(!report.summary().contains(|c: char| c.is_control() && c != '\n'));
    }
});
