//! What migration points are called: by what stands at them in the source, not by where, so that a name stays when other
//! code comes or goes. A checkpoint says it beside the point's number, and a mapping of old frames says where to go on by it.
//!
//! - `entry`
//! - `before apply`, `in apply`: an awaited call of a function or method, and being in it; of anything else that is awaited,
//!   its last name; `in join!`, `in select!`
//! - `for entry`, by the variables that the pattern binds; `while`; `loop`; `'label` of a loop that has one
//!
//! The second of the same name in the order of the source is `in apply (2)`.

use std::collections::{HashMap, HashSet};

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    Block, Expr, ExprAwait, ExprCall, ExprForLoop, ExprLoop, ExprWhile, Label, Macro, Token,
};

use crate::concurrent;
use crate::ir::{PointKind, Together};
use crate::patterns;

/// The names of a body's loops and awaited expressions, by where they stand.
#[derive(Default)]
pub(crate) struct PointNames {
    loops: HashMap<(usize, usize), String>,
    awaited: HashMap<(usize, usize), String>,
    /// Where several are awaited together.
    together: HashSet<(usize, usize)>,
    taken: HashMap<String, usize>,
}

impl PointNames {
    /// The names in a body in which macros are written out.
    pub(crate) fn of(block: &Block) -> Self {
        let mut names = PointNames::default();
        names.visit_block(block);
        names
    }

    /// That of the loop that begins there.
    pub(crate) fn of_loop(&self, span: Span) -> String {
        let known = self.loops.get(&key(span)).cloned();
        known.unwrap_or_else(|| "loop".to_owned())
    }

    /// That of a point.
    pub(crate) fn of_point(&self, kind: PointKind, span: Span) -> String {
        let awaited = || {
            let known = self.awaited.get(&key(span)).map(String::as_str);
            known.unwrap_or("await")
        };
        match kind {
            PointKind::Entry => "entry".to_owned(),
            PointKind::Loop => self.of_loop(span),
            PointKind::BeforeAwait => format!("before {}", awaited()),
            PointKind::InCall | PointKind::InBranches => format!("in {}", awaited()),
        }
    }

    /// Whether several are awaited together there.
    pub(crate) fn is_together(&self, span: Span) -> bool {
        self.together.contains(&key(span))
    }

    fn unique(&mut self, name: String) -> String {
        let before = self.taken.entry(name.clone()).or_default();
        *before += 1;
        match *before {
            1 => name,
            number => format!("{name} ({number})"),
        }
    }

    fn name_loop(&mut self, label: Option<&Label>, span: Span, name: impl FnOnce() -> String) {
        let name = label.map_or_else(name, |label| label.name.to_string());
        let name = self.unique(name);
        self.loops.insert(key(span), name);
    }

    fn name_await(&mut self, span: Span, name: String) {
        // Points are before it and in it: the prefix tells these names from those of loops.
        let name = self.unique(name);
        self.awaited.insert(key(span), name);
    }
}

/// Points of a function with names that are all different: what stands in the tokens of a macro can have the name of something else.
pub(crate) fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut taken: HashMap<String, usize> = HashMap::new();
    let distinct = names.map(|name| {
        let before = taken.entry(name.clone()).or_default();
        *before += 1;
        match *before {
            1 => name,
            number => format!("{name} #{number}"),
        }
    });
    distinct.collect()
}

fn key(span: Span) -> (usize, usize) {
    let start = span.start();
    (start.line, start.column)
}

fn plain(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// What an awaited expression is called.
fn called(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => path.path.segments.last().map(|last| plain(&last.ident)),
            _ => None,
        },
        Expr::MethodCall(call) => Some(plain(&call.method)),
        Expr::Path(path) => path.path.segments.last().map(|last| plain(&last.ident)),
        Expr::Field(field) => match &field.member {
            syn::Member::Named(name) => Some(plain(name)),
            syn::Member::Unnamed(_) => called(&field.base),
        },
        Expr::Index(index) => called(&index.expr),
        Expr::Macro(invocation) => {
            let last = invocation.mac.path.segments.last()?;
            Some(format!("{}!", last.ident))
        }
        Expr::Paren(inner) => called(&inner.expr),
        Expr::Group(inner) => called(&inner.expr),
        Expr::Reference(inner) => called(&inner.expr),
        Expr::Try(inner) => called(&inner.expr),
        Expr::Async(_) => Some("async".to_owned()),
        _ => None,
    }
}

impl<'ast> Visit<'ast> for PointNames {
    fn visit_expr_await(&mut self, expr: &'ast ExprAwait) {
        // What it awaits comes first.
        visit::visit_expr_await(self, expr);
        let name = called(&expr.base).unwrap_or_else(|| "await".to_owned());
        self.name_await(expr.await_token.span, name);
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        visit::visit_expr_call(self, call);
        if let Some((together, _)) = concurrent::kind(call) {
            let name = match together {
                Together::Join => "join!",
                Together::TryJoin => "try_join!",
                Together::Select => "select!",
            };
            let span = call.func.span();
            self.together.insert(key(span));
            self.name_await(span, name.to_owned());
        }
    }

    fn visit_expr_for_loop(&mut self, repeat: &'ast ExprForLoop) {
        self.name_loop(repeat.label.as_ref(), repeat.for_token.span, || {
            let bound = patterns::bindings(&repeat.pat);
            let bound: Vec<String> = bound.iter().map(|binding| plain(&binding.ident)).collect();
            match bound.as_slice() {
                [] => "for _".to_owned(),
                bound => format!("for {}", bound.join(", ")),
            }
        });
        visit::visit_expr_for_loop(self, repeat);
    }

    fn visit_expr_while(&mut self, repeat: &'ast ExprWhile) {
        let span = repeat.while_token.span;
        self.name_loop(repeat.label.as_ref(), span, || "while".to_owned());
        visit::visit_expr_while(self, repeat);
    }

    fn visit_expr_loop(&mut self, repeat: &'ast ExprLoop) {
        let span = repeat.loop_token.span;
        self.name_loop(repeat.label.as_ref(), span, || "loop".to_owned());
        visit::visit_expr_loop(self, repeat);
    }

    fn visit_macro(&mut self, mac: &'ast Macro) {
        let arguments = Punctuated::<Expr, Token![,]>::parse_terminated;
        let Ok(arguments) = mac.parse_body_with(arguments) else {
            return;
        };
        for argument in &arguments {
            // It lives only here, which nothing that is kept borrows from.
            PointNames::visit_within(self, argument);
        }
    }

    // What is in them runs without points.
    fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

impl PointNames {
    fn visit_within(&mut self, expr: &Expr) {
        self.visit_expr(expr);
    }
}
