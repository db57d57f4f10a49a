//! The files of one program's captures, the same on every machine.
//!
//! ```text
//! <dir>/<program>/run.json            what the uninterrupted run returned and did, and the points
//! <dir>/<program>/<n>.checkpoint      the capture at the n-th of these points
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};

/// One program as it ran on one machine.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Run {
    /// What the uninterrupted run returned, as `Debug` shows it.
    pub(crate) value: String,
    /// What it did.
    pub(crate) effects: Vec<String>,
    pub(crate) points: Vec<Point>,
}

/// One capture.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Point {
    /// The frames, outermost first.
    pub(crate) frames: Vec<String>,
    /// What the run had done until then.
    pub(crate) effects: Vec<String>,
}

/// The directory of one program.
#[derive(Debug)]
pub(crate) struct Files {
    dir: PathBuf,
}

impl Files {
    pub(crate) fn of(dir: &Path, program: &str) -> Self {
        Self {
            dir: dir.join(program),
        }
    }

    pub(crate) fn write(&self, run: &Run, checkpoints: &[Vec<u8>]) -> anyhow::Result<()> {
        let cannot = |path: &Path| format!("cannot write `{}`", path.display());
        fs::create_dir_all(&self.dir).with_context(|| cannot(&self.dir))?;
        for (n, checkpoint) in checkpoints.iter().enumerate() {
            let path = self.checkpoint_path(n);
            fs::write(&path, checkpoint).with_context(|| cannot(&path))?;
        }
        let path = self.dir.join("run.json");
        fs::write(&path, serde_json::to_vec_pretty(run)?).with_context(|| cannot(&path))
    }

    pub(crate) fn run(&self) -> anyhow::Result<Run> {
        let path = self.dir.join("run.json");
        let text = fs::read(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let run: Run = serde_json::from_slice(&text)
            .with_context(|| format!("`{}` is no run", path.display()))?;
        ensure!(!run.points.is_empty(), "`{}` has no points", path.display());
        Ok(run)
    }

    pub(crate) fn checkpoint(&self, n: usize) -> anyhow::Result<Vec<u8>> {
        let path = self.checkpoint_path(n);
        fs::read(&path).with_context(|| format!("cannot read `{}`", path.display()))
    }

    fn checkpoint_path(&self, n: usize) -> PathBuf {
        self.dir.join(format!("{n}.checkpoint"))
    }
}
