//! What this machine itself must have.

use std::process::Command;

use anyhow::{Context as _, bail, ensure};

use super::architecture;
use crate::command::{find, step};

/// The packages that this command installs where it can.
const PACKAGES: [&str; 2] = ["debootstrap", "qemu-user-static"];

const ADVICE: &str = "`cargo xtask cross` needs x86-64 Linux with Debian's apt, and root: it compiles in a Debian of its \
                      own below `target/cross`, made by debootstrap and entered by chroot, and executes what it has \
                      compiled with QEMU's user mode emulation. On Debian: sudo apt-get install debootstrap \
                      qemu-user-static, then run it as root";

/// Finds what is needed, and installs what is missing.
pub(super) fn check() -> anyhow::Result<()> {
    ensure!(
        cfg!(all(target_arch = "x86_64", target_os = "linux")),
        "this machine is {}-{}: {ADVICE}",
        std::env::consts::ARCH,
        std::env::consts::OS
    );
    let user = Command::new("id").arg("-u").output();
    let user = user.context("cannot execute `id`").context(ADVICE)?;
    ensure!(
        user.stdout.trim_ascii() == b"0",
        "this is not root: {ADVICE}"
    );
    let missing = missing();
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("not here yet: {}", missing.join(", "));
    if install().is_err() {
        // The lists of packages are missing or old.
        step(Command::new("apt-get").args(["--quiet", "update"])).context(ADVICE)?;
        install().context(ADVICE)?;
    }
    let missing = self::missing();
    if !missing.is_empty() {
        bail!("there is no {} in PATH: {ADVICE}", missing.join(", no "));
    }
    Ok(())
}

fn install() -> anyhow::Result<()> {
    let mut install = Command::new("apt-get");
    install.args(["--quiet", "--yes", "--no-install-recommends", "install"]);
    step(
        install
            .args(PACKAGES)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

fn missing() -> Vec<String> {
    let tools = ["debootstrap", "unshare", "mount", "chroot", "apt-get"].map(str::to_owned);
    let emulators = architecture::ALL.map(|architecture| architecture.emulator());
    let needed = tools.into_iter().chain(emulators);
    needed.filter(|program| find(program).is_none()).collect()
}
