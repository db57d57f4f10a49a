async fn repeats(mut n: u64) -> u64 {
    let mut count = 0;
    while n > 1 {
        n = half(n).await;
        count += 1;
    }
    count
}
