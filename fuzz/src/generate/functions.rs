//! Programs as wholes: types, functions that call each other, and the entry.

use super::scope::{Mode, Scope, Variable};
use super::statements::Tail;
use super::{Generator, POINTS_OF_A_CALL, POINTS_OF_A_PROGRAM};
use crate::tree::{Item, Node, Program};
use crate::types::Type;

/// The type parameter of generic functions.
const GENERICS: &str = "<T: Clone + PartialEq + std::fmt::Debug + Send + Sync + hicam::State>";

/// Types that only generic functions have.
fn generic_types() -> [Type; 4] {
    let of = || Box::new(Type::Param);
    [
        Type::Param,
        Type::Param,
        Type::Vec(of()),
        Type::Option(of()),
    ]
}

/// What a function may wait for, which says where in `join!` and `select!` it can be a branch: what comes out must not depend
/// on whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// For anything. No branch.
    Any,
    /// For nothing: it ends when it is first polled, unless it is captured.
    Quick,
    /// Once, for as many turns as its parameter `rounds` says; what it does before and after that, at once.
    Waits,
}

/// How a function takes an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    Value,
    Reference(Mode),
    /// How often the function may still call itself.
    Depth,
    /// How many turns it waits.
    Rounds,
}

#[derive(Debug, Clone)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) ty: Type,
    pub(super) pass: Pass,
}

/// What the first parameter of a method is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Receiver {
    pub(super) definition: usize,
    pub(super) mode: Mode,
}

/// A function that may be called.
#[derive(Debug, Clone)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) receiver: Option<Receiver>,
    pub(super) parameters: Vec<Parameter>,
    pub(super) ret: Type,
    /// It has a type parameter.
    pub(super) generic: bool,
    /// It may be called with types whose drop is seen.
    pub(super) observed: bool,
    /// A method of a trait of its own.
    pub(super) of_trait: bool,
    pub(super) pace: Pace,
    /// Functions that call each other have one number.
    pub(super) group: Option<usize>,
    /// Points that a call passes, about.
    pub(super) cost: usize,
}

impl Generator<'_> {
    pub(super) fn program(mut self, seed: u64) -> Program {
        let mut items = vec![Item::text(crate::types::PRELUDE)];
        self.types.noted = self.features.noted;
        for _ in 0..self.rng.below(4) {
            self.types.define(&mut self.rng);
        }
        for definition in &self.types.definitions {
            items.push(Item::text(self.types.item(definition)));
        }
        let count = self.rng.between(3, 6);
        self.pool = vec![Type::U64];
        for _ in 0..count {
            let ty = self.types.random(&mut self.rng, 2);
            self.pool.push(ty);
        }
        if self.features.noted {
            for _ in 0..self.rng.below(3) {
                let ty = self.observed_type();
                self.pool.push(ty);
            }
        }
        let mut left = self.rng.between(2, 5);
        while left > 0 {
            let together = if self.rng.chance(12) && left > 1 {
                2
            } else {
                1
            };
            let recursive = together > 1 || self.rng.chance(20);
            let first = self.functions.len();
            for _ in 0..together {
                let group = recursive.then_some(first);
                let signature = self.signature(group);
                self.functions.push(signature);
            }
            for at in first..first + together {
                let item = self.function(at, POINTS_OF_A_CALL);
                items.extend(item);
            }
            left -= together;
        }
        let entry = self.entry();
        items.extend(entry);
        if self.made {
            items.extend(super::made::makers());
        }
        Program { seed, items }
    }

    fn signature(&mut self, group: Option<usize>) -> Function {
        let number = self.functions.len();
        let owner = if !self.types.definitions.is_empty() && self.rng.chance(35) {
            let modes = [
                (5, Mode::Shared),
                (5, Mode::Exclusive),
                (if self.features.self_by_value { 3 } else { 0 }, Mode::Own),
            ];
            let definition = self.rng.below(self.types.definitions.len());
            let mode = self.rng.weighted(&modes).unwrap_or(Mode::Shared);
            Some(Receiver { definition, mode })
        } else {
            None
        };
        let generic =
            self.features.generics && owner.is_none() && group.is_none() && self.rng.chance(20);
        let mut parameters = Vec::new();
        if generic {
            self.pool.extend(generic_types());
            parameters.push(Parameter {
                name: "like".to_owned(),
                ty: Type::Param,
                pass: Pass::Reference(Mode::Shared),
            });
        }
        if group.is_some() {
            parameters.push(Parameter {
                name: "depth".to_owned(),
                ty: Type::U64,
                pass: Pass::Depth,
            });
        }
        let pace = match self.rng.below(10) {
            _ if group.is_some() || !self.features.concurrency => Pace::Any,
            0..3 => Pace::Quick,
            3..6 => Pace::Waits,
            _ => Pace::Any,
        };
        if pace == Pace::Waits {
            parameters.push(Parameter {
                name: "rounds".to_owned(),
                ty: Type::U64,
                pass: Pass::Rounds,
            });
        }
        for at in 0..self.rng.below(4) {
            let (ty, mut pass) = self.parameter();
            if pace != Pace::Any && pass == Pass::Reference(Mode::Exclusive) {
                pass = Pass::Value;
            }
            let name = format!("p{at}");
            parameters.push(Parameter { name, ty, pass });
        }
        if pace == Pace::Any && self.rng.chance(90) {
            parameters.push(Parameter {
                name: "log".to_owned(),
                ty: Type::Vec(Box::new(Type::U64)),
                pass: Pass::Reference(Mode::Exclusive),
            });
        }
        let by_value = owner.is_some_and(|receiver| receiver.mode == Mode::Own);
        let traits =
            self.features.traits && owner.is_some() && (!by_value || self.features.traits_by_value);
        let function = Function {
            name: format!("f{number}"),
            receiver: owner,
            parameters,
            ret: self.returned(),
            generic,
            pace,
            observed: generic && self.features.noted && self.rng.chance(40),
            of_trait: traits && self.rng.chance(30),
            group,
            cost: 4,
        };
        self.pool.retain(Type::is_free);
        function
    }

    fn parameter(&mut self) -> (Type, Pass) {
        let ty = match self.some_type() {
            Type::Str if !self.features.static_parameters => Type::Text,
            ty => ty,
        };
        let pass = match self.rng.below(100) {
            _ if ty == Type::Str => Pass::Value,
            0..50 => Pass::Value,
            50..70 if matches!(ty, Type::Vec(_) | Type::Text) => Pass::Reference(Mode::Slice),
            50..70 => Pass::Reference(Mode::Shared),
            _ => Pass::Reference(Mode::Exclusive),
        };
        (ty, pass)
    }

    fn returned(&mut self) -> Type {
        match self.rng.below(100) {
            0..8 => Type::Unit,
            8..30 => Type::U64,
            30..45 => {
                let inner = self.some_type();
                Type::Result(Box::new(inner), self.rng.below(2))
            }
            45..60 => Type::Result(Box::new(Type::U64), self.rng.below(2)),
            60..70 => Type::Option(Box::new(Type::U64)),
            _ => self.some_type(),
        }
    }

    /// Writes the function with this number.
    fn function(&mut self, at: usize, budget: usize) -> Vec<Item> {
        let function = self.functions[at].clone();
        self.scope = Scope::default();
        self.loops.clear();
        self.blocks.clear();
        self.observed_parameter = function.observed;
        self.ret = function.ret.clone();
        self.group = function.group;
        self.deeper = false;
        self.recursive_calls = 0;
        self.size = match function.name.as_str() {
            "run" => self.rng.between(10, 24),
            _ => self.rng.between(3, 13),
        };
        self.nesting = 0;
        self.cost = 1;
        self.budget = if function.group.is_some() { 20 } else { budget };
        self.current = at;
        self.times = 1;
        self.sold = false;

        if function.generic {
            self.pool.extend(generic_types());
        }
        let owner = function.receiver.map(|receiver| {
            let ty = Type::Named(receiver.definition);
            let mut variable = Variable::new("self".to_owned(), ty.clone(), receiver.mode, false);
            // Where it is mentioned nowhere, it is refused.
            variable.mentioned = true;
            self.scope.declare(variable);
            self.types.render(&ty)
        });
        let mut parameters = Vec::new();
        if let Some(receiver) = function.receiver {
            parameters.push(
                match receiver.mode {
                    Mode::Own => "self",
                    Mode::Exclusive => "&mut self",
                    Mode::Shared | Mode::Slice => "&self",
                }
                .to_owned(),
            );
        }
        for parameter in &function.parameters {
            let (name, ty) = (&parameter.name, self.types.render(&parameter.ty));
            let mut mutable = false;
            let mode = match parameter.pass {
                Pass::Value => {
                    mutable = self.rng.chance(40);
                    Mode::Own
                }
                Pass::Depth | Pass::Rounds => Mode::Own,
                Pass::Reference(mode) => mode,
            };
            let ty = match mode {
                Mode::Own => ty,
                Mode::Shared => format!("&{ty}"),
                Mode::Exclusive => format!("&mut {ty}"),
                Mode::Slice => match &parameter.ty {
                    Type::Vec(inner) => format!("&[{}]", self.types.render(inner)),
                    _ => "&str".to_owned(),
                },
            };
            let keyword = if mutable { "mut " } else { "" };
            parameters.push(format!("{keyword}{name}: {ty}"));
            let ty = parameter.ty.clone();
            self.scope
                .declare(Variable::new(name.clone(), ty, mode, mutable));
        }

        let ret = function.ret.clone();
        let has_log = parameters.iter().any(|text| text.starts_with("log:"));
        let mut body = if has_log && self.rng.chance(70) {
            vec![Node::line(format!("log.push({at});"))]
        } else if self.features.noted && self.rng.chance(50) {
            vec![Node::line(format!("mark({at});"))]
        } else {
            Vec::new()
        };
        self.pace = function.pace;
        self.waited = function.pace != Pace::Waits;
        let count = self.rng.between(2, 8);
        let statements = self.block(Vec::new(), count, Tail::Return(ret.clone()), None);
        body.extend(statements);
        if self.sold {
            body.insert(0, Node::line(super::temporaries::SOLD));
        }

        let calls = match self.recursive_calls {
            0 => 1,
            1 => 4,
            _ => 15,
        };
        self.functions[at].cost = self.cost * calls;
        let arrow = match &ret {
            Type::Unit => String::new(),
            ret => format!(" -> {}", self.types.render(ret)),
        };
        self.pool.retain(Type::is_free);
        let generics = if function.generic { GENERICS } else { "" };
        let name = &function.name;
        let head = format!(
            "async fn {name}{generics}({}){arrow}",
            parameters.join(", ")
        );
        let mut items = Vec::new();
        let (owner, visibility) = match owner {
            Some(owner) if function.of_trait => {
                let declared = head.replace("(mut ", "(").replace(", mut ", ", ");
                items.push(Item {
                    head: format!("pub trait By{at} {{ {declared}; }}"),
                    body: None,
                    owner: None,
                    annotated: true,
                });
                (Some(format!("By{at} for {owner}")), "")
            }
            owner => (owner, "pub "),
        };
        items.push(Item {
            head: format!("{visibility}{head}"),
            body: Some(body),
            owner,
            annotated: true,
        });
        items
    }

    /// `run`, a function that may do more than others, and `entry`, which calls it and gives its log.
    fn entry(&mut self) -> Vec<Item> {
        let at = self.functions.len();
        let mut run = loop {
            let signature = self.signature(None);
            if !signature.generic && signature.pace == Pace::Any {
                break signature;
            }
        };
        run.name = "run".to_owned();
        run.receiver = None;
        run.of_trait = false;
        for parameter in &mut run.parameters {
            parameter.pass = Pass::Value;
        }
        run.parameters.retain(|parameter| parameter.name != "log");
        run.parameters.push(Parameter {
            name: "log".to_owned(),
            ty: Type::Vec(Box::new(Type::U64)),
            pass: Pass::Reference(Mode::Exclusive),
        });
        self.functions.push(run.clone());
        let mut items = self.function(at, POINTS_OF_A_PROGRAM);
        let mut arguments = Vec::new();
        for parameter in &run.parameters {
            arguments.push(match parameter.pass {
                Pass::Value => self.typed(|this| this.literal(&parameter.ty)),
                _ => "&mut log".to_owned(),
            });
        }
        let ret = self.types.render(&run.ret);
        let body = vec![
            // What is left of another run's values goes, also where statements are left out.
            Node::line("let mut log = { events(); Vec::new() };"),
            Node::line(format!("let result = run({}).await;", arguments.join(", "))),
            Node::line("(result, log, events())"),
        ];
        let entry = Item {
            head: format!("pub async fn entry() -> ({ret}, Vec<u64>, Vec<u64>)"),
            body: Some(body),
            owner: None,
            annotated: true,
        };
        items.push(entry);
        items
    }

    /// Functions that could be called here.
    pub(super) fn callable(&self, wanted: impl Fn(&Function) -> bool) -> Vec<usize> {
        (0..self.functions.len())
            .filter(|at| {
                let function = &self.functions[*at];
                let again = function.group.is_some() && function.group == self.group;
                let allowed = !again || self.deeper && self.recursive_calls < 2 && self.times == 1;
                // What is not written yet could call us.
                let written = *at < self.current || again;
                let allowed = allowed && (self.pace == Pace::Any || function.pace == Pace::Quick);
                allowed && written && wanted(function) && self.affords(function.cost + 1)
            })
            .collect()
    }
}

impl Item {
    fn text(text: impl Into<String>) -> Self {
        Item {
            head: text.into(),
            body: None,
            owner: None,
            annotated: false,
        }
    }
}
