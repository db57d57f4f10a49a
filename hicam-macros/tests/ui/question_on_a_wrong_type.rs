//! `?` on a number.

#[hicam::migratable]
async fn one(n: u64) -> Result<u64, String> {
    Ok(n? + 1)
}

fn main() {}
