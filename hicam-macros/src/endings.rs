//! What has become of a variable where a stretch of code ends that is the last to mention it: a value that is still whole
//! lives on to the end of its scope, although nothing needs it.

use std::collections::{BTreeSet, HashMap};

use crate::ir::{Body, Fx, How, JumpTarget, Mark, PointId, Trust, VarId};
use crate::liveness::Liveness;

/// A variable's value where a stretch of code ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ending {
    /// It is there: the code has only borrowed it.
    Whole,
    /// It is not there.
    Gone,
    /// It may have been moved, or be there on some paths only.
    Unknown,
}

/// The stretches of code between marks.
pub(crate) struct Endings<'b> {
    body: &'b Body,
    marks: HashMap<Mark, Place<'b>>,
    /// How many loops are around each variable's declaration.
    declared: HashMap<VarId, usize>,
    /// How many jump targets are around it.
    within: HashMap<VarId, usize>,
    /// How many other jump targets are around each.
    targets: HashMap<JumpTarget, usize>,
    /// Variables that have been moved if their types say so, and the last point before that comes again.
    trusted: Vec<(VarId, Trust, PointId)>,
}

/// Where a walk is.
#[derive(Default)]
struct Walk<'b> {
    point: PointId,
    loops: Vec<PointId>,
    around: Vec<(&'b [Fx], usize)>,
    targets: usize,
}

/// Where a mark is.
struct Place<'b> {
    sequence: &'b [Fx],
    at: usize,
    /// The last point before it in the source.
    point: PointId,
    /// The last points before each loop around it.
    loops: Vec<PointId>,
    /// The sequences around its own, and where it is in each.
    around: Vec<(&'b [Fx], usize)>,
}

impl<'b> Place<'b> {
    /// The sequence around another one, and where that is in it.
    fn outside(&self, inside: &[Fx]) -> Option<(&'b [Fx], usize)> {
        let around = self.around.iter().rev();
        let mut inner = std::iter::once(self.sequence).chain(around.clone().map(|(fx, _)| *fx));
        let level = inner.position(|fx| std::ptr::eq(fx, inside))?;
        self.around.iter().rev().nth(level).copied()
    }
}

impl<'b> Endings<'b> {
    pub(crate) fn find(body: &'b Body) -> Self {
        let mut endings = Endings {
            body,
            marks: HashMap::new(),
            declared: HashMap::new(),
            within: HashMap::new(),
            targets: HashMap::new(),
            trusted: Vec::new(),
        };
        endings.walk(&body.effects, &mut Walk::default());
        endings
    }

    fn walk(&mut self, sequence: &'b [Fx], walk: &mut Walk<'b>) {
        for (at, effect) in sequence.iter().enumerate() {
            match effect {
                Fx::Point(passed) => walk.point = walk.point.max(*passed),
                Fx::Kill(var) | Fx::Unset(var) => {
                    self.declared.entry(*var).or_insert(walk.loops.len());
                    self.within.entry(*var).or_insert(walk.targets);
                }
                Fx::Trust(var, trust) => {
                    let around = self.declared.get(var).copied().unwrap_or_default();
                    let first = walk.loops.get(around).copied().unwrap_or(walk.point);
                    self.trusted.push((*var, *trust, first));
                }
                Fx::Mark(mark) | Fx::Break(_, mark) | Fx::Continue(_, mark) => {
                    let place = Place {
                        sequence,
                        at,
                        point: walk.point,
                        loops: walk.loops.clone(),
                        around: walk.around.clone(),
                    };
                    self.marks.insert(*mark, place);
                }
                Fx::Branch(alternatives) => {
                    walk.around.push((sequence, at));
                    for fx in alternatives {
                        self.walk(fx, walk);
                    }
                    walk.around.pop();
                }
                Fx::Loop(target, fx) => {
                    walk.loops.push(walk.point);
                    walk.around.push((sequence, at));
                    self.inside(*target, fx, walk);
                    walk.around.pop();
                    walk.loops.pop();
                }
                Fx::Labelled(target, fx) => {
                    walk.around.push((sequence, at));
                    self.inside(*target, fx, walk);
                    walk.around.pop();
                }
                _ => {}
            }
        }
    }

    fn inside(&mut self, target: JumpTarget, sequence: &'b [Fx], walk: &mut Walk<'b>) {
        self.targets.insert(target, walk.targets);
        walk.targets += 1;
        self.walk(sequence, walk);
        walk.targets -= 1;
    }

    /// What has become of a variable where a jump or another mark is: from the last place before it where that is known.
    pub(crate) fn at_mark(&self, mark: Mark, var: VarId, live: &Liveness) -> Ending {
        let Some(place) = self.marks.get(&mark) else {
            return Ending::Unknown;
        };
        let sequences = std::iter::once((place.sequence, place.at));
        let around = place.around.iter().rev().copied();
        for (sequence, at) in sequences.chain(around) {
            for effect in sequence[..at].iter().rev() {
                match effect {
                    Fx::Use(used, How::Move) if *used == var => return Ending::Gone,
                    Fx::Use(used, How::Maybe) if *used == var => return Ending::Unknown,
                    Fx::Kill(killed) if *killed == var => return Ending::Whole,
                    Fx::Unset(unset) if *unset == var => return Ending::Gone,
                    // What is live is there.
                    Fx::Mark(mark) if live.at_mark(*mark, var) => return Ending::Whole,
                    effect if concerns(effect, var) => return Ending::Unknown,
                    _ => {}
                }
            }
            // An earlier pass may have changed it.
            if let Some((outside, at)) = place.outside(sequence)
                && matches!(&outside[at], Fx::Loop(..))
                && concerns(&outside[at], var)
            {
                return Ending::Unknown;
            }
        }
        Ending::Unknown
    }

    /// Whether a variable is in scope where a jump goes.
    pub(crate) fn outlives(&self, var: VarId, target: JumpTarget) -> bool {
        match (self.within.get(&var), self.targets.get(&target)) {
            (Some(within), Some(around)) => within <= around,
            _ => true,
        }
    }

    /// Whether a variable is in scope at a point that comes after a mark.
    pub(crate) fn in_scope_after(&self, mark: Mark, var: VarId) -> bool {
        let Some(place) = self.marks.get(&mark) else {
            return true;
        };
        // In a loop that does not declare it, the loop's earlier points come again.
        let around = self.declared.get(&var).copied().unwrap_or_default();
        let first = place.loops.get(around).copied().unwrap_or(place.point);
        self.points_after(first, var).next().is_some()
    }

    /// The points after this one that are in a variable's scope.
    fn points_after(&self, first: PointId, var: VarId) -> impl Iterator<Item = PointId> {
        let points = (1..).zip(&self.body.points);
        points
            .filter(move |(point, _)| *point > first)
            .filter(move |(_, point)| point.in_scope.contains(&var))
            .map(|(point, _)| point)
    }

    /// Variables of which it matters what their types say: a point follows that does not need them.
    pub(crate) fn trusted(&self, live: &Liveness) -> BTreeSet<(VarId, Trust)> {
        let named = self.trusted.iter();
        // Values without a name are judged where they are.
        let named = named.filter(|(var, ..)| {
            let facts = &self.body.vars[*var];
            facts.is_own() && !facts.made && !facts.copy
        });
        let relied = named.filter(|(var, _, first)| {
            let mut after = self.points_after(*first, *var);
            after.any(|point| !live.at_point(point, *var))
        });
        let relied = relied.flat_map(|(var, trust, _)| self.asked(*var, *trust));
        relied.collect()
    }

    /// Whose type is asked: of a closure that is in sight, those of what it has taken.
    fn asked(&self, var: VarId, trust: Trust) -> Vec<(VarId, Trust)> {
        match (&self.body.vars[var].taken, trust) {
            (Some(taken), Trust::Call) => {
                let own = taken.iter().filter(|&&var| {
                    let facts = &self.body.vars[var];
                    facts.is_own() && !facts.copy
                });
                own.map(|&var| (var, Trust::Taken)).collect()
            }
            _ => vec![(var, trust)],
        }
    }

    /// What the code between two marks does with a variable that it has taken (`set`), or else gives a value before it
    /// needs one: then an earlier value may still be there.
    pub(crate) fn between(
        &self,
        (before, after): (Mark, Mark),
        var: VarId,
        set: bool,
        live: &Liveness,
    ) -> Ending {
        let (Some(start), Some(end)) = (self.marks.get(&before), self.marks.get(&after)) else {
            return Ending::Unknown;
        };
        let same = std::ptr::eq(start.sequence, end.sequence);
        let Some(stretch) = start.sequence.get(start.at..end.at).filter(|_| same) else {
            return Ending::Unknown;
        };
        let before = match set {
            true => Ending::Whole,
            false if self.at_mark(before, var, live) == Ending::Gone => Ending::Gone,
            false => Ending::Unknown,
        };
        after_code(stretch, var, before).unwrap_or(Ending::Gone)
    }
}

/// Whether code that moves a variable somewhere can be left without having come there, or puts a value back.
pub(crate) fn may_stay(fx: &[Fx], var: VarId) -> bool {
    let mut ways = Ways::default();
    let end = ways.through(fx, var, ONLY_BEFORE);
    ways.ends |= end;
    ways.set || ways.ends & ONLY_BEFORE != 0 && ways.ends & ONLY_AFTER != 0
}

/// The ways through code that have not come to a use of a variable yet.
const ONLY_BEFORE: u8 = 1;
/// Those that have.
const ONLY_AFTER: u8 = 2;

#[derive(Default)]
struct Ways {
    /// Which ways leave the code.
    ends: u8,
    /// Which jump within it.
    jumps: u8,
    /// The variable gets another value.
    set: bool,
}

impl Ways {
    fn through(&mut self, fx: &[Fx], var: VarId, mut ways: u8) -> u8 {
        for effect in fx {
            match effect {
                Fx::Use(used, How::Move | How::Maybe) if *used == var && ways != 0 => {
                    ways = ONLY_AFTER;
                }
                Fx::Kill(killed) if *killed == var => self.set = true,
                Fx::Branch(alternatives) => {
                    let each = alternatives.iter();
                    ways = each.fold(0, |all, fx| all | self.through(fx, var, ways));
                }
                Fx::Loop(_, fx) | Fx::Labelled(_, fx) => {
                    let outer = std::mem::take(&mut self.jumps);
                    let end = self.through(fx, var, ways);
                    // A loop is left by jumps only.
                    ways = match effect {
                        Fx::Loop(..) => self.jumps,
                        _ => end | self.jumps,
                    };
                    self.jumps |= outer;
                }
                Fx::Break(..) | Fx::Continue(..) => {
                    self.jumps |= ways;
                    ways = 0;
                }
                Fx::Return => {
                    self.ends |= ways;
                    ways = 0;
                }
                Fx::MayReturn => self.ends |= ways,
                _ => {}
            }
        }
        ways
    }
}

/// What code makes of a variable; nothing if it is left by a jump.
fn after_code(fx: &[Fx], var: VarId, before: Ending) -> Option<Ending> {
    let mut ending = before;
    for effect in fx {
        match effect {
            Fx::Use(used, How::Move) if *used == var => ending = Ending::Gone,
            Fx::Use(used, How::Maybe) if *used == var && ending == Ending::Whole => {
                ending = Ending::Unknown;
            }
            Fx::Kill(killed) if *killed == var => ending = Ending::Whole,
            Fx::Unset(unset) if *unset == var => ending = Ending::Gone,
            Fx::Branch(alternatives) => {
                let each = alternatives.iter();
                let mut ends = each.filter_map(|fx| after_code(fx, var, ending));
                let first = ends.next()?;
                ending = match ends.all(|end| end == first) {
                    true => first,
                    false => Ending::Unknown,
                };
            }
            Fx::Loop(_, fx) | Fx::Labelled(_, fx) if changes(fx, var, ending) => {
                ending = Ending::Unknown;
            }
            Fx::Break(..) | Fx::Continue(..) | Fx::Return => return None,
            _ => {}
        }
    }
    Some(ending)
}

/// Whether code may move a variable or give it a value.
fn concerns(effect: &Fx, var: VarId) -> bool {
    match effect {
        Fx::Use(used, How::Move | How::Maybe) => *used == var,
        Fx::Kill(changed) | Fx::Unset(changed) => *changed == var,
        Fx::Branch(alternatives) => alternatives.iter().flatten().any(|fx| concerns(fx, var)),
        Fx::Loop(_, fx) | Fx::Labelled(_, fx) => fx.iter().any(|fx| concerns(fx, var)),
        _ => false,
    }
}

/// Whether code that may run changes what is known of a variable.
fn changes(fx: &[Fx], var: VarId, known: Ending) -> bool {
    fx.iter().any(|effect| match effect {
        Fx::Use(used, How::Move | How::Maybe) => *used == var && known == Ending::Whole,
        Fx::Kill(killed) => *killed == var && known != Ending::Whole,
        Fx::Unset(unset) => *unset == var && known != Ending::Gone,
        Fx::Branch(alternatives) => alternatives.iter().any(|fx| changes(fx, var, known)),
        Fx::Loop(_, fx) | Fx::Labelled(_, fx) => changes(fx, var, known),
        _ => false,
    })
}
