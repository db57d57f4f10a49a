async fn joined(first: Vec<String>, second: Vec<String>) -> u64 {
    let mut total = 0;
    for word in first.into_iter().take(2).chain(second) {
        total += weigh(0, word.len() as u64).await;
    }
    total
}
