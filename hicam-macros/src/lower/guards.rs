//! The selection of an arm where guards have points.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Lifetime;

use super::{Lower, SUSPENDED};
use crate::ir::{Guard, Guarded, GuardedArm, How, PointId, VarId};

impl Lower<'_> {
    /// The number of the arm that is taken; `resumed` is it where an arm's body is gone on with.
    ///
    /// ```text
    /// if pc == 0 || 3 <= pc && pc <= 4 {
    ///     let mut v = slot.take();
    ///     let arm = 'held: { 'exit: { break 'held match v { … } }  slot = Some(v); break 'outer_exit };
    ///     if pc != 0 { missing(); break 'suspended }       // what is matched is not what it was
    ///     arm
    /// } else { resumed }
    /// ```
    pub(super) fn guarded(
        &mut self,
        select: &Guarded,
        resumed: &TokenStream,
        exit: &Lifetime,
    ) -> TokenStream {
        let vars = select.held.iter().copied();
        let vars: Vec<VarId> = vars.filter(|&var| self.rests(var)).collect();
        let takes: TokenStream = vars.iter().map(|&var| self.take(var, Some(exit))).collect();
        let puts: TokenStream = vars.iter().map(|&var| self.put(var)).collect();
        let inner = if vars.is_empty() {
            exit.clone()
        } else {
            self.label("exit")
        };
        let outside = self.held.len();
        let holds = vars.iter().map(|&var| (var, select.first_target));
        self.held.extend(holds);

        let points = |arm: &GuardedArm| match &arm.guard {
            Some(Guard::Points { block, .. }) if block.has_points() => Some(block.points),
            _ => None,
        };
        let last = select.arms.iter().rposition(|arm| points(arm).is_some());
        let ranges = select.arms.iter().filter_map(points).map(range);
        let ranges: Vec<_> = ranges.collect();
        let (mut counters, mut arms) = (TokenStream::new(), TokenStream::new());
        for (number, arm) in (0u32..).zip(&select.arms) {
            let guard = match &arm.guard {
                None => None,
                Some(Guard::Code(code)) => {
                    let test = self.code(code);
                    // Passed over on the way to a later guard.
                    let passed = last.is_some_and(|last| (number as usize) < last);
                    Some(if passed {
                        quote!(if (if __hicam_pc == 0 { #test } else { false }))
                    } else {
                        quote!(if #test)
                    })
                }
                Some(Guard::Points { block, counted, .. }) => {
                    let within = points(arm).map(range).map(|range| quote!(| #range));
                    let test = self.closed(block, &inner);
                    let counter = counted.then_some(select.alternatives).flatten();
                    let test = match counter {
                        None => test,
                        Some(counter) => {
                            let (counter, seen) =
                                (self.ident(counter), format_ident!("__hicam_seen_{number}"));
                            counters.extend(quote!(let mut #seen: u32 = 0;));
                            quote!({
                                #seen += 1;
                                if __hicam_pc == 0 { #counter = #seen; }
                                if #seen == #counter { #test } else { false }
                            })
                        }
                    };
                    Some(quote!(if (if matches!(__hicam_pc, 0 #within) { #test } else { false })))
                }
            };
            let (attrs, pat, store) = (&arm.attrs, &arm.pat, &arm.store);
            let back: TokenStream = vars.iter().map(|&var| self.after_arm(var, arm)).collect();
            arms.extend(quote!(#(#attrs)* #pat #guard => { #store #back #number }));
        }
        self.held.truncate(outside);

        let scrutinee = &select.scrutinee;
        let found = quote!(match #scrutinee { #arms });
        let found = if vars.is_empty() {
            found
        } else {
            let held = self.label("held");
            quote!(#held: { #inner: { break #held #found; } #puts break #exit; })
        };
        let suspended = Lifetime::new(SUSPENDED, proc_macro2::Span::call_site());
        quote! {
            if matches!(__hicam_pc, 0 #(| #ranges)*) {
                #takes
                #counters
                let __hicam_arm: u32 = #found;
                if __hicam_pc != 0 {
                    __hicam_stack.missing("match", &__HICAM_INFO);
                    break #suspended;
                }
                __hicam_arm
            } else {
                #resumed
            }
        }
    }
}

impl Lower<'_> {
    /// What the arm has not moved ends where its scope does, though it is not mentioned again. Of what it may have taken
    /// parts, the type must allow that the rest ends here.
    fn after_arm(&mut self, var: VarId, arm: &GuardedArm) -> TokenStream {
        if arm.uses == How::Place || self.live.at_mark(arm.start, var) {
            return self.put(var);
        }
        if arm.uses == How::Maybe && self.lasts(var, arm.start) {
            self.early.insert(var);
        }
        TokenStream::new()
    }
}

fn range((first, last): (PointId, PointId)) -> TokenStream {
    quote!(#first..=#last)
}
