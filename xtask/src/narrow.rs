//! The state format on a target with 32 bits: what was written with 64 is restored there, or refused with a word.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::command::{cargo, find, step};

/// It runs on every x86-64 Linux; its C library and start files come with Rust.
const TARGET: &str = "i686-unknown-linux-musl";

/// Runs the tests of the format for 32 bits.
pub(crate) fn test(root: &Path) -> anyhow::Result<()> {
    if !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        eprintln!("==> the tests for 32 bits are left out: programs for {TARGET} do not run here");
        return Ok(());
    }
    if let Err(missing) = obtain(root) {
        eprintln!("==> the tests for 32 bits are LEFT OUT: {missing:#}");
        return Ok(());
    }
    if find("gcc").is_none() {
        bail!("tests for 32 bits assemble a few lines for {TARGET}: install gcc");
    }
    let mut tests = cargo(root);
    tests
        .args(["test", "-p", "hicam-state", "--tests", "--target", TARGET])
        .env("CC_i686_unknown_linux_musl", "gcc")
        .env("CFLAGS_i686_unknown_linux_musl", "-m32")
        .env("CARGO_TARGET_I686_UNKNOWN_LINUX_MUSL_LINKER", "rust-lld");
    step(&mut tests)
}

/// Has rustup add the target unless it is there.
fn obtain(root: &Path) -> anyhow::Result<()> {
    let advice = || format!("tests for 32 bits need Rust's library for {TARGET}: install it");
    let library = Command::new("rustc")
        .current_dir(root)
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()
        .with_context(advice)?;
    let library = String::from_utf8_lossy(&library.stdout).into_owned();
    if Path::new(library.trim()).is_dir() {
        return Ok(());
    }
    let mut add = Command::new("rustup");
    add.current_dir(root).args(["target", "add", TARGET]);
    step(&mut add).with_context(advice)
}
