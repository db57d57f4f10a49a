//! The same, where the call is alive at no point before it is awaited.

#[hicam::migratable]
async fn add(total: &mut u64, n: u64) -> u64 {
    hicam::point().await;
    *total += n;
    *total
}

#[hicam::migratable(points = "loops")]
async fn later(total: &mut u64) -> u64 {
    let up = add(total, 20);
    up.await
}

fn main() {}
