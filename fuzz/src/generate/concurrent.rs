//! `join!`, `try_join!` and `select!` of calls whose outcome does not depend on whose turn it is, and what makes calls wait.
//!
//! Branches take values and shared references only. One that waits does so for as many turns as it is told: in the plain
//! version points are no turns, and a capture may cost a branch a turn or let it gain one, so each waits longer than the
//! one before by a margin. What a branch does before it waits, it does when it is first polled, and what it does after
//! that, when all that wait for less have ended. Who wins a `select!`, and which drops are seen when, is certain then.

use super::Generator;
use super::functions::{Pace, Pass};
use super::scope::{Mode, Variable};
use super::statements::Tail;
use crate::tree::Node;
use crate::types::Type;

/// How long branches wait. The least is more than the captures of a run, each of which may take a turn.
const ROUNDS: [usize; 3] = [5, 14, 23];

/// A branch that has been written.
struct Branch {
    call: String,
    ret: Type,
    /// It takes a value whose drop is seen.
    observed: bool,
}

impl Generator<'_> {
    /// Whether the waiting of the function that is written can be here.
    pub(super) fn may_wait(&self) -> bool {
        let once = self.times == 1 && self.loops.is_empty();
        !self.waited && once && self.points
    }

    /// The one place where a function waits.
    pub(super) fn wait(&mut self, out: &mut Vec<Node>) {
        self.waited = true;
        self.charge(5);
        let earlier: Vec<_> = (0..self.current)
            .filter(|at| {
                let function = &self.functions[*at];
                function.pace == Pace::Waits && self.affords(function.cost + 1)
            })
            .collect();
        if let Some(at) = self.rng.pick(&earlier).copied()
            && self.rng.chance(50)
        {
            let function = &self.functions[at];
            let concrete = match function.observed {
                true => Type::Noted,
                false => Type::U64,
            };
            let ret = function.ret.with(&concrete);
            self.rounds = Some("rounds".to_owned());
            let call = self.without_points(|this| this.call(at, 1, &concrete));
            self.rounds = None;
            let name = self.new_name();
            self.push(out, Node::line(format!("let {name} = {call}.await;")));
            return self.introduce(&name, &ret, false);
        }
        let turn = Node::line("tokio::task::yield_now().await;");
        let node = match self.rng.below(3) {
            0 => {
                let name = format!("n{}", self.number());
                self.push(out, Node::line(format!("let mut {name} = 0;")));
                let count = Node::line(format!("{name} += 1;"));
                Node::new()
                    .text(format!("while {name} < rounds "))
                    .body(vec![count, turn])
            }
            _ => Node::new().text("for _ in 0..rounds ").body(vec![turn]),
        };
        self.push(out, node);
    }

    /// Functions that can be branches.
    fn branches(&self) -> Vec<usize> {
        let taken = |pass| !matches!(pass, Pass::Reference(Mode::Exclusive) | Pass::Depth);
        (0..self.current)
            .filter(|at| {
                let function = &self.functions[*at];
                let receiver = function.receiver;
                let quick = function.pace == Pace::Quick;
                (quick || function.pace == Pace::Waits && self.pace == Pace::Any)
                    && receiver.is_none_or(|receiver| receiver.mode == Mode::Shared)
                    && function.parameters.iter().all(|one| taken(one.pass))
                    && self.affords(function.cost + 12)
            })
            .collect()
    }

    /// Calls for so many branches at most.
    fn called(&mut self, most: usize, wanted: impl Fn(&Type) -> bool) -> Vec<Branch> {
        let all: Vec<_> = (self.branches().into_iter())
            .filter(|at| wanted(&self.functions[*at].ret))
            .collect();
        let mut rounds: Vec<_> = ROUNDS.to_vec();
        let mut written = Vec::new();
        let outer = self.borrows.replace(Vec::new());
        for _ in 0..most {
            let Some(at) = self.rng.pick(&all).copied() else {
                break;
            };
            let function = &self.functions[at];
            let waits = function.pace == Pace::Waits;
            if waits && rounds.is_empty() || !self.affords(function.cost + 12) {
                continue;
            }
            if waits {
                let at = self.rng.below(rounds.len());
                let rounds = rounds.remove(at);
                self.rounds = Some(rounds.to_string());
                self.charge(rounds);
            }
            let concrete = self.concrete_type(at);
            let ret = self.functions[at].ret.with(&concrete);
            let call = self.without_jumps(|this| {
                // What a branch borrows must be there for as long as it lasts.
                this.without_temporaries(|this| {
                    this.without_points(|this| this.call(at, 1, &concrete))
                })
            });
            self.rounds = None;
            let observed = self.functions[at].parameters.iter().any(|parameter| {
                let ty = parameter.ty.with(&concrete);
                parameter.pass == Pass::Value && self.is_observed(&ty)
            });
            written.push(Branch {
                call,
                ret,
                observed,
            });
        }
        let borrows = std::mem::replace(&mut self.borrows, outer);
        self.give_up(borrows.unwrap_or_default());
        written
    }

    /// Several calls at the same time.
    pub(super) fn concurrent(&mut self, out: &mut Vec<Node>) {
        if self.branches().is_empty() {
            return self.call_statement(out);
        }
        match self.rng.below(10) {
            0..3 => self.join(out),
            3..5 => self.try_join(out),
            _ => self.select(out),
        }
    }

    fn join(&mut self, out: &mut Vec<Node>) {
        let most = self.rng.between(2, 3);
        let branches = self.called(most, |_| true);
        let mut bound = Vec::new();
        let names: Vec<_> = (branches.iter())
            .map(|branch| self.branch_binding(&branch.ret, &mut bound))
            .collect();
        let calls: Vec<_> = branches.into_iter().map(|branch| branch.call).collect();
        let text = match names.as_slice() {
            [] => return self.call_statement(out),
            [name] => format!("let ({name},) = tokio::join!({});", calls.join(", ")),
            names => {
                let names = names.join(", ");
                format!("let ({names}) = tokio::join!({});", calls.join(", "))
            }
        };
        self.push(out, Node::line(text));
        for variable in bound {
            self.scope.declare(variable);
        }
    }

    /// A pattern that takes all of what a branch gives.
    fn branch_binding(&mut self, ty: &Type, bound: &mut Vec<Variable>) -> String {
        match self.rng.below(10) {
            0 => format!("_v{}", self.number()),
            1 if !self.is_observed(ty) => "_".to_owned(),
            2..5 => self.binding(ty, 1, bound),
            _ => self.named(ty, bound),
        }
    }

    fn try_join(&mut self, out: &mut Vec<Node>) {
        let number = self.rng.below(2);
        let most = self.rng.between(2, 3);
        let of_number = |ty: &Type| matches!(ty, Type::Result(_, error) if *error == number);
        let branches = self.called(most, of_number);
        if branches.len() < 2 {
            for branch in branches {
                self.push(out, Node::line(format!("let _ = {}.await;", branch.call)));
            }
            return;
        }
        let mut bound = Vec::new();
        let mut names = Vec::new();
        for branch in &branches {
            if let Type::Result(inner, _) = &branch.ret {
                names.push(self.branch_binding(inner, &mut bound));
            }
        }
        let names = names.join(", ");
        let calls: Vec<_> = branches.into_iter().map(|branch| branch.call).collect();
        let joined = format!("tokio::try_join!({})", calls.join(", "));
        let question = matches!(self.ret, Type::Result(_, error) if number <= error);
        if question && self.rng.chance(60) {
            self.push(out, Node::line(format!("let ({names}) = {joined}?;")));
            for variable in bound {
                self.scope.declare(variable);
            }
            return;
        }
        self.flush(out);
        let before = self.scope.held();
        let count = self.rng.between(1, 3);
        let body = self.block(bound, count, Tail::Unit, None);
        let right = (self.scope.held(), self.take_diverged());
        self.scope.set_held(&before);
        let count = self.rng.between(1, 2);
        let name = format!("v{}", self.number());
        let wrong = self.block(Vec::new(), count, Tail::Unit, None);
        let wrong_held = (self.scope.held(), self.take_diverged());
        self.meet(&[right, wrong_held]);
        let arms = vec![
            Node::new().text(format!("Ok(({names})) => ")).body(body),
            Node::new().text(format!("Err({name}) => ")).body(
                [Node::line(format!("mark(crate::digest(&{name}));"))]
                    .into_iter()
                    .chain(wrong)
                    .collect(),
            ),
        ];
        out.push(Node::new().text(format!("match {joined} ")).arms(arms));
    }

    /// `select!`, with a value or without.
    fn select(&mut self, out: &mut Vec<Node>) {
        let value = self.rng.chance(30).then(|| self.some_type());
        let most = self.rng.between(2, 4);
        // They are evaluated before any branch.
        let conditions: Vec<_> = (0..most)
            .map(|_| {
                let given = self.rng.chance(15);
                given.then(|| {
                    self.without_moves(|this| {
                        this.without_jumps(|this| this.pure(|this| this.simple_condition()))
                    })
                })
            })
            .collect();
        let branches = self.called(most, |_| true);
        self.flush(out);
        if branches.is_empty() {
            return self.call_statement(out);
        }
        let before = self.scope.held();
        let (mut arms, mut paths) = (vec![Node::line("biased;")], Vec::new());
        let mut always = false;
        for (branch, condition) in branches.into_iter().zip(conditions) {
            self.scope.set_held(&before);
            // What a branch would take that is left out is a temporary, which is refused.
            let refused = branch.observed && !self.rng.chance(8);
            let condition = condition.filter(|_| !refused);
            let mut bound = Vec::new();
            // A branch's value is looked at through a reference, and no string literal is a pattern of `&&str`.
            let sure = self.rng.chance(60) || branch.ret == Type::Str;
            let pattern = match sure {
                true => self.branch_binding(&branch.ret, &mut bound),
                false => self.refutable(&branch.ret, 2, &mut bound),
            };
            always |= sure && condition.is_none();
            let condition = condition.map_or(String::new(), |text| format!(", if {text}"));
            let arm = Node::new().text(format!("{pattern} = {}{condition} => ", branch.call));
            arms.push(arm.body(self.handler(bound, &value)));
            paths.push((self.scope.held(), self.take_diverged()));
        }
        if !always {
            self.scope.set_held(&before);
            let body = self.handler(Vec::new(), &value);
            arms.push(Node::new().text("else => ").body(body));
            paths.push((self.scope.held(), self.take_diverged()));
        }
        self.meet(&paths);
        let node = Node::new().text("tokio::select! ").arms(arms);
        match value {
            None => out.push(node),
            Some(ty) => {
                let name = self.new_name();
                let start = format!("let {name}: {} = ", self.types.render(&ty));
                out.push(node.wrapped(&start, ";"));
                self.introduce(&name, &ty, false);
            }
        }
    }

    fn handler(&mut self, bound: Vec<Variable>, value: &Option<Type>) -> Vec<Node> {
        let tail = match value {
            Some(ty) => Tail::Value(ty.clone()),
            None => Tail::Unit,
        };
        let count = self.rng.below(3);
        self.block(bound, count, tail, None)
    }

    fn without_temporaries<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.temporaries, false);
        let result = write(self);
        self.temporaries = before;
        result
    }
}
