// points = "loops"
async fn waits(n: u64) -> u64 {
    let mut sum = first().await;
    while sum < n {
        sum += 1;
    }
    hicam::point().await;
    sum
}
