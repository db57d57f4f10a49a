//! The end of a log file, for error messages.

use std::{io::SeekFrom, path::Path};

use tokio::{
    fs::File,
    io::{AsyncReadExt as _, AsyncSeekExt as _},
};

// The lines travel in the header of a gRPC answer, of which clients accept 16 KiB.
const BYTES: u64 = 2 << 10;
const LINES: usize = 20;

/// The last lines of the file at `path`; a remark instead when there are none.
pub(crate) async fn read(path: &Path) -> String {
    match bytes(path).await {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes);
            let lines: Vec<&str> = text.trim_end().lines().collect();
            let tail = lines[lines.len().saturating_sub(LINES)..].join("\n");
            if tail.is_empty() {
                "(it is empty)".to_owned()
            } else {
                tail
            }
        }
        Err(error) => format!("(it cannot be read: {error})"),
    }
}

async fn bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut file = File::open(path).await?;
    let length = file.metadata().await?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(BYTES)))
        .await?;
    let mut bytes = Vec::new();
    file.take(BYTES).read_to_end(&mut bytes).await?;
    Ok(bytes)
}
