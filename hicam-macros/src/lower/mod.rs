//! From the intermediate representation to Rust: one piece of output for each piece of source, so the output grows
//! linearly.
//!
//! `__hicam_pc` is 0 on the normal path, and the number of the point to go on from while a frame is re-entered. A block
//!
//! ```text
//! { a; LEAD; b; tail }            // a, b: simple statements; LEAD contains points 3 to 7; b declares x
//! ```
//! becomes
//! ```text
//! 'value: {
//!     if pc == 0 { a }
//!     let (x,) = if pc <= 7 { LEAD; b; (x,) } else { restore((x,)) };
//!     'exit: {
//!         …                        // the units after it, which leave by `break 'exit` when suspended
//!         break 'value tail;
//!     }
//!     save(x);
//!     break 'outer_exit;
//! }
//! ```

mod again;
mod concurrent;
mod guards;
mod jumps;
mod nodes;
mod receivers;
mod sites;
mod slots;
mod temporaries;

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::visit_mut::VisitMut;
use syn::{Expr, Lifetime, Stmt};

use crate::classify::{Class, Classes, Unit, units};
use crate::endings::Endings;
use crate::errors::Errors;
use crate::ir::{Block, Body, Code, JumpTarget, Lead, Simple, Statement, Tail, VarId};
use crate::liveness::Liveness;
use jumps::Jumps;
use slots::Segment;
use temporaries::Temporaries;

/// The label of the whole body's exit.
pub(crate) const SUSPENDED: &str = "'__hicam_suspended";

/// How a block gives its value.
#[derive(Clone, Copy)]
struct Ending<'l> {
    /// By a jump, in a block with points.
    label: Option<&'l Lifetime>,
    /// Its end is not reached.
    diverges: bool,
}

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
    endings: Endings<'b>,
    /// Captured variables that may be dropped before their scope ends.
    pub(crate) early: BTreeSet<VarId>,
    /// Captured variables that stay in their slots although nothing needs them.
    pub(crate) lasting: BTreeSet<VarId>,
    /// Variables that rest in slots although they are borrowed across a point.
    pub(crate) roots: BTreeSet<VarId>,
    pub(crate) temporaries: Temporaries,
    pub(crate) errors: Errors,
}

impl<'b> Lower<'b> {
    pub(crate) fn new(body: &'b Body, live: &'b Liveness, classes: &'b Classes) -> Self {
        Lower {
            body,
            live,
            classes,
            labels: 0,
            held: Vec::new(),
            seen: Vec::new(),
            kept: Vec::new(),
            endings: Endings::find(body),
            early: BTreeSet::new(),
            lasting: BTreeSet::new(),
            roots: BTreeSet::new(),
            temporaries: Temporaries::default(),
            errors: Errors::default(),
        }
    }

    pub(crate) fn lower(&mut self) -> TokenStream {
        let exit = Lifetime::new(SUSPENDED, Span::call_site());
        let body = self.body;
        self.block(&body.block, &exit)
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

    /// A block as an expression; `exit` is where its suspended paths go.
    fn block(&mut self, block: &Block, exit: &Lifetime) -> TokenStream {
        let items = &block.items;
        let units = units(block, &self.classes.splits);
        if block.has_points() {
            let value = self.label("value");
            let ending = Ending {
                label: Some(&value),
                diverges: block.diverges,
            };
            let rest = self.units(&units, exit, ending);
            quote!(#value: { #(#items)* #rest })
        } else {
            let ending = Ending {
                label: None,
                diverges: block.diverges,
            };
            let rest = self.units(&units, exit, ending);
            quote!({ #(#items)* #rest })
        }
    }

    /// The units of a block from some unit on; its value leaves by `break 'value`, or is the tail of a block without
    /// points.
    fn units(&mut self, units: &[Unit<'_>], exit: &Lifetime, value: Ending<'_>) -> TokenStream {
        let Some((unit, rest)) = units.split_first() else {
            return TokenStream::new();
        };
        if rest.is_empty() {
            return self.last_unit(unit, exit, value);
        }
        if unit.is_always() {
            let statements = self.statements(unit, &[]);
            let rest = self.units(rest, exit, value);
            return quote!(#statements #rest);
        }
        let (direct, slots) = self.declared(unit);
        let lead = unit.lead.map(|lead| self.lead_statement(lead, exit));
        let given = [&direct[..], &slots[..]].concat();
        let statements = self.statements(unit, &given);
        let park = self.park(unit, &slots);
        let last = unit.lead.map_or(0, |lead| lead.last);
        let normal = if last == 0 {
            quote!(__hicam_pc == 0)
        } else {
            quote!(__hicam_pc <= #last)
        };
        let captured_slots: Vec<_> = slots
            .iter()
            .copied()
            .filter(|&var| self.classes.of[var].is_captured())
            .collect();
        let again = self.again(unit, last);
        if direct.is_empty() && captured_slots.is_empty() {
            let declare_slots = self.declare_slots(&slots);
            let rest = self.units(rest, exit, value);
            let otherwise = (!again.is_empty()).then(|| quote!(else { #again }));
            return quote! {
                #declare_slots
                if #normal { #lead #statements #park } #otherwise
                #rest
            };
        }
        let inner = self.label("exit");
        let rest = self.units(rest, &inner, value);
        let idents: Vec<_> = direct.iter().map(|&var| self.carrier(var)).collect();
        // The last that is declared is dropped first, so they are declared in the order of the source.
        let carried = unit.declares().into_iter();
        let carried = carried.filter(|var| slots.contains(var) || direct.contains(var));
        let carried: Vec<VarId> = carried.skip_while(|var| slots.contains(var)).collect();
        let (later, first): (Vec<VarId>, Vec<VarId>) =
            slots.iter().partition(|&var| carried.contains(var));
        let (declare_first, declare_later) =
            (self.declare_slots(&first), self.declare_slots(&later));
        let (targets, values): (Vec<_>, Vec<_>) =
            carried.iter().map(|&var| self.carried(var)).unzip();
        let restores = self.restore(&direct, exit);
        let restores = match later.is_empty() {
            true => restores,
            false => quote!(let (#(#idents,)*) = #restores; (#(#values,)*)),
        };
        let restore_slots = captured_slots.iter().map(|&var| {
            let (slot, handle) = (self.slot(var), handle_at(self.body, var));
            let restore = self.of_frame("restore_slot", var);
            quote_spanned!(handle.span()=> #slot = __hicam_stack.#restore(&#handle);)
        });
        let completes = direct
            .iter()
            .filter_map(|&var| self.body.vars[var].before_save.as_ref());
        let saves = direct.iter().map(|&var| {
            let (ident, handle) = (self.carrier(var), handle_at(self.body, var));
            if self.is_kept(var) {
                let save = self.of_frame("save_kept", var);
                quote!(__hicam_frame.#save(&#handle, #ident);)
            } else {
                let save = self.of_frame("save", var);
                quote_spanned!(handle.span()=> __hicam_frame.#save(&#handle, #ident);)
            }
        });
        let save_slots = captured_slots.iter().map(|&var| {
            let (slot, handle) = (self.slot(var), handle_at(self.body, var));
            let save = self.of_frame("save_slot", var);
            quote_spanned!(handle.span()=> __hicam_frame.#save(&#handle, #slot);)
        });
        quote! {
            #declare_first
            let (#(#targets,)*) = if #normal {
                #declare_later
                #lead #statements #park
                (#(#values,)*)
            } else {
                #declare_later
                #(#restore_slots)*
                #again
                #restores
            };
            #inner: { #rest }
            #(#completes)*
            __hicam_stack.save_all(move |__hicam_frame| {
                #(#saves)*
                #(#save_slots)*
            });
            break #exit;
        }
    }

    /// Nothing after it can be resumed into: no arms are needed.
    fn last_unit(
        &mut self,
        unit: &Unit<'_>,
        exit: &Lifetime,
        Ending { label, diverges }: Ending<'_>,
    ) -> TokenStream {
        let give = |tail: TokenStream| match label {
            Some(value) => quote!(break #value #tail;),
            None => tail,
        };
        match unit.tail {
            Some(Tail::Node(_)) => {
                let node = unit.lead.map(|lead| self.lead_value(lead, exit));
                give(quote!(#node))
            }
            Some(Tail::Code(code)) => {
                let lead = unit.lead.map(|lead| self.lead_statement(lead, exit));
                let segment = self.unit_segment(unit, Some(code));
                let statements = self.simples(unit, &segment, &[]);
                let tail = self.expr(code, &segment.taken);
                let Segment {
                    prelude, postlude, ..
                } = &segment;
                let tail = if postlude.is_empty() {
                    tail
                } else {
                    quote!({ let __hicam_tail = #tail; #postlude __hicam_tail })
                };
                let tail = give(tail);
                quote!(#lead #prelude #statements #tail)
            }
            _ => {
                let lead = unit.lead.map(|lead| self.lead_statement(lead, exit));
                let statements = self.statements(unit, &[]);
                let end = (!diverges).then(|| give(quote!(())));
                quote!(#lead #statements #end)
            }
        }
    }

    /// The variables that a unit declares: those that it gives to the units after it, and slots.
    fn declared(&mut self, unit: &Unit<'_>) -> (Vec<VarId>, Vec<VarId>) {
        let mut direct = Vec::new();
        let mut slots = Vec::new();
        for var in unit.declares() {
            match self.classes.of[var] {
                // A shadowed variable of the same unit is out of reach, and live nowhere.
                Class::Direct => {
                    direct.retain(|&other: &VarId| self.ident(other) != self.ident(var));
                    direct.push(var);
                }
                Class::Slot { .. } => slots.push(var),
                Class::Kept => {
                    self.kept.push(var);
                    direct.push(var);
                }
                _ => {}
            }
        }
        (direct, slots)
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
            Statement::User(stmt) | Statement::Part(stmt) => {
                let mut stmt = stmt.clone();
                if let (Statement::Part(_), Stmt::Local(local)) = (&simple.stmt.code, &mut stmt)
                    && let Some(init) = &mut local.init
                {
                    self.part_value(&mut init.expr);
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
            if watched && !facts.copy && !self.classes.gone[var] {
                let (ident, handle) = (&facts.ident, handle(var));
                tokens.extend(if facts.initialised {
                    quote!(#handle.see(&#ident);)
                } else {
                    // It has no value yet: its type is that of one it never gets.
                    quote!(if false { #ident = #handle.never(); })
                });
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
        let node = self.node(&lead.node, exit);
        match &lead.post {
            None => node,
            Some(post) => {
                let temp = &post.temp;
                let code = if post.part {
                    let part = self.part(&post.code);
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
