//! Writes random programs that rustc accepts: it keeps track of what each variable holds, and of who borrows it.
//!
//! What the transformation does not support is behind a switch of [`Features`].

mod awaits;
mod bindings;
mod borrows;
mod branches;
mod calls;
mod certain;
mod changes;
mod concurrent;
mod conditions;
mod exits;
mod expressions;
mod features;
mod functions;
mod jumps;
mod literals;
mod loops;
mod made;
mod noted;
mod patterns;
mod places;
mod scope;
mod statements;
mod temporaries;
mod values;

use certain::Certain;
pub(crate) use features::Features;
use scope::{Block, Loop, Scope};

use crate::rng::Rng;
use crate::tree::{Node, Program};
use crate::types::{Type, Types};
use functions::{Function, Pace};

/// The program with this seed.
pub(crate) fn program(seed: u64, features: &Features) -> Program {
    Generator::new(seed, features).program(seed)
}

/// Points that one call of a function may pass, as far as we can tell.
const POINTS_OF_A_CALL: usize = 60;
/// Of the whole program.
const POINTS_OF_A_PROGRAM: usize = 250;

struct Generator<'f> {
    rng: Rng,
    features: &'f Features,
    types: Types,
    /// The types that this program prefers.
    pool: Vec<Type>,
    functions: Vec<Function>,
    /// Numbers for new names.
    names: usize,

    // Of the function that is being written:
    scope: Scope,
    loops: Vec<Loop>,
    blocks: Vec<Block>,
    /// Statements to go before the current one.
    pending: Vec<Node>,
    /// What it returns.
    ret: Type,
    /// Its number.
    current: usize,
    /// Functions that call each other have one number.
    group: Option<usize>,
    /// In a place where `depth` is greater than 0.
    deeper: bool,
    recursive_calls: usize,
    /// Statements that may still be written.
    size: usize,
    nesting: usize,
    cost: usize,
    budget: usize,
    /// How often the code where we are runs in one call.
    times: usize,
    /// What it may wait for.
    pace: Pace,
    /// It has no waiting left to do.
    waited: bool,
    /// It has `sold`.
    sold: bool,
    /// The program calls one of the functions that make values.
    made: bool,
    /// The drop of a value of the type parameter is seen.
    observed_parameter: bool,

    // Of the place where we are:
    /// Nothing goes on from here: there was a jump.
    diverged: bool,
    /// Points are allowed.
    points: bool,
    /// Macros with a syntax of their own are allowed.
    macros: bool,
    /// `break` and `continue` are allowed.
    jumps: bool,
    /// Variables may be moved.
    moves: bool,
    /// What is moved of what is seen to end.
    certain: Certain,
    /// Temporaries may be borrowed.
    temporaries: bool,
    /// How long the function that is called is to wait.
    rounds: Option<String>,
    /// Borrows of calls that go on while others begin.
    borrows: Option<Vec<(usize, bool)>>,
    /// A variable that is to be the next argument of its type.
    instead: Option<String>,
    /// Values may be changed.
    changes: bool,
    /// The value's type is known without the value.
    typed: bool,
    /// Patterns bind by `ref`.
    by_ref: bool,
}

impl<'f> Generator<'f> {
    fn new(seed: u64, features: &'f Features) -> Self {
        Generator {
            rng: Rng::new(seed),
            features,
            types: Types::default(),
            pool: Vec::new(),
            functions: Vec::new(),
            names: 0,
            scope: Scope::default(),
            loops: Vec::new(),
            blocks: Vec::new(),
            pending: Vec::new(),
            ret: Type::Unit,
            current: 0,
            group: None,
            deeper: false,
            recursive_calls: 0,
            size: 0,
            nesting: 0,
            cost: 0,
            budget: 0,
            times: 1,
            pace: Pace::Any,
            waited: true,
            sold: false,
            made: false,
            observed_parameter: false,
            diverged: false,
            points: true,
            macros: true,
            jumps: true,
            moves: true,
            certain: Certain {
                from: 0,
                gives_back: true,
            },
            instead: None,
            temporaries: true,
            rounds: None,
            borrows: None,
            changes: true,
            typed: true,
            by_ref: false,
        }
    }

    fn number(&mut self) -> usize {
        self.names += 1;
        self.names
    }

    /// A type, preferably one that this program has elsewhere too.
    fn some_type(&mut self) -> Type {
        if self.rng.chance(75)
            && let Some(ty) = self.rng.pick(&self.pool)
        {
            return ty.clone();
        }
        self.types.random(&mut self.rng, 2)
    }

    /// What this generic function may be called with.
    fn concrete_type(&mut self, at: usize) -> Type {
        let ty = self.some_type();
        let function = &self.functions[at];
        if self.is_concrete_for(function, &ty) {
            ty
        } else {
            Type::Text
        }
    }

    /// Whether this generic function can have this type as its own.
    fn is_concrete_for(&self, function: &Function, ty: &Type) -> bool {
        ty.is_concrete() && (function.observed || !self.is_observed(ty))
    }

    /// Whether `points` more fit, each time we come here.
    fn affords(&self, points: usize) -> bool {
        self.points && self.cost + points * self.times <= self.budget
    }

    fn charge(&mut self, points: usize) {
        self.cost += points * self.times;
    }

    /// Where the type of a value must be plain from the value.
    fn untyped<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.typed, false);
        let result = write(self);
        self.typed = before;
        result
    }

    fn typed<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.typed, true);
        let result = write(self);
        self.typed = before;
        result
    }

    /// Where there may be no point.
    fn without_points<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.points, false);
        let result = write(self);
        self.points = before;
        result
    }

    /// In the arguments of a macro.
    fn in_macro<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        let (points, jumps, macros) = (self.points, self.jumps, self.macros);
        self.points &= self.features.macro_points;
        self.macros &= self.features.nested_macros;
        self.jumps &= self.features.macro_jumps;
        let result = write(self);
        (self.points, self.jumps, self.macros) = (points, jumps, macros);
        result
    }

    /// In the condition of a loop, where a jump without a label is not allowed.
    fn without_jumps<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.jumps, false);
        let result = write(self);
        self.jumps = before;
        result
    }

    fn without_moves<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.moves, false);
        let result = write(self);
        self.moves = before;
        result
    }

    /// In a guard or closure: values may only be read.
    fn pure<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.changes, false);
        let result = self.without_points(|this| this.without_moves(write));
        self.changes = before;
        result
    }
}

#[cfg(test)]
mod tests {
    use super::{Features, program};
    use crate::tree::Version;

    #[test]
    fn the_same_seed_gives_the_same_program() {
        let features = Features::default();
        for seed in 0..50 {
            let (one, two) = (program(seed, &features), program(seed, &features));
            assert_eq!(one, two);
        }
        assert_ne!(
            program(1, &features).render(Version::Plain),
            program(2, &features).render(Version::Plain)
        );
    }

    /// Braces and parentheses match, and the versions differ in nothing but attributes and boxes.
    #[test]
    fn programs_are_well_formed() {
        let features = Features::default();
        for seed in 0..200 {
            let program = program(seed, &features);
            let (plain, marked) = (
                program.render(Version::Plain),
                program.render(Version::Marked),
            );
            let mut open = Vec::new();
            // Every other piece between quotation marks is a string's.
            let code = plain.split('"').step_by(2);
            for letter in code.flat_map(str::chars) {
                match letter {
                    '(' | '[' | '{' => open.push(letter),
                    ')' => assert_eq!(open.pop(), Some('('), "{seed}: {plain}"),
                    ']' => assert_eq!(open.pop(), Some('['), "{seed}: {plain}"),
                    '}' => assert_eq!(open.pop(), Some('{'), "{seed}: {plain}"),
                    _ => {}
                }
            }
            assert!(open.is_empty(), "{seed}: {plain}");
            let bare = |text: &str| {
                text.replace("#[hicam::migratable]\n", "")
                    .replace("Box::pin(", "")
                    .replace(')', "")
            };
            assert_eq!(bare(&plain), bare(&marked), "{seed}");
            assert!(marked.contains("#[hicam::migratable]"), "{seed}");
        }
    }

    /// Programs are varied: over many, each construct is there.
    #[test]
    fn every_construct_is_written() {
        let features = Features::default();
        let all: String = (0..300)
            .map(|seed| program(seed, &features).render(Version::Plain))
            .collect();
        for part in [
            "if let Some",
            "else {",
            "match ",
            " if ",
            "while ",
            "while let",
            "loop {",
            "for ",
            "'l",
            "break '",
            "continue '",
            "continue;",
            "break;",
            "return ",
            ".await?",
            "Box::pin(",
            "&mut ",
            "self.",
            "yield_now().await",
            "std::future::ready(",
            "..",
            "mem::swap",
            "mem::take",
            "BTreeMap::",
            "VecDeque::",
            "String",
            "drop(",
            "&[",
            "&str",
            "let Some",
            "log.push(",
            "Err(",
            "hicam::point().await",
            "iter_mut()",
            ".iter()",
            "(ref v",
            " if {",
            "= order(&sold)",
            "match order(&sold)",
            "if sold.lock().await",
            "= sold.lock().await",
            "match sold.lock().await",
            "match taken(",
            ".. } =>",
            ", ..)",
            ".await =>",
            "noted(",
            "tokio::join!(",
            "tokio::try_join!(",
            "tokio::select! {",
            "biased;",
            "else => ",
            "_ in 0..rounds",
            "let _v",
            "_ = v",
            "mark(",
            "made(",
            "shown(&made(",
            "passed(",
            ".by(",
            ".set(",
            ".id()",
            "Vec<Noted>",
            "Option<Noted>",
        ] {
            assert!(all.contains(part), "no program has `{part}`");
        }
    }
}
