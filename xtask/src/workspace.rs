//! Where things are.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// The repository's root.
pub(crate) fn root() -> anyhow::Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.parent().context("xtask is not in a workspace")?;
    Ok(root.to_owned())
}

/// Where the release binaries are built.
pub(crate) fn release() -> anyhow::Result<PathBuf> {
    Ok(target()?.join("release"))
}

/// Where the debug binaries are built.
pub(crate) fn debug() -> anyhow::Result<PathBuf> {
    Ok(target()?.join("debug"))
}

/// Cargo's target directory: above the profile directory that this program is in.
pub(crate) fn target() -> anyhow::Result<PathBuf> {
    let me = std::env::current_exe().context("cannot find this program's own file")?;
    let target = me.parent().and_then(Path::parent);
    let target = target.context("this program is not in a cargo target directory")?;
    Ok(target.to_owned())
}
