//! Temporaries of statements that points cut: builders whose end is seen, iterators with closures, locks, and values of
//! which a pattern takes a part.

use super::Generator;
use super::expressions::{atom, postfix};
use super::functions::Pace;
use super::statements::Tail;
use crate::tree::Node;
use crate::types::Type;

/// What every function that needs it begins with: a lock, in which orders note that they have ended.
pub(super) const SOLD: &str = "let sold = Sold::default();";

impl Generator<'_> {
    /// A chain of methods that take what they are called on by value; nothing if none gives this type.
    pub(super) fn order(&mut self, ty: &Type, depth: usize) -> Option<String> {
        let question = match self.ret {
            Type::Result(..) => 1,
            _ => 0,
        };
        let inferred = usize::from(self.typed);
        let kinds: &[(usize, &str)] = match ty {
            Type::U64 => &[
                (4, ".sum()"),
                (2, ".pair().0"),
                (2 * question, ".checked::<u64>()?"),
                (
                    question,
                    ".checked::<u64>().map_err(|unsold| Refused(unsold.0))?",
                ),
                (2, ".checked::<u64>().unwrap_or(3)"),
                (1, ".checked::<u8>().map_or(7, u64::from)"),
                (1, ".parts().into_iter().map(|part| part % 5).sum::<u64>()"),
                (4 * inferred, ".made()"),
                (2 * inferred, ".checked().unwrap_or_default()"),
                (2 * inferred, ".made::<u32>().into()"),
            ],
            Type::I32 => &[
                (1, ".made::<i32>()"),
                (inferred, ".made()"),
                (question, ".checked::<i32>()?"),
            ],
            Type::Bool => &[(1, ".made::<i32>().is_positive()"), (1, ".is_large()")],
            Type::Text => &[(2, ".pair().1"), (1, ".pair().1.trim().to_owned()")],
            Type::Vec(inner) if **inner == Type::U64 => &[(1, ".parts()")],
            Type::Option(inner) if **inner == Type::U64 => &[
                (2, ".checked::<u64>().ok()"),
                (inferred, ".checked().ok()"),
                (1, ".parts().into_iter().map(|part| part ^ 1).max()"),
                (1, ".found::<u64>().map(|(number, _)| number)"),
            ],
            Type::Result(inner, 0) if **inner == Type::U64 => {
                &[(1, ".checked::<u64>().map_err(|unsold| Refused(unsold.0))")]
            }
            _ => return None,
        };
        let last = self.rng.weighted(kinds)?;
        Some(format!("{}{last}", self.ordered(depth)))
    }

    /// An order, of which more is to be called.
    fn ordered(&mut self, depth: usize) -> String {
        self.sold = true;
        let mut text = "order(&sold)".to_owned();
        for _ in 0..self.rng.below(4) {
            let before = self.scope.held();
            // What it is called on cannot be captured.
            let step = self.without_points(|this| this.perhaps(|this| this.step(depth)));
            // Whether a method with a closure takes what it is called on by value is not to be seen.
            if step.contains(['|', '!']) {
                let after = self.scope.held();
                let before = self.padded(before, &after);
                self.scope.join(&[before, after]);
                text += ".with(4)";
            } else {
                text += &step;
            }
        }
        text
    }

    /// One method of a chain.
    fn step(&mut self, depth: usize) -> String {
        match self.rng.below(7) {
            0..3 => format!(".with({})", self.value(&Type::U64, depth)),
            3 => {
                let part = Type::Option(Box::new(Type::U64));
                format!(".maybe({})", self.typed(|this| this.value(&part, depth)))
            }
            4 => format!(".and(&[{}])", self.literals(&Type::U64, 2)),
            5 => {
                let parts = Type::Vec(Box::new(Type::U64));
                let parts = self.untyped(|this| this.value(&parts, depth));
                format!(".and(&{})", atom(&parts))
            }
            _ => {
                let name = [Type::Str, Type::Text][self.rng.below(2)].clone();
                format!(".named({})", self.untyped(|this| this.value(&name, depth)))
            }
        }
    }

    /// An iterator with a closure, over a temporary; nothing if none gives this type.
    pub(super) fn iterated(&mut self, ty: &Type, depth: usize) -> Option<String> {
        let of_texts = *ty == Type::Text || self.rng.chance(40);
        let item = if of_texts { Type::Text } else { Type::U64 };
        let over = Type::Vec(Box::new(item));
        let chains: &[&str] = match (ty, of_texts) {
            (Type::U64, true) => &[
                ".into_iter().map(|item| item.len() as u64).sum::<u64>()",
                ".iter().filter(|item| item.len() > 1).count() as u64",
                ".last().map(|item| item.trim().to_owned()).unwrap_or_default().parse::<u64>().unwrap_or(5)",
            ],
            (Type::U64, false) => &[
                ".into_iter().map(|item| item % 7).max().unwrap_or(2)",
                ".iter().fold(1, |sum, item| sum ^ item)",
            ],
            (Type::Text, _) => &[
                ".into_iter().map(|item| item + \"x\").collect::<String>()",
                ".into_iter().find(|item| item.len() > 1).unwrap_or_default()",
            ],
            (Type::Bool, true) => &[".iter().any(|item| item.is_empty())"],
            (Type::Bool, false) => &[".into_iter().all(|item| item < 9)"],
            (Type::Option(inner), true) if **inner == Type::U64 => &[
                ".into_iter().map(|item| item.len() as u64).max()",
                ".into_iter().filter(|item| !item.is_empty()).nth(1).map(|item| item.len() as u64)",
            ],
            (Type::Option(inner), false) if **inner == Type::U64 => &[
                ".into_iter().map(|item| item ^ 2).min()",
                ".iter().copied().reduce(|one, two| one.max(two))",
            ],
            _ => return None,
        };
        let over = self.untyped(|this| this.value(&over, depth));
        let chain = chains[self.rng.below(chains.len())];
        let text = format!("{}{chain}", postfix(&over));
        Some(match text.ends_with("u64") && chain.contains(" as ") {
            true => format!("({text})"),
            false => text,
        })
    }

    /// A condition that waits for the lock, and lets it go at its end.
    pub(super) fn locked_condition(&mut self) -> Option<String> {
        if !self.locks(10) {
            return None;
        }
        let lock = |this: &mut Self| {
            let operator = ["<", ">", "=="][this.rng.below(3)];
            format!("sold.lock().await.len() {operator} {}", this.rng.below(4))
        };
        let first = lock(self);
        let operator = ["&&", "||"][self.rng.below(2)];
        Some(match self.rng.below(6) {
            0..2 => first,
            2 => format!("!({first})"),
            3 => format!("{first} {operator} {}", lock(self)),
            kind => {
                let before = self.scope.held();
                let other = match kind {
                    4 => self.perhaps(|this| this.condition(1)),
                    _ => self.condition(1),
                };
                let after = self.scope.held();
                match kind {
                    4 => {
                        // It may not be evaluated.
                        let before = self.padded(before, &after);
                        self.scope.join(&[before, after]);
                        format!("{first} {operator} {}", atom(&other))
                    }
                    _ => format!("{} {operator} {first}", atom(&other)),
                }
            }
        })
    }

    /// What a statement's head takes out of the lock, which is held for as long as plain code does.
    pub(super) fn locked_value(&mut self, ty: &Type) -> Option<String> {
        let texts: &[&str] = match ty {
            Type::U64 => &[
                "sold.lock().await.len() as u64",
                "sold.lock().await.iter().sum::<u64>() % 5",
            ],
            Type::Option(inner) if **inner == Type::U64 => &[
                "sold.lock().await.pop()",
                "sold.lock().await.last().copied()",
                "sold.lock().await.iter().map(|part| part % 4).max()",
            ],
            _ => return None,
        };
        self.locks(30)
            .then(|| texts[self.rng.below(texts.len())].to_owned())
    }

    fn locks(&mut self, percent: usize) -> bool {
        let locks = self.features.locks
            && self.pace == Pace::Any
            && self.affords(1)
            && self.rng.chance(percent);
        if locks {
            self.charge(1);
            self.sold = true;
        }
        locks
    }

    /// Says in the log whether the lock is free, and which orders have ended.
    pub(super) fn seen(&self) -> Option<Node> {
        let log = (self.scope.vars.iter()).any(|var| var.name == "log" && var.writable());
        (log && self.sold && !self.diverged).then(|| Node::line("log.push(seen(&sold));"))
    }

    /// Inside of a statement whose head is this, and after it.
    pub(super) fn seen_after(&self, head: &str) -> Option<Node> {
        self.seen().filter(|_| head.contains("sold"))
    }

    /// Patterns that take parts of what cannot be captured.
    pub(super) fn in_parts(&mut self, out: &mut Vec<Node>) {
        let text = match self.rng.chance(50) {
            true => self.ordered(0) + ".pair().1",
            false => self.untyped(|this| this.value(&Type::Text, 1)),
        };
        let generation = self.without_points(|this| this.value(&Type::U64, 1));
        let on = format!("taken(&{}, {generation})", atom(&text));
        self.flush(out);
        let numbered = |this: &mut Self, ty: Type, bound: &mut Vec<_>| this.named(&ty, bound);
        let lines = Type::Vec(Box::new(Type::Text));
        let before = self.scope.held();
        let (mut arms, mut paths) = (Vec::new(), Vec::new());
        let all = self.rng.between(0, 2);
        for at in 0..=all + 1 {
            self.scope.set_held(&before);
            let mut bound = Vec::new();
            let mut arm = Node::new();
            let kind = match at {
                at if at < all => self.rng.below(3),
                at => 3 + at - all,
            };
            let pattern = match kind {
                4 => "None".to_owned(),
                0 => format!(
                    "Some((Taken {{ generation: 1..=5, text: {}, .. }}, _))",
                    numbered(self, Type::Text, &mut bound)
                ),
                1 => format!(
                    "Some((Taken {{ lines: {}, .. }}, {}))",
                    numbered(self, lines.clone(), &mut bound),
                    numbered(self, Type::U64, &mut bound)
                ),
                2 => format!(
                    "Some((Taken {{ generation: {}, text: {}, .. }}, 3..))",
                    numbered(self, Type::U64, &mut bound),
                    numbered(self, Type::Text, &mut bound)
                ),
                _ => format!(
                    "Some((Taken {{ generation: _, text: {}, .. }}, _))",
                    numbered(self, Type::Text, &mut bound)
                ),
            };
            arm = arm.text(pattern);
            if kind == 1 {
                // At a point in a guard, what is matched is captured.
                arm = self.without_points(|this| this.guard(arm, &bound));
            }
            let size = self.rng.below(4);
            let body = self.block(bound, size, Tail::Unit, None);
            paths.push((self.scope.held(), self.take_diverged()));
            arms.push(arm.text(" => ").body(body));
        }
        self.meet(&paths);
        self.flush(out);
        let on = super::expressions::head(&on);
        out.push(Node::new().text(format!("match {on} ")).arms(arms));
    }
}
