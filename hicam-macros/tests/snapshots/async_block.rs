async fn tries(n: u64) -> Option<u64> {
    let tried = async {
        let a = half(n).await?;
        half(a).await
    }
    .await;
    tried.map(|found| found + n)
}
