async fn chooses(n: u64) -> u64 {
    let found = if n > 1 { first(n).await } else { 0 };
    found + n
}
