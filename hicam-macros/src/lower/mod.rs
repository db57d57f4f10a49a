//! From the intermediate representation to Rust: one piece of output for each piece of source, so the output grows
//! linearly.
//!
//! `__hicam_pc` is 0 on the normal path, and the number of the point to go on from while a frame is re-entered.

mod again;
mod concurrent;
mod guards;
mod jumps;
mod nodes;
mod receivers;
mod sites;
mod slots;
mod tails;
mod temporaries;
mod units;

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::visit_mut::VisitMut;
use syn::{Expr, Lifetime, Stmt};

use crate::classify::{Class, Classes, Unit};
use crate::endings::Endings;
use crate::errors::Errors;
use crate::ir::{Body, Code, JumpTarget, Lead, Simple, Statement, Trust, VarId};
use crate::liveness::Liveness;
use jumps::Jumps;
use slots::Segment;
use tails::Tails;
pub(crate) use tails::edition;
use temporaries::Temporaries;
pub(crate) use temporaries::drop_early;

/// The label of the whole body's exit.
pub(crate) const SUSPENDED: &str = "'__hicam_suspended";

pub(crate) struct Lower<'b> {
    body: &'b Body,
    live: &'b Liveness,
    classes: &'b Classes,
    labels: usize,
    /// Slots that are out of their `Option`s, with the first jump target inside of what holds them.
    held: Vec<(VarId, JumpTarget)>,
    /// Variables whose type is noted so that their early drop can be judged.
    pub(crate) seen: Vec<VarId>,
    /// Variables whose type decides whether they are kept until their scope ends.
    pub(crate) kept: Vec<VarId>,
    /// Variables that have been moved if their types say so.
    pub(crate) trusted: BTreeSet<(VarId, Trust)>,
    endings: Endings<'b>,
    /// Captured variables that may be dropped before their scope ends.
    pub(crate) early: BTreeSet<VarId>,
    /// Captured variables that stay in their slots although nothing needs them.
    pub(crate) lasting: BTreeSet<VarId>,
    /// Slots whose variables have a place beside them.
    places: BTreeSet<VarId>,
    /// Variables that rest in slots although they are borrowed across a point.
    pub(crate) roots: BTreeSet<VarId>,
    pub(crate) temporaries: Temporaries,
    tails: Tails,
    /// How many places temporaries at the ends of blocks have.
    tail_places: usize,
    /// Whether the code depends on the edition.
    pub(crate) asks_edition: bool,
    pub(crate) errors: Errors,
}

impl<'b> Lower<'b> {
    pub(crate) fn new(body: &'b Body, live: &'b Liveness, classes: &'b Classes) -> Self {
        let endings = Endings::find(body);
        Lower {
            body,
            live,
            classes,
            labels: 0,
            held: Vec::new(),
            seen: Vec::new(),
            kept: Vec::new(),
            trusted: endings.trusted(live),
            endings,
            early: BTreeSet::new(),
            lasting: BTreeSet::new(),
            places: BTreeSet::new(),
            roots: BTreeSet::new(),
            temporaries: Temporaries::default(),
            tails: Tails::default(),
            tail_places: 0,
            asks_edition: false,
            errors: Errors::default(),
        }
    }

    pub(crate) fn lower(&mut self) -> TokenStream {
        let exit = Lifetime::new(SUSPENDED, Span::call_site());
        let body = self.body;
        self.closed(&body.block, &exit)
    }

    fn label(&mut self, what: &str) -> Lifetime {
        self.labels += 1;
        Lifetime::new(
            &format!("'__hicam_{what}_{}", self.labels),
            Span::call_site(),
        )
    }

    fn ident(&self, var: VarId) -> &'b Ident {
        &self.body.vars[var].ident
    }

    /// Whether a variable is in its slot when a stretch of code begins.
    fn rests(&self, var: VarId) -> bool {
        self.classes.of[var].is_slot() && !self.held.iter().any(|(held, _)| *held == var)
    }

    fn slot(&self, var: VarId) -> Ident {
        format_ident!("__hicam_slot_{}_{}", var, self.ident(var))
    }

    /// A unit's statements, of which later units get the variables `given`.
    fn statements(&mut self, unit: &Unit<'_>, given: &[VarId]) -> TokenStream {
        let segment = self.unit_segment(unit, None);
        let statements = self.simples(unit, &segment, given);
        let Segment {
            prelude, postlude, ..
        } = segment;
        quote!(#prelude #statements #postlude)
    }

    fn simples(&mut self, unit: &Unit<'_>, segment: &Segment, given: &[VarId]) -> TokenStream {
        let mut tokens = self.given(unit, given, 0);
        for (at, simple) in unit.simples.iter().enumerate() {
            // `let x;` of a variable that is assigned in other units: its slot is declared, with the type they give.
            let elsewhere = |var: &VarId| {
                !self.body.vars[*var].initialised
                    && self.classes.of[*var].is_slot()
                    && !unit.simples[at..]
                        .iter()
                        .any(|later| later.stmt.mentions.contains(var))
            };
            if simple.declares.is_empty() || !simple.declares.iter().all(elsewhere) {
                tokens.extend(self.simple(simple, &segment.taken));
            }
            tokens.extend(self.given(unit, given, at + 1));
        }
        tokens
    }

    /// What goes with the variables that a unit gives to later ones after its statement number `at`.
    fn given(&self, unit: &Unit<'_>, given: &[VarId], at: usize) -> TokenStream {
        let mut tokens = TokenStream::new();
        if !given.is_empty() {
            tokens.extend(self.type_slots(unit, at));
            tokens.extend(self.keep(unit, given, at));
        }
        tokens
    }

    fn simple(&mut self, simple: &Simple, taken: &[VarId]) -> TokenStream {
        let see = self.see(&simple.declares);
        match &simple.stmt.code {
            Statement::User(stmt) | Statement::Part(stmt) | Statement::Item(stmt, _) => {
                let mut stmt = stmt.clone();
                if let Stmt::Local(local) = &mut stmt
                    && let Some(init) = &mut local.init
                {
                    match &simple.stmt.code {
                        Statement::Part(_) => self.part_value(&mut init.expr),
                        Statement::Item(_, left) => self.item_value(&mut init.expr, left),
                        _ => {}
                    }
                }
                self.jumps(taken).visit_stmt_mut(&mut stmt);
                self.reassignable(&mut stmt, &simple.declares);
                // A statement that was not the last may have become one by cutting.
                let semi = matches!(stmt, Stmt::Expr(_, None)).then(|| quote!(;));
                quote!(#stmt #semi #see)
            }
            Statement::Bind { pat, name, option } => {
                let suspended = Lifetime::new(SUSPENDED, Span::call_site());
                quote! {
                    let ::core::option::Option::Some(#pat) = #option else {
                        __hicam_stack.missing(#name, &__HICAM_INFO);
                        break #suspended;
                    };
                    #see
                }
            }
            Statement::Always(code) => code.clone(),
            Statement::Generated(code) => code.clone(),
            // What a method may own rests in its slot.
            Statement::Ends(var) if self.rests(*var) => {
                let slot = self.slot(*var);
                quote!(#slot = ::core::option::Option::None;)
            }
            Statement::Ends(_) => TokenStream::new(),
            Statement::Judged(var) => {
                let ident = self.ident(*var);
                let handle = self.temporaries.variable(ident.span());
                quote!(if false { ::hicam::__private::diverge(); #handle.value(&#ident); })
            }
        }
    }

    /// Notes the types of variables that are dropped before their scope ends in the source.
    fn see(&mut self, declares: &[VarId]) -> TokenStream {
        let mut tokens = TokenStream::new();
        for &var in declares {
            let facts = &self.body.vars[var];
            let watched = matches!(
                self.classes.of[var],
                Class::Transient | Class::Slot { captured: false }
            );
            let idle = self.classes.of[var] == Class::Idle;
            let mut trusts = self.trusted.iter().filter(|(trusted, _)| *trusted == var);
            let called = trusts.clone().any(|(_, trust)| *trust == Trust::Call);
            let trusted = trusts.any(|(_, trust)| *trust != Trust::Call);
            if called {
                // Its type may name what it borrows, and must not outlive that.
                let (ident, span) = (&facts.ident, variable_span(self.body, var));
                let judged = quote_spanned!(span=> ::hicam::__private::called(&#ident););
                tokens.extend(if facts.initialised {
                    judged
                } else {
                    quote!(if false { #ident = ::hicam::__private::any(); #judged })
                });
            }
            let seen = idle || watched && !facts.copy && !self.classes.gone[var];
            if seen || trusted && !self.classes.of[var].is_captured() {
                let (ident, handle) = (&facts.ident, handle(var));
                tokens.extend(if facts.initialised {
                    quote!(#handle.see(&#ident);)
                } else {
                    // It has no value yet: its type is that of one it never gets.
                    quote!(if false { #ident = #handle.never(); })
                });
            }
            if idle {
                self.kept.push(var);
            } else if seen {
                self.seen.push(var);
            }
        }
        tokens
    }

    /// `let x;` → `let mut x;`, where its type is noted by an assignment.
    fn reassignable(&self, stmt: &mut Stmt, declares: &[VarId]) {
        let deferred = |var: &VarId| !self.body.vars[*var].initialised;
        let Stmt::Local(local) = stmt else { return };
        if !declares.iter().all(deferred) {
            return;
        }
        let pat = match &mut local.pat {
            syn::Pat::Type(typed) => &mut *typed.pat,
            pat => pat,
        };
        if let syn::Pat::Ident(ident) = pat {
            ident.mutability = Some(Default::default());
        }
    }

    fn jumps<'j>(&'j mut self, taken: &'j [VarId]) -> Jumps<'j, 'b> {
        Jumps { lower: self, taken }
    }

    fn expr(&mut self, code: &Code<Expr>, taken: &[VarId]) -> TokenStream {
        let expr = self.completed(code, taken);
        quote!(#expr)
    }

    /// User code with its jumps completed.
    fn completed(&mut self, code: &Code<Expr>, taken: &[VarId]) -> Expr {
        let mut expr = code.code.clone();
        self.jumps(taken).visit_expr_mut(&mut expr);
        expr
    }

    /// Code as an expression of its own.
    fn code(&mut self, code: &Code<Expr>) -> TokenStream {
        let segment = self.segment(&code.mentions, code.before, code.after);
        let expr = self.expr(code, &segment.taken);
        let Segment {
            prelude, postlude, ..
        } = segment;
        if prelude.is_empty() && postlude.is_empty() {
            return expr;
        }
        if postlude.is_empty() {
            return quote!({ #prelude #expr });
        }
        quote!({ #prelude let __hicam_result = #expr; #postlude __hicam_result })
    }

    fn lead_statement(&mut self, lead: &Lead, exit: &Lifetime) -> TokenStream {
        let value = self.lead_value(lead, exit);
        let see = self.see(&lead.declares);
        match &lead.pat {
            Some((pat, ty)) => {
                let ty = ty.as_ref().map(|ty| quote!(: #ty));
                quote!(let #pat #ty = #value; #see)
            }
            None => quote!(#value;),
        }
    }

    fn lead_value(&mut self, lead: &Lead, exit: &Lifetime) -> TokenStream {
        let node = self.lead_node(lead, exit);
        match &lead.post {
            None => node,
            Some(post) => {
                let temp = &post.temp;
                let code = if post.part {
                    let part = self.part(temp, &post.code);
                    self.code(&part)
                } else {
                    self.code(&post.code)
                };
                quote!({ let mut #temp = #node; #code })
            }
        }
    }
}

/// The identifier that stands for a variable's captured value.
pub(crate) fn handle(var: VarId) -> Ident {
    format_ident!("__hicam_var_{var}")
}

/// Where the compiler is to point when it says something of a variable's type.
pub(crate) fn variable_span(body: &Body, var: VarId) -> Span {
    body.vars[var].ident.span().resolved_at(Span::call_site())
}

/// As [`handle`], at the variable's place.
pub(crate) fn handle_at(body: &Body, var: VarId) -> Ident {
    let mut handle = handle(var);
    handle.set_span(variable_span(body, var));
    handle
}
