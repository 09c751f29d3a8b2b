//! Measures the engine among a million entrants, on one thread.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark that cannot go on stops; the macro of criterion has no documentation"
)]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use draw::{Entry, Level, PrizeOrder, TreeBuilder, leaf, rank, sha256, verify};

#[path = "../tests/draw/builder.rs"]
mod builder;

const ENTRANTS: u32 = 1_000_000;

fn entries() -> Vec<Entry> {
    let entry = |number: u32| Entry {
        pid: sha256(&[&number.to_be_bytes()]),
        weight: number % 100 + 1,
    };
    (0..ENTRANTS).map(entry).collect()
}

/// Sorting, leaves and tree: what is computed at a freeze.
fn freeze(criterion: &mut Criterion) {
    let entries = entries();
    let freeze = |mut entries: Vec<Entry>| {
        entries.sort_unstable_by_key(|entry| entry.pid);
        let mut tree = TreeBuilder::new();
        for (index, entry) in (0..).zip(&entries) {
            tree.push(leaf(index, entry));
        }
        tree.root()
    };
    criterion.bench_function("freeze, 1,000,000 entrants", |bencher| {
        bencher.iter_batched(
            || entries.clone(),
            |entries| black_box(freeze(entries)),
            BatchSize::LargeInput,
        );
    });
}

fn winners(criterion: &mut Criterion) {
    let weights: Vec<_> = entries().iter().map(|entry| entry.weight).collect();
    for quantity in [10, 1_000, 100_000] {
        let prizes = [PrizeOrder {
            id: "prize",
            quantity,
            alternates: 0,
        }];
        criterion.bench_function(&format!("{quantity} winners of 1,000,000"), |bencher| {
            bencher.iter(|| rank(&prizes, black_box(&weights), 1, &[7; 32], &mut |_| {}));
        });
    }
}

fn transcript(criterion: &mut Criterion) {
    let weights: Vec<_> = entries().iter().map(|entry| entry.weight).collect();
    let prizes = vec![builder::prize("prize_a", 10, 10), builder::prize("prize_b", 1_000, 100)];
    let text = builder::Draft::new(Level::L2, &weights, prizes).text();
    criterion.bench_function("verification of a transcript of 1,000,000", |bencher| {
        bencher.iter(|| verify(black_box(text.as_bytes()), &mut |_| {}).unwrap());
    });
}

criterion_group! {
    name = engine;
    config = Criterion::default().sample_size(10);
    targets = freeze, winners, transcript
}
criterion_main!(engine);
