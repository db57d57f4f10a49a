//! What it costs to take in a state that another machine has encoded, beside one that this machine has: the format is the
//! same on each, and nobody who writes it knows who will read it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use hicam::testing::EveryPoint;

use crate::effects;

/// Accounts in the state.
const ACCOUNTS: u64 = 50_000;

#[derive(Debug, hicam::State)]
struct Account {
    name: String,
    balance: i128,
    limits: [Option<i32>; 2],
    changes: Vec<(u64, f32)>,
}

/// Holds the state across a point.
#[hicam::migratable]
async fn hold(accounts: u64) -> (usize, i128) {
    let held = ledger(accounts);
    hicam::point().await;
    let total = held.values().map(|account| account.balance).sum();
    (held.len(), total)
}

fn ledger(accounts: u64) -> BTreeMap<u64, Account> {
    let account = |n: u64| Account {
        name: format!("account {n}"),
        balance: (i128::from(n) << 40) - 7,
        limits: [None, i32::try_from(n).ok()],
        changes: (0..n % 5).map(|k| (n + k, k as f32 / 3.0)).collect(),
    };
    (0..accounts).map(|n| (n * 3, account(n))).collect()
}

/// Writes this machine's state, and times taking in that of others beside it.
pub(crate) async fn measure(
    write: Option<&Path>,
    rounds: u32,
    files: &[PathBuf],
) -> anyhow::Result<String> {
    let program = || EveryPoint::new(|| hold(ACCOUNTS)).effects(effects::take);
    let saved = program().save().await?;
    let own = saved.points.last().context("nothing was captured")?;
    let own = &own.checkpoint;
    if let Some(path) = write {
        fs::write(path, own).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    let mut report = vec![format!("{} bytes", own.len())];
    for file in files {
        let cannot = || format!("cannot read `{}`", file.display());
        let other = fs::read(file).with_context(cannot)?;
        ensure!(
            other == *own,
            "`{}` has {} bytes that are not the {} which this machine encodes the same state to",
            file.display(),
            other.len(),
            own.len()
        );
        let (mut of_own, mut of_other) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            for (bytes, times) in [(own, &mut of_own), (&other, &mut of_other)] {
                let began = Instant::now();
                let (value, _) = program().resume(bytes).await?;
                times.push(began.elapsed());
                ensure!(value == saved.value, "another state: {value:?}");
            }
        }
        let (own, other) = (median(&mut of_own), median(&mut of_other));
        report.push(format!(
            "{}: taken in in {:.1} ms, this machine's own in {:.1} ms, ratio {:.2}",
            file.file_stem().unwrap_or_default().to_string_lossy(),
            other.as_secs_f64() * 1000.0,
            own.as_secs_f64() * 1000.0,
            other.as_secs_f64() / own.as_secs_f64()
        ));
    }
    Ok(report.join("\n"))
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
