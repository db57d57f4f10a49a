//! Compiles and runs programs, and finds those whose versions differ.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::compile::{Compiled, Compiler, Edition};
use crate::render::{self, Source};
use crate::tree::{Program, Version};

/// How long a batch may run: a program that has lost its loop's end is stopped then.
const LONGEST: Duration = Duration::from_secs(120);

/// What is wrong with a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The plain version does not compile: a mistake of the generator.
    Plain { errors: String },
    /// The annotated version does not compile although the plain one does.
    Marked { errors: String },
    /// It compiles, and gives another result.
    Differs { message: String },
    /// It ended the process, or did not end.
    Crashed { message: String },
}

impl Failure {
    /// Whether another failure is likely to have the same cause.
    pub(crate) fn is_like(&self, other: &Failure) -> bool {
        match (self, other) {
            (Failure::Plain { errors: one }, Failure::Plain { errors: two })
            | (Failure::Marked { errors: one }, Failure::Marked { errors: two }) => {
                first_line(one) == first_line(two)
            }
            (Failure::Differs { message: one }, Failure::Differs { message: two }) => {
                kind(one) == kind(two)
            }
            (Failure::Crashed { .. }, Failure::Crashed { .. }) => true,
            _ => false,
        }
    }
}

/// The first error, without the names in it.
fn first_line(errors: &str) -> String {
    let line = errors.lines().next().unwrap_or_default();
    line.split('`').step_by(2).collect()
}

/// A message without its numbers and values.
fn kind(message: &str) -> &str {
    let kinds = [
        "as ordinary code",
        "the result is",
        "panicked",
        "the uninterrupted run",
        "captured at point",
    ];
    kinds
        .into_iter()
        .find(|kind| message.contains(kind))
        .unwrap_or(message)
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Plain { errors } => {
                write!(
                    f,
                    "the plain version does not compile (a mistake of the generator):\n{errors}"
                )
            }
            Failure::Marked { errors } => {
                write!(f, "the annotated version does not compile:\n{errors}")
            }
            Failure::Differs { message } | Failure::Crashed { message } => f.write_str(message),
        }
    }
}

/// What the transformation says where it would have to know whether a value is there whose end is seen.
const REFUSALS: [&str; 2] = [
    "may or may not have been moved by then",
    "a temporary whose drop can be observed",
];

/// Whether an error is such a refusal, which is allowed.
fn is_refusal(message: &str) -> bool {
    let line = message.lines().next().unwrap_or_default();
    line.starts_with("E0080") && REFUSALS.iter().any(|refusal| line.contains(refusal))
}

/// Whether a plain program is one of 2024 only: in 2021 the temporaries at a block's end outlive what they borrow from.
fn is_of_2024(message: &str) -> bool {
    message.starts_with("E0597")
}

/// What came of a batch.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// How many points those passed that are right.
    pub(crate) points: u64,
    pub(crate) right: usize,
    /// How many the transformation refused, as it may.
    pub(crate) refused: Vec<(usize, Failure)>,
    /// How many are none in this edition.
    pub(crate) left_out: usize,
    /// Which programs failed.
    pub(crate) failures: Vec<(usize, Failure)>,
    pub(crate) compiling: Duration,
    pub(crate) running: Duration,
}

/// Compiles and runs batches in a directory of its own.
#[derive(Debug)]
pub(crate) struct Checker<'c> {
    pub(crate) compiler: &'c Compiler,
    pub(crate) edition: Edition,
    pub(crate) directory: PathBuf,
}

impl Checker<'_> {
    /// Checks each of these programs.
    pub(crate) fn check(&self, programs: &[Program]) -> anyhow::Result<Outcome> {
        std::fs::create_dir_all(&self.directory)
            .with_context(|| format!("cannot create {}", self.directory.display()))?;
        let mut outcome = Outcome::default();
        let mut left: Vec<usize> = (0..programs.len()).collect();
        let binary = self
            .directory
            .join(format!("batch{}", std::env::consts::EXE_SUFFIX));
        let began = Instant::now();
        loop {
            let chosen: Vec<_> = left.iter().map(|at| programs[*at].clone()).collect();
            if chosen.is_empty() {
                outcome.compiling = began.elapsed();
                return Ok(outcome);
            }
            let source = render::batch(&chosen);
            let refused = self.compile(&source, &binary)?;
            if refused.is_empty() {
                break;
            }
            let failed: Vec<_> = refused.keys().map(|at| left[*at]).collect();
            left.retain(|at| !failed.contains(at));
            for (at, failure) in failed.into_iter().zip(refused.into_values()) {
                match failure {
                    Failure::Marked { errors } if is_refusal(&errors) => {
                        outcome.refused.push((at, Failure::Marked { errors }));
                    }
                    Failure::Plain { errors }
                        if self.edition == Edition::Of2021 && is_of_2024(&errors) =>
                    {
                        outcome.left_out += 1;
                    }
                    failure => outcome.failures.push((at, failure)),
                }
            }
        }
        outcome.compiling = began.elapsed();
        let began = Instant::now();
        let names: BTreeMap<_, _> = left
            .iter()
            .map(|at| (render::module(&programs[*at]), *at))
            .collect();
        self.run(&binary, &names, &mut outcome)?;
        outcome.running = began.elapsed();
        outcome.failures.sort_by_key(|(at, _)| *at);
        Ok(outcome)
    }

    /// Compiles, and says which programs do not.
    fn compile(&self, source: &Source, binary: &Path) -> anyhow::Result<BTreeMap<usize, Failure>> {
        let file = self.directory.join("batch.rs");
        std::fs::write(&file, &source.text)
            .with_context(|| format!("cannot write {}", file.display()))?;
        let mut plain: BTreeMap<usize, String> = BTreeMap::new();
        let mut marked: BTreeMap<usize, String> = BTreeMap::new();
        if let Compiled::Refused(errors) =
            self.compiler.compile(&file, self.edition, Some(binary))?
        {
            for error in errors {
                let owner = error.line.and_then(|line| source.owner(line));
                let (program, version) = match owner {
                    Some(owner) => owner,
                    // What runs the only program misses a part of it.
                    None if source.programs() == 1 && error.line.is_some() => (0, Version::Plain),
                    None => continue,
                };
                let all = match version {
                    Version::Plain => &mut plain,
                    Version::Marked => &mut marked,
                };
                let text = all.entry(program).or_default();
                // What is more than a refusal counts.
                if text.is_empty() || is_refusal(text) && !is_refusal(&error.message) {
                    text.clear();
                    text.push_str(&error.message);
                    text.push('\n');
                    text.push_str(&error.rendered);
                }
            }
            if plain.is_empty() && marked.is_empty() {
                anyhow::bail!(
                    "{} does not compile, but no program is to blame",
                    file.display()
                );
            }
        }
        // What rustc says about the annotated version follows from the plain one's errors.
        let marked = marked.into_iter().filter(|(at, _)| !plain.contains_key(at));
        let mut failures: BTreeMap<usize, Failure> = marked
            .map(|(at, errors)| (at, Failure::Marked { errors }))
            .collect();
        failures.extend(
            plain
                .into_iter()
                .map(|(at, errors)| (at, Failure::Plain { errors })),
        );
        Ok(failures)
    }

    /// Runs a batch; what ends the process is left out, and the rest run again.
    fn run(
        &self,
        binary: &Path,
        names: &BTreeMap<String, usize>,
        outcome: &mut Outcome,
    ) -> anyhow::Result<()> {
        let mut done: Vec<String> = Vec::new();
        loop {
            let (output, ended) = run_for(binary, &done, LONGEST)?;
            let mut current = None;
            for line in output.lines() {
                let mut words = line.splitn(3, ' ');
                let (Some(kind), Some(name)) = (words.next(), words.next()) else {
                    continue;
                };
                let rest = words.next().unwrap_or_default();
                let Some(at) = names.get(name).copied() else {
                    continue;
                };
                match kind {
                    "begin" => current = Some((name.to_owned(), at)),
                    "ok" => {
                        outcome.points += rest.parse().unwrap_or(0);
                        outcome.right += 1;
                        done.push(name.to_owned());
                        current = None;
                    }
                    "fail" => {
                        let message = rest.trim_matches('"').replace("\\\"", "\"");
                        outcome.failures.push((at, Failure::Differs { message }));
                        done.push(name.to_owned());
                        current = None;
                    }
                    _ => {}
                }
            }
            match (current, ended) {
                (Some((name, at)), message) => {
                    outcome.failures.push((at, Failure::Crashed { message }));
                    done.push(name);
                }
                (None, _) => break,
            }
        }
        anyhow::ensure!(
            done.len() == names.len(),
            "{} ran {} of {} programs",
            binary.display(),
            done.len(),
            names.len()
        );
        Ok(())
    }
}

/// Runs a program for so long at most; gives what it wrote, and how it ended.
fn run_for(
    binary: &Path,
    arguments: &[String],
    longest: Duration,
) -> anyhow::Result<(String, String)> {
    let mut child = Command::new(binary)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot run {}", binary.display()))?;
    let mut stdout = child.stdout.take().context("the program has no output")?;
    let (sender, receiver) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        // What was read until an error is all there is.
        let _ = stdout.read_to_end(&mut text);
        let _ = sender.send(());
        text
    });
    let message = match receiver.recv_timeout(longest) {
        Ok(()) => format!("the process ended: {}", child.wait()?),
        Err(_) => {
            child.kill()?;
            child.wait()?;
            format!("not done after {} s", longest.as_secs())
        }
    };
    let text = reader.join().unwrap_or_default();
    Ok((String::from_utf8_lossy(&text).into_owned(), message))
}
