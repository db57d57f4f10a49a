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
//!     let (x,) = if pc <= 7 { LEAD; b; (x,) } else { (restore(x),) };
//!     'exit: {
//!         …                        // the units after it, which leave by `break 'exit` when suspended
//!         break 'value tail;
//!     }
//!     save(x);
//!     break 'outer_exit;
//! }
//! ```

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::visit_mut::VisitMut;
use syn::{Expr, Lifetime, Stmt};

use crate::classify::{Class, Classes, Unit, units};
use crate::effects::JUMP;
use crate::errors::Errors;
use crate::ir::{
    Await, Block, Body, Code, If, Lead, Loop, Mark, Match, Node, Simple, Statement, Tail, VarId,
};
use crate::liveness::Liveness;

/// The label of the whole body's exit.
pub(crate) const SUSPENDED: &str = "'__hicam_suspended";

pub(crate) struct Lower<'b> {
    body: &'b Body,
    live: &'b Liveness,
    classes: &'b Classes,
    labels: usize,
    /// Variables whose type is noted so that their early drop can be judged.
    pub(crate) seen: Vec<VarId>,
    pub(crate) errors: Errors,
}

/// The slots that a stretch of code takes and puts back.
struct Segment {
    prelude: TokenStream,
    postlude: TokenStream,
    taken: Vec<VarId>,
}

impl<'b> Lower<'b> {
    pub(crate) fn new(body: &'b Body, live: &'b Liveness, classes: &'b Classes) -> Self {
        Lower {
            body,
            live,
            classes,
            labels: 0,
            seen: Vec::new(),
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

    fn slot(&self, var: VarId) -> Ident {
        format_ident!("__hicam_slot_{}_{}", var, self.ident(var))
    }

    /// A block as an expression; `exit` is where its suspended paths go.
    fn block(&mut self, block: &Block, exit: &Lifetime) -> TokenStream {
        let items = &block.items;
        let units = units(block, &self.classes.splits);
        if block.has_points() {
            let value = self.label("value");
            let rest = self.units(&units, exit, Some(&value));
            quote!(#value: { #(#items)* #rest })
        } else {
            let rest = self.units(&units, exit, None);
            quote!({ #(#items)* #rest })
        }
    }

    /// The units of a block from some unit on; its value leaves by `break 'value`, or is the tail of a block without
    /// points.

    fn units(
        &mut self,
        units: &[Unit<'_>],
        exit: &Lifetime,
        value: Option<&Lifetime>,
    ) -> TokenStream {
        let Some((unit, rest)) = units.split_first() else {
            return TokenStream::new();
        };
        if rest.is_empty() {
            return self.last_unit(unit, exit, value);
        }
        if unit.is_always() {
            let statements = self.statements(unit);
            let rest = self.units(rest, exit, value);
            return quote!(#statements #rest);
        }
        let (direct, slots) = self.declared(unit);
        let lead = unit.lead.map(|lead| self.lead_statement(lead, exit));
        let statements = self.statements(unit);
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
        let slot_idents: Vec<_> = slots.iter().map(|&var| self.slot(var)).collect();

        if direct.is_empty() && captured_slots.is_empty() {
            let rest = self.units(rest, exit, value);
            return quote! {
                #(let mut #slot_idents = ::core::option::Option::None;)*
                if #normal { #lead #statements #park }
                #rest
            };
        }
        let inner = self.label("exit");
        let rest = self.units(rest, &inner, value);
        let idents: Vec<_> = direct.iter().map(|&var| self.ident(var)).collect();
        let muts = direct
            .iter()
            .map(|&var| self.body.vars[var].mutable.then(|| quote!(mut)));
        let restores = direct.iter().map(|&var| self.restore(var, exit));
        let restore_slots = captured_slots.iter().map(|&var| {
            let (slot, handle) = (self.slot(var), handle(var));
            quote!(#slot = __hicam_stack.restore_slot(&#handle);)
        });
        let saves = direct.iter().map(|&var| {
            let (ident, handle) = (self.ident(var), handle(var));
            quote!(__hicam_stack.save(&#handle, #ident);)
        });
        let save_slots = captured_slots.iter().map(|&var| {
            let (slot, handle) = (self.slot(var), handle(var));
            quote!(__hicam_stack.save_slot(&#handle, #slot);)
        });
        quote! {
            #(let mut #slot_idents = ::core::option::Option::None;)*
            let (#(#muts #idents,)*) = if #normal {
                #lead #statements #park
                (#(#idents,)*)
            } else {
                #(#restore_slots)*
                (#(#restores,)*)
            };
            #inner: { #rest }
            #(#saves)*
            #(#save_slots)*
            break #exit;
        }
    }

    /// Nothing after it can be resumed into: no arms are needed.
    fn last_unit(
        &mut self,
        unit: &Unit<'_>,
        exit: &Lifetime,
        value: Option<&Lifetime>,
    ) -> TokenStream {
        let give = |tail: TokenStream| match value {
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
                let statements = self.simples(unit, &segment);
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
                let statements = self.statements(unit);
                let end = give(quote!(()));
                quote!(#lead #statements #end)
            }
        }
    }

    /// The direct and slot variables that a unit declares.
    fn declared(&self, unit: &Unit<'_>) -> (Vec<VarId>, Vec<VarId>) {
        let lead = unit.lead.into_iter().flat_map(|lead| lead.declares.iter());
        let simples = unit
            .simples
            .iter()
            .flat_map(|simple| simple.declares.iter());
        let mut direct = Vec::new();
        let mut slots = Vec::new();
        for &var in lead.chain(simples) {
            match self.classes.of[var] {
                // A shadowed variable of the same unit is out of reach, and live nowhere.
                Class::Direct => {
                    direct.retain(|&other: &VarId| self.ident(other) != self.ident(var));
                    direct.push(var);
                }
                Class::Slot { .. } => slots.push(var),
                _ => {}
            }
        }
        (direct, slots)
    }

    /// Puts the slots that a unit declares into their `Option`s at the unit's end.
    fn park(&self, unit: &Unit<'_>, slots: &[VarId]) -> TokenStream {
        let Some(after) = unit
            .simples
            .last()
            .map(|simple| simple.stmt.after)
            .or(unit.lead.map(|lead| lead.after))
        else {
            return TokenStream::new();
        };
        let live = slots
            .iter()
            .copied()
            .filter(|&var| self.live.at_mark(after, var));
        live.map(|var| self.put(var)).collect()
    }

    fn put(&self, var: VarId) -> TokenStream {
        let (slot, ident) = (self.slot(var), self.ident(var));
        quote!(#slot = ::core::option::Option::Some(#ident);)
    }

    fn take(&self, var: VarId, exit: Option<&Lifetime>) -> TokenStream {
        let (slot, ident, name) = (self.slot(var), self.ident(var), &self.body.vars[var].name);
        let suspended = Lifetime::new(SUSPENDED, Span::call_site());
        let exit = exit.unwrap_or(&suspended);
        quote! {
            let ::core::option::Option::Some(mut #ident) = #slot.take() else {
                __hicam_stack.missing(#name, &__HICAM_INFO);
                break #exit;
            };
        }
    }

    fn restore(&self, var: VarId, exit: &Lifetime) -> TokenStream {
        let handle = handle(var);
        quote! {
            match __hicam_stack.restore(&#handle, &__HICAM_INFO) {
                ::core::option::Option::Some(__hicam_restored) => __hicam_restored,
                ::core::option::Option::None => break #exit,
            }
        }
    }

    /// The slots that code between two marks takes and puts back.
    fn segment(&self, mentions: &[VarId], before: Mark, after: Mark) -> Segment {
        let mut segment = Segment {
            prelude: TokenStream::new(),
            postlude: TokenStream::new(),
            taken: Vec::new(),
        };
        for &var in mentions {
            if !self.classes.of[var].is_slot() {
                continue;
            }
            let ident = self.ident(var);
            segment.prelude.extend(if self.live.at_mark(before, var) {
                self.take(var, None)
            } else {
                quote!(let mut #ident;)
            });
            if self.live.at_mark(after, var) {
                segment.postlude.extend(self.put(var));
            }
            segment.taken.push(var);
        }
        segment
    }

    /// The segment of a unit's simple statements, and of the block's value if that is code.
    fn unit_segment(&self, unit: &Unit<'_>, tail: Option<&Code<Expr>>) -> Segment {
        let own: Vec<VarId> = unit
            .lead
            .into_iter()
            .flat_map(|lead| &lead.declares)
            .chain(unit.simples.iter().flat_map(|simple| &simple.declares))
            .copied()
            .collect();
        let mut mentions: Vec<VarId> = Vec::new();
        let all = unit
            .simples
            .iter()
            .flat_map(|simple| &simple.stmt.mentions)
            .chain(tail.into_iter().flat_map(|code| &code.mentions));
        for &var in all {
            if !own.contains(&var) && !mentions.contains(&var) {
                mentions.push(var);
            }
        }
        let before = unit
            .simples
            .first()
            .map(|simple| simple.stmt.before)
            .or(tail.map(|code| code.before));
        let after = tail
            .map(|code| code.after)
            .or(unit.simples.last().map(|simple| simple.stmt.after));
        match (before, after) {
            (Some(before), Some(after)) => self.segment(&mentions, before, after),
            _ => self.segment(&[], 0, 0),
        }
    }

    fn statements(&mut self, unit: &Unit<'_>) -> TokenStream {
        let segment = self.unit_segment(unit, None);
        let statements = self.simples(unit, &segment);
        let Segment {
            prelude, postlude, ..
        } = segment;
        quote!(#prelude #statements #postlude)
    }

    fn simples(&mut self, unit: &Unit<'_>, segment: &Segment) -> TokenStream {
        let mut tokens = TokenStream::new();
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
        }
        tokens
    }

    fn simple(&mut self, simple: &Simple, taken: &[VarId]) -> TokenStream {
        let see = self.see(&simple.declares);
        match &simple.stmt.code {
            Statement::User(stmt) => {
                let mut stmt = stmt.clone();
                self.jumps(taken).visit_stmt_mut(&mut stmt);
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
            if watched && facts.initialised && !facts.copy && !self.classes.moved[var] {
                let (ident, handle) = (&facts.ident, handle(var));
                tokens.extend(quote!(#handle.see(&#ident);));
                self.seen.push(var);
            }
        }
        tokens
    }

    fn jumps<'j>(&'j mut self, taken: &'j [VarId]) -> Jumps<'j, 'b> {
        Jumps { lower: self, taken }
    }

    fn expr(&mut self, code: &Code<Expr>, taken: &[VarId]) -> TokenStream {
        let mut expr = code.code.clone();
        self.jumps(taken).visit_expr_mut(&mut expr);
        quote!(#expr)
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
                let code = self.code(&post.code);
                quote!({ let #temp = #node; #code })
            }
        }
    }

    fn node(&mut self, node: &Node, exit: &Lifetime) -> TokenStream {
        match node {
            Node::Check(point) => {
                let check = check(*point, exit);
                quote!({ if __hicam_pc == #point { __hicam_pc = 0; } #check })
            }
            Node::Await(call) => self.await_node(call, exit),
            Node::If(branch) => self.if_node(branch, exit),
            Node::Match(choice) => self.match_node(choice, exit),
            Node::Loop(repeat) => self.loop_node(repeat, exit),
            Node::Block(block) => self.block(block, exit),
        }
    }

    /// ```text
    /// f(a, &mut b).await          // points 3 (before) and 4 (in the call)
    /// ```
    /// →
    /// ```text
    /// { if pc == 3 { pc = 0 }
    ///   if pc == 0 && flagged() && suspend_at(3) { break 'exit }
    ///   let tag = Tag::new();
    ///   let flow = if pc != 4 { Site(tag.of(f(a, &mut b))).drive(stack).await }
    ///              else { pc = 0; Site((&&tag).resumer2()(Resumed, &mut b)).drive(stack).await };
    ///   match flow { Done(value) => value, Suspended => { suspended_in_call(4); break 'exit } } }
    /// ```
    fn await_node(&mut self, call: &Await, exit: &Lifetime) -> TokenStream {
        let before = call.before.map(|point| {
            let check = check(point, exit);
            quote!(if __hicam_pc == #point { __hicam_pc = 0; } if __hicam_pc == 0 { #check })
        });
        let point = call.in_call;
        // Slots that the call holds while it is in progress are taken on both paths and put back afterwards; others
        // are taken on the fresh path only.
        let (mut around, mut fresh, mut declare, mut back) = (
            TokenStream::new(),
            TokenStream::new(),
            TokenStream::new(),
            TokenStream::new(),
        );
        let mut taken = Vec::new();
        for &var in call
            .operand
            .mentions
            .iter()
            .filter(|&&var| self.classes.of[var].is_slot())
        {
            let (ident, slot, name) = (self.ident(var), self.slot(var), &self.body.vars[var].name);
            if self.live.at_point(point, var) {
                around.extend(self.take(var, Some(exit)));
                back.extend(self.put(var));
            } else if self.live.at_mark(call.operand.before, var) {
                declare.extend(quote!(let mut #ident;));
                fresh.extend(quote! {
                    #ident = match #slot.take() {
                        ::core::option::Option::Some(__hicam_taken) => __hicam_taken,
                        ::core::option::Option::None => { __hicam_stack.missing(#name, &__HICAM_INFO); break #exit }
                    };
                });
            } else {
                declare.extend(quote!(let mut #ident;));
            }
            taken.push(var);
        }
        let operand = self.expr(&call.operand, &taken);
        let resumer = format_ident!("resumer{}", call.resume.len(), span = call.span);
        let resume = &call.resume;
        let span = call.span;
        // The whole call is one expression, so that its temporaries live as long as in the source. It has the span of
        // the `.await`, so that what rustc says about the call points there.
        let fresh_call = quote_spanned!(span=> (&mut &mut ::hicam::__private::Site(__hicam_tag.of(#operand))).drive(__hicam_stack).await);
        let resumed_call = quote_spanned!(span=>
            (&mut &mut ::hicam::__private::Site((&&__hicam_tag).#resumer()(#(#resume),*))).drive(__hicam_stack).await
        );
        quote! {{
            #[allow(unused_imports)]
            use ::hicam::__private::{Annotated as _, DriveAnnotated as _, DriveForeign as _, ForeignResumer as _};
            #before
            __hicam_stack.at(&__HICAM_INFO, #point);
            #around
            #declare
            let __hicam_tag = ::hicam::__private::Tag::new();
            let __hicam_flow = if __hicam_pc != #point {
                #fresh
                #fresh_call
            } else {
                __hicam_pc = 0;
                #resumed_call
            };
            #back
            match __hicam_flow {
                ::hicam::__private::Flow::Done(__hicam_done) => __hicam_done,
                ::hicam::__private::Flow::Suspended => {
                    __hicam_stack.suspended_in_call(#point);
                    break #exit
                }
            }
        }}
    }

    /// ```text
    /// if cond { A } else { B }    // points 3 to 5 in A
    /// ```
    /// →
    /// ```text
    /// if (if pc == 0 { cond } else { 3 <= pc && pc <= 5 }) { A } else { B }
    /// ```
    fn if_node(&mut self, branch: &If, exit: &Lifetime) -> TokenStream {
        let cond = self.code(&branch.cond);
        let resumed = within(branch.then.points);
        let then = self.block(&branch.then, exit);
        let otherwise = branch.otherwise.as_ref().map(|otherwise| {
            let otherwise = self.block(otherwise, exit);
            quote!(else { #otherwise })
        });
        quote!(if (if __hicam_pc == 0 { #cond } else { #resumed }) { #then } #otherwise)
    }

    fn match_node(&mut self, choice: &Match, exit: &Lifetime) -> TokenStream {
        let select = self.code(&choice.select);
        let carriers = &choice.carriers;
        let (mut resumed, mut arms) = (TokenStream::new(), TokenStream::new());
        for (number, arm) in (0u32..).zip(&choice.arms) {
            if arm.has_points() {
                let (first, last) = arm.points;
                resumed.extend(quote!(#first..=#last => #number,));
            }
            let pattern = if number as usize + 1 == choice.arms.len() {
                quote!(_)
            } else {
                quote!(#number)
            };
            let block = self.block(arm, exit);
            arms.extend(quote!(#pattern => { #block }));
        }
        // A binding of an arm that is re-entered is restored by the arm; here nothing is carried.
        quote! {{
            #(let mut #carriers = ::core::option::Option::None;)*
            let __hicam_arm: u32 = if __hicam_pc == 0 { #select } else { match __hicam_pc { #resumed _ => 0 } };
            match __hicam_arm { #arms }
        }}
    }

    fn loop_node(&mut self, repeat: &Loop, exit: &Lifetime) -> TokenStream {
        let label = &repeat.label;
        let body = self.block(&repeat.body, exit);
        let Some(head) = repeat.head else {
            return quote!({ #label: loop { #body } });
        };
        let check = check(head, exit);
        let check = if repeat.body.has_points() {
            quote!(if __hicam_pc == 0 { #check })
        } else {
            check
        };
        // Going on from the head is entering the loop anew.
        quote! {{
            if __hicam_pc == #head { __hicam_pc = 0; }
            #label: loop { #check #body }
        }}
    }
}

/// The identifier that stands for a variable's captured value.
pub(crate) fn handle(var: VarId) -> Ident {
    format_ident!("__hicam_var_{var}")
}

fn check(point: u32, exit: &Lifetime) -> TokenStream {
    quote!(if __hicam_stack.flagged() && __hicam_stack.suspend_at(#point) { break #exit; })
}

fn within((first, last): (u32, u32)) -> TokenStream {
    if first > last {
        quote!(false)
    } else {
        quote!((#first..=#last).contains(&__hicam_pc))
    }
}

/// Completes the jumps out of a stretch of code: what it has taken and the target needs is put back.
struct Jumps<'j, 'b> {
    lower: &'j mut Lower<'b>,
    taken: &'j [VarId],
}

impl VisitMut for Jumps<'_, '_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        syn::visit_mut::visit_expr_mut(self, expr);
        if let Expr::Macro(invocation) = expr
            && invocation.mac.path.is_ident(JUMP)
            && let Ok((mark, jump)) = parse_jump(&invocation.mac)
        {
            *expr = self.complete(mark, jump);
        }
    }

    fn visit_macro_mut(&mut self, mac: &mut syn::Macro) {
        use syn::parse::Parser as _;
        type Args = syn::punctuated::Punctuated<Expr, syn::Token![,]>;
        // Jumps inside the arguments of the user's own macros.
        if !mac.path.is_ident(JUMP)
            && mac.tokens.to_string().contains(JUMP)
            && let Ok(mut args) = Args::parse_terminated.parse2(mac.tokens.clone())
        {
            args.iter_mut().for_each(|arg| self.visit_expr_mut(arg));
            mac.tokens = quote!(#args);
        }
    }
}

impl Jumps<'_, '_> {
    fn complete(&mut self, mark: Mark, mut jump: Expr) -> Expr {
        // The jump's value may itself contain a jump.
        syn::visit_mut::visit_expr_mut(self, &mut jump);
        let lower = &mut *self.lower;
        let mut puts = TokenStream::new();
        for &var in self.taken {
            if !lower.live.at_mark(mark, var) {
                continue;
            }
            let visible = lower
                .body
                .jumps
                .iter()
                .find(|(at, _)| *at == mark)
                .map_or(&[][..], |(_, visible)| visible);
            let innermost = visible
                .iter()
                .rev()
                .find(|&&other| lower.ident(other) == lower.ident(var));
            if innermost != Some(&var) {
                let message = format!(
                    "`{}` is hidden by another variable of that name at this jump: rename one of them",
                    lower.ident(var)
                );
                lower.errors.at(&jump, message);
            }
            puts.extend(lower.put(var));
        }
        if puts.is_empty() {
            return jump;
        }
        // The jump's value is computed before the variables are given back.
        if let Expr::Break(jump) = &mut jump
            && let Some(value) = jump.expr.take()
        {
            jump.expr = Some(syn::parse_quote!(__hicam_broken));
            return syn::parse_quote!({ let __hicam_broken = #value; #puts #jump });
        }
        syn::parse_quote!({ #puts #jump })
    }
}

fn parse_jump(mac: &syn::Macro) -> syn::Result<(Mark, Expr)> {
    mac.parse_body_with(|input: syn::parse::ParseStream<'_>| {
        let mark: syn::LitInt = input.parse()?;
        input.parse::<syn::Token![;]>()?;
        Ok((mark.base10_parse()?, input.parse()?))
    })
}
