//! A setting that methods do not have.

struct Bank;

#[hicam::migratable]
impl Bank {
    #[hicam(upgrades = hicam::upgrade::same_point)]
    async fn settle(&self) {}
}

fn main() {}
