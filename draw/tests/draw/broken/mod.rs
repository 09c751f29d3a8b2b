//! Transcripts with one fault each, and the check that must name it.

mod drawing;
mod events;
mod fault;
mod formats;
mod list;
mod policy;

use fault::Broken;

/// All of them.
pub fn all() -> Vec<Broken> {
    let mut all = Vec::new();
    formats::faults(&mut all);
    policy::faults(&mut all);
    list::faults(&mut all);
    drawing::faults(&mut all);
    events::faults(&mut all);
    all
}

#[test]
fn every_fault_is_named() {
    let all = all();
    assert!(all.len() > 150, "only {}", all.len());
    for broken in all {
        match draw::verify(broken.bytes.as_slice(), &mut |_| {}) {
            Ok(_) => panic!("{} holds", broken.name),
            Err(failure) => assert_eq!(
                failure.check.word(),
                broken.check,
                "{}: {}",
                broken.name,
                failure.message
            ),
        }
    }
}
