//! Compiles generated crates with rustc, against the workspace's own build of `hicam`.
//!
//! rustc is called directly: cargo would resolve and lock for each of many small crates.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use serde::Deserialize;

/// How to call rustc.
#[derive(Debug, Clone)]
pub(crate) struct Compiler {
    rustc: PathBuf,
    deps: PathBuf,
    externs: Vec<(String, PathBuf)>,
}

/// What rustc said about a crate.
#[derive(Debug)]
pub(crate) enum Compiled {
    Done,
    /// The errors.
    Refused(Vec<Diagnostic>),
}

/// An error.
#[derive(Debug, Clone)]
pub(crate) struct Diagnostic {
    /// The line of the crate that it is about; none if it is about no line.
    pub(crate) line: Option<usize>,
    pub(crate) message: String,
    /// As rustc shows it.
    pub(crate) rendered: String,
}

#[derive(Deserialize)]
struct CargoMessage {
    reason: String,
    #[serde(default)]
    filenames: Vec<PathBuf>,
    target: Option<CargoTarget>,
}

#[derive(Deserialize)]
struct CargoTarget {
    name: String,
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct RustcMessage {
    message: String,
    level: String,
    #[serde(default)]
    spans: Vec<RustcSpan>,
    rendered: Option<String>,
    code: Option<RustcCode>,
}

#[derive(Deserialize)]
struct RustcCode {
    code: String,
}

#[derive(Deserialize)]
struct RustcSpan {
    file_name: String,
    line_start: usize,
    is_primary: bool,
    expansion: Option<Box<RustcExpansion>>,
}

#[derive(Deserialize)]
struct RustcExpansion {
    span: RustcSpan,
}

/// The edition of Rust that programs are written in. The temporaries at the end of a block live longer in that of 2021.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Edition {
    #[value(name = "2021")]
    Of2021,
    #[value(name = "2024")]
    Of2024,
}

impl std::fmt::Display for Edition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Edition::Of2021 => "2021",
            Edition::Of2024 => "2024",
        })
    }
}

impl Compiler {
    /// Builds the workspace, and puts what programs are linked with into `libraries`: a long run goes on with these
    /// when the workspace is built again.
    pub(crate) fn prepare(root: &Path, libraries: &Path) -> anyhow::Result<Self> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        // `cargo run` describes this package in the environment, and some build scripts look there.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&name);
            }
        }
        // Of the whole workspace: for some packages alone cargo chooses other features, and builds much twice.
        let output = command
            .current_dir(root)
            .args(["build", "--workspace", "--bins", "--lib"])
            .arg("--message-format=json-render-diagnostics")
            .stderr(Stdio::inherit())
            .output()
            .context("cannot run cargo")?;
        if !output.status.success() {
            bail!("the workspace does not build: {}", output.status);
        }
        std::fs::create_dir_all(libraries)
            .with_context(|| format!("cannot create {}", libraries.display()))?;
        let mut externs = Vec::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let Ok(message) = serde_json::from_str::<CargoMessage>(line) else {
                continue;
            };
            let Some(target) = message.target else {
                continue;
            };
            if message.reason != "compiler-artifact" {
                continue;
            }
            let library = target.kind.iter().any(|kind| kind == "lib");
            let wanted = library && ["hicam", "tokio"].contains(&target.name.as_str());
            let files = message.filenames.iter().filter(|file| is_library(file));
            for file in files {
                let kept = keep(file, libraries)?;
                if wanted {
                    externs.push((target.name.clone(), kept));
                }
            }
        }
        if externs.len() != 2 {
            bail!("cargo did not say where it put the libraries `hicam` and `tokio`");
        }
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        Ok(Compiler {
            rustc: rustc.into(),
            deps: libraries.to_owned(),
            externs,
        })
    }

    /// Compiles `source` to the program `into`, or only checks it.
    pub(crate) fn compile(
        &self,
        source: &Path,
        edition: Edition,
        into: Option<&Path>,
    ) -> anyhow::Result<Compiled> {
        let mut command = Command::new(&self.rustc);
        command
            .arg(source)
            .arg(format!("--edition={edition}"))
            .args(["--crate-type=bin", "--crate-name=batch"])
            .args(["--error-format=json", "--cap-lints=allow"])
            .args(["-Copt-level=0", "-Cdebuginfo=0", "-Cstrip=debuginfo"])
            // The standard library's own checks are a sixteenth of what there is to compile.
            .args(["-Cdebug-assertions=off", "-Coverflow-checks=on"])
            .arg("-L")
            .arg(with_prefix("dependency=", &self.deps));
        for (name, file) in &self.externs {
            command
                .arg("--extern")
                .arg(with_prefix(&format!("{name}="), file));
        }
        match into {
            Some(program) => command.arg("-o").arg(program),
            None => command
                .arg("--emit=metadata")
                .arg("-o")
                .arg(source.with_extension("rmeta")),
        };
        let output = command.output().context("cannot run rustc")?;
        if output.status.success() {
            return Ok(Compiled::Done);
        }
        let file = source.to_string_lossy();
        let stderr = String::from_utf8_lossy(&output.stderr);
        let mut found: Vec<Diagnostic> = Vec::new();
        for line in stderr.lines() {
            let Ok(message) = serde_json::from_str::<RustcMessage>(line) else {
                continue;
            };
            let error = message.level.starts_with("error");
            let diagnostic = message.diagnostic(&file);
            match found.last_mut() {
                _ if error => found.push(diagnostic),
                // Where an assertion of the runtime fails, a note says whose type it was about.
                Some(last) if last.line.is_none() && diagnostic.line.is_some() => {
                    last.line = diagnostic.line;
                    last.rendered += &diagnostic.rendered;
                }
                _ => {}
            }
        }
        if found.iter().all(|diagnostic| diagnostic.line.is_none()) {
            bail!("rustc failed: {}\n{stderr}", output.status);
        }
        Ok(Compiled::Refused(found))
    }
}

/// A library that rustc can link with, or a macro crate.
fn is_library(file: &Path) -> bool {
    file.extension().is_some_and(|extension| {
        extension == "rlib" || extension == std::env::consts::DLL_EXTENSION
    })
}

/// Puts a file into a directory, and gives where it is there.
fn keep(file: &Path, directory: &Path) -> anyhow::Result<PathBuf> {
    let name = file.file_name().context("a library without a name")?;
    let kept = directory.join(name);
    if kept.exists() {
        // Built once for the machine and once for its build scripts.
        return Ok(kept);
    }
    // Builds replace such files and do not write into them, so a second name keeps what was built.
    if std::fs::hard_link(file, &kept).is_err() {
        std::fs::copy(file, &kept)
            .with_context(|| format!("cannot copy {} to {}", file.display(), kept.display()))?;
    }
    Ok(kept)
}

fn with_prefix(prefix: &str, path: &Path) -> std::ffi::OsString {
    let mut text = std::ffi::OsString::from(prefix);
    text.push(path);
    text
}

impl RustcMessage {
    fn diagnostic(self, file: &str) -> Diagnostic {
        let lines = self.spans.iter().filter(|span| span.is_primary);
        let code = self.code.map(|code| format!("{} ", code.code));
        Diagnostic {
            line: lines
                .filter_map(|span| span.line_in(file))
                .next()
                .or_else(|| self.spans.iter().find_map(|span| span.line_in(file))),
            message: format!("{}{}", code.unwrap_or_default(), self.message),
            rendered: self.rendered.unwrap_or_default(),
        }
    }
}

impl RustcSpan {
    fn line_in(&self, file: &str) -> Option<usize> {
        if self.file_name == file {
            return Some(self.line_start);
        }
        let expansion = self.expansion.as_ref()?;
        expansion.span.line_in(file)
    }
}
