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
use syn::visit_mut::VisitMut;
use syn::{Expr, ExprClosure, ExprForLoop, ExprMethodCall, Label, Pat, Stmt, parse_quote};

use crate::heads::{
    Breaks, gives_iterator, hides_break, is_adapted, is_flatten, is_plain, takes_function,
};
use crate::ir::{Fx, Item, Statement, VarKind};
use crate::iterables::strip_parens;
use crate::scope::Builder;

/// What an adaptor does with an item.
enum Step {
    Map(Function),
    Filter(Function),
    FilterMap(Function),
    TakeWhile(Function),
    MapWhile(Function),
    Inspect(Function),
    SkipWhile(Function),
    Take(Expr),
    Skip(Expr),
    /// Each item has items of its own: the steps that follow are theirs.
    FlatMap(Function),
    Flatten,
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
    /// The loop's own item, if that is a number.
    number: Option<Expr>,
    item: Expr,
    body: Vec<Stmt>,
    /// How many items may still be given, of each `take`.
    limits: Vec<Ident>,
    /// The loops around, where items have items of their own.
    outer: Vec<Outer>,
    leave: Expr,
}

/// A loop over what has items of its own.
struct Outer {
    body: Vec<Stmt>,
    /// What gives an item's own items, and what those are called.
    inner: Expr,
    item: Ident,
}

/// What is done with the items of a loop's head, and what they are items of.
struct Head {
    base: Expr,
    steps: Vec<Step>,
    /// The first of the methods, where the type of what it is called on has to say that it is the standard adaptor.
    method: Option<Ident>,
}

/// What a loop's head says besides what it goes over.
#[derive(Default)]
pub(crate) struct Written {
    /// A method that is called on it in the source: to be the standard adaptor.
    pub(crate) method: Option<Ident>,
    /// Once one of these is 0, no more items are asked for.
    pub(crate) limits: Vec<Ident>,
}

impl Builder {
    /// The loop without closures in its head, if they can be written out.
    pub(crate) fn spell_out(
        &mut self,
        mut repeat: ExprForLoop,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) -> (ExprForLoop, Written) {
        let Some(Head {
            base,
            steps,
            method,
        }) = self.head(&repeat)
        else {
            return (repeat, Written::default());
        };
        let span = repeat.expr.span();
        let user_label = repeat.label.clone();
        if steps.iter().any(Step::is_nested) {
            let label = self.loop_label(None, repeat.for_token.span);
            repeat.label = Some(parse_quote!(#label:));
        }
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
            number: matches!(base, Expr::Range(_)).then(|| parse_quote!(#first)),
            item: parse_quote!(#first),
            body: Vec::new(),
            limits: Vec::new(),
            outer: Vec::new(),
            leave: parse_quote!(break),
        };
        if let Some(Label { name, .. }) = &repeat.label
            && steps.iter().any(Step::is_nested)
        {
            spelled.leave = parse_quote!(break #name);
            let mut breaks = Breaks {
                from: user_label.as_ref().map(|label| &label.name),
                to: name,
                inside: 0,
            };
            breaks.visit_block_mut(&mut repeat.body);
        }
        for step in steps {
            self.step(step, &mut spelled, span, items, fx);
        }
        let Spelled {
            item,
            mut body,
            limits,
            outer,
            ..
        } = spelled;
        if !matches!(&*repeat.pat, Pat::Ident(pat) if pat.ident == first) {
            let pat = std::mem::replace(&mut *repeat.pat, parse_quote!(#first));
            bind(&pat, &item, &mut body);
        }
        repeat.body.stmts.splice(0..0, body);
        let mut label = user_label;
        for Outer {
            mut body,
            inner,
            item,
        } in outer.into_iter().rev()
        {
            let nested = ExprForLoop {
                label: label.take(),
                pat: parse_quote!(#item),
                expr: Box::new(inner),
                ..repeat.clone()
            };
            body.push(Stmt::Expr(Expr::ForLoop(nested), None));
            repeat.body.stmts = body;
        }
        *repeat.expr = base;
        (repeat, Written { method, limits })
    }

    /// The part of a loop's head before its first closure, and what is done with its items.
    fn head(&mut self, repeat: &ExprForLoop) -> Option<Head> {
        let mut calls: Vec<&ExprMethodCall> = Vec::new();
        let mut base = strip_parens(&repeat.expr);
        while let Expr::MethodCall(call) = base {
            calls.push(call);
            base = strip_parens(&call.receiver);
        }
        calls.reverse();
        let function = calls
            .iter()
            .position(|call| takes_function(call) || is_flatten(call));
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
        let named = takes_function(calls[first]) || is_flatten(calls[first]);
        let checked = named && !matches!(base, Expr::Range(_)) && !is_adapted(&base);
        let method = checked.then(|| calls[first].method.clone());
        let mut steps = Vec::new();
        for call in &calls[first..] {
            let counted = steps.iter().any(|step| {
                matches!(
                    step,
                    Step::Enumerate
                        | Step::TakeWhile(_)
                        | Step::MapWhile(_)
                        | Step::SkipWhile(_)
                        | Step::Take(_)
                        | Step::Skip(_)
                        | Step::FlatMap(_)
                        | Step::Flatten
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
            let step = self.step_of(call)?;
            let nested = steps.iter().any(Step::is_nested);
            if step.is_nested() {
                // What is left at the end is dropped from the outside in, loops end from the inside out: it is the same
                // only where one of the two has nothing to drop.
                let alone = self.is_view(&base) || matches!(base, Expr::Range(_));
                // Of what a closure has made, a variable may be a borrow that cannot be taken again.
                let made = matches!(step, Step::Flatten) && !steps.iter().all(Step::leaves_item);
                if nested || !alone || made || hides_break(&repeat.body) {
                    return None;
                }
            }
            if nested && matches!(step, Step::Take(_)) {
                return None;
            }
            steps.push(step);
        }
        Some(Head {
            base,
            steps,
            method,
        })
    }

    fn step_of(&mut self, call: &ExprMethodCall) -> Option<Step> {
        let name = call.method.to_string();
        let step = match (&name[..], call.args.first()) {
            ("copied", None) => return Some(Step::Copied),
            ("cloned", None) => return Some(Step::Cloned),
            ("enumerate", None) => return Some(Step::Enumerate),
            ("flatten", None) => return Some(Step::Flatten),
            // It is evaluated before what is iterated over, not after.
            ("take", Some(limit)) if self.is_steady_value(limit) => {
                return Some(Step::Take(limit.clone()));
            }
            ("skip", Some(count)) if self.is_steady_value(count) => {
                return Some(Step::Skip(count.clone()));
            }
            ("map", Some(_)) => Step::Map,
            ("filter", Some(_)) => Step::Filter,
            ("filter_map", Some(_)) => Step::FilterMap,
            ("take_while", Some(_)) => Step::TakeWhile,
            ("map_while", Some(_)) => Step::MapWhile,
            ("inspect", Some(_)) => Step::Inspect,
            ("skip_while", Some(_)) => Step::SkipWhile,
            ("flat_map", Some(_)) => Step::FlatMap,
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
                !facts.mutable
                    && (facts.copy || facts.kind == VarKind::Reference { mutable: false })
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
        let whole = step.leaves_item() || step.is_nested();
        if whole && matches!(spelled.item, Expr::Tuple(_)) {
            // It is looked at in one piece.
            let item = &spelled.item;
            spelled.body.push(parse_quote!(let #made = #item;));
            spelled.item = parse_quote!(#made);
        }
        let item = spelled.item.clone();
        let body = &mut spelled.body;
        let by_reference = spelled.by_reference;
        let leave = &spelled.leave;
        match step {
            Step::FlatMap(_) | Step::Flatten => {
                let inner = match step {
                    Step::FlatMap(function) => {
                        let number = spelled.number.as_ref() == Some(&item);
                        function.call(&item, by_reference || number, body)
                    }
                    _ => item,
                };
                spelled.outer.push(Outer {
                    body: std::mem::take(body),
                    inner,
                    item: made.clone(),
                });
            }
            Step::SkipWhile(function) => {
                let skips = self.fresh("skips", span);
                let declared = parse_quote!(let mut #skips = true;);
                self.simple(Statement::User(declared), items, fx);
                let value = function.call(&parse_quote!(&#item), false, body);
                return body.push(parse_quote! {
                    if #skips {
                        if #value { continue; }
                        #skips = false;
                    }
                });
            }
            Step::Take(limit) => {
                let left = self.fresh("left", span);
                let declared = parse_quote!(let mut #left: usize = #limit;);
                self.simple(Statement::User(declared), items, fx);
                body.push(parse_quote!(#left -= 1;));
                return spelled.limits.push(left);
            }
            Step::Skip(count) => {
                let skip = self.fresh("skip", span);
                let declared = parse_quote!(let mut #skip: usize = #count;);
                self.simple(Statement::User(declared), items, fx);
                return body.push(parse_quote! {
                    if #skip > 0 {
                        #skip -= 1;
                        continue;
                    }
                });
            }
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
                body.push(parse_quote!(let ::core::option::Option::Some(#made) = (#value) else { #leave };));
            }
            Step::Filter(function) => {
                let value = function.call(&parse_quote!(&#item), false, body);
                return body.push(parse_quote!(if !(#value) { continue; }));
            }
            Step::TakeWhile(function) => {
                let value = function.call(&parse_quote!(&#item), false, body);
                return body.push(parse_quote!(if !(#value) { #leave; }));
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
            Step::Filter(_)
                | Step::TakeWhile(_)
                | Step::Inspect(_)
                | Step::SkipWhile(_)
                | Step::Take(_)
                | Step::Skip(_)
        )
    }

    /// Its items are those of the items.
    fn is_nested(&self) -> bool {
        matches!(self, Step::FlatMap(_) | Step::Flatten)
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
