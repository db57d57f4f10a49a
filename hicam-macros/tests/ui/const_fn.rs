//! A `const` function.

#[hicam::migratable]
const fn one() -> u64 {
    1
}

fn used() -> u64 {
    one()
}

fn main() {}
