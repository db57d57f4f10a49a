//! The class-independent checkpoint server: stores checkpoints of any class, without looking into them.

use clap::Parser;
use tracing_subscriber::EnvFilter;

/// Stores and returns checkpoints of any class.
///
/// A class's own checkpoint server (`bank checkpoint-server`) also refuses state that does not fit the class.
#[derive(Debug, Parser)]
#[command(name = "checkpoint-server", version)]
struct Cli {
    #[command(flatten)]
    server: checkpoint_server::cli::CheckpointServerArgs,

    /// A class to advertise this checkpoint server for in the name service; may be given several times
    #[arg(long = "class", value_name = "CLASS")]
    classes: Vec<String>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            EnvFilter::builder()
                .with_default_directive(tracing::level_filters::LevelFilter::INFO.into())
                .from_env_lossy(),
        )
        .init();
    checkpoint_server::cli::run_for(cli.server, None, cli.classes).await
}
