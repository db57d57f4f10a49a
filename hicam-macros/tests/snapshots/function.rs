pub async fn step(n: u64, log: &mut Vec<u64>) -> u64 {
    log.push(n);
    n + 1
}
