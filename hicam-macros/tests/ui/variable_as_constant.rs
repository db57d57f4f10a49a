//! A variable in upper case looks like a constant where a pattern may fail to match.

#[hicam::migratable]
async fn answer(first: Option<u32>) -> u32 {
    match first {
        Some(N) => {
            hicam::point().await;
            2
        }
        None => 3,
    }
}

fn main() {}
