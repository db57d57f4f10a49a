async fn walks(mut names: Vec<String>) -> Vec<String> {
    for name in &names {
        measure(name).await;
    }
    names = rename(names).await;
    for name in &names {
        measure(name).await;
    }
    names
}
