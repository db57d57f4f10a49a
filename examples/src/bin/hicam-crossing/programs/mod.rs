//! The programs. None asks the machine for anything, so each gives the same wherever it runs.

mod calls;
mod collections;
mod concurrent;
mod graphs;
mod loops;
mod numbers;
mod types;

use crate::case::Case;

/// Every program that is to be finished on every machine.
pub(crate) fn all() -> Vec<Case> {
    vec![
        Case::new("floats", || numbers::floats(numbers::odd_floats())),
        Case::new("integers", || numbers::integers(7)),
        Case::new("sizes", || numbers::sizes(9)),
        Case::new("characters", || {
            numbers::characters("aß€𝄞\u{10ffff}\0".to_owned())
        }),
        Case::new("planets", || numbers::planets(6)),
        Case::new("hanoi", || calls::hanoi(3)),
        Case::new("settlement", || calls::settlement(calls::orders())),
        Case::new("shape of a loop", || loops::shapes(4)),
        Case::new("primes", || loops::primes(40)),
        Case::new("queues", || collections::queues(5)),
        Case::new("words", || collections::words(collections::text())),
        Case::new("hash tables", || collections::hash_tables(5)).with_other_bytes(),
        Case::new("folders", graphs::folders),
        Case::new("accounts", graphs::accounts),
        Case::new("expression", || types::expression(types::tree())),
        Case::new("records", || types::records(types::samples())),
        Case::new("joined", || concurrent::joined(3)),
        Case::new("selected", || concurrent::selected(3)),
        Case::new("spawned", || concurrent::spawned(3)),
    ]
}

/// A program whose `usize` takes 40 bits, at each of its points.
pub(crate) fn wide() -> Case {
    Case::new("wide", || {
        numbers::wide(usize::try_from(1_u64 << 40).unwrap_or_default())
    })
}
