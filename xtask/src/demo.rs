//! `cargo xtask demo` and `cargo xtask bench`: build everything in release, then run the driver.

use std::path::PathBuf;
use std::process::Command;

use anyhow::bail;

use crate::command::{cargo, step};
use crate::{protoc, workspace};

/// Name on the command line and program of each benchmark.
const BENCHMARKS: [(&str, &str); 3] = [
    ("points", "bench-points"),
    ("echo", "bench-echo"),
    ("pause", "bench-pause"),
];

/// Builds the system and runs the demonstration with these options.
pub(crate) fn demo(options: &[String]) -> anyhow::Result<()> {
    let release = build()?;
    step(Command::new(release.join("hicam-demo")).args(options))
}

/// Builds the system and runs one benchmark with these options, or all.
pub(crate) fn bench(options: &[String]) -> anyhow::Result<()> {
    let (wanted, options) = match options.split_first() {
        Some((name, options)) if !name.starts_with('-') => (Some(name), options),
        _ => (None, options),
    };
    let chosen: Vec<_> = BENCHMARKS
        .iter()
        .filter(|(name, _)| wanted.is_none_or(|wanted| wanted == name))
        .collect();
    if chosen.is_empty() {
        let names = BENCHMARKS.map(|(name, _)| name).join(", ");
        bail!("no such benchmark: there are {names}");
    }
    let release = build()?;
    for (_, program) in chosen {
        step(Command::new(release.join(program)).args(options))?;
    }
    Ok(())
}

fn build() -> anyhow::Result<PathBuf> {
    let root = workspace::root()?;
    protoc::install(&root)?;
    let packages = ["remex", "miman", "examples"];
    let packages = packages.iter().flat_map(|package| ["--package", package]);
    step(
        cargo(&root)
            .args(["build", "--release", "--bins"])
            .args(packages),
    )?;
    workspace::release()
}
