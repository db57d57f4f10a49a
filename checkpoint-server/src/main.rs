//! The class-independent checkpoint server: stores checkpoints of any class, without looking into them.

use std::io::Write as _;
use std::process::ExitCode;

use checkpoint_server::{chain, cli, logging};
use clap::Parser;

/// Stores and returns checkpoints of any class.
///
/// A class's own checkpoint server (`bank checkpoint-server`) also refuses state that does not fit the class.
#[derive(Debug, Parser)]
#[command(name = "checkpoint-server", version)]
struct Cli {
    #[command(flatten)]
    server: cli::CheckpointServerArgs,

    /// A class to advertise this checkpoint server for in the name service; may be given several times
    #[arg(long = "class", value_name = "CLASS")]
    classes: Vec<String>,

    #[command(flatten)]
    logs: logging::LogArgs,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Cli::parse();
    logging::start(arguments.logs.log);
    match cli::run_for(arguments.server, None, arguments.classes).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to tell when standard error is closed.
            let _ = writeln!(
                std::io::stderr(),
                "checkpoint-server: {}",
                chain(error.as_ref())
            );
            ExitCode::FAILURE
        }
    }
}
