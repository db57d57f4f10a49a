async fn checks(n: u64, list: Vec<u64>) -> usize {
    assert!(n > 0, "{n} of {}", name(n).await);
    list.len()
}
