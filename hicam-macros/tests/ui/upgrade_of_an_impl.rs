//! A mapping for all methods at once.

struct Bank;

#[hicam::migratable(upgrade = hicam::upgrade::same_point)]
impl Bank {
    async fn settle(&self) {}
}

fn main() {}
