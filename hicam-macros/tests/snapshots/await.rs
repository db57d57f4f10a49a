async fn calls(n: u64, log: &mut Vec<u64>) -> u64 {
    let first = step(n, log).await;
    first + 1
}
