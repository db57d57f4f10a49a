//! What a client of the index needs besides the generated client.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tonic::client::GrpcService;

use super::v1::{FeedRequest, text_index_client::TextIndexClient};

/// Bytes of a file in one call.
const PIECE: usize = 64 << 10;

/// A file to be fed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFile {
    /// Path below the directory.
    pub name: String,
    /// What is in it.
    pub text: Vec<u8>,
}

impl TextFile {
    /// The calls that feed this file, in order.
    pub fn pieces(&self) -> Vec<FeedRequest> {
        let count = self.text.len().div_ceil(PIECE).max(1);
        (0..count)
            .map(|piece| {
                let start = piece * PIECE;
                let end = (start + PIECE).min(self.text.len());
                FeedRequest {
                    file: self.name.clone(),
                    offset: start as u64,
                    data: self.text[start..end].to_vec(),
                    last: piece + 1 == count,
                }
            })
            .collect()
    }
}

/// Every regular file below a directory, in the order of their names; symbolic links to files are followed.
///
/// # Errors
/// If the directory or a file in it cannot be read.
pub fn read_directory(root: &Path) -> anyhow::Result<Vec<TextFile>> {
    let mut waiting: Vec<PathBuf> = vec![root.to_owned()];
    let mut files = Vec::new();
    while let Some(directory) = waiting.pop() {
        let entries = std::fs::read_dir(&directory)
            .with_context(|| format!("cannot read the directory `{}`", directory.display()))?;
        for entry in entries {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                waiting.push(path);
            } else if path.is_file() {
                let text = std::fs::read(&path)
                    .with_context(|| format!("cannot read the file `{}`", path.display()))?;
                let name = path.strip_prefix(root).unwrap_or(&path);
                files.push(TextFile {
                    name: name.to_string_lossy().into_owned(),
                    text,
                });
            }
        }
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}

/// Feeds one file, piece by piece. Returns the number of calls.
///
/// # Errors
/// What the server answers to a piece it does not take.
pub async fn feed<T>(client: &mut TextIndexClient<T>, file: &TextFile) -> Result<u64, tonic::Status>
where
    T: GrpcService<tonic::body::Body>,
    T::Error: Into<tonic::codegen::StdError>,
    T::ResponseBody: tonic::codegen::Body<Data = tonic::codegen::Bytes> + Send + 'static,
    <T::ResponseBody as tonic::codegen::Body>::Error: Into<tonic::codegen::StdError> + Send,
{
    let mut calls = 0;
    for piece in file.pieces() {
        client.feed(piece).await?;
        calls += 1;
    }
    Ok(calls)
}
