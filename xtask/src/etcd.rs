//! Finds an etcd for the tests, or unpacks Debian's package into `target/tools/etcd`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::command::{find, step};

/// Where tests look for etcd.
pub(crate) const VARIABLE: &str = "HICAM_TEST_ETCD_BIN";

/// What to do where there is no etcd.
const ADVICE: &str = "install etcd, or set HICAM_TEST_ETCD_BIN to the path of its program";

/// The etcd to test with: the one named by the environment, the system's, or Debian's.
pub(crate) fn obtain(root: &Path) -> anyhow::Result<PathBuf> {
    if let Some(named) = std::env::var_os(VARIABLE).filter(|named| !named.is_empty()) {
        let named = PathBuf::from(named);
        if !named.is_file() {
            bail!("{VARIABLE} is `{}`, which is no file", named.display());
        }
        return Ok(named);
    }
    if let Some(etcd) = find("etcd") {
        return Ok(etcd);
    }
    let tools = root.join("target/tools/etcd");
    let etcd = tools.join("usr/bin/etcd");
    if !etcd.is_file() {
        unpack(&tools).context(ADVICE)?;
    }
    if !etcd.is_file() {
        bail!("Debian's package etcd-server holds no usr/bin/etcd: {ADVICE}");
    }
    Ok(etcd)
}

fn unpack(tools: &Path) -> anyhow::Result<()> {
    let download = tools.join("download");
    fs::create_dir_all(&download)
        .with_context(|| format!("cannot create `{}`", download.display()))?;
    let mut fetch = Command::new("apt-get");
    fetch.current_dir(&download);
    // apt's own user cannot write into a private directory; that is only a warning, but a loud one.
    fetch.args([
        "-o",
        "APT::Sandbox::User=root",
        "--quiet",
        "download",
        "etcd-server",
    ]);
    if step(&mut fetch).is_err() {
        // The lists of packages are missing or old.
        step(Command::new("apt-get").args(["--quiet", "update"]))?;
        step(&mut fetch)?;
    }
    let package = fs::read_dir(&download)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .context("apt-get left no package")?;
    step(Command::new("dpkg").arg("-x").arg(&package).arg(tools))?;
    fs::remove_dir_all(&download).with_context(|| format!("cannot remove `{}`", download.display()))
}
