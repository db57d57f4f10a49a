//! Decides how each variable crosses migration points, and where blocks are cut into units.
//!
//! A unit is a [`Lead`] with the simple statements after it: what runs between being resumed at one point and reaching
//! the next. Variables are of these classes:
//! - *natural*: no point is in its scope; the user's own code suffices.
//! - *free*: `self`, a reference parameter, or evaluated again on resume.
//! - *direct*: initialised at every point in its scope, so it can be saved and restored there: an ordinary local,
//!   initialised late in one of two arms.
//! - *slot*: not whole at some point in its scope, and used elsewhere. rustc cannot see that the resume path never
//!   reads it, so it rests in an `Option` between units: taken at the start of a stretch of code where it is live,
//!   put back at the end of one.
//! - *idle*: a slot that is live at no point. It is in frames until its scope ends if its type's drop can be observed.
//! - *kept*: live at no point, mentioned in the unit that declares it only, and never moved: it is dropped where its scope
//!   ends, which is a use if the drop can be observed. Its type decides, once the unit has run.
//! - *transient*: the same, where it may have been moved or cannot be named at the unit's end: accepted if its drop cannot
//!   be observed.
//! - *result*: what one of several concurrent calls has given.

use std::collections::BTreeSet;

use crate::ir::{
    Block, Body, Fx, Guard, Guarded, How, Item, Lead, Mark, Node, PointId, Select, Simple,
    Statement, Tail, VarId, VarKind,
};
use crate::liveness::Liveness;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Class {
    Natural,
    Free,
    Direct,
    Slot {
        captured: bool,
    },
    /// A slot that no point needs.
    Idle,
    Kept,
    Transient,
    /// Saved and restored by the construct that it belongs to.
    Result,
}

impl Class {
    pub(crate) fn is_captured(self) -> bool {
        matches!(
            self,
            Class::Direct | Class::Slot { captured: true } | Class::Result
        )
    }
    pub(crate) fn is_slot(self) -> bool {
        matches!(self, Class::Slot { .. } | Class::Idle)
    }
    /// Whether it is in frames, or may be.
    pub(crate) fn is_in_frames(self) -> bool {
        self.is_captured() || self == Class::Idle
    }
}

pub(crate) struct Classes {
    pub(crate) of: Vec<Class>,
    /// Simple statements (by their `before` mark) that begin a unit of their own.
    pub(crate) splits: BTreeSet<Mark>,
    /// Whether a variable has certainly been moved (or was copied) when it is mentioned for the last time.
    pub(crate) gone: Vec<bool>,
    /// Calls, by their points, of methods that may own the variable they are called on.
    pub(crate) owning: BTreeSet<PointId>,
    /// The same, with the variable: in the call it is there or not, as the method's type says.
    pub(crate) owned_in: BTreeSet<(PointId, VarId)>,
    /// Variables that are taken to be whole although they are moved: only a copy of them can have been.
    pub(crate) copied: Vec<VarId>,
    /// Variables that a `match` may leave in their slots although nothing needs them, from a point of its guards on.
    pub(crate) left: Vec<(PointId, VarId)>,
}

/// Variables in `whole` are whole at every point: they are borrowed across one.
pub(crate) fn classify(body: &Body, live: &Liveness, whole: &BTreeSet<VarId>) -> Classes {
    let mut surely = vec![false; body.vars.len()];
    find_sure_moves(&body.effects, &mut surely);
    let copied = whole.iter().copied();
    let copied = copied.filter(|&var| surely[var] && !body.vars[var].copy);
    let copied: Vec<VarId> = copied.collect();
    let gone = Gone::find(body, live);
    let mut splits = BTreeSet::new();
    loop {
        let crossing = Crossing::find(body, live, &splits);
        let last = crossing.receivers.iter();
        let last =
            last.filter(|(_, var, ended)| !live.at_mark(*ended, *var) && !whole.contains(var));
        let owned_in: BTreeSet<(PointId, VarId)> =
            last.map(|(point, var, _)| (*point, *var)).collect();
        let (owning, owned): (_, BTreeSet<VarId>) = owned_in.iter().copied().unzip();
        let of: Vec<Class> = (0..body.vars.len())
            .map(|var| {
                let moved = live.is_moved(var) && !whole.contains(&var);
                let class = class(body, live, var, moved, &crossing);
                match class {
                    // At each point that follows it has been moved.
                    Class::Idle if gone[var] => Class::Slot { captured: false },
                    Class::Kept if crossing.hidden.contains(&var) => Class::Transient,
                    // It is there after the call or not, as the method's type says.
                    Class::Direct if owned.contains(&var) => Class::Slot { captured: true },
                    class => class,
                }
            })
            .collect();
        // What borrows from a direct variable of its own unit could not rest in a slot while that one moves out.
        let more: BTreeSet<Mark> = crossing
            .declared_in
            .iter()
            .filter(|(var, _)| matches!(of[*var], Class::Slot { captured: false } | Class::Idle))
            .map(|(_, mark)| *mark)
            .collect();
        if more.is_subset(&splits) {
            return Classes {
                left: crossing.left,
                of,
                splits,
                gone,
                owning,
                owned_in,
                copied,
            };
        }
        splits.extend(more);
    }
}

fn class(body: &Body, live: &Liveness, var: VarId, moved: bool, crossing: &Crossing<'_>) -> Class {
    let facts = &body.vars[var];
    let crosses = crossing.crosses[var];
    if facts.kind == VarKind::Result {
        return Class::Result;
    }
    if facts.kind != VarKind::Local {
        return Class::Free;
    }
    let mut in_scope = (1u32..)
        .zip(&body.points)
        .filter(|(_, point)| point.in_scope.contains(&var))
        .peekable();
    if in_scope.peek().is_none() {
        return if crosses {
            Class::Slot { captured: false }
        } else {
            Class::Natural
        };
    }
    let (mut any, mut all) = (false, true);
    for (point, _) in in_scope {
        let live = live.at_point(point, var);
        any |= live;
        all &= live;
    }
    if facts.again.is_some() && any {
        return Class::Slot { captured: false };
    }
    // Never moved: whole at every point of its scope, so it may be captured where it is not needed.
    let steady = facts.initialised && (!moved || facts.copy);
    // A unit gives its variables to later ones whole, too.
    let all = all && !crossing.gaps.contains(&var);
    match (any, all || steady) {
        (true, true) => Class::Direct,
        (true, false) => Class::Slot { captured: true },
        // Its end is seen, whatever it points to.
        (false, _) if crosses && steady && facts.pointer => Class::Direct,
        (false, _)
            if crosses && facts.initialised && !facts.copy && !facts.borrow && !facts.made =>
        {
            Class::Idle
        }
        (false, _) if crosses => Class::Slot { captured: false },
        // A value that has no name in the source ends with its statement.
        (false, _) if steady && !facts.made => Class::Kept,
        (false, _) => Class::Transient,
    }
}

pub(crate) fn find_moves(fx: &[Fx], moved: &mut [bool]) {
    find_uses(fx, &|how| how != How::Place, moved);
}

/// Those that are moved (or copied) and not perhaps only borrowed.
pub(crate) fn find_sure_moves(fx: &[Fx], moved: &mut [bool]) {
    find_uses(fx, &|how| how == How::Move, moved);
}

fn find_uses(fx: &[Fx], wanted: &impl Fn(How) -> bool, found: &mut [bool]) {
    for effect in fx {
        match effect {
            Fx::Use(var, how) => found[*var] |= wanted(*how),
            Fx::Branch(alternatives) => {
                let each = alternatives.iter();
                each.for_each(|fx| find_uses(fx, wanted, found));
            }
            Fx::Loop(_, fx) | Fx::Labelled(_, fx) => find_uses(fx, wanted, found),
            _ => {}
        }
    }
}

/// Which variables have been moved, by a mention in the very alternative that declares them, at each point of their scope
/// that does not need them. A value that may or may not have been moved is not among them, nor one that a point has before
/// a `return` or another jump out of its scope.
struct Gone<'b> {
    body: &'b Body,
    live: &'b Liveness,
    /// The alternatives and loops around the current effect.
    path: Vec<usize>,
    made: usize,
    declared: Vec<Option<Vec<usize>>>,
    gone: Vec<bool>,
    /// Whether the last to be done with it has moved it.
    last: Vec<bool>,
    /// Those that are there at a point that does not need them.
    left: BTreeSet<VarId>,
}

impl<'b> Gone<'b> {
    fn find(body: &'b Body, live: &'b Liveness) -> Vec<bool> {
        let vars = body.vars.len();
        let mut walk = Gone {
            body,
            live,
            path: Vec::new(),
            made: 0,
            declared: vec![None; vars],
            gone: vec![false; vars],
            last: vec![false; vars],
            left: BTreeSet::new(),
        };
        walk.sequence(&body.effects);
        let gone = walk.last.into_iter().enumerate();
        gone.map(|(var, gone)| gone && !walk.left.contains(&var))
            .collect()
    }

    fn sequence(&mut self, fx: &[Fx]) {
        for effect in fx {
            match effect {
                Fx::Kill(var) | Fx::Unset(var) => {
                    self.note(*var, matches!(effect, Fx::Unset(_)));
                    if self.declared[*var].is_none() {
                        self.declared[*var] = Some(self.path.clone());
                    }
                }
                Fx::Use(var, How::Move) if self.declared[*var].as_ref() == Some(&self.path) => {
                    self.note(*var, true);
                }
                Fx::Point(point) => {
                    let in_scope = self.body.points[*point as usize - 1].in_scope.iter();
                    self.left.extend(
                        in_scope
                            .filter(|&&var| !self.gone[var] && !self.live.at_point(*point, var)),
                    );
                }
                Fx::Branch(alternatives) => alternatives.iter().for_each(|fx| self.inside(fx)),
                Fx::Loop(_, fx) => self.inside(fx),
                Fx::Labelled(_, fx) => {
                    let before = self.gone.clone();
                    self.sequence(fx);
                    // A jump may have passed over what moves it.
                    let both = self.gone.iter_mut().zip(before);
                    both.for_each(|(gone, before)| *gone &= before);
                }
                _ => {}
            }
        }
    }

    fn note(&mut self, var: VarId, gone: bool) {
        (self.gone[var], self.last[var]) = (gone, gone);
    }

    fn inside(&mut self, fx: &[Fx]) {
        self.made += 1;
        self.path.push(self.made);
        self.sequence(fx);
        self.path.pop();
    }
}

/// A unit of a block.
pub(crate) struct Unit<'b> {
    pub(crate) lead: Option<&'b Lead>,
    pub(crate) simples: Vec<&'b Simple>,
    /// The block's value, in its last unit.
    pub(crate) tail: Option<&'b Tail>,
}

impl Unit<'_> {
    /// The variables it declares, in order.
    pub(crate) fn declares(&self) -> Vec<VarId> {
        let lead = self.lead.into_iter().flat_map(|lead| &lead.declares);
        let simples = self.simples.iter().flat_map(|simple| &simple.declares);
        lead.chain(simples).copied().collect()
    }

    /// Where its statements end.
    pub(crate) fn end(&self) -> Option<Mark> {
        let last = self.simples.last().map(|simple| simple.stmt.after);
        last.or(self.lead.map(|lead| lead.after))
    }

    /// Binds the function's parameters.
    pub(crate) fn is_parameters(&self) -> bool {
        let mut simples = self.simples.iter();
        simples.any(|simple| matches!(simple.stmt.code, Statement::Bind { .. }))
    }

    /// Runs on resume too.
    pub(crate) fn is_always(&self) -> bool {
        self.simples
            .iter()
            .any(|simple| matches!(simple.stmt.code, Statement::Always(_)))
    }
}

pub(crate) fn units<'b>(block: &'b Block, splits: &BTreeSet<Mark>) -> Vec<Unit<'b>> {
    fn unit<'b>(lead: Option<&'b Lead>) -> Unit<'b> {
        Unit {
            lead,
            simples: Vec::new(),
            tail: None,
        }
    }
    let mut units: Vec<Unit<'b>> = vec![unit(None)];
    for item in &block.body {
        match item {
            Item::Lead(lead) => units.push(unit(Some(lead))),
            Item::Simple(simple) => {
                let always = matches!(simple.stmt.code, Statement::Always(_));
                let after_always = units.last().is_some_and(Unit::is_always);
                if always || after_always || splits.contains(&simple.stmt.before) {
                    units.push(unit(None));
                }
                if let Some(last) = units.last_mut() {
                    last.simples.push(simple);
                }
            }
        }
    }
    if let Tail::Node(lead) = &block.tail {
        units.push(unit(Some(lead)));
    } else if units.last().is_some_and(Unit::is_always) {
        units.push(unit(None));
    }
    if let Some(last) = units.last_mut() {
        last.tail = Some(&block.tail);
    }
    units.retain(|unit| unit.lead.is_some() || !unit.simples.is_empty() || unit.tail.is_some());
    units
}

/// Which variables are mentioned outside of the unit that declares them.
struct Crossing<'b> {
    splits: &'b BTreeSet<Mark>,
    next: usize,
    declared: Vec<Option<usize>>,
    crosses: Vec<bool>,
    /// The simple statement that declares a variable.
    declared_in: Vec<(VarId, Mark)>,
    /// Variables hidden by another one of their unit.
    hidden: BTreeSet<VarId>,
    /// The variables whose scope we are in.
    visible: Vec<VarId>,
    /// Variables without a value at the end of some unit that is not the last of its block, or behind a condition or scrutinee.
    gaps: BTreeSet<VarId>,
    /// What methods that may own it are called on, by the call's point, and when the call has ended.
    receivers: Vec<(PointId, VarId, Mark)>,
    /// What a `match` may leave in its slot, from a point on.
    left: Vec<(PointId, VarId)>,
    body: &'b Body,
    live: &'b Liveness,
}

impl<'b> Crossing<'b> {
    fn find(body: &'b Body, live: &'b Liveness, splits: &'b BTreeSet<Mark>) -> Self {
        let vars = body.vars.len();
        let mut crossing = Crossing {
            splits,
            next: 0,
            declared: vec![None; vars],
            crosses: vec![false; vars],
            declared_in: Vec::new(),
            hidden: BTreeSet::new(),
            visible: Vec::new(),
            gaps: BTreeSet::new(),
            receivers: Vec::new(),
            left: Vec::new(),
            body,
            live,
        };
        crossing.block(&body.block);
        crossing
    }

    fn fresh(&mut self) -> usize {
        self.next += 1;
        self.next
    }

    fn mention(&mut self, vars: &[VarId], unit: usize) {
        for &var in vars {
            if self.declared[var].is_some_and(|declared| declared != unit) {
                self.crosses[var] = true;
            }
        }
    }

    fn block(&mut self, block: &Block) {
        let parts = units(block, self.splits);
        let (count, outside) = (parts.len(), self.visible.len());
        for (number, part) in parts.into_iter().enumerate() {
            let unit = self.fresh();
            let end = part.end();
            let declares = part.declares();
            for (at, &var) in declares.iter().enumerate() {
                let name = &self.body.vars[var].ident;
                if declares[at + 1..]
                    .iter()
                    .any(|&other| self.body.vars[other].ident == *name)
                {
                    self.hidden.insert(var);
                }
            }
            if let Some(lead) = part.lead {
                self.lead(lead, unit);
            }
            for simple in part.simples {
                self.mention(&simple.stmt.mentions, unit);
                for &var in &simple.declares {
                    self.declared[var] = Some(unit);
                    self.declared_in.push((var, simple.stmt.before));
                }
            }
            if let Some(Tail::Code(code)) = part.tail {
                self.mention(&code.mentions, unit);
            }
            self.visible.extend(declares);
            end.filter(|_| number + 1 < count)
                .into_iter()
                .for_each(|end| self.gaps_at(end));
        }
        self.visible.truncate(outside);
    }

    /// Notes the variables without a value where a stretch of code ends.
    fn gaps_at(&mut self, end: Mark) {
        let visible = self.visible.iter().copied();
        self.gaps
            .extend(visible.filter(|&var| !self.live.at_mark(end, var)));
    }

    fn guards(&mut self, select: &Guarded) {
        let own = self.fresh();
        self.mention(&select.held, own);
        for arm in &select.arms {
            match &arm.guard {
                None => {}
                Some(Guard::Code(code)) => {
                    let own = self.fresh();
                    self.mention(&code.mentions, own);
                    self.gaps_at(code.after);
                }
                Some(Guard::Points { block, after, .. }) => {
                    let held = select.held.iter().map(|&var| (block.points.0, var));
                    self.left.extend(held);
                    self.block(block);
                    self.gaps_at(*after);
                }
            }
            self.gaps_at(arm.start);
        }
    }

    fn lead(&mut self, lead: &Lead, unit: usize) {
        match &lead.node {
            Node::Check(_) => {}
            Node::Await(call) => {
                let own = self.fresh();
                self.mention(&call.operand.mentions, own);
                let receiver = call
                    .receiver
                    .map(|receiver| (call.in_call, receiver.var, call.ended));
                self.receivers.extend(receiver);
            }
            Node::If(branch) => {
                let own = self.fresh();
                self.mention(&branch.cond.mentions, own);
                self.gaps_at(branch.cond.after);
                self.block(&branch.then);
                branch.otherwise.iter().for_each(|block| self.block(block));
            }
            Node::Match(choice) => {
                match &choice.select {
                    Select::Once(select, _) => {
                        let own = self.fresh();
                        self.mention(&select.mentions, own);
                        self.gaps_at(select.after);
                    }
                    Select::Guarded(select) => self.guards(select),
                }
                choice.arms.iter().for_each(|block| self.block(block));
            }
            Node::Loop(repeat) => self.block(&repeat.body),
            Node::Block(block) => self.block(block),
            Node::Hold(hold) => self.block(&hold.block),
            Node::Concurrent(several) => {
                let own = self.fresh();
                self.mention(&several.args.mentions, own);
                self.mention(&several.mentions, own);
            }
        }
        if let Some(post) = &lead.post {
            self.mention(&post.code.mentions, unit);
        }
        for &var in &lead.declares {
            self.declared[var] = Some(unit);
        }
    }
}
