//! Running servers that go round the architectures while they are called.

use std::process::Stdio;

use anyhow::{Context as _, ensure};

use super::build::Programs;
use crate::command::step_output;

const CLASSES: [&str; 3] = ["bank", "render", "textindex"];

/// Different architectures are different builds of one source: what a class says of its state must be the same on each.
pub(super) fn compare_schemas(programs: &[&Programs]) -> anyhow::Result<String> {
    for class in CLASSES {
        let mut first = None;
        for one in programs {
            let mut ask = one.command(class);
            let schema = step_output(ask.arg("schema").stdin(Stdio::null()))?;
            let (architecture, expected) = first.get_or_insert((one.architecture, schema.clone()));
            ensure!(
                *expected == schema,
                "the schema of {class} on {} is not that on {architecture}: {schema} instead of {expected}",
                one.architecture
            );
        }
    }
    Ok(format!(
        "the schemas of {} are the same on {} architectures",
        CLASSES.join(", "),
        programs.len()
    ))
}

/// What the demonstration has done; that nothing failed, was lost or was done twice, it has checked.
pub(super) struct Counts {
    pub(super) migrations: String,
    pub(super) calls: String,
}

/// Runs the demonstration with a host of each architecture.
pub(super) fn run(native: &Programs, foreign: &[Programs], rounds: u32) -> anyhow::Result<Counts> {
    let mut demo = native.command("hicam-demo");
    demo.args(["--round-trips", &rounds.to_string()]);
    // Emulated, a ray takes many times as long.
    demo.args(["--samples", "4", "--limit", "900"]);
    for one in foreign {
        demo.arg("--machine").arg(format!(
            "{}={}={}",
            one.architecture,
            one.directory.display(),
            one.emulator.join(" ")
        ));
    }
    let printed = step_output(&mut demo)?;
    let last = printed.lines().last().unwrap_or_default();
    counts(last).with_context(|| format!("the demonstration ended with something else: {last}"))
}

/// What the last line of the demonstration says.
fn counts(line: &str) -> Option<Counts> {
    let counts = line
        .strip_prefix("demo ok: ")?
        .strip_suffix(", 0 failed, 0 duplicated, 0 lost")?;
    let (migrations, calls) = counts.split_once(", ")?;
    Some(Counts {
        migrations: migrations.strip_suffix(" migrations")?.to_owned(),
        calls: calls.strip_suffix(" calls")?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::counts;

    #[test]
    fn the_demonstrations_last_line_is_read() {
        let line = "demo ok: 18 migrations, 4981 calls, 0 failed, 0 duplicated, 0 lost";
        let found = counts(line).map(|counts| (counts.migrations, counts.calls));
        assert_eq!(found, Some(("18".to_owned(), "4981".to_owned())));
        assert!(
            counts("demo ok: 18 migrations, 4981 calls, 1 failed, 0 duplicated, 0 lost").is_none()
        );
    }
}
