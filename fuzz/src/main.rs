//! Random annotated programs, each checked against its plain version: as ordinary code, and captured at every point.
//!
//! Programs come from a seed, so one that fails can be made again. Many are compiled as one crate. One that fails is
//! made small, and its source stays below `target/fuzz-macros/failures`.

mod check;
mod compile;
mod generate;
mod minimise;
mod noted;
mod render;
mod rng;
mod temporaries;
mod tree;
mod types;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use clap::Parser;

use check::{Checker, Failure};
use compile::{Compiler, Edition};
use generate::Features;
use rng::Rng;
use tree::Program;

/// Checks the source transformation with random programs
#[derive(Debug, Parser)]
#[command(name = "cargo xtask fuzz-macros", bin_name = "cargo xtask fuzz-macros")]
struct Arguments {
    /// How many programs
    #[arg(long, default_value_t = 300)]
    programs: u64,
    /// Which programs: the same seed means the same
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Checks the programs with these seeds only, as a report names them
    #[arg(long)]
    program: Vec<u64>,
    /// How many programs become one crate, which is compiled again without those that are refused
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..))]
    batch: u64,
    /// The edition of Rust; without it, every fifth crate is of 2021 and the others are of 2024
    #[arg(long)]
    edition: Option<Edition>,
    /// How many crates are compiled at once; without it, one for each processor
    #[arg(long)]
    jobs: Option<usize>,
    /// Adds a construct
    #[arg(long)]
    with: Vec<String>,
    /// Leaves a construct out
    #[arg(long)]
    without: Vec<String>,
    /// Leaves failing programs as they are
    #[arg(long)]
    keep: bool,
    /// Goes on after this many failures; 0 means to the end
    #[arg(long, default_value_t = 5)]
    failures: usize,
    /// Reports programs that are refused, too
    #[arg(long)]
    refused: bool,
    /// Writes the programs to stdout and checks nothing
    #[arg(long)]
    show: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// At most one in so many programs may be refused.
const MOST_REFUSED: usize = 4;

#[derive(Default)]
struct Totals {
    right: usize,
    failed: usize,
    refused: usize,
    left_out: usize,
    points: u64,
    compiling: Duration,
    running: Duration,
}

fn run(arguments: &Arguments) -> anyhow::Result<bool> {
    let mut features = Features::default();
    for (names, on) in [(&arguments.with, true), (&arguments.without, false)] {
        for name in names {
            if !features.switch(name, on) {
                let known = Features::names().join(", ");
                bail!("there is no construct `{name}`; there are {known}");
            }
        }
    }
    let seeds: Vec<u64> = if arguments.program.is_empty() {
        (0..arguments.programs)
            .map(|at| Rng::seed_of(arguments.seed, at))
            .collect()
    } else {
        arguments.program.clone()
    };
    if arguments.show {
        let programs: Vec<_> = seeds
            .iter()
            .map(|seed| generate::program(*seed, &features))
            .collect();
        return show(&programs);
    }
    let root = root()?;
    let directory = root.join("target").join("fuzz-macros");
    // Two runs at once do not meet.
    let own = directory.join(std::process::id().to_string());
    let compiler = Compiler::prepare(&root, &own.join("libraries"))?;
    let size = usize::try_from(arguments.batch).unwrap_or(1);
    let batches: Vec<&[u64]> = seeds.chunks(size).collect();
    let jobs = match arguments.jobs {
        Some(jobs) => jobs.max(1),
        None => std::thread::available_parallelism().map_or(1, usize::from),
    };
    let (next, totals) = (AtomicUsize::new(0), Mutex::new(Totals::default()));
    let began = Instant::now();
    let worker = |number: usize| -> anyhow::Result<()> {
        loop {
            let enough = totals
                .lock()
                .is_ok_and(|totals| arguments.failures > 0 && totals.failed >= arguments.failures);
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(seeds) = batches.get(at) else {
                break;
            };
            if enough {
                break;
            }
            let edition = arguments.edition.unwrap_or_else(|| edition_of(at));
            let features = features.of(edition);
            let programs: Vec<_> = seeds
                .iter()
                .map(|seed| generate::program(*seed, &features))
                .collect();
            let checker = Checker {
                compiler: &compiler,
                edition,
                directory: own.join(number.to_string()),
            };
            let outcome = checker.check(&programs)?;
            let refused = outcome.refused.iter().filter(|_| arguments.refused);
            for (at, failure) in outcome.failures.iter().chain(refused) {
                report(&checker, &directory, &programs[*at], failure, arguments)?;
            }
            if let Ok(mut totals) = totals.lock() {
                totals.right += outcome.right;
                totals.failed += outcome.failures.len();
                totals.refused += outcome.refused.len();
                totals.left_out += outcome.left_out;
                totals.points += outcome.points;
                totals.compiling += outcome.compiling;
                totals.running += outcome.running;
                eprintln!(
                    "{} of {} programs right, {} refused, {} failed, {} points, {:.0} s",
                    totals.right,
                    seeds_in(&batches),
                    totals.refused,
                    totals.failed,
                    totals.points,
                    began.elapsed().as_secs_f64()
                );
            }
        }
        Ok(())
    };
    let done = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs)
            .map(|number| {
                let worker = &worker;
                scope.spawn(move || worker(number))
            })
            .collect();
        for worker in workers {
            match worker.join() {
                Ok(result) => result?,
                Err(_) => bail!("a thread that checks programs panicked"),
            }
        }
        Ok(())
    });
    // Only what failed is of interest.
    let _ = std::fs::remove_dir_all(&own);
    done?;
    let totals = totals.into_inner().unwrap_or_default();
    eprintln!(
        "{} programs right, {} refused, {} failed, {} left out, which are none in the edition of 2021; interrupted at {} \
         points; {:.0} s compiling, {:.0} s running",
        totals.right,
        totals.refused,
        totals.failed,
        totals.left_out,
        totals.points,
        totals.compiling.as_secs_f64(),
        totals.running.as_secs_f64(),
    );
    let checked = totals.right + totals.refused + totals.failed;
    let too_many = totals.refused * MOST_REFUSED > checked;
    if too_many && arguments.program.is_empty() {
        eprintln!(
            "more than one in {MOST_REFUSED} programs is refused: what is left proves too little"
        );
        return Ok(false);
    }
    Ok(totals.failed == 0)
}

fn edition_of(batch: usize) -> Edition {
    match batch % 5 {
        4 => Edition::Of2021,
        _ => Edition::Of2024,
    }
}

fn seeds_in(batches: &[&[u64]]) -> usize {
    batches.iter().map(|batch| batch.len()).sum()
}

/// The workspace that this program was built in.
fn root() -> anyhow::Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here
        .parent()
        .context("this package is not in a workspace")?;
    Ok(root.to_owned())
}

fn show(programs: &[Program]) -> anyhow::Result<bool> {
    use std::io::Write as _;
    let source = render::batch(programs);
    std::io::stdout().lock().write_all(source.text.as_bytes())?;
    Ok(true)
}

/// Says what is wrong with a program, makes it small, and keeps both.
fn report(
    checker: &Checker<'_>,
    directory: &Path,
    program: &Program,
    failure: &Failure,
    arguments: &Arguments,
) -> anyhow::Result<()> {
    let failures = directory.join("failures");
    std::fs::create_dir_all(&failures)
        .with_context(|| format!("cannot create {}", failures.display()))?;
    let write = |name: String, program: &Program| -> anyhow::Result<PathBuf> {
        let file = failures.join(name);
        std::fs::write(&file, render::batch(std::slice::from_ref(program)).text)
            .with_context(|| format!("cannot write {}", file.display()))?;
        Ok(file)
    };
    let seed = program.seed;
    let mut file = write(format!("{seed}.rs"), program)?;
    eprintln!("program {seed}: {failure}");
    if !arguments.keep {
        let small = minimise::minimise(checker, program, failure)?;
        file = write(format!("{seed}-small.rs"), &small)?;
        eprintln!("{}", small.render(tree::Version::Marked));
    }
    let edition = checker.edition;
    let mut again = format!("cargo xtask fuzz-macros --program {seed} --edition {edition}");
    for name in &arguments.with {
        again.push_str(&format!(" --with {name}"));
    }
    for name in &arguments.without {
        again.push_str(&format!(" --without {name}"));
    }
    eprintln!("program {seed} is in {}; again: {again}", file.display());
    Ok(())
}
