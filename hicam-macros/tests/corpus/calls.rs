//! Calls: arguments by value and by reference, recursion, what a callee does to its caller's data.

use super::{hicam, programs};

#[hicam::migratable]
async fn boxed_recursion(n: u64, log: &mut Vec<u64>) -> u64 {
    log.push(n);
    if n < 2 {
        return n;
    }
    Box::pin(boxed_recursion(n - 1, log)).await
        + std::boxed::Box::pin(boxed_recursion(n - 2, log)).await
}

#[hicam::migratable]
async fn fibonacci(n: u64) -> (u64, Vec<u64>) {
    let mut log = Vec::new();
    let value = boxed_recursion(n, &mut log).await;
    (value, log)
}

#[hicam::migratable]
async fn statics(name: &str) -> String {
    let greeting = "hello";
    hicam::point().await;
    let text = greet(name, "!").await;
    format!("{greeting} {text}")
}

#[hicam::migratable]
async fn greet(name: &str, end: &str) -> String {
    hicam::point().await;
    format!("{name}{end}")
}

programs! {
    calls;
    recursion_with_boxes: fibonacci(4) => (3, vec![4, 3, 2, 1, 0, 1, 2, 1, 0]);
    static_strings: statics("bob") => "hello bob!".to_owned();
}
