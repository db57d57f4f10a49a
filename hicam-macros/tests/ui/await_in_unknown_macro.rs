//! A point in a macro that nothing is known of.

macro_rules! twice {
    ($value:expr) => {
        $value * 2
    };
}

#[hicam::migratable]
async fn one() -> u64 {
    1
}

#[hicam::migratable]
async fn two() -> u64 {
    twice!(one().await)
}

fn main() {}
