//! The commands that build, test, show and measure HiCaM; each sets up what it needs on a fresh machine.

mod command;
mod cross;
mod demo;
mod etcd;
mod fuzz;
mod narrow;
mod protoc;
mod python;
mod room;
mod size;
mod test;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The commands that build, test, show and measure HiCaM
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Puts protoc and its include files into target/tools, where the workspace's builds look for it
    Setup,
    /// Deploys, loads, checkpoints, migrates, kills and restores the examples, and checks that nothing was lost
    #[command(disable_help_flag = true)]
    Demo {
        /// Options of the driver; `--help` shows them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<String>,
    },
    /// Formatting, lints, every test, the doc tests, the tests of the state format for 32 bits, and 300 random programs
    Test,
    /// Checks the source transformation with random programs, each at every point against its plain version
    #[command(disable_help_flag = true)]
    FuzzMacros {
        /// `--programs N`, `--seed S`, and what `--help` shows
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<String>,
    },
    /// Moves running servers and captured programs between x86-64, s390x, aarch64 and 32-bit ARM, the latter emulated
    #[command(disable_help_flag = true)]
    Cross {
        /// `--rounds N`, and what `--help` shows
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<String>,
    },
    /// What a migration point, a call, a migration and the transformation cost
    #[command(disable_help_flag = true)]
    Bench {
        /// Which to run, all without: points, echo, pause, format, size; then the options of that benchmark
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<String>,
    },
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::Setup => workspace::root().and_then(|root| protoc::install(&root)),
        Task::Demo { options } => demo::demo(&options),
        Task::Test => test::test(),
        Task::FuzzMacros { options } => fuzz::fuzz_macros(&options),
        Task::Cross { options } => cross::cross(&options),
        Task::Bench { options } => demo::bench(&options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            command::exit_code(&error)
        }
    }
}
