async fn repeats(n: u64) -> u64 {
    let mut count = 0;
    let last = loop {
        count += 1;
        if step(count).await > n {
            break count;
        }
    };
    last + n
}
