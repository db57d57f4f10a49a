//! What a `for` loop iterates over: something that is borrowed, whose iterator is made again on resume, or something
//! that the loop owns, whose iterator is captured. In both, the standard adaptors that people write in a loop's head
//! are understood: their own state is a few numbers.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::{Expr, Stmt, parse_quote, parse_quote_spanned};

use crate::ir::{Fx, Item, Statement, VarId, VarKind};
use crate::operands::is_place;
use crate::scope::Builder;

/// Methods of a place that give an iterator over what it holds, or a part of it to iterate over.
const VIEWS: &[&str] = &[
    "iter",
    "iter_mut",
    "keys",
    "values",
    "values_mut",
    "chars",
    "char_indices",
    "bytes",
    "lines",
    "split_whitespace",
    "split_ascii_whitespace",
    "split",
    "windows",
    "chunks",
    "chunks_exact",
    "chunks_mut",
    "chunks_exact_mut",
    "as_str",
    "as_slice",
    "as_mut_slice",
    "as_bytes",
    "as_ref",
    "as_mut",
    "trim",
    "range",
];
/// Those whose items are values, not references into the place.
const VALUES: &[&str] = &["chars", "char_indices", "bytes", "copied", "cloned"];
/// Adaptors whose iterator can be made again, and stands where it stood after as many items.
pub(crate) const ADAPTORS: &[&str] = &[
    "enumerate",
    "rev",
    "zip",
    "step_by",
    "skip",
    "take",
    "copied",
    "cloned",
];

/// Something borrowed that can be iterated again.
pub(crate) struct Borrowed {
    /// Evaluated again on resume: depends on places that the loop borrows, and on captured values.
    pub(crate) iterable: Expr,
    /// Its items are captured, not taken again.
    pub(crate) by_value: bool,
    /// The method that is called on it in the source, and written out.
    pub(crate) step: Option<syn::Ident>,
    /// Once one of these is 0, no more items are asked for.
    pub(crate) limits: Vec<syn::Ident>,
}

impl Builder {
    /// `iterable` as something borrowed; its arguments' values go into variables of their own.
    pub(crate) fn borrowed(
        &mut self,
        iterable: &Expr,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) -> Option<Borrowed> {
        if !self.is_view(iterable) {
            return None;
        }
        let mut iterable = match iterable {
            // A mutable reference is lent to the loop, not moved into it.
            Expr::Path(path) if self.is_mutable_reference(path) => parse_quote!(&mut *#path),
            iterable => iterable.clone(),
        };
        let by_value = yields_values(&iterable);
        self.pin(&mut iterable, items, fx);
        self.lend_table(&mut iterable);
        cuttable(&mut iterable);
        Some(Borrowed {
            iterable,
            by_value,
            step: None,
            limits: Vec::new(),
        })
    }

    /// A mutable reference whose values are iterated over, as the place behind it.
    fn lend_table(&self, iterable: &mut Expr) {
        let Expr::MethodCall(call) = iterable else {
            return;
        };
        let values = call.method == "values" || call.method == "values_mut";
        match &mut *call.receiver {
            Expr::Path(path) if values && self.is_mutable_reference(path) => {
                *call.receiver = parse_quote!((*#path));
            }
            receiver => self.lend_table(receiver),
        }
    }

    /// `&place`, `place.iter()`, `place.chars().rev()`, or a parameter that is a reference.
    pub(crate) fn is_view(&self, iterable: &Expr) -> bool {
        match iterable {
            Expr::Paren(paren) => self.is_view(&paren.expr),
            Expr::Reference(reference) => {
                self.is_place_by_value(&reference.expr) || is_temporary(&reference.expr)
            }
            Expr::MethodCall(call) => {
                let named = |names: &[&str]| names.iter().any(|name| call.method == name);
                let receiver = strip_parens(&call.receiver);
                let receives = self.is_view(receiver)
                    || self.is_place_by_value(receiver) && named(VIEWS)
                    || named(VIEWS) && is_temporary(receiver)
                    || matches!(receiver, Expr::Lit(_));
                let simple = |arg: &Expr| self.is_view(arg) || is_argument(arg);
                // `option.take()` is no adaptor.
                let receives = receives && !(call.method == "take" && call.args.is_empty());
                if call.method == "chain" {
                    // Of two borrows; an iterator that is owned is captured as it stands.
                    return self.is_view(receiver) && call.args.iter().all(|arg| self.is_view(arg));
                }
                receives && (named(VIEWS) || named(ADAPTORS)) && call.args.iter().all(simple)
            }
            Expr::Path(path) => path.path.get_ident().is_some_and(|ident| {
                ident == "self" && self.self_mutable.is_some()
                    || self.resolve(ident).is_some_and(|var| {
                        let var = &self.vars[var];
                        matches!(var.kind, VarKind::Reference { .. })
                            || var.kind == VarKind::Derived && (var.borrow || var.guarded)
                            || var.again.is_some()
                    })
            }),
            _ => false,
        }
    }

    /// A place, whatever values its indices are: those are computed once.
    pub(crate) fn is_place_by_value(&self, place: &Expr) -> bool {
        match place {
            Expr::Index(index) => self.is_place_by_value(&index.expr) && is_argument(&index.index),
            Expr::Field(field) => self.is_place_by_value(&field.base),
            Expr::Paren(paren) => self.is_place_by_value(&paren.expr),
            Expr::Unary(unary) => {
                matches!(unary.op, syn::UnOp::Deref(_)) && self.is_place_by_value(&unary.expr)
            }
            place => is_place(place),
        }
    }

    pub(crate) fn is_mutable_reference(&self, path: &syn::ExprPath) -> bool {
        if path.path.is_ident("self") {
            return self.self_mutable == Some(true);
        }
        path.path
            .get_ident()
            .and_then(|ident| self.resolve(ident))
            .is_some_and(|var| {
                let var = &self.vars[var];
                var.mutable_borrow || var.kind == VarKind::Reference { mutable: true }
            })
    }

    /// Puts the values that a view depends on into captured variables: an index may be changed while what it chose is
    /// borrowed.
    pub(crate) fn pin(&mut self, view: &mut Expr, items: &mut Vec<Item>, fx: &mut Vec<Fx>) {
        match view {
            Expr::Paren(paren) => self.pin(&mut paren.expr, items, fx),
            Expr::Tuple(tuple) => {
                let parts = tuple.elems.iter_mut();
                parts.for_each(|part| self.pin(part, items, fx));
            }
            Expr::Reference(reference) => self.pin_base(&mut reference.expr, items, fx),
            Expr::Field(field) => self.pin_base(&mut field.base, items, fx),
            Expr::Unary(unary) => self.pin_base(&mut unary.expr, items, fx),
            Expr::Index(index) => {
                self.pin_base(&mut index.expr, items, fx);
                self.pin_value(&mut index.index, items, fx);
            }
            Expr::MethodCall(call) => {
                self.pin_base(&mut call.receiver, items, fx);
                for arg in &mut call.args {
                    if self.is_view(arg) {
                        self.pin(arg, items, fx);
                    } else {
                        self.pin_value(arg, items, fx);
                    }
                }
            }
            _ => {}
        }
    }

    /// What is borrowed: a temporary is part of this function's frame, and lives as long as the loop.
    fn pin_base(&mut self, base: &mut Expr, items: &mut Vec<Item>, fx: &mut Vec<Fx>) {
        if self.is_view(base) || !is_temporary(base) {
            return self.pin(base, items, fx);
        }
        self.hoist(base, items, fx);
    }

    /// Puts a temporary into a variable that is dropped at the end of the statement.
    pub(crate) fn hoist(&mut self, base: &mut Expr, items: &mut Vec<Item>, fx: &mut Vec<Fx>) {
        let temp = self.fresh("temporary", base.span());
        self.temporaries.push(temp.clone());
        let taken = std::mem::replace(base, parse_quote!(#temp));
        let points = self.has_points(&taken);
        let stmt: Stmt = parse_quote!(let mut #temp = #taken;);
        if points {
            self.statement(stmt, items, fx);
        } else {
            self.pinned(stmt, items, fx);
        }
    }

    fn pin_value(&mut self, value: &mut Expr, items: &mut Vec<Item>, fx: &mut Vec<Fx>) {
        match value {
            Expr::Lit(_) => {}
            Expr::Paren(paren) => self.pin_value(&mut paren.expr, items, fx),
            Expr::Range(range) => {
                for bound in range.start.iter_mut().chain(&mut range.end) {
                    self.pin_value(bound, items, fx);
                }
            }
            // A reference cannot be captured, and names the same as long as it is not assigned.
            Expr::Path(path)
                if path
                    .path
                    .get_ident()
                    .and_then(|ident| self.resolve(ident))
                    .is_none_or(|var| self.vars[var].kind != VarKind::Local) => {}
            value if self.is_steady_value(value) => {}
            // A key by reference: the key as it is now.
            Expr::Reference(key) => {
                let temp = self.fresh("pinned", key.span());
                let again = parse_quote!(#temp);
                let taken = std::mem::replace(&mut *key.expr, again);
                let stmt = parse_quote!(let #temp = ::core::clone::Clone::clone(&#taken););
                self.pinned(stmt, items, fx);
            }
            value => {
                let temp = self.fresh("pinned", value.span());
                let again = parse_quote!(::core::clone::Clone::clone(&#temp));
                let taken = std::mem::replace(value, again);
                self.pinned(parse_quote!(let #temp = #taken;), items, fx);
            }
        }
    }

    /// A `let` has no more to come that its temporaries would outlive.
    fn pinned(&mut self, stmt: Stmt, items: &mut Vec<Item>, fx: &mut Vec<Fx>) {
        let statement = if self.in_let {
            Statement::User(stmt)
        } else {
            Statement::Part(stmt)
        };
        self.simple(statement, items, fx);
    }

    /// What a variable of the transformation is called where a checkpoint is shown.
    pub(crate) fn name_last(&mut self, ident: &syn::Ident, name: String) -> Option<VarId> {
        let var = self.resolve(ident)?;
        let same = self
            .vars
            .iter()
            .filter(|other| other.name.split('@').next() == Some(&name))
            .count();
        self.vars[var].name = if same == 0 {
            name
        } else {
            format!("{name}@{}", same + 1)
        };
        Some(var)
    }
}

/// A value that has no name: borrowed, it must be put into a variable.
pub(crate) fn is_temporary(base: &Expr) -> bool {
    match strip_parens(base) {
        Expr::Unary(unary) => !matches!(unary.op, syn::UnOp::Deref(_)),
        Expr::Path(_)
        | Expr::Lit(_)
        | Expr::Field(_)
        | Expr::Index(_)
        | Expr::Closure(_)
        | Expr::Async(_)
        | Expr::Reference(_)
        | Expr::Range(_) => false,
        _ => true,
    }
}

/// An argument whose value can be kept in a variable.
fn is_argument(arg: &Expr) -> bool {
    match arg {
        Expr::Closure(_) | Expr::Async(_) | Expr::Macro(_) => false,
        Expr::Reference(reference) => {
            is_place(&reference.expr) || matches!(&*reference.expr, Expr::Lit(_))
        }
        _ => true,
    }
}

/// Outermost `zip` and `enumerate` as the runtime's own, which can be cut into blocks of passes; the values of a hash table
/// with their keys.
fn cuttable(iterable: &mut Expr) {
    let Expr::MethodCall(call) = iterable else {
        return;
    };
    let (receiver, args) = (&mut *call.receiver, &mut call.args);
    if call.method == "zip" && args.len() == 1 {
        cuttable(receiver);
        cuttable(&mut args[0]);
        let second = &args[0];
        *iterable = parse_quote!(::hicam::__private::iterate::zip(#receiver, #second));
    } else if call.method == "enumerate" && args.is_empty() {
        cuttable(receiver);
        *iterable = parse_quote!(::hicam::__private::iterate::enumerate(#receiver));
    } else if call.method == "values" && args.is_empty() && is_place(receiver) {
        let span = receiver.span().resolved_at(Span::call_site());
        *iterable = parse_quote_spanned! {span=>
            (&&::hicam::__private::iterate::TableOf::of(&#receiver))
                .values(&#receiver, |__hicam_map| __hicam_map.values())
        };
    } else if call.method == "values_mut" && args.is_empty() && is_place(receiver) {
        let span = receiver.span().resolved_at(Span::call_site());
        *iterable = parse_quote_spanned! {span=>
            (&&::hicam::__private::iterate::TableOf::of(&#receiver))
                .values_mut(&mut #receiver, |__hicam_map| __hicam_map.values_mut())
        };
    }
}

fn yields_values(iterable: &Expr) -> bool {
    match iterable {
        Expr::Paren(paren) => yields_values(&paren.expr),
        Expr::MethodCall(call) => {
            VALUES.iter().any(|name| call.method == name)
                || yields_values(&call.receiver) && call.method != "zip"
        }
        _ => false,
    }
}

pub(crate) fn strip_parens(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(paren) => strip_parens(&paren.expr),
        Expr::Group(group) => strip_parens(&group.expr),
        expr => expr,
    }
}

pub(crate) fn strip_parens_mut(expr: &mut Expr) -> &mut Expr {
    match expr {
        Expr::Paren(paren) => strip_parens_mut(&mut paren.expr),
        Expr::Group(group) => strip_parens_mut(&mut group.expr),
        expr => expr,
    }
}

/// The statement that makes a borrowed iterator, on resume too. If `inside` holds, the item that was being worked on is
/// given once more.
pub(crate) fn again(
    iter: &syn::Ident,
    iterable: &Expr,
    passed: &syn::Ident,
    inside: &TokenStream,
    span: Span,
) -> TokenStream {
    // What rustc says of the iterator's type points at the loop.
    quote_spanned! {span.resolved_at(Span::call_site())=>
        let mut #iter = ::hicam::__private::iterate::again(::hicam::__private::iterate::Lent(#iterable), &mut #passed, #inside);
    }
}
