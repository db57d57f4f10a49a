async fn finds(rows: Vec<Vec<u64>>) -> Option<u64> {
    'rows: for row in rows {
        for value in row {
            if value == 0 {
                continue 'rows;
            }
            if check(value).await {
                return Some(value);
            }
        }
    }
    None
}
