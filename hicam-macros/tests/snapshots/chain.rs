async fn chains(n: u64) -> u64 {
    if let Some(a) = half(n).await
        && a > 1
        && let Some(b) = half(a).await
    {
        hicam::point().await;
        a + b
    } else {
        0
    }
}
