//! How HiCaM's programs log: `RUST_LOG` says what, `HICAM_LOG` or `--log` in which form.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// In which form logs are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For reading
    #[default]
    Text,
    /// One JSON object a line
    Json,
}

/// The part of a command line that concerns logs.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub struct LogArgs {
    /// How logs are written to standard error; what is logged is chosen by RUST_LOG, such as `debug`
    #[arg(
        long,
        env = "HICAM_LOG",
        value_name = "FORMAT",
        value_enum,
        default_value_t,
        global = true
    )]
    pub log: LogFormat,
}

/// Writes logs to standard error from now on, unless the program has logs of its own already.
pub fn start(format: LogFormat) {
    let filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .from_env_lossy();
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(colours && format == LogFormat::Text)
        .with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Text => logs.try_init(),
        LogFormat::Json => logs.json().try_init(),
    };
    if let Err(error) = started {
        tracing::debug!(%error, "the program that uses this library logs already");
    }
}
