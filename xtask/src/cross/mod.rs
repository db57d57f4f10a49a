//! `cargo xtask cross`: the examples and the every-point programs on other architectures, emulated, and from each to each.

mod architecture;
mod build;
mod host;
mod mirror;
mod points;
mod root;
mod tour;

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Parser;

use crate::{protoc, room, workspace};
use architecture::Architecture;
use build::Programs;

/// Builds for x86-64, s390x, aarch64 and armhf, and moves running servers and captured programs from each to each
#[derive(Debug, Parser)]
#[command(name = "cargo xtask cross", bin_name = "cargo xtask cross")]
struct Options {
    /// Which, beside this machine's own; servers go round those with 64 bits in this order
    #[arg(long, value_delimiter = ',', value_name = "NAMES", default_value = "s390x,aarch64,arm", value_parser = architecture::named)]
    architectures: Vec<&'static Architecture>,
    /// How often each server goes round all architectures
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// The mirror that Debian's packages come from [default: the one that apt is configured for]
    #[arg(long, value_name = "URL")]
    mirror: Option<String>,
    /// The Debian suite whose compilers are used; what is there of another suite is made anew
    #[arg(long, default_value = "testing")]
    suite: String,
    /// Leave out the tests of the state format and of the runtime, which run on each architecture with 64 bits
    #[arg(long)]
    skip_tests: bool,
    /// Only set up and build
    #[arg(long)]
    build_only: bool,
    /// Where the set-up is not possible, say why and succeed
    #[arg(long)]
    if_possible: bool,
}

/// All but those that need Python, which is this machine's alone.
const STATE_TESTS: &[&str] = &[
    "--lib",
    "--test=checkpoint",
    "--test=damaged",
    "--test=derive",
    "--test=dynamic",
    "--test=evolution",
    "--test=golden",
    "--test=graphs",
    "--test=heap",
    "--test=round_trip",
    "--test=schema",
    "--test=small",
];

/// All of them: captured programs, and servers that are checkpointed and moved between processes and stores of the test's
/// own, whose names are in an embedded name service.
const RUNTIME_TESTS: &[&str] = &["--lib", "--test=*"];

/// Everything, in order; the first thing that is wrong ends it.
pub(crate) fn cross(options: &[String]) -> anyhow::Result<()> {
    let name = std::iter::once("cargo xtask cross").map(str::to_owned);
    let options = Options::parse_from(name.chain(options.iter().cloned()));
    let repository = workspace::root()?;
    let place = Place::new()?;
    room::look(8)?;
    if let Err(error) = set_up(&place, &options) {
        if options.if_possible {
            eprintln!("==> other architectures are LEFT OUT: {error:#}");
            return Ok(());
        }
        return Err(error);
    }
    protoc::install(&repository)?;
    build::vendor(&repository, &place)?;
    let native = build::native(&repository)?;
    let (wide, narrow): (Vec<_>, Vec<_>) = options
        .architectures
        .into_iter()
        .partition(|architecture| architecture.wide);
    if !options.skip_tests && !options.build_only && !wide.is_empty() {
        build::test(&repository, &place, &wide, "hicam-state", STATE_TESTS)?;
        build::test(&repository, &place, &wide, "hicam-runtime", RUNTIME_TESTS)?;
    }
    let foreign = build::foreign(&repository, &place, &wide, build::ALL)?;
    let narrow = build::foreign(&repository, &place, &narrow, build::POINTS)?;
    if options.build_only {
        return Ok(());
    }
    let wide: Vec<&Programs> = std::iter::once(&native).chain(&foreign).collect();
    let mut report = vec![points::cross(&place, &wide, &narrow)?];
    if let [_, _, ..] = wide.as_slice() {
        report.push(points::cost(&place, &wide)?);
        report.push(tour::compare_schemas(&wide)?);
        let counts = tour::run(&native, &foreign, options.rounds)?;
        report.push(format!(
            "cross ok: {} migrations across {} architectures, {} calls, 0 failed, 0 duplicated, 0 lost",
            counts.migrations,
            wide.len(),
            counts.calls
        ));
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n{}", report.join("\n")).context("cannot write to the standard output")
}

/// What is needed before anything is compiled.
fn set_up(place: &Place, options: &Options) -> anyhow::Result<()> {
    host::check()?;
    let mirror = match &options.mirror {
        Some(mirror) => mirror.clone(),
        None => mirror::configured()?,
    };
    root::obtain(place, &mirror, &options.suite)
}

/// Where everything is that this command makes, and what survives for its next run.
struct Place {
    /// Debian, with the compilers.
    root: PathBuf,
    /// The sources of all crates.
    vendor: PathBuf,
    /// What is compiled.
    build: PathBuf,
    /// What the programs of each architecture capture.
    captures: PathBuf,
}

impl Place {
    fn new() -> anyhow::Result<Self> {
        let cross = workspace::target()?.join("cross");
        Ok(Self {
            root: cross.join("root"),
            vendor: cross.join("vendor"),
            build: cross.join("build"),
            captures: cross.join("captures"),
        })
    }
}
