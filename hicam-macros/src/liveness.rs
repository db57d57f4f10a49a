//! Backward liveness over the effects of a body.
//!
//! It is exact where it must be: if a variable is used later on some path, Rust itself demands that it is initialised
//! at the point, so a moved-out value is never captured.

use crate::ir::{Body, Fx, How, JumpTarget, Mark, PointId, VarId};

/// A set of variables.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(crate) struct Set(Vec<u64>);

impl Set {
    fn insert(&mut self, var: VarId) {
        if self.0.len() <= var / 64 {
            self.0.resize(var / 64 + 1, 0);
        }
        self.0[var / 64] |= 1 << (var % 64);
    }
    fn remove(&mut self, var: VarId) {
        if let Some(word) = self.0.get_mut(var / 64) {
            *word &= !(1 << (var % 64));
        }
    }
    fn union(&mut self, other: &Set) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }
    pub(crate) fn contains(&self, var: VarId) -> bool {
        self.0
            .get(var / 64)
            .is_some_and(|word| word >> (var % 64) & 1 == 1)
    }
}

/// Where each variable is live.
pub(crate) struct Liveness {
    points: Vec<Set>,
    marks: Vec<Set>,
    /// Variables that are used again after something that may have moved a part of them.
    used_on: Set,
    /// Variables that may have been moved. What is used again after a mention was not moved there: Rust would refuse it.
    moved: Set,
}

impl Liveness {
    pub(crate) fn is_used_on(&self, var: VarId) -> bool {
        self.used_on.contains(var)
    }
    /// Whether a mention of a variable may have moved it.
    pub(crate) fn is_moved(&self, var: VarId) -> bool {
        self.moved.contains(var)
    }
    pub(crate) fn at_point(&self, point: PointId, var: VarId) -> bool {
        self.points[point as usize - 1].contains(var)
    }
    pub(crate) fn at_mark(&self, mark: Mark, var: VarId) -> bool {
        self.marks[mark].contains(var)
    }
}

/// Computes liveness.
pub(crate) fn analyse(body: &Body) -> Liveness {
    let mut walk = Walk {
        body,
        live: Liveness {
            points: vec![Set::default(); body.points.len()],
            marks: vec![Set::default(); body.marks],
            used_on: Set::default(),
            moved: Set::default(),
        },
        settled: true,
        breaks: vec![Set::default(); body.targets],
        continues: vec![Set::default(); body.targets],
    };
    walk.sequence(&body.effects, Set::default());
    walk.live
}

struct Walk<'b> {
    body: &'b Body,
    live: Liveness,
    /// What is live where a jump goes.
    breaks: Vec<Set>,
    continues: Vec<Set>,
    /// What is live at the heads of the loops around is known.
    settled: bool,
}

impl Walk<'_> {
    fn sequence(&mut self, effects: &[Fx], mut live: Set) -> Set {
        for effect in effects.iter().rev() {
            live = self.effect(effect, live);
        }
        live
    }

    fn effect(&mut self, effect: &Fx, mut live: Set) -> Set {
        match effect {
            Fx::Use(var, how) => {
                if *how == How::Maybe && live.contains(*var) {
                    self.live.used_on.insert(*var);
                }
                if self.settled && *how != How::Place && !live.contains(*var) {
                    self.live.moved.insert(*var);
                }
                self.used(*var, &mut live);
                live
            }
            Fx::Kill(var) | Fx::Unset(var) => {
                live.remove(*var);
                live
            }
            Fx::Branch(alternatives) => {
                let mut all = Set::default();
                for alternative in alternatives {
                    all.union(&self.sequence(alternative, live.clone()));
                }
                all
            }
            Fx::Loop(target, body) => self.fixpoint(*target, body, live),
            Fx::Labelled(target, body) => {
                self.breaks[*target] = live.clone();
                self.sequence(body, live)
            }
            Fx::Break(target, mark) => self.jump(self.breaks[*target].clone(), *mark),
            Fx::Continue(target, mark) => self.jump(self.continues[*target].clone(), *mark),
            // Nothing is needed after the function; on `?` either that or what follows.
            Fx::Return => Set::default(),
            Fx::MayReturn | Fx::Trust(..) => live,
            Fx::Point(point) => {
                self.live.points[*point as usize - 1].union(&live);
                live
            }
            Fx::Mark(mark) => {
                self.live.marks[*mark].union(&live);
                live
            }
        }
    }

    /// What a borrow is taken again from is needed as long as the borrow.
    fn used(&self, var: VarId, live: &mut Set) {
        live.insert(var);
        for &root in &self.body.vars[var].depends {
            if !live.contains(root) {
                self.used(root, live);
            }
        }
    }

    fn jump(&mut self, live: Set, mark: Mark) -> Set {
        self.live.marks[mark].union(&live);
        live
    }

    fn fixpoint(&mut self, target: JumpTarget, body: &[Fx], after: Set) -> Set {
        self.breaks[target] = after;
        self.continues[target] = Set::default();
        let settled = std::mem::replace(&mut self.settled, false);
        loop {
            let head = self.sequence(body, self.continues[target].clone());
            let mut grown = self.continues[target].clone();
            grown.union(&head);
            if grown == self.continues[target] {
                break;
            }
            self.continues[target] = grown;
        }
        self.settled = settled;
        self.sequence(body, self.continues[target].clone())
    }
}
