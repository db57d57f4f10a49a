//! Python, which runs the independent reader of checkpoints in tests.

use std::process::Command;

use anyhow::{Context as _, bail};

use crate::command::{find, step};

/// Finds python3, or installs Debian's.
pub(crate) fn obtain() -> anyhow::Result<()> {
    if find("python3").is_some() {
        return Ok(());
    }
    const ADVICE: &str = "tests run tools/read_checkpoint.py: install python3 (3.8 or newer)";
    let install = || {
        let mut install = Command::new("apt-get");
        step(install.args(["--quiet", "--yes", "install", "python3"]))
    };
    if install().is_err() {
        // The lists of packages are missing or old.
        step(Command::new("apt-get").args(["--quiet", "update"])).context(ADVICE)?;
        install().context(ADVICE)?;
    }
    if find("python3").is_none() {
        bail!("the package python3 has no program python3 in PATH: {ADVICE}");
    }
    Ok(())
}
