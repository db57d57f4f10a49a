async fn finish() -> String {
    Query::new().run(1 + 2).await
}
