//! Whether there is room on the disk for what a command builds.

use anyhow::Context as _;

use crate::workspace;

const GB: u64 = 1_000_000_000;

/// Says so if less than `gigabytes` are free, which is what the command writes where nothing has been built yet. What has
/// been is counted by nobody, so it is no error: but compilers and linkers whose disk is full fail in ways that do not say so.
pub(crate) fn look(gigabytes: u64) -> anyhow::Result<()> {
    let target = workspace::target()?;
    let disk = rustix::fs::statvfs(&target)
        .with_context(|| format!("cannot tell how much room `{}` has", target.display()))?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if free < gigabytes * GB {
        eprintln!(
            "warning: {}.{} GB are free for `{}`; where nothing has been built yet, this command writes about \
             {gigabytes} GB",
            free / GB,
            free % GB * 10 / GB,
            target.display()
        );
    }
    Ok(())
}
