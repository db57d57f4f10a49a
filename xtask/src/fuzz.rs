//! `cargo xtask fuzz-macros`: random programs that check the source transformation.

use std::ffi::OsStr;
use std::process::Command;

use crate::command::{cargo, step};
use crate::{protoc, workspace};

/// Those that are checked with every change.
pub(crate) const WITH_TESTS: &[&str] = &["--programs", "300", "--seed", "1"];

/// Checks random programs, as these options say.
pub(crate) fn fuzz_macros<O: AsRef<OsStr>>(options: &[O]) -> anyhow::Result<()> {
    let root = workspace::root()?;
    protoc::install(&root)?;
    // Of the whole workspace: the programs are linked with what is built here.
    step(cargo(&root).args(["build", "--workspace", "--bins"]))?;
    step(Command::new(workspace::debug()?.join("fuzz-macros")).args(options))
}
