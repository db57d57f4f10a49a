//! `#[cfg]` inside of an annotated item.
//!
//! An attribute macro is given these unexpanded, and cannot ask the compiler for the setting. The compiler can be made
//! to decide, though: of two items it keeps one, and expands the attribute on that.
//!
//! ```text
//! #[hicam::migratable]
//! async fn f() { #[cfg(a)] g().await; h().await }
//! ```
//! →
//! ```text
//! #[cfg(a)]      #[::hicam::migratable] async fn f() { g().await; h().await }
//! #[cfg(not(a))] #[::hicam::migratable] async fn f() { h().await }
//! ```
//! So it is one condition at a time, and the code that is expanded in the end has none: its points are those of this build.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Expr, FnArg, ImplItem, Item, Meta, Pat, Stmt, TraitItem};

/// The two items that an item with conditions inside becomes, of which each has the attribute that we expand. `None` for
/// an item without.
pub(crate) fn split(
    attribute: &str,
    args: &proc_macro::TokenStream,
    item: &proc_macro::TokenStream,
) -> Option<proc_macro::TokenStream> {
    let (name, args) = (
        format_ident!("{attribute}"),
        TokenStream::from(args.clone()),
    );
    let attribute = quote!(#[::hicam::#name(#args)]);
    let item: Item = syn::parse2(item.clone().into()).ok()?;
    decide(&attribute, &item).map(Into::into)
}

/// As [`split`], of parsed tokens.
pub(crate) fn decide(attribute: &TokenStream, item: &Item) -> Option<TokenStream> {
    let mut first = First(None);
    visit(&mut first, &mut item.clone());
    let condition = first.0?;
    let decided = |holds| {
        let mut item = item.clone();
        let mut decide = Decide {
            condition: condition.to_string(),
            holds,
        };
        visit(&mut decide, &mut item);
        item
    };
    let (with, without) = (decided(true), decided(false));
    Some(quote! {
        #[cfg(#condition)]
        #attribute
        #with
        #[cfg(not(#condition))]
        #attribute
        #without
    })
}

fn visit(conditions: &mut impl Conditions, item: &mut Item) {
    Elements(conditions).visit_item_mut(item);
}

/// What is done with the attributes of what can be left out.
trait Conditions {
    /// Whether it stays.
    fn stays(&mut self, attrs: &mut Vec<Attribute>) -> bool;
}

/// Finds the first condition.
struct First(Option<TokenStream>);

impl Conditions for First {
    fn stays(&mut self, attrs: &mut Vec<Attribute>) -> bool {
        if self.0.is_none() {
            let mut found = attrs.iter().filter_map(condition);
            self.0 = found.next().map(|(condition, _)| condition);
        }
        true
    }
}

/// Decides a condition everywhere.
struct Decide {
    condition: String,
    holds: bool,
}

impl Conditions for Decide {
    fn stays(&mut self, attrs: &mut Vec<Attribute>) -> bool {
        let mut stays = true;
        attrs.retain(|attr| match condition(attr) {
            Some((found, expected)) if found.to_string() == self.condition => {
                stays &= self.holds == expected;
                false
            }
            _ => true,
        });
        stays
    }
}

/// The condition of a `#[cfg]`, and whether it is to hold: `not(a)` is `a`, which is not to.
fn condition(attr: &Attribute) -> Option<(TokenStream, bool)> {
    let Meta::List(list) = &attr.meta else {
        return None;
    };
    if !attr.path().is_ident("cfg") {
        return None;
    }
    let (mut condition, mut expected) = (list.parse_args::<Meta>().ok()?, true);
    while let Meta::List(list) = &condition
        && list.path.is_ident("not")
    {
        condition = list.parse_args().ok()?;
        expected = !expected;
    }
    Some((condition.into_token_stream(), expected))
}

/// Visits what can be left out of an item. Items in a body are left to the compiler.
struct Elements<'c, C>(&'c mut C);

impl<C: Conditions> Elements<'_, C> {
    fn of<T, P: Default>(
        &mut self,
        list: &mut Punctuated<T, P>,
        attrs: impl Fn(&mut T) -> Option<&mut Vec<Attribute>>,
    ) {
        let stay: Vec<bool> = list
            .iter_mut()
            .map(|element| attrs(element).is_none_or(|attrs| self.0.stays(attrs)))
            .collect();
        if stay.contains(&false) {
            let all = std::mem::take(list).into_iter().zip(stay);
            *list = all
                .filter_map(|(element, stays)| stays.then_some(element))
                .collect();
        }
    }
}

impl<C: Conditions> VisitMut for Elements<'_, C> {
    fn visit_item_impl_mut(&mut self, item: &mut syn::ItemImpl) {
        item.items.retain_mut(|member| {
            let attrs = match member {
                ImplItem::Const(member) => &mut member.attrs,
                ImplItem::Fn(member) => &mut member.attrs,
                ImplItem::Type(member) => &mut member.attrs,
                ImplItem::Macro(member) => &mut member.attrs,
                _ => return true,
            };
            self.0.stays(attrs)
        });
        visit_mut::visit_item_impl_mut(self, item);
    }

    fn visit_item_trait_mut(&mut self, item: &mut syn::ItemTrait) {
        item.items.retain_mut(|member| {
            let attrs = match member {
                TraitItem::Const(member) => &mut member.attrs,
                TraitItem::Fn(member) => &mut member.attrs,
                TraitItem::Type(member) => &mut member.attrs,
                TraitItem::Macro(member) => &mut member.attrs,
                _ => return true,
            };
            self.0.stays(attrs)
        });
        visit_mut::visit_item_trait_mut(self, item);
    }

    fn visit_signature_mut(&mut self, signature: &mut syn::Signature) {
        self.of(&mut signature.inputs, |input| match input {
            FnArg::Receiver(receiver) => Some(&mut receiver.attrs),
            FnArg::Typed(input) => Some(&mut input.attrs),
        });
        visit_mut::visit_signature_mut(self, signature);
    }

    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        block.stmts.retain_mut(|stmt| {
            let attrs = match stmt {
                Stmt::Local(local) => Some(&mut local.attrs),
                Stmt::Macro(invocation) => Some(&mut invocation.attrs),
                Stmt::Expr(expr, _) => attributes(expr),
                Stmt::Item(_) => None,
            };
            attrs.is_none_or(|attrs| self.0.stays(attrs))
        });
        visit_mut::visit_block_mut(self, block);
    }

    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        if !matches!(stmt, Stmt::Item(_)) {
            visit_mut::visit_stmt_mut(self, stmt);
        }
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Match(choice) => choice.arms.retain_mut(|arm| self.0.stays(&mut arm.attrs)),
            Expr::Struct(literal) => self.of(&mut literal.fields, |field| Some(&mut field.attrs)),
            Expr::Array(array) => self.of(&mut array.elems, attributes),
            Expr::Tuple(tuple) => self.of(&mut tuple.elems, attributes),
            Expr::Call(call) => self.of(&mut call.args, attributes),
            Expr::MethodCall(call) => self.of(&mut call.args, attributes),
            _ => {}
        }
        visit_mut::visit_expr_mut(self, expr);
    }

    fn visit_pat_mut(&mut self, pat: &mut Pat) {
        if let Pat::Struct(fields) = pat {
            self.of(&mut fields.fields, |field| Some(&mut field.attrs));
        }
        visit_mut::visit_pat_mut(self, pat);
    }
}

/// The attributes of an expression, as far as they are the whole statement's: of `a = b` they would be `a`'s.
fn attributes(expr: &mut Expr) -> Option<&mut Vec<Attribute>> {
    macro_rules! of {
        ($($kind:ident),*) => {
            match expr {
                $(Expr::$kind(expr) => Some(&mut expr.attrs),)*
                _ => None,
            }
        };
    }
    of!(
        Array, Async, Await, Block, Break, Call, Closure, Const, Continue, Field, ForLoop, Group,
        If, Index, Infer, Lit, Loop, Macro, Match, MethodCall, Paren, Path, Range, Reference,
        Repeat, Return, Struct, Try, Tuple, Unary, Unsafe, While
    )
}
