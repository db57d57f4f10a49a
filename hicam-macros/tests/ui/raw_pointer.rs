//! A raw pointer.

#[hicam::migratable]
async fn address(value: u64) -> bool {
    let pointer = &raw const value;
    hicam::point().await;
    pointer.is_null()
}

fn main() {}
