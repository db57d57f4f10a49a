//! What an awaited call is made again from: a by-value argument is part of the callee's frame, a reference is taken
//! again in the caller's.

use proc_macro2::Span;
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, Lit, Token, parse_quote, parse_quote_spanned};

use crate::ir::{Fx, Item, Statement, VarKind};
use crate::operands::{is_place, operands};
use crate::scope::Builder;

/// Methods without arguments that borrow from their receiver, which gives the same when called again.
pub(crate) const PROJECTIONS: &[&str] = &[
    "as_str",
    "as_bytes",
    "as_slice",
    "as_mut_slice",
    "as_ref",
    "as_mut",
    "as_deref",
    "as_deref_mut",
    "trim",
    "trim_start",
    "trim_end",
];

impl Builder {
    /// Puts what an awaited operand borrows into variables where it is a temporary or chosen by a value that may
    /// change: the callee's references are taken again from them. What is evaluated before goes into variables too.
    pub(crate) fn pin_arguments(
        &mut self,
        operand: &mut Expr,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) {
        if let Expr::Paren(paren) = operand {
            return self.pin_arguments(&mut paren.expr, items, fx);
        }
        if !matches!(operand, Expr::Call(_) | Expr::MethodCall(_)) {
            return;
        }
        let receives = matches!(operand, Expr::MethodCall(_));
        let pins: Vec<bool> = operands(operand)
            .iter()
            .enumerate()
            .map(|(at, (arg, _))| self.must_be_pinned(arg, receives && at == 0))
            .collect();
        let Some(last) = pins.iter().rposition(|pin| *pin) else {
            return;
        };
        for ((arg, role), pin) in operands(operand).into_iter().zip(pins).take(last + 1) {
            if pin {
                self.pin(arg, items, fx);
            } else if !self.is_stable(arg, role) {
                let temp = self.fresh("operand", arg.span());
                let taken = std::mem::replace(arg, parse_quote!(#temp));
                self.simple(
                    Statement::Part(parse_quote!(let mut #temp = #taken;)),
                    items,
                    fx,
                );
            }
        }
    }

    pub(crate) fn must_be_pinned(&self, arg: &Expr, receiver: bool) -> bool {
        match arg {
            Expr::Reference(reference) => !self.is_steady_place(&reference.expr),
            Expr::Paren(paren) => self.must_be_pinned(&paren.expr, receiver),
            Expr::MethodCall(_) if !receiver => {
                is_projection(arg) && !self.is_steady_projection(arg)
            }
            // A receiver that is an element: borrowed by the call.
            Expr::Index(_) | Expr::Field(_) if receiver => !self.is_steady_place(arg),
            _ => false,
        }
    }

    pub(crate) fn is_steady_projection(&self, arg: &Expr) -> bool {
        match arg {
            Expr::MethodCall(call) if is_projection(arg) => {
                self.is_steady_projection(&call.receiver)
            }
            arg => self.is_steady_place(arg),
        }
    }

    /// A place that names the same however often it is looked up while it is borrowed.
    pub(crate) fn is_steady_place(&self, place: &Expr) -> bool {
        match place {
            Expr::Path(path) => path.qself.is_none(),
            Expr::Lit(_) => true,
            Expr::Field(field) => self.is_steady_place(&field.base),
            Expr::Paren(paren) => self.is_steady_place(&paren.expr),
            Expr::Unary(unary) => {
                matches!(unary.op, syn::UnOp::Deref(_)) && self.is_steady_place(&unary.expr)
            }
            Expr::Index(index) => {
                self.is_steady_place(&index.expr) && self.is_steady_value(&index.index)
            }
            _ => false,
        }
    }

    /// A value that is the same whenever it is computed: of constants and of variables that are not `mut`.
    pub(crate) fn is_steady_value(&self, value: &Expr) -> bool {
        match value {
            Expr::Lit(_) => true,
            Expr::Path(path) => path
                .path
                .get_ident()
                .and_then(|ident| self.resolve(ident))
                .is_none_or(|var| !self.vars[var].mutable && self.vars[var].copy),
            Expr::Paren(paren) => self.is_steady_value(&paren.expr),
            Expr::Cast(cast) => self.is_steady_value(&cast.expr),
            Expr::Binary(binary) => {
                self.is_steady_value(&binary.left) && self.is_steady_value(&binary.right)
            }
            Expr::Range(range) => range
                .start
                .iter()
                .chain(&range.end)
                .all(|bound| self.is_steady_value(bound)),
            // A pinned value.
            Expr::Call(call) => call.args.len() == 1 && is_pinned(&call.args[0]),
            Expr::Reference(reference) => match &*reference.expr {
                Expr::Path(path) => path
                    .path
                    .get_ident()
                    .and_then(|ident| self.resolve(ident))
                    .is_none_or(|var| !self.vars[var].mutable),
                expr => matches!(expr, Expr::Lit(_)),
            },
            _ => false,
        }
    }

    pub(crate) fn resume_arguments(&self, operand: &Expr) -> Vec<Expr> {
        match operand {
            Expr::Call(call) => call
                .args
                .iter()
                .map(|arg| self.resume_argument(arg))
                .collect(),
            Expr::MethodCall(call) => std::iter::once(if is_owning(call) {
                resumed(call.receiver.span())
            } else {
                self.resume_receiver(&call.receiver, &call.args)
            })
            .chain(call.args.iter().map(|arg| self.resume_argument(arg)))
            .collect(),
            Expr::Paren(paren) => self.resume_arguments(&paren.expr),
            _ => Vec::new(),
        }
    }

    /// A reference to a place is taken again; anything else is part of the callee's frame.
    fn resume_argument(&self, arg: &Expr) -> Expr {
        match arg {
            Expr::Reference(reference) if self.is_steady_place(&reference.expr) => arg.clone(),
            Expr::Lit(literal) if matches!(literal.lit, Lit::Str(_)) => given(arg),
            Expr::Lit(literal) if matches!(literal.lit, Lit::ByteStr(_)) => arg.clone(),
            Expr::Paren(paren) => self.resume_argument(&paren.expr),
            Expr::Path(path) => self.reborrow(path).unwrap_or_else(|| resumed(arg.span())),
            Expr::MethodCall(_) if self.is_steady_projection(arg) => arg.clone(),
            _ => resumed(arg.span()),
        }
    }

    /// Whether a method changes its receiver is not to be seen; it cannot if another argument borrows from that.
    fn resume_receiver(&self, receiver: &Expr, args: &Punctuated<Expr, Token![,]>) -> Expr {
        let shared = args.iter().any(|arg| shares(arg, receiver));
        match receiver {
            Expr::Path(path) if self.is_guarded(path) => self.lend(receiver, true),
            Expr::Path(path) => match self.reborrow(path) {
                _ if self.is_item(path) => self.lend(receiver, true),
                Some(_) if shared => self.lend(&parse_quote!(*#path), true),
                // The method may own a copy of what is behind it.
                Some(Expr::Reference(reborrow)) => {
                    let shared = reborrow.mutability.is_none();
                    self.lend_as(&reborrow.expr, shared)
                }
                Some(reborrow) => reborrow,
                None => self.lend(receiver, shared),
            },
            Expr::Paren(paren) => self.resume_receiver(&paren.expr, args),
            receiver if self.is_steady_place(receiver) => self.lend(receiver, shared),
            receiver => resumed(receiver.span()),
        }
    }

    /// A place that a method borrows, or owns a copy of.
    fn lend(&self, place: &Expr, shared: bool) -> Expr {
        let matched = path(place).is_some_and(|place| self.is_matched(&place));
        self.lend_as(place, shared || matched || !self.is_mutable_place(place))
    }

    fn lend_as(&self, place: &Expr, shared: bool) -> Expr {
        let span = place.span().resolved_at(Span::call_site());
        match shared {
            true => parse_quote_spanned!(span=> (&&__hicam_tag).lent(&#place)),
            false => parse_quote_spanned!(span=> (&&__hicam_tag).lent_mut(&mut #place)),
        }
    }

    fn is_item(&self, path: &syn::ExprPath) -> bool {
        let var = path.path.get_ident().and_then(|ident| self.resolve(ident));
        var.is_some_and(|var| self.vars[var].item)
    }

    /// A parameter that is a reference, `self`, an element of a borrowed loop, or a variable known to be a reference.
    pub(crate) fn reborrow(&self, path: &syn::ExprPath) -> Option<Expr> {
        let ident = path.path.get_ident()?;
        let again = |mutable| -> Option<Expr> {
            if mutable && !self.is_matched(std::slice::from_ref(&ident.to_string())) {
                Some(parse_quote!(&mut *#ident))
            } else {
                Some(parse_quote!(&*#ident))
            }
        };
        if ident == "self" {
            return self.self_mutable.and_then(again);
        }
        let var = &self.vars[self.resolve(ident)?];
        match var.kind {
            VarKind::Reference { mutable } => again(mutable),
            VarKind::Derived if var.mutable_borrow => again(true),
            VarKind::Derived if var.item => {
                Some(parse_quote!((&&::hicam::__private::Item(&#ident)).again()))
            }
            VarKind::Derived if var.borrow => Some(parse_quote!(#ident)),
            VarKind::Derived if var.guarded => Some(given(&parse_quote!(#ident))),
            VarKind::Local if var.mutable_borrow => again(true),
            VarKind::Local if var.again.is_some() => Some(parse_quote!(#ident)),
            VarKind::Local if var.reference => Some(given(&parse_quote!(#ident))),
            VarKind::Derived | VarKind::Local | VarKind::Result => None,
        }
    }

    /// Whether a place is part of what is matched, or has it as a part, where we are in a guard: then it can only be
    /// borrowed shared.
    fn is_matched(&self, place: &[String]) -> bool {
        let mut matched = self.matched.iter();
        matched.any(|matched| matched.starts_with(place) || place.starts_with(matched))
    }

    fn is_guarded(&self, path: &syn::ExprPath) -> bool {
        let var = path.path.get_ident().and_then(|ident| self.resolve(ident));
        var.is_some_and(|var| self.vars[var].guarded)
    }

    /// Whether a place can be borrowed mutably, as far as the syntax shows.
    pub(crate) fn is_mutable_place(&self, place: &Expr) -> bool {
        match place {
            Expr::Path(path) => path.path.get_ident().is_some_and(|ident| {
                if ident == "self" {
                    return self.self_mutable == Some(true);
                }
                self.resolve(ident).is_some_and(|var| {
                    let var = &self.vars[var];
                    var.mutable
                        || var.mutable_borrow
                        || var.kind == VarKind::Reference { mutable: true }
                })
            }),
            Expr::Field(field) => self.is_mutable_place(&field.base),
            Expr::Paren(paren) => self.is_mutable_place(&paren.expr),
            Expr::Index(index) => self.is_mutable_place(&index.expr),
            Expr::Unary(unary) => self.is_mutable_place(&unary.expr),
            _ => false,
        }
    }
}

/// Whether a method by its name takes its receiver by value. Of others it cannot be seen: they are taken to borrow it.
pub(crate) fn is_owning(call: &syn::ExprMethodCall) -> bool {
    call.method.to_string().starts_with("into_")
}

/// A reference to something static: the callee may borrow it or own it.
pub(crate) fn given(arg: &Expr) -> Expr {
    parse_quote_spanned!(arg.span().resolved_at(Span::call_site())=> (&&__hicam_tag).given(#arg))
}

/// What a call is made again from, of a receiver that is a place.
pub(crate) fn lent(call: &syn::ExprMethodCall) -> Option<&Expr> {
    let lent = call.method == "lent" || call.method == "lent_mut";
    call.args.first().filter(|_| lent)
}

/// A receiver that is borrowed mutably, borrowed shared instead.
pub(crate) fn share(receiver: &mut Expr) {
    match receiver {
        Expr::Reference(reference) => reference.mutability = None,
        Expr::MethodCall(call) if lent(call).is_some() => {
            call.method = syn::Ident::new("lent", call.method.span());
            call.args.iter_mut().for_each(share);
        }
        _ => {}
    }
}

/// With the argument's span, because rustc points there when the callee expects a reference after all.
fn resumed(span: Span) -> Expr {
    parse_quote_spanned!(span.resolved_at(Span::call_site())=> (&&__hicam_tag).given(::hicam::__private::Resumed))
}

/// A place as the names that lead to it, without indices.
pub(crate) fn path(place: &Expr) -> Option<Vec<String>> {
    match place {
        Expr::Path(path) => Some(vec![path.path.get_ident()?.to_string()]),
        Expr::Field(field) => {
            let mut names = path(&field.base)?;
            names.push(field.member.to_token_stream().to_string());
            Some(names)
        }
        Expr::Index(index) => path(&index.expr),
        Expr::Unary(unary) => path(&unary.expr),
        Expr::Paren(paren) => path(&paren.expr),
        _ => None,
    }
}

/// Whether an argument is a shared borrow of something that the receiver is part of, or that is part of it.
fn shares(arg: &Expr, receiver: &Expr) -> bool {
    let overlap = |place: &Expr| {
        let (Some(place), Some(receiver)) = (path(place), path(receiver)) else {
            return false;
        };
        place.starts_with(&receiver) || receiver.starts_with(&place)
    };
    match arg {
        Expr::Reference(reference) => reference.mutability.is_none() && overlap(&reference.expr),
        Expr::MethodCall(call) if is_projection(arg) => {
            shares(&call.receiver, receiver) || overlap(&call.receiver)
        }
        Expr::Paren(paren) => shares(&paren.expr, receiver),
        _ => false,
    }
}

/// `place.as_str()`, `text.trim().as_bytes()`
pub(crate) fn is_projection(expr: &Expr) -> bool {
    match expr {
        Expr::MethodCall(call) => {
            call.args.is_empty()
                && PROJECTIONS.iter().any(|name| call.method == name)
                && (is_place(&call.receiver)
                    || matches!(&*call.receiver, Expr::Lit(_))
                    || matches!(
                        &*call.receiver,
                        Expr::MethodCall(_) | Expr::Call(_) | Expr::Macro(_)
                    ))
        }
        _ => false,
    }
}

/// `&__hicam_pinned_…`
fn is_pinned(expr: &Expr) -> bool {
    matches!(expr, Expr::Reference(reference) if matches!(&*reference.expr, Expr::Path(path)
        if path.path.get_ident().is_some_and(|ident| ident.to_string().starts_with("__hicam_pinned_"))))
}
