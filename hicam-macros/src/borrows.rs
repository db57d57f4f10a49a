//! Variables that borrow: a borrow of a place is not captured but taken again on resume, where it is needed. What it is
//! taken from cannot change while it is borrowed, and indices are kept as they were; so it is the same borrow.
//!
//! ```text
//! let entry = &mut self.table[i];
//! point; entry.n += 1;
//! ```
//! →
//! ```text
//! let pinned = i;
//! let mut slot = None;
//! if pc == 0 { let entry = &mut self.table[pinned]; slot = Some(entry) } else if needed at pc { slot = Some(&mut self.table[pinned]) }
//! ```

use proc_macro2::Span;
use quote::quote;
use syn::visit_mut::VisitMut;
use syn::{Expr, Lifetime, Local, Pat, Stmt, parse_quote};

use crate::arguments::{is_projection, path};
use crate::ir::{Again, BorrowKind, Fx, How, Item, Statement, VarId};
use crate::iterables::{is_temporary, strip_parens};
use crate::lower::SUSPENDED;
use crate::patterns;
use crate::scope::{Builder, split_type};

impl Builder {
    /// `let pat = &place`, with nothing in the pattern that could be assigned.
    pub(crate) fn is_borrow_local(&self, local: &Local) -> bool {
        let Some(init) = &local.init else {
            return false;
        };
        let (pat, _) = split_type(&local.pat);
        let bindings = patterns::bindings(pat);
        // A new name for a reference is a reborrow too, but it may be moved; only what takes it apart is treated here.
        let renamed = matches!(
            (pat, strip_parens(&init.expr)),
            (Pat::Ident(_), Expr::Path(_))
        ) && self.borrow_kind(&init.expr) != BorrowKind::Shared;
        !renamed
            && !bindings.is_empty()
            && bindings
                .iter()
                .all(|binding| !binding.mutable && !binding.behind_reference)
            && !self.local_has_points(local)
            && (self.is_reborrow(&init.expr) || self.is_choice(&init.expr))
    }

    /// An expression that borrows the same when it is evaluated again.
    pub(crate) fn is_reborrow(&self, init: &Expr) -> bool {
        match strip_parens(init) {
            Expr::Tuple(tuple) => {
                !tuple.elems.is_empty() && tuple.elems.iter().all(|elem| self.is_reborrow(elem))
            }
            Expr::MethodCall(_) => is_projection(init) && self.is_view_or_place(init),
            init @ (Expr::Reference(_) | Expr::Path(_)) => self.is_view(init),
            _ => false,
        }
    }

    /// What the variables are that a pattern binds in a borrow.
    pub(crate) fn borrow_kind(&self, init: &Expr) -> BorrowKind {
        let mutable = |mutable| {
            if mutable {
                BorrowKind::Mutable
            } else {
                BorrowKind::Shared
            }
        };
        match strip_parens(init) {
            Expr::Reference(reference) => {
                // `&self.field` of a `&mut` is shared; `&mut` of a shared reference does not compile.
                mutable(reference.mutability.is_some())
            }
            path @ Expr::Path(_) => mutable(self.is_mutable_place(path)),
            Expr::MethodCall(call) if call.method.to_string().starts_with("as_") => {
                match call.method.to_string().as_str() {
                    "as_str" | "as_bytes" | "as_slice" => BorrowKind::Shared,
                    "as_mut_slice" => BorrowKind::Mutable,
                    _ => BorrowKind::Unknown,
                }
            }
            Expr::MethodCall(_) => BorrowKind::Shared,
            Expr::If(branch) => {
                let value = |block: &syn::Block| match block.stmts.last() {
                    Some(Stmt::Expr(value, None)) => self.borrow_kind(value),
                    _ => BorrowKind::Unknown,
                };
                let otherwise = match &branch.else_branch {
                    Some((_, otherwise)) => match &**otherwise {
                        Expr::Block(block) => value(&block.block),
                        otherwise => self.borrow_kind(otherwise),
                    },
                    None => BorrowKind::Unknown,
                };
                let then = value(&branch.then_branch);
                if then == otherwise {
                    then
                } else {
                    BorrowKind::Unknown
                }
            }
            _ => BorrowKind::Unknown,
        }
    }

    fn is_view_or_place(&self, projection: &Expr) -> bool {
        match strip_parens(projection) {
            Expr::MethodCall(call) => self.is_view_or_place(&call.receiver),
            receiver => {
                self.is_view(receiver) || self.is_place_by_value(receiver) || is_temporary(receiver)
            }
        }
    }

    pub(crate) fn borrow_local(
        &mut self,
        mut local: Local,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) {
        let Some(init) = &mut local.init else {
            return;
        };
        let outer = self.temporaries.len();
        if self.is_choice(&init.expr) {
            self.choose(&mut init.expr, items, fx);
        } else {
            let outer = std::mem::replace(&mut self.in_let, true);
            self.pin(&mut init.expr, items, fx);
            self.in_let = outer;
        }
        // Temporaries of a `let` live as long as what it binds.
        self.temporaries.truncate(outer);
        let expr = (*init.expr).clone();
        let places = borrowed_places(&expr);
        let depends = self.mentioned(&expr);
        let kind = self.borrow_kind(&expr);
        let (pat, ty) = split_type(&local.pat);
        let (pat, ty) = (pat.clone(), ty.cloned());
        // What is taken again is coerced as in the source.
        let again: Expr = match ty {
            Some(ty) => parse_quote!({ let __hicam_again: #ty = #expr; __hicam_again }),
            None => expr,
        };
        let declared = self.vars.len();
        self.simple(Statement::User(Stmt::Local(local)), items, fx);
        let vars: Vec<VarId> = match items.last() {
            Some(Item::Simple(simple)) => simple.declares.clone(),
            _ => (declared..self.vars.len()).collect(),
        };
        for &var in &vars {
            let var = &mut self.vars[var];
            var.borrow = true;
            var.again = Some(kind);
            var.mutable_borrow = kind == BorrowKind::Mutable;
            var.depends.clone_from(&depends);
            var.places.clone_from(&places);
        }
        self.take_again(&pat, &again, vars, items);
    }

    /// Notes in the last item how its variables are taken again.
    pub(crate) fn take_again(
        &mut self,
        pat: &Pat,
        init: &Expr,
        vars: Vec<VarId>,
        items: &mut [Item],
    ) {
        if vars.is_empty() {
            return;
        }
        let (skeleton, refused) = without_tests(pat);
        if refused {
            self.errors.at(pat, "a variable bound by reference with others inside of it (`a @ P(b)`) cannot be alive across a migration point: bind one of them");
        }
        let pat = &skeleton;
        let idents = vars.iter().map(|&var| &self.vars[var].ident);
        let value = if matches!(pat, Pat::Ident(pat) if pat.by_ref.is_none()) {
            quote!((::core::option::Option::Some(#init),))
        } else {
            let suspended = Lifetime::new(SUSPENDED, Span::call_site());
            let name = quote!(#pat).to_string();
            quote! {
                match #init {
                    #pat => (#(::core::option::Option::Some(#idents),)*),
                    #[allow(unreachable_patterns)]
                    _ => {
                        __hicam_stack.missing(#name, &__HICAM_INFO);
                        break #suspended;
                    }
                }
            }
        };
        if let Some(Item::Simple(simple)) = items.last_mut() {
            simple.again = Some(Again { vars, value });
        }
    }

    /// The variables that an expression mentions.
    pub(crate) fn mentioned(&mut self, expr: &Expr) -> Vec<VarId> {
        // What it declares itself is not known outside of it.
        let declared = self.vars.len();
        let fx = self.aside(|this, fx| this.expr(&mut expr.clone(), How::Place, fx));
        crate::build::mentions(&fx, declared)
    }

    /// The effects of code that is only looked at.
    pub(crate) fn aside(&mut self, look: impl FnOnce(&mut Self, &mut Vec<Fx>)) -> Vec<Fx> {
        let (marks, jumps, errors) = (
            self.marks,
            self.jumps_made.len(),
            std::mem::take(&mut self.errors),
        );
        let mut fx = Vec::new();
        look(self, &mut fx);
        (self.marks, self.errors) = (marks, errors);
        self.jumps_made.truncate(jumps);
        fx
    }
}

/// A pattern as it is bound again, and whether it cannot be.
pub(crate) fn without_tests(pat: &Pat) -> (Pat, bool) {
    let mut skeleton = pat.clone();
    let mut bare = Bare { refused: false };
    bare.visit_pat_mut(&mut skeleton);
    (skeleton, bare.refused)
}

/// A pattern without tests of what its variables are bound to: those may have been changed through the variable.
struct Bare {
    refused: bool,
}

impl VisitMut for Bare {
    fn visit_pat_ident_mut(&mut self, pat: &mut syn::PatIdent) {
        if let Some((_, inner)) = &pat.subpat {
            self.refused |= !patterns::bindings(inner).is_empty();
        }
        patterns::without_subpattern(pat);
    }
}

/// The places that a borrow is taken from, as the names that lead to them.
pub(crate) fn borrowed_places(borrow: &Expr) -> Vec<Vec<String>> {
    let each = |exprs: &mut dyn Iterator<Item = &Expr>| exprs.flat_map(borrowed_places).collect();
    match borrow {
        Expr::Reference(reference) => borrowed_places(&reference.expr),
        Expr::Paren(paren) => borrowed_places(&paren.expr),
        Expr::Tuple(tuple) => each(&mut tuple.elems.iter()),
        Expr::MethodCall(call) => each(&mut [&*call.receiver].into_iter().chain(&call.args)),
        Expr::Call(call) => each(&mut call.args.iter()),
        place => path(place).into_iter().collect(),
    }
}

/// Whether a borrow is mutable somewhere.
pub(crate) fn mentions_mut(borrow: &Expr) -> bool {
    match borrow {
        Expr::Reference(reference) => reference.mutability.is_some(),
        Expr::Paren(paren) => mentions_mut(&paren.expr),
        Expr::Tuple(tuple) => tuple.elems.iter().any(mentions_mut),
        Expr::MethodCall(call) => {
            call.method.to_string().contains("mut")
                || mentions_mut(&call.receiver)
                || call.args.iter().any(mentions_mut)
        }
        Expr::Call(call) => call.args.iter().any(mentions_mut),
        _ => false,
    }
}
