//! Which points were passed and captured, by file and line.

use std::collections::BTreeMap;
use std::fmt;

use crate::transform::{FnInfo, PointInfo, PointKind};

/// What [`EveryPoint::run`](super::EveryPoint::run) did. Shown, it is a table of the points.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Report {
    passed: u64,
    runs: u64,
    captures: u64,
    points: Vec<PointReport>,
}

/// One migration point of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PointReport {
    /// Module path and name of the function.
    pub function: &'static str,
    /// The source file.
    pub file: &'static str,
    /// Line in the source file.
    pub line: u32,
    /// Column in the line, from 1.
    pub column: u32,
    /// What the point is.
    pub kind: PointKind,
    /// How often the uninterrupted run passed it. A call is not passed but stood in, so this is 0 for
    /// [`PointKind::InCall`] and [`PointKind::InBranches`].
    pub passed: u64,
    /// How many captures had a frame there: that of the function that was interrupted, or of one of its callers.
    pub captured: u64,
}

impl Report {
    /// How many points the uninterrupted run passed.
    pub fn passed(&self) -> u64 {
        self.passed
    }

    /// How many further runs there were, each interrupted.
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// How many captures there were, in all runs together.
    pub fn captures(&self) -> u64 {
        self.captures
    }

    /// Every point of every annotated function that was entered, by file, line and column.
    pub fn points(&self) -> &[PointReport] {
        &self.points
    }

    /// The points that the program never came to: code that this test says nothing about. Calls are not listed, because
    /// the point before each of them is.
    pub fn unreached(&self) -> impl Iterator<Item = &PointReport> {
        let points = self.points.iter();
        points.filter(|point| {
            let call = matches!(point.kind, PointKind::InCall | PointKind::InBranches);
            point.passed == 0 && !call
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} points passed, {} captures in {} runs",
            self.passed, self.captures, self.runs
        )?;
        writeln!(f, "{:>9} {:>9}  kind   at", "passed", "captured")?;
        for point in &self.points {
            writeln!(f, "{:>9} {:>9}  {point}", point.passed, point.captured)?;
        }
        Ok(())
    }
}

impl fmt::Display for PointReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            PointKind::Entry => "entry",
            PointKind::BeforeAwait => "await",
            PointKind::InCall | PointKind::InBranches => "call",
            PointKind::Loop => "loop",
        };
        let PointReport {
            function,
            file,
            line,
            ..
        } = self;
        write!(f, "{kind:<5}  {function} ({file}:{line})")
    }
}

/// Counts while the runs go on.
pub(super) struct Tally {
    pub(super) runs: u64,
    captures: u64,
    /// By the function's name and fingerprint.
    functions: BTreeMap<(&'static str, u64), Counts>,
}

struct Counts {
    info: &'static FnInfo,
    /// Passed and captured, of each point.
    points: Vec<(u64, u64)>,
}

impl Tally {
    pub(super) fn new(passed: Vec<(&'static FnInfo, u32, u64)>) -> Self {
        let mut tally = Tally {
            runs: 0,
            captures: 0,
            functions: BTreeMap::new(),
        };
        for (info, point, times) in passed {
            if let Some((passed, _)) = tally.point(info, point) {
                *passed += times;
            }
        }
        tally
    }

    /// One capture, with the frames it has.
    pub(super) fn captured(&mut self, frames: impl Iterator<Item = (&'static FnInfo, u32)>) {
        self.captures += 1;
        for (info, point) in frames {
            if let Some((_, captured)) = self.point(info, point) {
                *captured += 1;
            }
        }
    }

    fn point(&mut self, info: &'static FnInfo, point: u32) -> Option<&mut (u64, u64)> {
        let entry = self.functions.entry((info.name, info.fingerprint));
        let counts = entry.or_insert_with(|| Counts {
            info,
            points: vec![(0, 0); info.points.len()],
        });
        // Points are numbered from 1.
        counts.points.get_mut((point as usize).checked_sub(1)?)
    }

    pub(super) fn finish(self, passed: u64) -> Report {
        let mut points: Vec<PointReport> = Vec::new();
        for Counts {
            info,
            points: counts,
        } in self.functions.into_values()
        {
            let shown = info.points.iter().zip(counts);
            points.extend(shown.map(|(point, (passed, captured))| {
                let PointInfo {
                    line, column, kind, ..
                } = *point;
                PointReport {
                    function: info.name,
                    file: info.file,
                    line,
                    column,
                    kind,
                    passed,
                    captured,
                }
            }));
        }
        points.sort_by_key(|point| (point.file, point.line, point.column));
        Report {
            passed,
            runs: self.runs,
            captures: self.captures,
            points,
        }
    }
}
