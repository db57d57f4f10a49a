pub async fn double(n: u64) -> u64 {
    2 * n
}
