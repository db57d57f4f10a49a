//! `?` on a call's value inside of another call's arguments: its error need not be capturable.

use super::errors::{LoadError, decode, parse};
use super::expressions::add;
use super::{hicam, programs};

#[hicam::migratable]
async fn load(bytes: Vec<u8>, limit: i64) -> Result<i64, LoadError> {
    let value = parse(decode(bytes).await?).await?;
    if value > limit {
        return Err(LoadError::Range { value, limit });
    }
    Ok(value)
}

#[hicam::migratable]
async fn read(text: &str) -> Result<u32, std::io::Error> {
    hicam::point().await;
    text.parse().map_err(std::io::Error::other)
}

#[hicam::migratable]
async fn sum_of(left: &str, right: &str) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
    let sum = add(read(left).await?, read(right).await? + 1).await;
    hicam::point().await;
    Ok(add(sum, read(right).await.unwrap_or(7)).await)
}

#[hicam::migratable]
async fn shown(left: &str, right: &str) -> String {
    match sum_of(left, right).await {
        Ok(sum) => sum.to_string(),
        Err(error) => error.to_string(),
    }
}

programs! {
    question_operands;
    questions_in_arguments: load(b"12".to_vec(), 100) => Ok(12);
    questions_in_arguments_in_error: load(b"x2".to_vec(), 100);
    questions_in_arguments_out_of_range: load(b"120".to_vec(), 100) => Err(LoadError::Range { value: 120, limit: 100 });
    io_errors_in_arguments: shown("1", "2") => "6".to_owned();
    io_errors_in_arguments_in_error: shown("1", "x") => "invalid digit found in string".to_owned();
}
