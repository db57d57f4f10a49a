async fn finish(query: Query) -> String {
    query.run(1 + 2).await
}
