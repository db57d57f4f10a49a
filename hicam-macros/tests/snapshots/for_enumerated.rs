async fn sums(values: &[u64]) -> u64 {
    let mut total = 0;
    for (at, value) in values.iter().enumerate() {
        total += weigh(at, *value).await;
    }
    total
}
