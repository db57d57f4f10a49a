async fn finds(n: u64) -> u64 {
    let found = 'search: {
        if check(n).await {
            break 'search n;
        }
        0
    };
    found + 1
}
