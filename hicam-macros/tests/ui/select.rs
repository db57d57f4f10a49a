//! A point in a macro whose syntax is its own.

#[hicam::migratable]
async fn first(n: u64) -> u64 {
    tokio::select! {
        _ = tokio::time::sleep(std::time::Duration::from_millis(n)) => {
            hicam::point().await;
            1
        }
        _ = hicam::point() => 2,
    }
}

fn main() {}
