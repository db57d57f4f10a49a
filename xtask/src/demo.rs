//! `cargo xtask demo` and `cargo xtask bench`: build what they need in release, then run the driver.

use std::path::PathBuf;
use std::process::Command;

use anyhow::bail;

use crate::command::{cargo, step};
use crate::{protoc, size, workspace};

/// The driver of the demonstration, and the programs it starts.
const DEMO: [&str; 6] = [
    "hicam-demo",
    "miman",
    "remex",
    "bank",
    "render",
    "textindex",
];

/// Name on the command line of each benchmark; its program, and the programs that one starts.
const BENCHMARKS: [(&str, &[&str]); 3] = [
    ("points", &["bench-points"]),
    ("echo", &["bench-echo"]),
    ("pause", &["bench-pause", "miman", "remex", "bank"]),
];

/// Builds the system and runs the demonstration with these options.
pub(crate) fn demo(options: &[String]) -> anyhow::Result<()> {
    let release = build(&DEMO)?;
    step(Command::new(release.join("hicam-demo")).args(options))
}

/// Builds the system and runs one benchmark with these options, or all.
pub(crate) fn bench(options: &[String]) -> anyhow::Result<()> {
    let (wanted, options) = match options.split_first() {
        Some((name, options)) if !name.starts_with('-') => (Some(name), options),
        _ => (None, options),
    };
    if wanted.is_some_and(|wanted| wanted == "size") {
        return size::bench(options);
    }
    if wanted.is_some_and(|wanted| wanted == "format") {
        return format(options);
    }
    let chosen = BENCHMARKS.iter();
    let chosen: Vec<_> = chosen
        .filter(|(name, _)| wanted.is_none_or(|wanted| wanted == name))
        .map(|(_, programs)| *programs)
        .collect();
    if chosen.is_empty() {
        let names = BENCHMARKS.map(|(name, _)| name).join(", ");
        bail!("no such benchmark: there are {names}, format, size");
    }
    let release = build(&chosen.concat())?;
    for program in chosen.iter().filter_map(|programs| programs.first()) {
        step(Command::new(release.join(program)).args(options))?;
    }
    if wanted.is_none() {
        format(&[])?;
        size::bench(&[])?;
    }
    Ok(())
}

/// The state format beside others: a benchmark of the crate that has it, which is all that is built for it.
fn format(options: &[String]) -> anyhow::Result<()> {
    let mut bench = cargo(&workspace::root()?);
    bench.args(["bench", "-p", "hicam-state", "--bench", "format", "--"]);
    step(bench.args(options))
}

fn build(programs: &[&str]) -> anyhow::Result<PathBuf> {
    let root = workspace::root()?;
    protoc::install(&root)?;
    let programs = programs.iter().flat_map(|program| ["--bin", program]);
    // Of the whole workspace: for some packages alone cargo chooses other features, and builds much twice.
    step(
        cargo(&root)
            .args(["build", "--release", "--workspace"])
            .args(programs),
    )?;
    workspace::release()
}
