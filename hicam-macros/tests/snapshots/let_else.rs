async fn takes(n: u64) -> u64 {
    let Some(found) = half(n).await else {
        return 0;
    };
    hicam::point().await;
    found
}
