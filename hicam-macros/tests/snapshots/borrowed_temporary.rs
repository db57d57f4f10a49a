async fn gives(n: u64) -> usize {
    measure(&format!("{n}")).await
}
