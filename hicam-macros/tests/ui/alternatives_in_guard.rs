//! A guard of a pattern whose alternatives borrow, and of which more than one may match. Callers have no error of their
//! own.

#[hicam::migratable]
async fn allowed(n: &u64) -> bool {
    *n > 1
}

#[hicam::migratable]
async fn choose(pair: (Option<u64>, Option<u64>)) -> u64 {
    match &pair {
        (Some(n), _) | (_, Some(n)) if allowed(n).await => {
            hicam::point().await;
            *n
        }
        _ => 2,
    }
}

#[hicam::migratable]
async fn calls() -> u64 {
    choose((None, None)).await + 1
}

fn main() {}
