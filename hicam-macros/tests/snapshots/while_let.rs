async fn drains(mut queue: Vec<u64>) -> u64 {
    let mut total = 0;
    while let Some(next) = queue.pop() {
        total += step(next).await;
    }
    total
}
