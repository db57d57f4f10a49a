//! The command line: arguments, the commands, tables and JSON.

mod args;
mod bar;
mod error;
mod help;
mod output;
mod run;
mod show;
mod up;

use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

pub use self::args::{Cli, Command, LogFormat};

/// Runs the command that the process's arguments say; the result is the exit status.
///
/// 0: done. 1: it cannot be done as asked. 2: wrong usage. 75: it may be possible later, unchanged.
/// A failure prints one line on standard error.
pub async fn main() -> ExitCode {
    let cli = Cli::parse();
    init_log(cli.global.verbose, cli.global.log);
    let Err(error) = run::run(cli).await else {
        return ExitCode::SUCCESS;
    };
    if error.is_closed_pipe() {
        // Whoever read the output has seen enough: `miman servers | head -1`.
        return ExitCode::SUCCESS;
    }
    tracing::debug!(error = ?error, "failed");
    output::complain(&error);
    ExitCode::from(error.exit_status())
}

/// Without `--verbose` and RUST_LOG nothing is logged: standard error carries one clear message.
fn init_log(verbose: bool, format: LogFormat) {
    let default = if verbose {
        "miman=debug,hicam_protocol=debug"
    } else {
        "off"
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let colours = !no_color && std::io::IsTerminal::is_terminal(&std::io::stderr());
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(colours && format == LogFormat::Text);
    let started = match format {
        LogFormat::Text => logs.try_init(),
        LogFormat::Json => logs.json().try_init(),
    };
    if let Err(error) = started {
        tracing::debug!(%error, "a program that uses this library logs already");
    }
}
