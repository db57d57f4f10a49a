//! A call that is made before it is awaited. To be resumed it would have to be made again.

#[hicam::migratable]
async fn add(total: &mut u64, n: u64) -> u64 {
    hicam::point().await;
    *total += n;
    *total
}

#[hicam::migratable]
async fn later(total: &mut u64) -> u64 {
    let up = add(total, 20);
    up.await
}

fn main() {}
