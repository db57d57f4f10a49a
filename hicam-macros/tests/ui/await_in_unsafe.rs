//! A point in an `unsafe` block.

#[hicam::migratable]
async fn read(value: u64) -> u64 {
    unsafe {
        hicam::point().await;
        *(&raw const value)
    }
}

fn main() {}
