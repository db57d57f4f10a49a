//! Running other programs, one named step at a time.

use std::ffi::OsStr;
use std::fmt;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::time::Instant;

use anyhow::Context as _;

/// A step that ran and did not succeed.
#[derive(Debug)]
struct Failed {
    step: String,
    status: ExitStatus,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` failed: {}", self.step, self.status)
    }
}

impl std::error::Error for Failed {}

/// The exit status for an error: that of the step that failed, else 1.
pub(crate) fn exit_code(error: &anyhow::Error) -> ExitCode {
    let failed = error.downcast_ref::<Failed>();
    let code = failed.and_then(|failed| failed.status.code());
    match code.and_then(|code| u8::try_from(code).ok()) {
        None | Some(0) => ExitCode::FAILURE,
        Some(code) => ExitCode::from(code),
    }
}

/// The cargo that runs us, in the directory given.
pub(crate) fn cargo(root: &std::path::Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    // `cargo run` describes this package in the environment. ring's build script asks to be run again when that
    // changes, so builds from here and from the command line would undo each other.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs a step, with its name before and its time after.
pub(crate) fn step(command: &mut Command) -> anyhow::Result<()> {
    let name = name(command);
    eprintln!("==> {name}");
    let began = Instant::now();
    let status = command
        .status()
        .with_context(|| format!("cannot run `{name}`"))?;
    if !status.success() {
        return Err(Failed { step: name, status }.into());
    }
    eprintln!("    {:.1} s", began.elapsed().as_secs_f64());
    Ok(())
}

/// Runs a step whose output is wanted: it is shown, and returned without the white space around it.
pub(crate) fn step_output(command: &mut Command) -> anyhow::Result<String> {
    let name = name(command);
    eprintln!("==> {name}");
    let began = Instant::now();
    let cannot = || format!("cannot run `{name}`");
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(cannot)?;
    let mut output = String::new();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line.with_context(cannot)?;
            eprintln!("{line}");
            output.push_str(&line);
            output.push('\n');
        }
    }
    let status = child.wait().with_context(cannot)?;
    if !status.success() {
        return Err(Failed { step: name, status }.into());
    }
    eprintln!("    {:.1} s", began.elapsed().as_secs_f64());
    Ok(output.trim().to_owned())
}

fn name(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str());
    let mut words: Vec<_> = std::iter::once(program).chain(command.get_args()).collect();
    // What `unshare` does for a command matters less than the command.
    if program == "unshare"
        && let Some(end) = words.iter().position(|word| *word == "--")
    {
        words.drain(..=end);
    }
    let words: Vec<_> = words.into_iter().map(OsStr::to_string_lossy).collect();
    words.join(" ")
}

/// Whether a program of this name can be found.
pub(crate) fn find(program: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|directory| directory.join(program))
        .find(|file| file.is_file())
}
