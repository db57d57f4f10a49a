//! How the expansion grows with the number of points.

use std::fs;
use std::path::Path;

use anyhow::Context as _;

use super::cargo_in;
use super::variants::Workspace;
use crate::command::step;

/// The package of functions with many points.
pub(super) const PACKAGE: &str = "size-expansions";

/// Points written in each function.
const POINTS: [usize; 7] = [1, 2, 5, 10, 20, 40, 60];

/// The functions: a mixture of calls, branches and loops, so that there are variables that are alive and others.
pub(super) fn source() -> String {
    let mut source = "//! Functions of many points.\n\n\
                      /// Is called at the points.\n#[hicam::migratable]\npub async fn step(n: u64) -> u64 {\n    n + 1\n}\n"
        .to_owned();
    for points in POINTS {
        source.push_str(&format!("\n/// Has this many.\n{}", function(points)));
    }
    source
}

fn function(points: usize) -> String {
    let mut text =
        format!("#[hicam::migratable]\npub async fn points_{points}(mut total: u64) -> u64 {{\n");
    for at in 0..points {
        match at % 3 {
            0 => text.push_str(&format!(
                "    let v{at} = step(total).await;\n    total += v{at};\n"
            )),
            1 => text.push_str("    if total % 2 == 0 {\n        total += step(1).await;\n    }\n"),
            _ => text.push_str("    while total < 100 {\n        total += total + 1;\n    }\n"),
        }
    }
    text.push_str("    total\n}\n");
    text
}

/// Compiles the package with `HICAM_EXPAND`, and measures what that wrote.
pub(super) fn measure(place: &Workspace, target: &Path, report: &mut String) -> anyhow::Result<()> {
    let written = target.join("hicam-expand/size_expansions");
    step(
        cargo_in(place, target)
            .args(["check", "--quiet", "--package", PACKAGE])
            .env("HICAM_EXPAND", "points_"),
    )?;
    report.push_str("points     source   expansion  ratio  expansion for each point\n");
    let mut before: Option<(usize, usize)> = None;
    for points in POINTS {
        let source = function(points).len();
        let file = written.join(format!("points_{points}.rs"));
        let text = fs::read_to_string(&file)
            .with_context(|| format!("no expansion was written to `{}`", file.display()))?;
        // Formatting indents what is nested.
        let expansion = text
            .lines()
            .map(|line| line.trim().len() + 1)
            .sum::<usize>();
        let each = before.map_or_else(String::new, |(fewer, smaller)| {
            format!("{} B", (expansion - smaller) / (points - fewer))
        });
        report.push_str(&format!(
            "{points:>6} {source:>8} B {expansion:>9} B {:>6.1}  {each}\n",
            expansion as f64 / source as f64
        ));
        before = Some((points, expansion));
    }
    Ok(())
}
