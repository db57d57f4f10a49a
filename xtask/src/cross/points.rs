//! Programs captured at every point on each architecture, and finished on each.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

use super::Place;
use super::build::{POINTS, Programs};
use crate::command::step_output;

/// From each architecture to each, itself included; and between 32 bits and 64, where what does not fit is refused.
/// Returns what was found, in words.
pub(super) fn cross(
    place: &Place,
    wide: &[&Programs],
    narrow: &[Programs],
) -> anyhow::Result<String> {
    let captures = &place.captures;
    match fs::remove_dir_all(captures) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot empty `{}`", captures.display()))?;
        }
        _ => {}
    }
    let mut report = Vec::new();
    let all: Vec<&Programs> = wide.iter().copied().chain(narrow).collect();
    let directory = |one: &Programs| captures.join(one.architecture);
    let mut saved = None;
    for one in &all {
        let found = run(one, |command| command.arg("save").arg(directory(one)))?;
        let same = saved.get_or_insert_with(|| found.clone());
        ensure!(
            *same == found,
            "{} captured {found}, and another architecture {same}",
            one.architecture
        );
    }
    for one in &all {
        let found = run(one, |command| {
            command.arg("resume").arg(directory(one));
            command.args(all.iter().map(|other| directory(other)))
        })?;
        report.push(format!("{:<8} {:<24} {found}", one.architecture, one.is));
    }
    // What was captured with 64 bits and is too large for 32, on each.
    for one in &all {
        for other in wide {
            let found = run(one, |command| command.arg("wide").arg(directory(other)))?;
            let narrow = narrow
                .iter()
                .any(|narrow| narrow.architecture == one.architecture);
            ensure!(
                found.ends_with(if narrow { "refused" } else { "finished" }),
                "sizes of 40 bits, captured on {}, on {}: {found}",
                other.architecture,
                one.architecture
            );
            if narrow {
                report.push(format!(
                    "{:<8} sizes of 40 bits, captured on {}: {found}",
                    one.architecture, other.architecture
                ));
            }
        }
    }
    Ok(format!(
        "{} on each of {} architectures, finished on each:\n{}",
        saved.unwrap_or_default(),
        all.len(),
        report.join("\n")
    ))
}

/// What taking in a state costs that another architecture has encoded. Returns it in words.
pub(super) fn cost(place: &Place, wide: &[&Programs]) -> anyhow::Result<String> {
    let file = |one: &Programs| {
        place
            .captures
            .join(format!("state of {}", one.architecture))
    };
    let (native, foreign) = wide.split_first().context("there is no architecture")?;
    for one in foreign {
        run(one, |command| {
            command.args(["cost", "--write"]).arg(file(one))
        })?;
    }
    let found = run(native, |command| {
        command
            .arg("cost")
            .args(foreign.iter().map(|one| file(one)))
    })?;
    Ok(format!("one state on {}: {found}", native.architecture))
}

/// Runs the program and returns what it prints.
fn run(
    programs: &Programs,
    arguments: impl FnOnce(&mut Command) -> &mut Command,
) -> anyhow::Result<String> {
    let mut command = programs.command(POINTS.first().copied().unwrap_or_default());
    arguments(&mut command).stdin(Stdio::null());
    step_output(&mut command)
}
