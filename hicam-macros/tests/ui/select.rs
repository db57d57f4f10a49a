//! What `select!` takes in annotated code is its plain form.

#[hicam::migratable]
async fn first(n: u64) -> u64 {
    tokio::select! {
        Some(x) = hicam::reissue(|| std::future::ready(Some(n))) => x,
        else => 2,
    }
}

fn main() {}
