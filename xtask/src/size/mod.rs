//! `cargo xtask bench size`: what the transformation costs in compile time, binary size and expanded source.
//!
//! Each example is built in two versions, as packages of a workspace of their own under `target/hicam-size`: as it is, and
//! from a copy of its source without `#[hicam::migratable]` and `#[hicam::conformist]`. Both keep the server's runtime
//! and its data's `#[derive(hicam::State)]`, so the difference is the transformation of functions alone.

mod expansions;
mod variants;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use clap::Parser;

use crate::command::{cargo, step};
use crate::{protoc, workspace};
use variants::{Variant, Workspace};

/// What the transformation costs in compile time, binary size and expanded source
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench size", bin_name = "cargo xtask bench size")]
struct Options {
    /// The profile to build in: release or dev
    #[arg(long, default_value = "release")]
    profile: String,
    /// How often each version is compiled; the median counts
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Only the size of expansions, which needs no build of the examples
    #[arg(long)]
    expansions_only: bool,
}

const EXAMPLES: [&str; 3] = ["bank", "render", "textindex"];

/// Runs the measurements and prints their tables.
pub(crate) fn bench(options: &[String]) -> anyhow::Result<()> {
    let name = std::iter::once("cargo xtask bench size").map(str::to_owned);
    let options = Options::parse_from(name.chain(options.iter().cloned()));
    if options.runs == 0 {
        bail!("`--runs` is at least 1");
    }
    let root = workspace::root()?;
    protoc::install(&root)?;
    let target = workspace::target()?;
    let place = Workspace::create(&root, &target.join("hicam-size"), &EXAMPLES)?;
    let mut report = String::new();
    if !options.expansions_only {
        examples(&place, &target, &options, &mut report)?;
    }
    expansions::measure(&place, &target, &mut report)?;
    let mut out = std::io::stdout().lock();
    out.write_all(report.as_bytes())
        .context("cannot write the report")
}

/// Cargo in the workspace that is measured, with this target directory.
fn cargo_in(place: &Workspace, target: &Path) -> Command {
    let mut command = cargo(place.path());
    command
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_INCREMENTAL", "0");
    // What the repository's own cargo configuration says, for a target directory that is elsewhere.
    if std::env::var_os("PROTOC").is_none() {
        command.env("PROTOC", place.protoc());
    }
    command
}

/// Compile times and binary sizes.
fn examples(
    place: &Workspace,
    target: &Path,
    options: &Options,
    report: &mut String,
) -> anyhow::Result<()> {
    let profile = options.profile.as_str();
    // What both versions of all examples stand on, and a library that is small.
    let first = Variant::With.package(EXAMPLES[0]);
    step(
        cargo_in(place, target)
            .args(["build", "--lib", "--package", &first])
            .args(["--profile", profile]),
    )?;
    report.push_str(&format!(
        "profile {profile}; the package alone, compiled and linked, median of {}; binaries without symbols\n\n",
        options.runs
    ));
    report.push_str(
        "example    compile: without     with  ratio  binary: without        with  ratio\n",
    );
    for example in EXAMPLES {
        let mut plain = Vec::new();
        let mut annotated = Vec::new();
        // In turn, so that what else the machine does meets both.
        for _ in 0..options.runs {
            plain.push(compile(place, target, profile, example, Variant::Without)?);
            annotated.push(compile(place, target, profile, example, Variant::With)?);
        }
        let (plain, annotated) = (median(plain), median(annotated));
        let built = |variant| binary(place, target, profile, example, variant);
        let (small, large) = (built(Variant::Without)?, built(Variant::With)?);
        report.push_str(&format!(
            "{example:<10} {:>15.2} s {:>6.2} s {:>6.2} {:>14} B {:>9} B {:>6.3}\n",
            plain.as_secs_f64(),
            annotated.as_secs_f64(),
            annotated.as_secs_f64() / plain.as_secs_f64(),
            small,
            large,
            large as f64 / small as f64,
        ));
    }
    report.push('\n');
    Ok(())
}

/// Compiles one version of one example again, and says how long that took.
fn compile(
    place: &Workspace,
    target: &Path,
    profile: &str,
    example: &str,
    variant: Variant,
) -> anyhow::Result<Duration> {
    place.touch(example, variant)?;
    let name = variant.package(example);
    let mut command = cargo_in(place, target);
    command
        .args(["rustc", "--quiet", "--package", &name, "--bin", &name])
        .args(["--profile", profile, "--", "-C", "strip=symbols"]);
    let began = Instant::now();
    step(&mut command)?;
    Ok(began.elapsed())
}

fn binary(
    place: &Workspace,
    target: &Path,
    profile: &str,
    example: &str,
    variant: Variant,
) -> anyhow::Result<u64> {
    let directory = if profile == "dev" { "debug" } else { profile };
    let name = variant.package(example);
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let file = target.join(directory).join(file);
    let built = fs::metadata(&file).with_context(|| {
        format!(
            "`{}` was not built from `{}`",
            file.display(),
            place.path().display()
        )
    })?;
    Ok(built.len())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
