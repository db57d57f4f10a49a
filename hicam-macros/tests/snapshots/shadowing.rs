async fn shadows(value: String) -> usize {
    let value = measure(value).await;
    let value = format!("{value}");
    hicam::point().await;
    value.len()
}
