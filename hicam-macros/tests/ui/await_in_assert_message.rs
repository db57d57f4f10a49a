//! A point in the message of an assertion, which is evaluated only if it fails.

#[hicam::migratable]
async fn name() -> String {
    "n".to_owned()
}

#[hicam::migratable]
async fn check(n: u64) {
    assert!(n > 0, "{}", name().await);
}

fn main() {}
