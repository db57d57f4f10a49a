//! Constructs that can be left out.

use crate::compile::Edition;

/// Declares the switches: a field for each, its name on the command line, and whether it is on at first.
macro_rules! features {
    ($($(#[$doc:meta])* $name:ident = $on:literal,)*) => {
        /// Which constructs programs have. Those that the transformation does not support are off at first.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(crate) struct Features {
            $($(#[$doc])* pub(crate) $name: bool,)*
        }

        impl Default for Features {
            fn default() -> Self {
                Features { $($name: $on,)* }
            }
        }

        impl Features {
            fn all(&mut self) -> Vec<(&'static str, &mut bool)> {
                vec![$((stringify!($name), &mut self.$name),)*]
            }
        }
    };
}

features! {
    /// `f(&g().await)`, `f(&vec![1])`: a temporary that the call borrows.
    temporaries = true,
    /// Fields are moved out of structs and tuples.
    partial_moves = true,
    /// `vec![f().await]`, `format!("{}", f().await)`.
    macro_points = true,
    /// Values that are assigned and not used.
    dead_assignments = true,
    /// `(match f().await { … }) % 2`: an operand that ends in a brace and contains a point in its head.
    operands = true,
    /// `f(p, g().await)`, where `p` is a reference.
    bare_references = true,
    /// `x.f(&x)`, where `x` is mutable and the method takes `&self`.
    lent_receivers = true,
    /// Parameters of type `&'static str`.
    static_parameters = true,
    /// `let x;` before a point, `x = …;` after it.
    late_values = true,
    /// A string literal as the argument of a foreign future's constructor.
    foreign_strings = true,
    /// `break` and `continue` in a macro's arguments.
    macro_jumps = true,
    /// A variable that may have been moved, hidden by another of its name.
    hidden_slots = true,
    /// `for (i, x) in f().await.into_iter().enumerate()`
    adaptor_points = true,
    /// Jumps where a variable from outside of the loop is hidden by another.
    hidden_at_jumps = true,
    /// Points in the `else` of a `let … else`.
    let_else_points = true,
    /// `if let Some(x) = a && x > b { … }` with points in the block.
    let_chains = true,
    /// `'l: { … break 'l; … }` with points.
    labelled_blocks = true,
    /// `match x { n if f(n).await => … }`.
    guard_points = true,
    /// `match x { Some(ref y) => … }`.
    ref_bindings = true,
    /// `for (i, x) in v.into_iter().enumerate()`, `rev`, `zip`, `step_by`, `chars`.
    loop_adaptors = true,
    /// `for x in deque`, `for x in option`.
    loop_collections = true,
    /// `let r = &x;` with a point before the last use of `r`.
    borrowed_locals = true,
    /// Methods that take `self`.
    self_by_value = true,
    /// `async { … }.await` and `async move { … }.await`.
    async_blocks = true,
    /// Functions with a type parameter.
    generics = true,
    /// Methods of traits that take `self`.
    traits_by_value = true,
    /// Methods of traits.
    traits = true,
    /// `f(&(g().await % 2))`, `f(&1, g().await)`: a temporary that must outlive a point.
    hoisted_temporaries = true,
    /// `let r = &x;` where `x` is moved elsewhere, and no point before the last use of `r`.
    borrowed_slots = true,
    /// `map.entry(f().await).or_insert(x)`.
    entry_points = true,
    /// `x.f()`, where the method takes `self`; otherwise `T::f(x)`.
    moved_receivers = true,
    /// `match order(&sold).with(x).sum() { … }`: builders whose end is seen.
    orders = true,
    /// `match v.into_iter().map(|item| …).max() { … }`
    iterator_temporaries = true,
    /// `if lock.lock().await.len() > 1 { … }`
    locks = true,
    /// `Some(T { x, .. })`, `(x, ..)`.
    rest_patterns = true,
    /// Values whose drop is seen.
    noted = true,
    /// Such values, moved on some paths only.
    maybe_moved = true,
    /// Values that are moved, but left behind where the code returns earlier.
    exits = true,
    /// `made(1).await.id()`, `shown(&made(2).await).await`.
    made = true,
    /// `join!`, `try_join!`, `select!`.
    concurrency = true,
    /// These in the arguments of other macros.
    nested_macros = true,
}

impl Features {
    /// Without what an edition does not have.
    pub(crate) fn of(&self, edition: Edition) -> Features {
        Features {
            let_chains: self.let_chains && edition == Edition::Of2024,
            ..self.clone()
        }
    }

    /// What can be switched.
    pub(crate) fn names() -> Vec<String> {
        let mut features = Features::default();
        let all = features.all().into_iter();
        all.map(|(name, _)| name.replace('_', "-")).collect()
    }

    /// Switches one by its name; false if there is none.
    pub(crate) fn switch(&mut self, name: &str, on: bool) -> bool {
        let name = name.replace('-', "_");
        let found = self.all().into_iter().find(|(known, _)| *known == name);
        found.map(|(_, field)| *field = on).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::Features;

    #[test]
    fn switches_have_names() {
        for name in Features::names() {
            let (mut with, mut without) = (Features::default(), Features::default());
            assert!(with.switch(&name, true) && without.switch(&name, false));
            assert_ne!(with, without);
        }
        assert!(!Features::default().switch("nothing", true));
    }
}
