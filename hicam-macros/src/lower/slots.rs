//! Variables that rest in an `Option` between units, and those that are restored.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Expr, Lifetime};

use super::{Lower, SUSPENDED, handle, handle_at};
use crate::classify::{Class, Unit};
use crate::endings::Ending;
use crate::ir::{BorrowKind, Code, Mark, PointId, VarId};

/// The slots that a stretch of code takes and puts back.
pub(super) struct Segment {
    pub(super) prelude: TokenStream,
    pub(super) postlude: TokenStream,
    pub(super) taken: Vec<VarId>,
}
/// Slots that a call's operands mention: those that it holds while it is in progress are put back after it.
#[derive(Default)]
pub(super) struct Held {
    /// Before both paths.
    pub(super) around: TokenStream,
    /// Before both paths, without a value.
    pub(super) declare: TokenStream,
    /// Before the operands are evaluated.
    pub(super) fresh: TokenStream,
    /// After a call that was not resumed.
    pub(super) spent: TokenStream,
    /// Before the call is resumed.
    pub(super) resumed: TokenStream,
    /// After the call.
    pub(super) back: TokenStream,
}

impl Lower<'_> {
    /// Puts the slots that a unit declares into their `Option`s at the unit's end.
    pub(super) fn park(&mut self, unit: &Unit<'_>, slots: &[VarId]) -> TokenStream {
        let mut tokens = TokenStream::new();
        for &var in slots {
            if self.is_live_after(unit, var) {
                tokens.extend(self.park_one(var));
                continue;
            }
            let led = unit.lead.is_some_and(|lead| lead.declares.contains(&var));
            let first = unit.simples.first().map(|simple| simple.stmt.before);
            if let (Some(first), Some(end)) = (first.or(unit.end()), unit.end()) {
                tokens.extend(self.end(var, (first, end), led));
            }
        }
        tokens
    }

    /// What becomes of a variable that nothing needs after a stretch of code (`set` before it), though its scope goes on: it
    /// is put back, because the end of its scope is a use; if it may have been moved, its type must allow that it ends here.
    pub(super) fn end(
        &mut self,
        var: VarId,
        (before, after): (Mark, Mark),
        set: bool,
    ) -> TokenStream {
        if !self.lasts(var, after) {
            return self.late(var, (before, after), set);
        }
        match self.endings.between((before, after), var, set, self.live) {
            Ending::Whole => self.last(var),
            Ending::Gone => TokenStream::new(),
            Ending::Unknown => {
                self.early.insert(var);
                TokenStream::new()
            }
        }
    }

    /// What becomes of it where a jump leaves a stretch of code and goes to a place in its scope. If it is `borrowed` all the
    /// while, it is there.
    pub(super) fn leave(&mut self, var: VarId, jump: Mark, borrowed: bool) -> TokenStream {
        let ending = match borrowed {
            true => Ending::Whole,
            false => self.endings.at_mark(jump, var, self.live),
        };
        match ending {
            Ending::Whole if self.lasts(var, jump) => self.last(var),
            Ending::Unknown if self.lasts(var, jump) => {
                self.early.insert(var);
                TokenStream::new()
            }
            _ => TokenStream::new(),
        }
    }

    /// The same of what has got its value after its declaration, and is not captured: it is dropped here, which its type
    /// must allow.
    fn late(&mut self, var: VarId, (before, after): (Mark, Mark), set: bool) -> TokenStream {
        let facts = &self.body.vars[var];
        let judged = !facts.initialised
            && !facts.copy
            && self.classes.of[var] == Class::Slot { captured: false }
            && self.endings.in_scope_after(after, var)
            && self.endings.between((before, after), var, set, self.live) != Ending::Gone;
        if !judged {
            return TokenStream::new();
        }
        let (slot, handle) = (self.slot(var), handle(var));
        if !self.seen.contains(&var) {
            self.seen.push(var);
        }
        quote!(if false { #handle.see(&::hicam::__private::never(&#slot)); })
    }

    /// Whether a variable is not needed after a mark, nor is there a point in the rest of its scope, at whose end it is dropped.
    fn is_dropped_late(&self, var: VarId, after: Mark) -> bool {
        let facts = &self.body.vars[var];
        !facts.copy
            && !facts.made
            && self.reborrows(var).is_none()
            && !self.live.at_mark(after, var)
            && !self.endings.in_scope_after(after, var)
    }

    /// Whether a captured variable is in scope at a point after a mark, where nothing needs it.
    pub(super) fn lasts(&self, var: VarId, after: Mark) -> bool {
        let facts = &self.body.vars[var];
        matches!(
            self.classes.of[var],
            Class::Slot { captured: true } | Class::Idle
        ) && !facts.copy
            && !facts.made
            && self.reborrows(var).is_none()
            && !self.live.at_mark(after, var)
            && self.endings.in_scope_after(after, var)
    }

    /// Puts a variable back for the end of its scope.
    pub(super) fn last(&mut self, var: VarId) -> TokenStream {
        if self.classes.of[var] != Class::Idle {
            self.lasting.insert(var);
        }
        self.park_one(var)
    }

    /// Gives the slots of what the unit's statement number `at` has declared (0: its lead) their types, where nothing is
    /// put into them at the unit's end.
    pub(super) fn type_slots(&self, unit: &Unit<'_>, at: usize) -> TokenStream {
        let declared = match at.checked_sub(1) {
            Some(at) => &unit.simples[at].declares,
            None => match unit.lead {
                Some(lead) => &lead.declares,
                None => return TokenStream::new(),
            },
        };
        let typed = declared.iter().filter(|&&var| {
            self.classes.of[var].is_slot()
                && self.body.vars[var].initialised
                && !self.is_live_after(unit, var)
        });
        let typed = typed.map(|&var| {
            let (slot, ident) = (self.slot(var), self.ident(var));
            quote!(#slot = ::hicam::__private::empty(&#ident);)
        });
        typed.collect()
    }

    fn is_live_after(&self, unit: &Unit<'_>, var: VarId) -> bool {
        unit.end().is_some_and(|end| self.live.at_mark(end, var))
    }

    /// The `Option`s of slots, with the users' types where they wrote them.
    pub(super) fn declare_slots(&self, slots: &[VarId]) -> TokenStream {
        let declared = slots.iter().map(|&var| {
            let slot = self.slot(var);
            let ty = self.body.vars[var].ty.as_ref();
            let ty = ty.map(|ty| quote!(: ::core::option::Option<#ty>));
            quote!(let mut #slot #ty = ::core::option::Option::None;)
        });
        declared.collect()
    }

    /// A variable that a stretch of code assigns.
    pub(super) fn declare_late(&mut self, var: VarId) -> TokenStream {
        let typed = self.type_late(var);
        if self.has_place(var) {
            self.places.insert(var);
            return typed;
        }
        self.declare_apart(var)
    }

    /// A value that nothing needs, if there is one: what replaces it drops it.
    fn take_left(&self, var: VarId) -> TokenStream {
        if !self.has_place(var) || !self.classes.of[var].is_in_frames() {
            return TokenStream::new();
        }
        let (ident, slot) = (self.ident(var), self.slot(var));
        quote! {
            if let ::core::option::Option::Some(__hicam_left) = #slot.take() {
                #ident = __hicam_left;
            }
        }
    }

    /// The same, of a place that ends with the stretch of code.
    fn declare_apart(&self, var: VarId) -> TokenStream {
        let (ident, ty) = (self.ident(var), self.body.vars[var].ty.as_ref());
        let ty = ty.map(|ty| quote!(: #ty));
        let typed = self.type_late(var);
        let mutable = mutable(ident);
        quote!(let #mutable #ident #ty; #typed)
    }

    /// Its type is that of its slot, though nothing is ever taken from there.
    fn type_late(&self, var: VarId) -> TokenStream {
        let (ident, slot) = (self.ident(var), self.slot(var));
        quote!(if false { #ident = ::hicam::__private::never(&#slot); })
    }

    fn park_one(&self, var: VarId) -> TokenStream {
        let (slot, ident) = (self.slot(var), self.ident(var));
        quote!(#slot = ::core::option::Option::Some(#ident);)
    }

    pub(super) fn put(&self, var: VarId) -> TokenStream {
        if self.reborrows(var).is_some() {
            return TokenStream::new();
        }
        self.park_one(var)
    }

    /// A reference is used where it rests, so that what is borrowed through it may outlive the stretch of code.
    pub(super) fn reborrows(&self, var: VarId) -> Option<BorrowKind> {
        self.body.vars[var]
            .again
            .filter(|kind| *kind != BorrowKind::Unknown)
    }

    /// Takes a variable out of its slot.
    pub(super) fn take(&mut self, var: VarId, exit: Option<&Lifetime>) -> TokenStream {
        let suspended = Lifetime::new(SUSPENDED, Span::call_site());
        let exit = exit.unwrap_or(&suspended);
        if self.has_place(var) {
            self.places.insert(var);
            let slot = self.slot(var);
            return self.assign(var, &quote!(#slot.take()), exit);
        }
        self.take_apart(var, exit)
    }

    /// Takes a variable out of its slot, to a place that ends with the stretch of code.
    fn take_apart(&self, var: VarId, exit: &Lifetime) -> TokenStream {
        let (slot, ident, name) = (self.slot(var), self.ident(var), &self.body.vars[var].name);
        let (mutability, value) = match self.reborrows(var) {
            None => (Some(mutable(ident)), quote!(#slot.take())),
            Some(BorrowKind::Mutable) => (None, quote!(#slot.as_deref_mut())),
            Some(_) => (None, quote!(#slot)),
        };
        quote! {
            let ::core::option::Option::Some(#mutability #ident) = #value else {
                __hicam_stack.missing(#name, &__HICAM_INFO);
                break #exit;
            };
        }
    }

    /// Whether a slot's variable has a place beside the slot, where it is while code uses it. Whatever way is taken out of that
    /// code, it is dropped from there when its scope ends, and between the variables that it is declared between.
    fn has_place(&self, var: VarId) -> bool {
        let facts = &self.body.vars[var];
        self.classes.of[var].is_slot()
            && !facts.copy
            && !facts.made
            && self.reborrows(var).is_none()
    }

    /// The declaration of that place, if there is one.
    pub(super) fn place(&self, var: VarId) -> Option<TokenStream> {
        let (ident, ty) = (self.ident(var), self.body.vars[var].ty.as_ref());
        let ty = ty.map(|ty| quote!(: #ty));
        let there = self.places.contains(&var);
        let mutable = mutable(ident);
        there.then(|| quote!(let #mutable #ident #ty;))
    }

    /// Adds a variable that the operands of a call mention.
    ///
    /// What is alive while the call is in progress is taken on both paths, on the fresh one before the operands are
    /// evaluated unless they give it its value; the rest is taken on the fresh path only.
    pub(super) fn hold(
        &mut self,
        var: VarId,
        (before, after, point): (Mark, Mark, PointId),
        held: &mut Held,
        exit: &Lifetime,
    ) {
        let (alive, set) = (
            self.live.at_point(point, var),
            self.live.at_mark(before, var),
        );
        if alive && (set || self.reborrows(var).is_some()) {
            held.around.extend(self.take(var, Some(exit)));
            held.back.extend(self.put(var));
            return;
        }
        held.declare.extend(self.declare_late(var));
        if !set {
            held.fresh.extend(self.take_left(var));
        }
        let slot = self.slot(var);
        if alive {
            held.resumed
                .extend(self.assign(var, &quote!(#slot.take()), exit));
            held.back.extend(self.put(var));
        } else if set {
            held.fresh
                .extend(self.assign(var, &quote!(#slot.take()), exit));
            held.spent.extend(self.end(var, (before, after), true));
        } else {
            held.spent.extend(self.end(var, (before, after), false));
        }
    }

    /// Gives a variable that is declared late the value of an option.
    fn assign(&self, var: VarId, option: &TokenStream, exit: &Lifetime) -> TokenStream {
        let (ident, name) = (self.ident(var), &self.body.vars[var].name);
        quote! {
            #ident = match #option {
                ::core::option::Option::Some(__hicam_taken) => __hicam_taken,
                ::core::option::Option::None => { __hicam_stack.missing(#name, &__HICAM_INFO); break #exit }
            };
        }
    }

    pub(super) fn is_kept(&self, var: VarId) -> bool {
        self.classes.of[var] == Class::Kept
    }

    /// What holds a variable after the unit that declares it: it is out of reach if it is only kept for its drop.
    pub(super) fn carrier(&self, var: VarId) -> Ident {
        if self.is_kept(var) {
            let span = handle_at(self.body, var).span();
            format_ident!("__hicam_kept_{}_{}", var, self.ident(var), span = span)
        } else {
            self.ident(var).clone()
        }
    }

    /// What a unit gives to those after it of a variable: as a pattern, and as a value.
    pub(super) fn carried(&self, var: VarId) -> (TokenStream, TokenStream) {
        if self.classes.of[var].is_slot() {
            let slot = self.slot(var);
            return (quote!(mut #slot), quote!(#slot));
        }
        let carrier = self.carrier(var);
        let mutable = self.body.vars[var].mutable && !self.is_kept(var);
        let mutable = mutable.then(|| self::mutable(&carrier));
        (quote!(#mutable #carrier), quote!(#carrier))
    }

    /// Takes the variables that are not mentioned after a unit out of it, if their type demands it: those that go after
    /// its statement number `at`. The last one is the first, because it may borrow from the others.
    pub(super) fn keep(&self, unit: &Unit<'_>, declared: &[VarId], at: usize) -> TokenStream {
        let kept = declared.iter().rev();
        let kept = kept.filter(|&&var| self.is_kept(var) && self.kept_after(unit, var) == at);
        let kept = kept.map(|&var| {
            let (ident, carrier, handle) = (self.ident(var), self.carrier(var), handle(var));
            // With the variable's span, so that what rustc says of its type points there.
            let span = ident.span().resolved_at(Span::call_site());
            quote_spanned!(span=>
                #handle.see(&#ident);
                let #carrier = (&&&&&&&&&&&&&&&#handle.probe()).keep(#ident);
            )
        });
        kept.collect()
    }

    /// After how many statements of its unit a variable is taken out of it. What looks like a borrow goes where it is
    /// mentioned for the last time, or what was made from it: what it borrows from may be changed or moved after that.
    fn kept_after(&self, unit: &Unit<'_>, var: VarId) -> usize {
        if !self.body.vars[var].borrow {
            return unit.simples.len();
        }
        let (mut holders, mut last) = (vec![var], 0);
        for (at, simple) in unit.simples.iter().enumerate() {
            let mentioned = |holder| simple.stmt.mentions.contains(holder);
            if holders.iter().any(mentioned) {
                holders.extend(&simple.declares);
                last = at + 1;
            } else if simple.declares.contains(&var) {
                last = at + 1;
            }
        }
        last
    }

    /// The method that takes a variable into a frame or out of it. What is in scope only at the heads of loops never has to
    /// leave its thread.
    pub(super) fn of_frame(&self, method: &str, var: VarId) -> Ident {
        let span = handle_at(self.body, var).span();
        if self.body.only_at_loops(var) {
            format_ident!("{method}_at_loop", span = span)
        } else {
            Ident::new(method, span)
        }
    }

    /// The values of direct variables, from the frame that is being entered. One call for all of them, for the same
    /// reason as in `Stack::save_all`.
    pub(super) fn restore(&self, direct: &[VarId], exit: &Lifetime) -> TokenStream {
        if direct.is_empty() {
            return quote!(());
        }
        let restored = direct.iter().map(|&var| {
            let handle = handle_at(self.body, var);
            if self.is_kept(var) {
                let restore = self.of_frame("restore_kept", var);
                quote!(__hicam_frame.#restore(&#handle))
            } else {
                let restore = self.of_frame("restore", var);
                quote_spanned!(handle.span()=> __hicam_frame.#restore(&#handle, &__HICAM_INFO)?)
            }
        });
        quote! {
            match __hicam_stack.restore_all(|__hicam_frame| {
                ::core::option::Option::Some((#(#restored,)*))
            }) {
                ::core::option::Option::Some(__hicam_restored) => __hicam_restored,
                ::core::option::Option::None => break #exit,
            }
        }
    }

    /// The slots that code between two marks takes and puts back.
    pub(super) fn segment(&mut self, mentions: &[VarId], before: Mark, after: Mark) -> Segment {
        let mut segment = Segment {
            prelude: TokenStream::new(),
            postlude: TokenStream::new(),
            taken: Vec::new(),
        };
        for &var in mentions {
            if !self.rests(var) {
                continue;
            }
            let set = self.live.at_mark(before, var);
            let suspended = Lifetime::new(SUSPENDED, Span::call_site());
            // What may have been moved cannot be put back: it ends here, and its type is asked whether that is seen.
            let apart = !self.live.at_mark(after, var)
                && !self.is_dropped_late(var, after)
                && self.endings.between((before, after), var, set, self.live) == Ending::Unknown;
            segment.prelude.extend(match (set, apart) {
                (true, true) => self.take_apart(var, &suspended),
                (true, false) => self.take(var, None),
                (false, true) => self.declare_apart(var),
                (false, false) => {
                    let declared = self.declare_late(var);
                    let left = self.take_left(var);
                    quote!(#declared #left)
                }
            });
            segment.postlude.extend(if self.live.at_mark(after, var) {
                self.put(var)
            } else {
                self.end(var, (before, after), set)
            });
            segment.taken.push(var);
        }
        segment
    }

    /// The segment of a unit's simple statements, and of the block's value if that is code.
    pub(super) fn unit_segment(&mut self, unit: &Unit<'_>, tail: Option<&Code<Expr>>) -> Segment {
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
}

/// `mut`, where the name is: the compiler names what it speaks of only if the whole pattern is the user's.
pub(super) fn mutable(ident: &Ident) -> TokenStream {
    quote_spanned!(ident.span()=> mut)
}
