async fn calls(n: u64) -> u64 {
    combine(n + 1, first(n).await, second(third(n).await).await).await
}
