//! The error of a service.

use std::fmt;

#[derive(Debug)]
pub(crate) enum ApiError {
    NotFound(String),
    Db { code: u32, why: String },
    Io(std::io::Error),
    Parse(std::num::ParseIntError),
}
impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ApiError::NotFound(what) => write!(f, "{what} is not known"),
            ApiError::Db { code, why } => write!(f, "the database says {code}: {why}"),
            ApiError::Io(error) => error.fmt(f),
            ApiError::Parse(error) => error.fmt(f),
        }
    }
}
impl std::error::Error for ApiError {}
impl From<std::num::ParseIntError> for ApiError {
    fn from(e: std::num::ParseIntError) -> Self {
        ApiError::Parse(e)
    }
}
impl From<std::io::Error> for ApiError {
    fn from(e: std::io::Error) -> Self {
        ApiError::Io(e)
    }
}
