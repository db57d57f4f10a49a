//! Many programs as one source file that runs them.

use crate::noted::NOTED;
use crate::temporaries::TEMPORARIES;
use crate::tree::{Program, Version};

/// A source file, and which lines of it are whose.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) text: String,
    /// First line, the line after the last, which program, which version.
    owners: Vec<(usize, usize, usize, Version)>,
}

impl Source {
    /// Whose code a line (counted from 1) is.
    pub(crate) fn owner(&self, line: usize) -> Option<(usize, Version)> {
        self.owners
            .iter()
            .find(|(from, to, ..)| (*from..*to).contains(&line))
            .map(|(_, _, program, version)| (*program, *version))
    }
}

/// The crate that runs these programs.
pub(crate) fn batch(programs: &[Program]) -> Source {
    let mut source = Source {
        text: String::from(
            "//! Random programs, each in a plain and an annotated version.\n#![allow(warnings)]\n#![recursion_limit = \"512\"]\n\n",
        ),
        owners: Vec::new(),
    };
    for (at, program) in programs.iter().enumerate() {
        source.push(&format!("mod {} {{\n", module(program)));
        for version in [Version::Plain, Version::Marked] {
            let name = match version {
                Version::Plain => "plain",
                Version::Marked => "marked",
            };
            source.push(&format!(
                "pub mod {name} {{\nuse crate::noted::*;\nuse crate::temporaries::*;\nuse std::collections::{{BTreeMap, VecDeque}};\n\n"
            ));
            let from = source.lines();
            source.push(&program.render(version));
            source.owners.push((from, source.lines(), at, version));
            source.push("}\n");
        }
        source.push("}\n\n");
    }
    source.push(RUNNER);
    source.push(TEMPORARIES);
    source.push(NOTED);
    source.push("\nfn main() {\n    let mut runner = Runner::new();\n");
    for program in programs {
        source.push(&format!("    check!(runner, {});\n", module(program)));
    }
    source.push("}\n");
    source
}

impl Source {
    pub(crate) fn programs(&self) -> usize {
        // Each has two versions.
        self.owners.len() / 2
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// The number of the line that comes next.
    fn lines(&self) -> usize {
        self.text.matches('\n').count() + 1
    }
}

/// The module of a program.
pub(crate) fn module(program: &Program) -> String {
    format!("p{}", program.seed)
}

/// What runs the programs. What passes very many points is interrupted at its first only.
const RUNNER: &str = r#"
/// A number that stands for a value.
pub fn digest(value: &dyn std::fmt::Debug) -> u64 {
    let text = format!("{value:?}");
    text.bytes().fold(7, |sum, byte| (sum * 31 + u64::from(byte)) % 100_003)
}

/// Runs a program's versions and says what came out, one line each.
struct Runner {
    runtime: tokio::runtime::Runtime,
    skip: Vec<String>,
}

type Check = std::pin::Pin<Box<dyn std::future::Future<Output = Result<u64, String>>>>;

/// Thrown when a program has been interrupted often enough.
struct Enough;

/// How often each run is captured: where it begins, and when it has been resumed, again further on.
const CAPTURES: u64 = 3;
/// At most so many calls, and fewer of a program that writes much.
const MOST_RUNS: usize = 4000;
const MOST_WRITTEN: usize = 4_000_000;

impl Runner {
    fn new() -> Self {
        std::panic::set_hook(Box::new(|_| {}));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Runner { runtime, skip: std::env::args().skip(1).collect() }
    }

    // Nothing here is generic, so that it is compiled once.
    fn run(&mut self, name: &str, check: &dyn Fn(&'static std::cell::Cell<u64>) -> Check) {
        use std::io::Write;
        if self.skip.iter().any(|skip| skip == name) {
            return;
        }
        println!("begin {name}");
        std::io::stdout().flush().unwrap();
        let runs: &std::cell::Cell<u64> = Box::leak(Box::default());
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.runtime.block_on(check(runs))));
        match outcome {
            Ok(Ok(points)) => println!("ok {name} {points}"),
            Ok(Err(message)) => println!("fail {name} {message:?}"),
            Err(panic) if panic.is::<Enough>() => println!("ok {name} {}", runs.get() / (CAPTURES + 1)),
            Err(panic) => {
                let message = panic.downcast_ref::<String>().map(String::as_str);
                let message = message.or(panic.downcast_ref::<&str>().copied()).unwrap_or("?");
                println!("fail {name} {:?}", format!("panicked: {message}"));
            }
        }
    }
}

macro_rules! check {
    ($runner:ident, $program:ident) => {
        $runner.run(stringify!($program), &|runs| Box::pin(async move {
            let plain = format!("{:?}", $program::plain::entry().await);
            let marked = format!("{:?}", $program::marked::entry().await);
            if plain != marked {
                return Err(format!("as ordinary code, the result is {marked} instead of {plain}"));
            }
            let most = (MOST_WRITTEN / plain.len()).min(MOST_RUNS);
            let report = hicam::testing::EveryPoint::new(|| {
                runs.set(runs.get() + 1);
                if runs.get() > most as u64 {
                    std::panic::panic_any(Enough);
                }
                $program::marked::entry()
            })
            .captures(CAPTURES)
            .run()
            .await;
            report.map(|report| report.passed()).map_err(|error| error.to_string())
        }))
    };
}
"#;
