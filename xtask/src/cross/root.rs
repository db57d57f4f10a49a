//! A Debian of our own with compilers for the other architectures, which the machine's toolchain need not have.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Context as _;

use super::{Place, architecture};
use crate::command::step;

/// Of this machine's architecture.
const PACKAGES: [&str; 4] = ["rustc", "cargo", "gcc", "libc6-dev"];

/// Mounts what programs in the root are to see, for them alone: it is gone with them, whatever becomes of them.
/// `$0` is the root; then pairs of a directory and its name in the root, `--`, and the command.
const ENTER: &str = r#"set -e
mount -t proc proc "$0/proc"
while [ "$1" != -- ]; do
    mkdir -p "$0$2"
    mount --bind "$1" "$0$2"
    shift 2
done
shift
exec chroot "$0" "$@""#;

/// Makes the root, unless it is there and whole. It has the compilers for all architectures, whichever are wanted now.
pub(super) fn obtain(place: &Place, mirror: &str, suite: &str) -> anyhow::Result<()> {
    let root = &place.root;
    let foreign = architecture::ALL.iter().flat_map(|one| one.packages());
    let packages: Vec<String> = PACKAGES
        .map(str::to_owned)
        .into_iter()
        .chain(foreign)
        .collect();
    // Written when all is done: what is there without it, or with other words in it, is made anew.
    let mark = root.with_extension("ready");
    let words = format!("{suite}\n{}\n", packages.join("\n"));
    if fs::read_to_string(&mark).is_ok_and(|found| found == words) {
        return Ok(());
    }
    remove(&mark, |path| fs::remove_file(path))?;
    remove(root, |path| fs::remove_dir_all(path))?;
    fs::create_dir_all(root).with_context(|| format!("cannot create `{}`", root.display()))?;
    let mut debootstrap = Command::new("debootstrap");
    debootstrap.arg("--variant=minbase");
    if mirror.starts_with("https:") {
        debootstrap.arg("--include=ca-certificates");
    }
    step(debootstrap.arg(suite).arg(root).arg(mirror))
        .context("Debian's base system could not be installed")?;
    let settings = "Acquire::Check-Valid-Until \"false\";\nAcquire::Languages \"none\";\n";
    let path = root.join("etc/apt/apt.conf.d/90hicam");
    fs::write(&path, settings).with_context(|| format!("cannot write `{}`", path.display()))?;
    for architecture in architecture::ALL {
        let add = ["dpkg", "--add-architecture", architecture.debian];
        step(enter(root, &[]).args(add))?;
    }
    step(enter(root, &[]).args(["apt-get", "--quiet", "update"]))?;
    let install = [
        "apt-get",
        "--quiet",
        "--yes",
        "--no-install-recommends",
        "install",
    ];
    step(enter(root, &[]).args(install).args(&packages))
        .with_context(|| format!("the compilers of {suite} could not be installed"))?;
    step(enter(root, &[]).args(["apt-get", "clean"]))?;
    fs::write(&mark, words).with_context(|| format!("cannot write `{}`", mark.display()))
}

/// What begins a command in the root, where each of these directories is to be seen under the name beside it.
pub(super) fn enter(root: &Path, directories: &[(&Path, &str)]) -> Command {
    let mut command = Command::new("unshare");
    command
        .args(["--mount", "--fork", "sh", "-c", ENTER])
        .arg(root);
    for (directory, name) in directories {
        command.arg(directory).arg(name);
    }
    command.arg("--");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command.env("LC_ALL", "C.UTF-8");
    command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    command
}

fn remove(path: &Path, how: impl FnOnce(&Path) -> std::io::Result<()>) -> anyhow::Result<()> {
    match how(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove `{}`", path.display()))
        }
        _ => Ok(()),
    }
}
