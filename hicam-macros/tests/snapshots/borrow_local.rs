async fn adds(mut table: Vec<u64>, at: usize) -> u64 {
    let entry = &mut table[at];
    *entry += 1;
    hicam::point().await;
    *entry += 1;
    table[at]
}
