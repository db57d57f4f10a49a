async fn sends(n: u64) -> usize {
    let mut buffer = Vec::new();
    for i in 0..n {
        buffer.push(i);
        send(buffer).await;
        buffer = Vec::new();
    }
    buffer.len()
}
