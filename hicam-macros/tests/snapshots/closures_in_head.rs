async fn lengths(words: &[String], out: &mut Vec<usize>) {
    for (i, length) in words.iter().filter(|word| !word.is_empty()).map(|word| word.len()).enumerate() {
        send(i, length).await;
    }
}
