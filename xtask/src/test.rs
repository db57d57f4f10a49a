//! `cargo xtask test`: what is checked before a change is accepted, but for other architectures (`cross`).

use std::process::Command;

use crate::command::{cargo, find, step};
use crate::{etcd, fuzz, narrow, protoc, python, room, workspace};

/// Runs each check; the first that fails ends it.
pub(crate) fn test() -> anyhow::Result<()> {
    let root = workspace::root()?;
    room::look(15)?;
    protoc::install(&root)?;
    let etcd = etcd::obtain(&root)?;
    python::obtain()?;
    eprintln!("etcd: {}", etcd.display());
    let run = |arguments: &[&str]| {
        let mut command: Command = cargo(&root);
        step(command.args(arguments).env(etcd::VARIABLE, &etcd))
    };
    run(&["fmt", "--all", "--check"])?;
    run(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ])?;
    // Tests of whole systems start the binaries of other packages.
    run(&["build", "--workspace", "--bins"])?;
    if find("cargo-nextest").is_some() {
        run(&["nextest", "run", "--workspace"])?;
    } else {
        run(&["test", "--workspace", "--lib", "--bins", "--tests"])?;
    }
    run(&["test", "--workspace", "--doc"])?;
    narrow::test(&root)?;
    fuzz::fuzz_macros(fuzz::WITH_TESTS)
}
