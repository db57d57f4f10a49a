//! Constructs that can be left out.

/// Which constructs programs have. Those that the transformation does not support are off at first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Features {
    /// `f(&g().await)`, `f(&vec![1])`: a temporary that the call borrows.
    pub(crate) temporaries: bool,
    /// Fields are moved out of structs and tuples.
    pub(crate) partial_moves: bool,
    /// `vec![f().await]`, `format!("{}", f().await)`.
    pub(crate) macro_points: bool,
    /// Values that are assigned and not used.
    pub(crate) dead_assignments: bool,
    /// `(match f().await { … }) % 2`: an operand that ends in a brace and contains a point in its head.
    pub(crate) operands: bool,
    /// `f(p, g().await)`, where `p` is a reference.
    pub(crate) bare_references: bool,
    /// `x.f(&x)`, where `x` is mutable and the method takes `&self`.
    pub(crate) lent_receivers: bool,
    /// Parameters of type `&'static str`.
    pub(crate) static_parameters: bool,
    /// `let x;` before a point, `x = …;` after it.
    pub(crate) late_values: bool,
    /// A string literal as the argument of a foreign future's constructor.
    pub(crate) foreign_strings: bool,
    /// `break` and `continue` in a macro's arguments.
    pub(crate) macro_jumps: bool,
    /// A variable that may have been moved, hidden by another of its name.
    pub(crate) hidden_slots: bool,
    /// `for (i, x) in f().await.into_iter().enumerate()`
    pub(crate) adaptor_points: bool,
    /// Jumps where a variable from outside of the loop is hidden by another.
    pub(crate) hidden_at_jumps: bool,
    /// Points in the `else` of a `let … else`.
    pub(crate) let_else_points: bool,
    /// `if let Some(x) = a && x > b { … }` with points in the block.
    pub(crate) let_chains: bool,
    /// `'l: { … break 'l; … }` with points.
    pub(crate) labelled_blocks: bool,
    /// `match x { n if f(n).await => … }`.
    pub(crate) guard_points: bool,
    /// `for (i, x) in v.into_iter().enumerate()`, `rev`, `zip`, `step_by`, `chars`.
    pub(crate) loop_adaptors: bool,
    /// `for x in deque`, `for x in option`.
    pub(crate) loop_collections: bool,
    /// `let r = &x;` with a point before the last use of `r`.
    pub(crate) borrowed_locals: bool,
    /// Methods that take `self`.
    pub(crate) self_by_value: bool,
    /// `async { … }.await` and `async move { … }.await`.
    pub(crate) async_blocks: bool,
    /// `tokio::join!(f(a), g(b))`.
    pub(crate) join: bool,
}

type Switch = fn(&mut Features) -> &mut bool;

impl Features {
    const ALL: &'static [(&'static str, Switch)] = &[
        ("temporaries", |all| &mut all.temporaries),
        ("partial-moves", |all| &mut all.partial_moves),
        ("macro-points", |all| &mut all.macro_points),
        ("dead-assignments", |all| &mut all.dead_assignments),
        ("operands", |all| &mut all.operands),
        ("bare-references", |all| &mut all.bare_references),
        ("lent-receivers", |all| &mut all.lent_receivers),
        ("static-parameters", |all| &mut all.static_parameters),
        ("late-values", |all| &mut all.late_values),
        ("foreign-strings", |all| &mut all.foreign_strings),
        ("macro-jumps", |all| &mut all.macro_jumps),
        ("hidden-slots", |all| &mut all.hidden_slots),
        ("adaptor-points", |all| &mut all.adaptor_points),
        ("hidden-at-jumps", |all| &mut all.hidden_at_jumps),
        ("let-else-points", |all| &mut all.let_else_points),
        ("let-chains", |all| &mut all.let_chains),
        ("labelled-blocks", |all| &mut all.labelled_blocks),
        ("guard-points", |all| &mut all.guard_points),
        ("loop-adaptors", |all| &mut all.loop_adaptors),
        ("loop-collections", |all| &mut all.loop_collections),
        ("borrowed-locals", |all| &mut all.borrowed_locals),
        ("self-by-value", |all| &mut all.self_by_value),
        ("async-blocks", |all| &mut all.async_blocks),
        ("join", |all| &mut all.join),
    ];

    /// What can be switched.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        Self::ALL.iter().map(|(name, _)| *name)
    }

    /// Switches one by its name; false if there is none.
    pub(crate) fn switch(&mut self, name: &str, on: bool) -> bool {
        let found = Self::ALL.iter().find(|(known, _)| *known == name);
        if let Some((_, field)) = found {
            *field(self) = on;
        }
        found.is_some()
    }
}

impl Default for Features {
    fn default() -> Self {
        Features {
            temporaries: false,
            partial_moves: false,
            macro_points: true,
            dead_assignments: true,
            operands: true,
            bare_references: true,
            lent_receivers: true,
            static_parameters: true,
            late_values: true,
            foreign_strings: true,
            macro_jumps: true,
            hidden_slots: false,
            adaptor_points: false,
            hidden_at_jumps: false,
            let_else_points: true,
            let_chains: true,
            labelled_blocks: true,
            guard_points: false,
            loop_adaptors: true,
            loop_collections: true,
            borrowed_locals: true,
            self_by_value: false,
            async_blocks: true,
            join: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Features;

    #[test]
    fn switches_have_names() {
        for name in Features::names() {
            let (mut with, mut without) = (Features::default(), Features::default());
            assert!(with.switch(name, true) && without.switch(name, false));
            assert_ne!(with, without);
        }
        assert!(!Features::default().switch("nothing", true));
    }
}
