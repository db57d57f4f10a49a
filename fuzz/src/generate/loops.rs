//! Loops, all of them bounded.

use super::expressions::head;
use super::scope::{Loop, Mode, Variable};
use super::statements::Tail;
use super::{Generator, places::Place};
use crate::tree::Node;
use crate::types::Type;

impl Generator<'_> {
    pub(super) fn loop_statement(&mut self, out: &mut Vec<Node>) {
        match self.rng.below(20) {
            0..5 => self.for_range(out),
            5..8 => self.for_value(out),
            8..11 => self.for_reference(out),
            11..14 => self.while_loop(out),
            14..15 => self.while_let(out),
            15..16 => self.while_made(out),
            16..17 if self.features.labelled_blocks => self.labelled_block(out),
            17..18 if self.features.loop_adaptors => self.for_adaptor(out),
            _ => self.endless(out, None),
        }
    }

    fn label(&mut self) -> Option<String> {
        self.rng.chance(35).then(|| format!("'l{}", self.number()))
    }

    /// Writes a loop's body. What is held where the loop ends, is joined: `falls` says whether it can end at its head.
    fn looped(
        &mut self,
        label: Option<String>,
        passes: usize,
        bound: Vec<Variable>,
        value: Option<Type>,
        falls: bool,
    ) -> Vec<Node> {
        let base = self.scope.vars.len();
        let head = self.scope.held();
        self.loops.push(Loop {
            label,
            base,
            head: head.clone(),
            breaks: Vec::new(),
            value,
            block: false,
        });
        let times = self.times;
        self.times *= passes;
        self.charge(1);
        let count = self.rng.between(1, 5);
        let at = self.loops.len() - 1;
        let body = self.block(bound, count, Tail::Unit, Some(at));
        self.times = times;
        let end = self.scope.held();
        let diverged = self.take_diverged();
        if let Some(done) = self.loops.pop() {
            let mut paths = done.breaks;
            if falls {
                // At the head, what was not held before may be held now, or not.
                paths.push(head);
                if !diverged {
                    paths.push(end);
                }
            }
            if paths.is_empty() {
                self.diverged = true;
            } else {
                self.scope.join(&paths);
            }
        }
        body
    }

    fn for_range(&mut self, out: &mut Vec<Node>) {
        let passes = self.rng.between(1, 4);
        let range = match self.rng.below(4) {
            0 => {
                let end = self.untyped(|this| this.value(&Type::U64, 1));
                format!("0..{} % {}", super::expressions::atom(&end), passes + 1)
            }
            1 => format!("1..={passes}u64"),
            2 => {
                let start = self.untyped(|this| this.value(&Type::U64, 1));
                let start = format!("{} % 3", super::expressions::atom(&start));
                format!("{start}..{}", passes + 1)
            }
            _ => format!("0..{passes}u64"),
        };
        let mut bound = Vec::new();
        let pattern = if self.rng.chance(15) {
            "_".to_owned()
        } else {
            self.named(&Type::U64, &mut bound)
        };
        self.flush(out);
        self.for_loop(out, &pattern, &range, passes, bound);
    }

    fn for_loop(
        &mut self,
        out: &mut Vec<Node>,
        pattern: &str,
        over: &str,
        passes: usize,
        bound: Vec<Variable>,
    ) {
        let label = self.label();
        let start = prefix(&label);
        let body = self.looped(label, passes, bound, None, true);
        let over = head(over);
        out.push(
            Node::new()
                .text(format!("{start}for {pattern} in {over} "))
                .body(body),
        );
    }

    /// `for x in v`
    fn for_value(&mut self, out: &mut Vec<Node>) {
        let inner = self.some_type();
        let ty = match self.rng.below(5) {
            0 if self.features.loop_collections => Type::Deque(Box::new(inner.clone())),
            1 if self.features.loop_collections => Type::Option(Box::new(inner.clone())),
            _ => Type::Vec(Box::new(inner.clone())),
        };
        let over = self.untyped(|this| this.value(&ty, 2));
        let mut bound = Vec::new();
        let pattern = self.binding(&inner, 1, &mut bound);
        self.flush(out);
        self.for_loop(out, &pattern, &over, 3, bound);
    }

    /// `for x in &v`, `for x in v.iter_mut()`, `for (key, x) in &map`
    fn for_reference(&mut self, out: &mut Vec<Node>) {
        let wanted = |ty: &Type| matches!(ty, Type::Vec(_) | Type::Map(_) | Type::Deque(_));
        let exclusive = self.rng.chance(40);
        let place = if exclusive {
            self.writable(wanted)
        } else {
            self.readable(wanted)
        };
        let is_log = |place: &Place| self.scope.vars[place.var].name == "log";
        let place = place.filter(|place| !is_log(place));
        let Some(place) = place else {
            return self.for_value(out);
        };
        let path = self.path(&place);
        let mode = if exclusive {
            Mode::Exclusive
        } else {
            Mode::Shared
        };
        let own = self.mode(&place) == Mode::Own;
        let over = match (exclusive, self.rng.below(2)) {
            (true, 0) if own => format!("&mut {path}"),
            (true, _) => format!("{path}.iter_mut()"),
            (false, 0) if own => format!("&{path}"),
            (false, _) => format!("{path}.iter()"),
        };
        let name = format!("v{}", self.number());
        let (pattern, bound) = match &place.ty {
            Type::Map(inner) => {
                let key = format!("v{}", self.number());
                let bound = vec![
                    Variable::new(key.clone(), Type::U64, Mode::Shared, false),
                    Variable::new(name.clone(), (**inner).clone(), mode, false),
                ];
                (format!("({key}, {name})"), bound)
            }
            Type::Vec(inner) | Type::Deque(inner) => {
                let copied = !exclusive && self.types.is_copy(inner) && self.rng.chance(40);
                let mode = if copied { Mode::Own } else { mode };
                let bound = vec![Variable::new(name.clone(), (**inner).clone(), mode, false)];
                (format!("{}{name}", if copied { "&" } else { "" }), bound)
            }
            _ => return,
        };
        self.flush(out);
        let borrow = |this: &mut Self| this.for_loop(out, &pattern, &over, 3, bound);
        if exclusive {
            self.borrowed_mutably(place.var, borrow);
        } else {
            self.borrowed(place.var, borrow);
        }
    }

    fn for_adaptor(&mut self, out: &mut Vec<Node>) {
        let inner = self.some_type();
        let ty = Type::Vec(Box::new(inner.clone()));
        let over = self.untyped(|this| {
            if this.features.adaptor_points {
                this.value(&ty, 1)
            } else {
                this.leaf(&ty)
            }
        });
        let over = super::expressions::postfix(&over);
        let mut bound = Vec::new();
        let (pattern, over) = match self.rng.below(5) {
            0 => {
                let at = format!("v{}", self.number());
                let item = self.named(&inner, &mut bound);
                (
                    format!("({at}, {item})"),
                    format!("{over}.into_iter().enumerate()"),
                )
            }
            1 => {
                let item = self.named(&inner, &mut bound);
                (item, format!("{over}.into_iter().rev()"))
            }
            2 => {
                let item = self.named(&inner, &mut bound);
                let number = self.named(&Type::U64, &mut bound);
                (
                    format!("({item}, {number})"),
                    format!("{over}.into_iter().zip(4u64..)"),
                )
            }
            3 => {
                let item = self.named(&Type::U64, &mut bound);
                (item, "(0..7u64).step_by(3)".to_owned())
            }
            _ => {
                let item = self.named(&Type::U64, &mut bound);
                (item, "(0..3u64).rev()".to_owned())
            }
        };
        self.flush(out);
        self.for_loop(out, &pattern, &over, 3, bound);
    }

    /// A counter that ends a loop.
    fn counter(&mut self, out: &mut Vec<Node>) -> String {
        let name = format!("n{}", self.number());
        out.push(Node::line(format!("let mut {name} = 0;")));
        name
    }

    fn while_loop(&mut self, out: &mut Vec<Node>) {
        let passes = self.rng.between(1, 4);
        let times = self.times;
        self.times *= passes + 1;
        let condition =
            self.without_jumps(|this| this.without_moves(|this| this.branch_condition()));
        self.times = times;
        self.flush(out);
        let counter = self.counter(out);
        let label = self.label();
        let start = prefix(&label);
        let mut body = self.looped(label, passes, Vec::new(), None, true);
        body.splice(0..0, self.seen_after(&condition));
        body.insert(0, Node::line(format!("{counter} += 1;")));
        let condition = super::expressions::atom(&condition);
        out.push(
            Node::new()
                .text(format!("{start}while {counter} < {passes} && {condition} "))
                .body(body),
        );
        out.extend(self.seen_after(&condition));
    }

    fn while_let(&mut self, out: &mut Vec<Node>) {
        let wanted = |ty: &Type| matches!(ty, Type::Vec(_) | Type::Deque(_));
        let place = self.writable(wanted);
        let Some(place) = place.filter(|place| self.scope.vars[place.var].name != "log") else {
            return self.for_range(out);
        };
        let path = self.path(&place);
        let (method, inner) = match &place.ty {
            Type::Vec(inner) => ("pop", (**inner).clone()),
            Type::Deque(inner) => ("pop_front", (**inner).clone()),
            _ => return,
        };
        let mut bound = Vec::new();
        let depth = usize::from(self.rng.chance(20));
        let pattern = self.refutable(&inner, depth, &mut bound);
        self.flush(out);
        let label = self.label();
        let start = prefix(&label);
        let body = if self.rng.chance(50) {
            // The body leaves the collection alone.
            out.push(Node::line(format!("{path}.truncate(3);")));
            self.borrowed(place.var, |this| this.looped(label, 3, bound, None, true))
        } else {
            let counter = self.counter(out);
            // If the body moves it away it gives it back; then it may be empty or not.
            let mut body = self.looped(label, 4, bound, None, true);
            body.insert(
                0,
                Node::line(format!("{counter} += 1; if {counter} > 4 {{ break; }}")),
            );
            body
        };
        out.push(
            Node::new()
                .text(format!(
                    "{start}while let Some({pattern}) = {path}.{method}() "
                ))
                .body(body),
        );
    }

    /// `while let Some(x) = order(&sold).checked().ok()`
    fn while_made(&mut self, out: &mut Vec<Node>) {
        let ty = Type::Option(Box::new(Type::U64));
        let times = self.times;
        self.times *= 4;
        let locked = self.locked_value(&ty);
        let points = self.points && locked.is_none();
        let value = locked.unwrap_or_else(|| {
            self.without_jumps(|this| {
                this.without_moves(|this| this.untyped(|this| this.value(&ty, 2)))
            })
        });
        self.times = times;
        let mut bound = Vec::new();
        let pattern = self.binding(&Type::U64, 1, &mut bound);
        self.flush(out);
        let counter = self.counter(out);
        let label = self.label();
        let start = prefix(&label);
        let points = std::mem::replace(&mut self.points, points);
        let mut body = self.looped(label, 3, bound, None, true);
        body.splice(0..0, self.seen_after(&value));
        self.points = points;
        body.insert(
            0,
            Node::line(format!("{counter} += 1; if {counter} > 3 {{ break; }}")),
        );
        let value = head(&value);
        out.push(
            Node::new()
                .text(format!("{start}while let Some({pattern}) = {value} "))
                .body(body),
        );
        out.extend(self.seen_after(&value));
    }

    /// `loop`, which gives a value or none.
    pub(super) fn endless(&mut self, out: &mut Vec<Node>, value: Option<Type>) {
        let passes = self.rng.between(1, 4);
        self.flush(out);
        let counter = self.counter(out);
        let result = match &value {
            Some(ty) => format!(" {}", self.literal(ty)),
            None => String::new(),
        };
        let label = self.label();
        let start = prefix(&label);
        // The counter's `break` comes first in each pass.
        let mut body = self.looped(label, passes, Vec::new(), value, true);
        body.insert(
            0,
            Node::line(format!(
                "{counter} += 1; if {counter} > {passes} {{ break{result}; }}"
            )),
        );
        out.push(Node::new().text(format!("{start}loop ")).body(body));
    }

    fn labelled_block(&mut self, out: &mut Vec<Node>) {
        let base = self.scope.vars.len();
        let head = self.scope.held();
        let label = format!("'l{}", self.number());
        self.loops.push(Loop {
            label: Some(label.clone()),
            base,
            head,
            breaks: Vec::new(),
            value: None,
            block: true,
        });
        let count = self.rng.between(2, 5);
        let body = self.block(Vec::new(), count, Tail::Unit, None);
        let end = (self.scope.held(), self.take_diverged());
        if let Some(done) = self.loops.pop() {
            let mut paths: Vec<_> = done.breaks.into_iter().map(|held| (held, false)).collect();
            paths.push(end);
            self.meet(&paths);
        }
        self.push(out, Node::new().text(format!("{label}: ")).body(body));
    }
}

fn prefix(label: &Option<String>) -> String {
    label
        .as_ref()
        .map(|label| format!("{label}: "))
        .unwrap_or_default()
}
