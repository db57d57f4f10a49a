async fn sums(values: Vec<String>) -> usize {
    let mut total = 0;
    for value in values {
        total += measure(value).await;
    }
    total
}
