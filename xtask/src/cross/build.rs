//! Compiles for this machine, and in the root for others.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context as _;

use super::architecture::Architecture;
use super::{Place, root};
use crate::command::{cargo, find, step};
use crate::workspace;

/// The program that captures and finishes the every-point programs.
pub(super) const POINTS: &[&str] = &["hicam-crossing"];

/// What runs on each machine of a cluster too.
pub(super) const ALL: &[&str] = &["hicam-crossing", "remex", "bank", "render", "textindex"];

/// The programs of one architecture.
#[derive(Debug)]
pub(super) struct Programs {
    /// As in `std::env::consts::ARCH`.
    pub(super) architecture: &'static str,
    /// What is special about it.
    pub(super) is: &'static str,
    pub(super) directory: PathBuf,
    /// What executes them, with its arguments; nothing if this machine does.
    pub(super) emulator: Vec<String>,
}

impl Programs {
    /// A command that executes one of them.
    pub(super) fn command(&self, program: &str) -> Command {
        let path = self.directory.join(program);
        match self.emulator.split_first() {
            None => Command::new(path),
            Some((emulator, arguments)) => {
                let mut command = Command::new(emulator);
                command.args(arguments).arg(path);
                command
            }
        }
    }
}

/// Those of this machine, compiled by its own toolchain, and by the command that builds for its tests too.
pub(super) fn native(repository: &Path) -> anyhow::Result<Programs> {
    step(cargo(repository).args(["build", "--workspace", "--bins"]))?;
    Ok(Programs {
        architecture: std::env::consts::ARCH,
        is: "64 bits, little-endian",
        directory: workspace::debug()?,
        emulator: Vec::new(),
    })
}

/// Copies the sources of all crates to where the root's cargo, which asks no registry, finds them.
pub(super) fn vendor(repository: &Path, place: &Place) -> anyhow::Result<()> {
    let lock = repository.join("Cargo.lock");
    let wanted = fs::read(&lock).with_context(|| format!("cannot read `{}`", lock.display()))?;
    // Written when all is done.
    let mark = place.vendor.with_extension("lock");
    if fs::read(&mark).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    let mut vendor = cargo(repository);
    vendor.args(["vendor", "--quiet", "--locked", "--versioned-dirs"]);
    // It prints settings, which `command` gives as arguments.
    step(vendor.arg(&place.vendor).stdout(Stdio::null()))?;
    fs::write(&mark, wanted).with_context(|| format!("cannot write `{}`", mark.display()))
}

/// Those of other architectures, compiled in the root.
pub(super) fn foreign(
    repository: &Path,
    place: &Place,
    architectures: &[&Architecture],
    programs: &[&str],
) -> anyhow::Result<Vec<Programs>> {
    if architectures.is_empty() {
        return Ok(Vec::new());
    }
    let mut build = command(repository, place, "build", architectures)?;
    for program in programs {
        build.args(["--bin", program]);
    }
    // Compiling takes longer than what is run: captured programs run for seconds, servers under load for minutes.
    let level = if programs == POINTS { "0" } else { "1" };
    build.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", level);
    step(&mut build).context("what is compiled for other architectures")?;
    let programs = architectures.iter().map(|architecture| Programs {
        architecture: architecture.name,
        is: architecture.is,
        directory: place.build.join(architecture.target).join("release"),
        emulator: vec![
            architecture.emulator(),
            "-L".to_owned(),
            architecture.libraries(&place.root).display().to_string(),
        ],
    });
    Ok(programs.collect())
}

/// Runs these tests of a package, compiled in the root, each on each of the architectures.
pub(super) fn test(
    repository: &Path,
    place: &Place,
    architectures: &[&Architecture],
    package: &str,
    tests: &[&str],
) -> anyhow::Result<()> {
    let mut test = command(repository, place, "test", architectures)?;
    test.args(["--package", package]).args(tests);
    // A million of anything takes minutes where each instruction is emulated.
    test.args(["--", "--skip", "million"]);
    for architecture in architectures {
        // The root has no emulator: this machine's needs nothing but itself.
        let emulator = architecture.emulator();
        let found = find(&emulator).with_context(|| format!("there is no `{emulator}`"))?;
        let copy = place.build.join(&emulator);
        fs::copy(&found, &copy).with_context(|| format!("cannot write `{}`", copy.display()))?;
        test.env(
            architecture.cargo_variable("RUNNER"),
            format!("/build/{emulator} -L /usr/{}", architecture.gnu),
        );
    }
    test.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
    step(&mut test).with_context(|| format!("the tests of {package} on other architectures"))
}

/// The root's cargo, for these architectures.
fn command(
    repository: &Path,
    place: &Place,
    subcommand: &str,
    architectures: &[&Architecture],
) -> anyhow::Result<Command> {
    fs::create_dir_all(&place.build)
        .with_context(|| format!("cannot create `{}`", place.build.display()))?;
    let directories = [
        (repository, "/hicam"),
        (place.vendor.as_path(), "/vendor"),
        (place.build.as_path(), "/build"),
    ];
    let mut command = root::enter(&place.root, &directories);
    command.args(["cargo", subcommand, "--release", "--offline", "--locked"]);
    command.args(["--manifest-path", "/hicam/Cargo.toml"]);
    command.args(["--config", "/hicam/.cargo/config.toml"]);
    command.args(["--config", "source.crates-io.replace-with=\"vendored\""]);
    command.args(["--config", "source.vendored.directory=\"/vendor\""]);
    for architecture in architectures {
        command.args(["--target", architecture.target]);
        command.env(
            architecture.cargo_variable("LINKER"),
            format!("{}-gcc", architecture.gnu),
        );
    }
    command.env("CARGO_HOME", "/build/home");
    command.env("CARGO_TARGET_DIR", "/build");
    command.env("CARGO_PROFILE_RELEASE_DEBUG", "0");
    // What the machine's own cargo was told is of its own directories.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let meant_here = ["RUST", "CARGO_BUILD_", "CARGO_ENCODED_"];
        if meant_here.iter().any(|prefix| text.starts_with(prefix)) || text == "PROTOC" {
            command.env_remove(&name);
        }
    }
    Ok(command)
}
