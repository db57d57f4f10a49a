//! A point in a macro that nothing is known of.

#[hicam::migratable]
async fn first(n: u64) -> u64 {
    tokio::select! {
        _ = tokio::time::sleep(std::time::Duration::from_millis(n)) => 1,
        _ = hicam::point() => 2,
    }
}

fn main() {}
