//! Programs that are captured at every point on one machine and finished on others, which `cargo xtask cross` runs on
//! each architecture: `save` on one, `resume` on all, in the same directory.
#![allow(
    clippy::print_stdout,
    reason = "what was found is printed, for the program that runs this one"
)]

mod case;
mod cost;
mod effects;
mod files;
mod programs;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::ensure;
use clap::{Parser, Subcommand};

/// Captures programs at every migration point, and finishes what was captured on other machines
#[derive(Debug, Parser)]
#[command(name = "hicam-crossing")]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs each program, captures it at each point it passes, and writes all of it below DIR
    Save {
        /// The directory of this machine's captures
        dir: PathBuf,
    },
    /// Finishes every capture below each DIR, and compares results and effects with this machine's own below OWN
    Resume {
        /// What `save` wrote on this machine
        own: PathBuf,
        /// What `save` wrote on others
        others: Vec<PathBuf>,
    },
    /// Takes captures that hold a `usize` of 40 bits, below DIR; a host with 32 bits must refuse each, one with 64 finish it
    Wide {
        /// What `save` wrote on a machine with 64 bits
        dir: PathBuf,
    },
    /// Times encoding and decoding of one large state, and decoding of the same state from each FILE
    Cost {
        /// Where this machine's encoded state is written
        #[arg(long)]
        write: Option<PathBuf>,
        /// How often each is done; the median counts
        #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..))]
        rounds: u32,
        /// The state as other machines have encoded it
        files: Vec<PathBuf>,
    },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Options::parse().command).await {
        Ok(found) => {
            println!("{found}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error on {}: {error:#}", std::env::consts::ARCH);
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<String> {
    match command {
        Command::Save { dir } => {
            let mut points = 0;
            let programs = programs::all();
            for case in &programs {
                points += case.save(&dir).await?;
            }
            programs::wide().save(&dir).await?;
            Ok(format!("{} programs, {points} points", programs.len()))
        }
        Command::Resume { own, others } => {
            ensure!(!others.is_empty(), "there is nothing to resume");
            let (mut resumed, mut equal) = (0, 0);
            for dir in &others {
                for case in programs::all() {
                    let found = case.resume(&own, dir).await?;
                    resumed += found.resumed;
                    equal += found.equal;
                }
            }
            Ok(format!("{resumed} resumed, {equal} equal byte for byte"))
        }
        Command::Wide { dir } => {
            let fits = usize::BITS >= 64;
            let captures = programs::wide().wide(&dir, fits).await?;
            Ok(format!(
                "{captures} {}",
                if fits { "finished" } else { "refused" }
            ))
        }
        Command::Cost {
            write,
            rounds,
            files,
        } => cost::measure(write.as_deref(), rounds, &files).await,
    }
}
