//! Closures in a `for` loop's head, written out at the start of its body: a closure is state that cannot be captured,
//! but the code that it stands for runs once per item, in the same order.
//!
//! ```text
//! for (i, length) in words.iter().filter(|word| !word.is_empty()).map(|word| word.len()).enumerate() { body }
//! ```
//! →
//! ```text
//! let mut count = 0;
//! for item in words.iter() {
//!     let word = &item;
//!     if !(!word.is_empty()) { continue }
//!     let word = item;
//!     let item = word.len();
//!     let item = (count, item);
//!     count += 1;
//!     let (i, length) = item;
//!     body
//! }
//! ```

use proc_macro2::{Ident, Span};
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{Expr, ExprClosure, ExprForLoop, ExprMethodCall, Pat, Stmt, parse_quote};

use crate::ir::{Fx, Item, Statement};
use crate::iterables::{ADAPTORS, strip_parens};
use crate::scope::Builder;

/// What an adaptor does with an item.
enum Step {
    Map(Function),
    Filter(Function),
    FilterMap(Function),
    TakeWhile(Function),
    MapWhile(Function),
    Inspect(Function),
    Copied,
    Cloned,
    Enumerate,
}

enum Function {
    Closure(ExprClosure),
    Path(Expr),
}

/// What has been written out so far.
struct Spelled {
    /// The loop's own items are references.
    by_reference: bool,
    item: Expr,
    body: Vec<Stmt>,
}

impl Builder {
    /// The loop without closures in its head, if they can be written out; and the first of the methods that are, where the
    /// type of what it is called on has to say that it is the standard adaptor.
    pub(crate) fn spell_out(
        &mut self,
        mut repeat: ExprForLoop,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) -> (ExprForLoop, Option<Ident>) {
        let Some((base, steps, method)) = self.steps(&repeat.expr) else {
            return (repeat, None);
        };
        let span = repeat.expr.span();
        let whole = steps.iter().all(Step::leaves_item);
        let first = match &*repeat.pat {
            // Under the user's name a mutable reference need not be lent once more.
            Pat::Ident(pat) if whole && pat.by_ref.is_none() && pat.subpat.is_none() => {
                pat.ident.clone()
            }
            _ => self.fresh("item", span),
        };
        let mut spelled = Spelled {
            by_reference: self.is_view(strip_parens(&base)),
            item: parse_quote!(#first),
            body: Vec::new(),
        };
        for step in steps {
            self.step(step, &mut spelled, span, items, fx);
        }
        let Spelled { item, mut body, .. } = spelled;
        if !matches!(&*repeat.pat, Pat::Ident(pat) if pat.ident == first) {
            let pat = std::mem::replace(&mut *repeat.pat, parse_quote!(#first));
            bind(&pat, &item, &mut body);
        }
        repeat.body.stmts.splice(0..0, body);
        *repeat.expr = base;
        (repeat, method)
    }

    /// The part of a loop's head before its first closure, and what is done with its items.
    fn steps(&mut self, head: &Expr) -> Option<(Expr, Vec<Step>, Option<Ident>)> {
        let mut calls: Vec<&ExprMethodCall> = Vec::new();
        let mut base = strip_parens(head);
        while let Expr::MethodCall(call) = base {
            calls.push(call);
            base = strip_parens(&call.receiver);
        }
        calls.reverse();
        let function = calls.iter().position(|call| takes_function(call));
        // The values of a hash table are iterated over with their keys: an adaptor would not know those.
        let values = calls
            .iter()
            .position(|call| call.method == "values" || call.method == "values_mut")
            .map(|values| values + 1)
            .filter(|&after| after < calls.len());
        let first = function.into_iter().chain(values).min()?;
        let mut base = match first.checked_sub(1) {
            Some(last) => Expr::MethodCall(calls[last].clone()),
            None => base.clone(),
        };
        // What is not visibly an iterator may call the closure for all items at once, as an array's `map` does.
        if !gives_iterator(&base) {
            return None;
        }
        // Behind a standard adaptor there are only others.
        let checked =
            takes_function(calls[first]) && !matches!(base, Expr::Range(_)) && !is_adapted(&base);
        let method = checked.then(|| calls[first].method.clone());
        let mut steps = Vec::new();
        for call in &calls[first..] {
            let counted = steps.iter().any(|step| {
                matches!(
                    step,
                    Step::Enumerate | Step::TakeWhile(_) | Step::MapWhile(_)
                )
            });
            if call.method == "rev" && call.args.is_empty() && !counted {
                // Each item goes through the same, from the other end.
                base = if matches!(base, Expr::Range(_)) {
                    parse_quote!((#base).rev())
                } else {
                    parse_quote!(#base.rev())
                };
                continue;
            }
            steps.push(self.step_of(call)?);
        }
        Some((base, steps, method))
    }

    fn step_of(&mut self, call: &ExprMethodCall) -> Option<Step> {
        let name = call.method.to_string();
        let step = match (&name[..], call.args.first()) {
            ("copied", None) => return Some(Step::Copied),
            ("cloned", None) => return Some(Step::Cloned),
            ("enumerate", None) => return Some(Step::Enumerate),
            ("map", Some(_)) => Step::Map,
            ("filter", Some(_)) => Step::Filter,
            ("filter_map", Some(_)) => Step::FilterMap,
            ("take_while", Some(_)) => Step::TakeWhile,
            ("map_while", Some(_)) => Step::MapWhile,
            ("inspect", Some(_)) => Step::Inspect,
            _ => return None,
        };
        let function = match strip_parens(call.args.first()?) {
            Expr::Closure(closure) if is_plain(closure) && self.takes_nothing(closure) => {
                Function::Closure(closure.clone())
            }
            // A function, not a variable that holds one.
            Expr::Path(path)
                if path
                    .path
                    .get_ident()
                    .is_none_or(|ident| self.resolve(ident).is_none()) =>
            {
                Function::Path(Expr::Path(path.clone()))
            }
            _ => return None,
        };
        Some(step(function))
    }

    /// A `move` closure has a copy of what it mentions: the same only of what stays as it is.
    fn takes_nothing(&mut self, closure: &ExprClosure) -> bool {
        closure.capture.is_none()
            || self.mentioned(&closure.body).into_iter().all(|var| {
                let facts = &self.vars[var];
                facts.copy && !facts.mutable
            })
    }

    /// Adds what a step does with the item.
    fn step(
        &mut self,
        step: Step,
        spelled: &mut Spelled,
        span: Span,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) {
        let made = self.fresh("item", span);
        if step.leaves_item() && matches!(spelled.item, Expr::Tuple(_)) {
            // It is looked at in one piece.
            let item = &spelled.item;
            spelled.body.push(parse_quote!(let #made = #item;));
            spelled.item = parse_quote!(#made);
        }
        let item = spelled.item.clone();
        let body = &mut spelled.body;
        let by_reference = spelled.by_reference;
        match step {
            Step::Map(function) => {
                let ty = function.output();
                let value = function.call(&item, by_reference, body);
                body.push(parse_quote!(let #made #ty = #value;));
            }
            Step::FilterMap(function) => {
                let value = function.call(&item, by_reference, body);
                body.push(parse_quote!(let ::core::option::Option::Some(#made) = (#value) else { continue };));
            }
            Step::MapWhile(function) => {
                let value = function.call(&item, by_reference, body);
                body.push(parse_quote!(let ::core::option::Option::Some(#made) = (#value) else { break };));
            }
            Step::Filter(function) => {
                let value = function.call(&parse_quote!(&#item), false, body);
                return body.push(parse_quote!(if !(#value) { continue; }));
            }
            Step::TakeWhile(function) => {
                let value = function.call(&parse_quote!(&#item), false, body);
                return body.push(parse_quote!(if !(#value) { break; }));
            }
            Step::Inspect(function) => {
                let value = function.call(&parse_quote!(&#item), false, body);
                return body.push(parse_quote!(#value;));
            }
            Step::Copied => body.push(parse_quote!(let #made = *#item;)),
            Step::Cloned => {
                body.push(parse_quote!(let #made = ::core::clone::Clone::clone(#item);))
            }
            Step::Enumerate => {
                let count = self.fresh("count", span);
                let declared = parse_quote!(let mut #count = 0usize;);
                self.simple(Statement::User(declared), items, fx);
                body.push(parse_quote!(let #made = #count;));
                body.push(parse_quote!(#count += 1;));
                spelled.item = parse_quote!((#made, #item));
                return;
            }
        }
        spelled.item = parse_quote!(#made);
    }
}

/// `let pat = value;`, of each part of a tuple by itself: what is borrowed can be taken again then.
fn bind(pat: &Pat, value: &Expr, body: &mut Vec<Stmt>) {
    match (pat, value) {
        (Pat::Tuple(pats), Expr::Tuple(values))
            if pats.elems.len() == values.elems.len()
                && !pats.elems.iter().any(|pat| matches!(pat, Pat::Rest(_))) =>
        {
            for (pat, value) in pats.elems.iter().zip(&values.elems) {
                bind(pat, value, body);
            }
        }
        _ => body.push(parse_quote!(let #pat = #value;)),
    }
}

impl Step {
    /// It only looks at the item.
    fn leaves_item(&self) -> bool {
        matches!(
            self,
            Step::Filter(_) | Step::TakeWhile(_) | Step::Inspect(_)
        )
    }
}

impl Function {
    /// The value for an argument. A parameter that is a reference becomes a variable, so that what is borrowed through it
    /// can be taken again; any other is dropped where the closure would end.
    fn call(self, argument: &Expr, by_reference: bool, body: &mut Vec<Stmt>) -> Expr {
        match self {
            Function::Path(path) => parse_quote!(#path(#argument)),
            Function::Closure(closure) => {
                let value = &closure.body;
                let Some(parameter) = closure.inputs.first() else {
                    return parse_quote!(#value);
                };
                if by_reference {
                    bind(parameter, argument, body);
                    return parse_quote!(#value);
                }
                parse_quote!({ let #parameter = #argument; #value })
            }
        }
    }

    fn output(&self) -> Option<proc_macro2::TokenStream> {
        match self {
            Function::Closure(ExprClosure {
                output: syn::ReturnType::Type(_, ty),
                ..
            }) => Some(quote::quote!(: #ty)),
            _ => None,
        }
    }
}

fn gives_iterator(base: &Expr) -> bool {
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
fn is_adapted(base: &Expr) -> bool {
    matches!(base, Expr::MethodCall(call)
        if call.method == "chain" || ADAPTORS.iter().any(|name| call.method == name))
}

fn takes_function(call: &ExprMethodCall) -> bool {
    const NAMES: &[&str] = &[
        "map",
        "filter",
        "filter_map",
        "take_while",
        "map_while",
        "inspect",
    ];
    call.args.len() == 1 && NAMES.iter().any(|name| call.method == name)
}

/// A closure of one parameter that could as well stand where it is called: it does not return early.
fn is_plain(closure: &ExprClosure) -> bool {
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
