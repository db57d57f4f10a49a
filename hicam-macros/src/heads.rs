//! What the look of a `for` loop's head and body says of whether the head can be written out (`spelled_out.rs`).

use syn::visit::Visit;
use syn::visit_mut::VisitMut;
use syn::{Expr, ExprClosure, ExprMethodCall, Lifetime};

use crate::iterables::{ADAPTORS, strip_parens};

/// Whether it is an iterator by its looks.
pub(crate) fn gives_iterator(base: &Expr) -> bool {
    const METHODS: &[&str] = &[
        "iter",
        "iter_mut",
        "into_iter",
        "keys",
        "values",
        "values_mut",
        "into_keys",
        "into_values",
        "chars",
        "char_indices",
        "bytes",
        "lines",
        "split",
        "split_whitespace",
        "split_ascii_whitespace",
        "windows",
        "chunks",
        "chunks_exact",
        "chunks_mut",
        "chunks_exact_mut",
        "range",
        "drain",
        "enumerate",
        "rev",
        "zip",
        "chain",
        "step_by",
        "copied",
        "cloned",
        "take",
        "skip",
    ];
    match strip_parens(base) {
        Expr::Range(_) => true,
        // `option.take()` is no adaptor.
        Expr::MethodCall(call) if call.method == "take" => call.args.len() == 1,
        Expr::MethodCall(call) => METHODS.iter().any(|name| call.method == name),
        _ => false,
    }
}

/// Whether it is an adaptor by its name.
pub(crate) fn is_adapted(base: &Expr) -> bool {
    matches!(base, Expr::MethodCall(call)
        if call.method == "chain" || ADAPTORS.iter().any(|name| call.method == name))
}

/// Whether it is an adaptor with a closure, by its name.
pub(crate) fn takes_function(call: &ExprMethodCall) -> bool {
    const NAMES: &[&str] = &[
        "map",
        "filter",
        "filter_map",
        "take_while",
        "map_while",
        "inspect",
        "skip_while",
        "flat_map",
    ];
    call.args.len() == 1 && NAMES.iter().any(|name| call.method == name)
}

/// Whether it is `flatten()`.
pub(crate) fn is_flatten(call: &ExprMethodCall) -> bool {
    call.method == "flatten" && call.args.is_empty()
}

/// Jumps out of a loop that has become two.
pub(crate) struct Breaks<'l> {
    /// The user's label.
    pub(crate) from: Option<&'l Lifetime>,
    pub(crate) to: &'l Lifetime,
    /// Loops within.
    pub(crate) inside: usize,
}

impl VisitMut for Breaks<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Break(jump) => {
                let ours = match &jump.label {
                    None => self.inside == 0,
                    label => label.as_ref() == self.from,
                };
                if ours {
                    jump.label = Some(self.to.clone());
                }
                syn::visit_mut::visit_expr_mut(self, expr);
            }
            Expr::Loop(_) | Expr::While(_) | Expr::ForLoop(_) => {
                self.inside += 1;
                syn::visit_mut::visit_expr_mut(self, expr);
                self.inside -= 1;
            }
            Expr::Closure(_) | Expr::Async(_) => {}
            expr => syn::visit_mut::visit_expr_mut(self, expr),
        }
    }
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

/// Whether there is a `break` in the tokens of a macro.
pub(crate) fn hides_break(body: &syn::Block) -> bool {
    struct Find(bool);
    impl<'ast> Visit<'ast> for Find {
        fn visit_macro(&mut self, mac: &'ast syn::Macro) {
            self.0 |= mac.tokens.to_string().contains("break");
        }
    }
    let mut find = Find(false);
    find.visit_block(body);
    find.0
}

/// A closure of one parameter that could as well stand where it is called: it does not return early.
pub(crate) fn is_plain(closure: &ExprClosure) -> bool {
    struct Leaves(bool);
    impl<'ast> Visit<'ast> for Leaves {
        fn visit_expr(&mut self, expr: &'ast Expr) {
            match expr {
                Expr::Return(_) | Expr::Try(_) => self.0 = true,
                Expr::Closure(_) | Expr::Async(_) => {}
                expr => syn::visit::visit_expr(self, expr),
            }
        }
        fn visit_macro(&mut self, mac: &'ast syn::Macro) {
            let text = mac.tokens.to_string();
            self.0 |= text.contains("return") || text.contains('?');
        }
        fn visit_item(&mut self, _: &'ast syn::Item) {}
    }
    let mut leaves = Leaves(false);
    leaves.visit_expr(&closure.body);
    closure.asyncness.is_none() && closure.inputs.len() == 1 && !leaves.0
}
