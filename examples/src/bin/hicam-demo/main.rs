//! The demonstration that `cargo xtask demo` runs: the three examples on two hosts, under load, checkpointed, moved to
//! and fro with calls in progress, one killed and restored; and the proof that no client could tell. `cargo xtask cross`
//! runs it with hosts of other architectures.
#![allow(
    clippy::print_stdout,
    reason = "the demonstration shows what is happening on standard output"
)]

mod bank;
mod index;
mod migrate;
mod picture;
mod report;
mod run;
mod tally;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Parser;
use examples::cluster::{Cluster, Launch, Machine, programs};

use report::Report;

/// Runs the examples under load, migrates, kills and restores them, and checks that nothing was lost
#[derive(Debug, Parser)]
#[command(name = "cargo xtask demo")]
struct Options {
    /// The directory of text files to index
    #[arg(long, value_name = "DIR", default_value = "/usr/share/common-licenses")]
    texts: PathBuf,
    /// A further machine, whose programs are another build, and may need an emulator; then there is one host of this
    /// machine's own, and servers go round all in this order
    #[arg(long = "machine", value_name = "NAME=DIRECTORY[=COMMAND]")]
    machines: Vec<Machine>,
    /// How often each server goes to the other host, or all others, and back
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    round_trips: u32,
    /// Rays for each pixel of the picture
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..))]
    samples: u32,
    /// Where the picture is written as a PNG file [default: nowhere]
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
    /// Give up after this many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 240)]
    limit: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    match demonstrate(&options).await {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("demo failed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The cluster is ended whatever happens on it; what its processes wrote is kept if something went wrong.
async fn demonstrate(options: &Options) -> anyhow::Result<Report> {
    let home = tempfile::Builder::new()
        .prefix("hicam-demo-")
        .tempdir()
        .context("cannot create a directory for the demonstration")?;
    let programs = programs()?;
    let result = match up(options, &programs, home.path()).await {
        Ok(cluster) => {
            let result = tokio::select! {
                result = run::run(options, &programs, &cluster) => result,
                () = tokio::time::sleep(Duration::from_secs(options.limit)) =>
                    Err(anyhow::anyhow!("not done within {} s", options.limit)),
                _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
            };
            let down = cluster.down().await;
            result.and_then(|report| down.map(|()| report))
        }
        Err(error) => Err(error),
    };
    match result {
        Ok(report) => {
            if let Err(error) = home.close() {
                bail!("cannot remove the demonstration's directory: {error}");
            }
            Ok(report)
        }
        Err(error) => {
            let home = home.keep();
            Err(error.context(format!("the logs are below {}", home.display())))
        }
    }
}

async fn up(options: &Options, programs: &Path, home: &Path) -> anyhow::Result<Cluster> {
    let launch = Launch {
        hosts: match options.machines.as_slice() {
            [] => "2",
            _ => std::env::consts::ARCH,
        },
        arguments: &[],
        under: &[],
    };
    let mut cluster = Cluster::launch(programs, home, &launch).await?;
    for machine in &options.machines {
        cluster.add(machine).await?;
    }
    Ok(cluster)
}
