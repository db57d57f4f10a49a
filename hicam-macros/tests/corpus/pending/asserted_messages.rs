//! Awaits in the messages of assertions, which are evaluated only if they fail, and in debug assertions.

use super::expressions::{add, noted};
use super::{hicam, programs};

#[hicam::migratable]
async fn asserted(n: u32) -> Vec<u32> {
    let mut log = Vec::new();
    assert!(
        noted(n, &mut log).await == n,
        "{n} is {}",
        noted(n + 1, &mut log).await
    );
    assert_eq!(add(n, 1).await, n + 1, "{}", noted(n + 2, &mut log).await);
    debug_assert!(add(n, 0).await == n);
    debug_assert_eq!(add(n, 0).await, n);
    log
}

programs! {
    asserted_messages;
    messages_of_assertions: asserted(3) => vec![3, 103];
}
