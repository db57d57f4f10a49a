async fn shows(n: u64) -> String {
    let all = vec![half(n).await, None];
    format!("{} {all:?}", half(n).await.unwrap_or(0))
}
