// points = "awaits"
async fn repeats(n: u64) -> u64 {
    let mut total = 0;
    for i in 0..n {
        total += step(i).await;
    }
    total
}
