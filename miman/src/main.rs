//! The `miman` command.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    miman::cli::main().await
}
