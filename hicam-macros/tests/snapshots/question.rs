async fn reads(text: String) -> Result<u64, Error> {
    let value = parse(text).await?;
    Ok(value + 1)
}
