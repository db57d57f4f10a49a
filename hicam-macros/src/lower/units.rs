//! Blocks, unit after unit. A block
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

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Lifetime;

use super::{Lower, handle_at};
use crate::classify::{Class, Unit, units};
use crate::ir::{Block, Tail, VarId};

/// How a block gives its value.
#[derive(Clone, Copy)]
struct Ending<'l> {
    /// By a jump, in a block with points.
    label: Option<&'l Lifetime>,
    /// Its end is not reached.
    diverges: bool,
    /// Temporaries of its tail that are in variables.
    lent: &'l [VarId],
}

/// How a unit passes on what it declares.
struct Passing {
    /// Slots, in front of both arms.
    declare_first: TokenStream,
    /// Slots, in each arm.
    declare_later: TokenStream,
    /// A pattern of what the arms give.
    targets: TokenStream,
    /// That, in the arm that runs the unit.
    values: TokenStream,
    /// Behind the arms.
    then: TokenStream,
    /// That, in the arm that goes on behind the unit.
    restores: TokenStream,
}

impl Lower<'_> {
    /// A block as an expression; `exit` is where its suspended paths go.
    pub(super) fn block(&mut self, block: &Block, exit: &Lifetime) -> TokenStream {
        let items = &block.items;
        let units = units(block, &self.classes.splits);
        if block.has_points() {
            let value = self.label("value");
            let ending = Ending {
                label: Some(&value),
                diverges: block.diverges,
                lent: &block.lent,
            };
            let rest = self.units(&units, exit, ending);
            quote!(#value: { #(#items)* #rest })
        } else {
            let ending = Ending {
                label: None,
                diverges: block.diverges,
                lent: &block.lent,
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
            .filter(|&var| self.classes.of[var].is_in_frames())
            .collect();
        let again = self.again(unit, last);
        if direct.is_empty() && captured_slots.is_empty() {
            let declare_slots = self.declare_slots(&slots);
            let rest = self.units(rest, exit, value);
            let otherwise = (!again.is_empty()).then(|| quote!(else { #again }));
            let places = slots.iter().filter_map(|&var| self.place(var));
            return quote! {
                #declare_slots
                if #normal { #lead #statements #park } #otherwise
                #(#places)*
                #rest
            };
        }
        let inner = self.label("exit");
        let rest = self.units(rest, &inner, value);
        let tails = unit.is_parameters().then(|| self.declared_tails());
        let Passing {
            declare_first,
            declare_later,
            targets,
            values,
            then,
            restores,
        } = self.passing(unit, &direct, &slots, exit);
        let restore_slots = captured_slots.iter().map(|&var| {
            let (slot, handle) = (self.slot(var), handle_at(self.body, var));
            if self.classes.of[var] == Class::Idle {
                let restore = self.of_frame("restore_idle", var);
                let keep = keep(&handle);
                return quote!(#slot = __hicam_stack.#restore(&#handle, #keep););
            }
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
            if self.classes.of[var] == Class::Idle {
                let save = self.of_frame("save_kept", var);
                let keep = keep(&handle);
                return quote! {
                    if let ::core::option::Option::Some(__hicam_left) = #slot.map(#keep) {
                        __hicam_frame.#save(&#handle, __hicam_left);
                    }
                };
            }
            let save = self.of_frame("save_slot", var);
            quote_spanned!(handle.span()=> __hicam_frame.#save(&#handle, #slot);)
        });
        quote! {
            #declare_first
            let #targets = if #normal {
                #declare_later
                #lead #statements #park
                #values
            } else {
                #declare_later
                #(#restore_slots)*
                #again
                #restores
            };
            #then
            #inner: { #tails #rest }
            #(#completes)*
            __hicam_stack.save_all(move |__hicam_frame| {
                #(#saves)*
                #(#save_slots)*
            });
            break #exit;
        }
    }

    /// How a unit passes on what it declares. The last that is declared is dropped first, so all are declared in the order of
    /// the source: slots that come before all direct variables in front of the unit, others with those.
    fn passing(
        &self,
        unit: &Unit<'_>,
        direct: &[VarId],
        slots: &[VarId],
        exit: &Lifetime,
    ) -> Passing {
        let passed = unit.declares().into_iter();
        let passed = passed.filter(|var| slots.contains(var) || direct.contains(var));
        let alone = direct.len() + slots.len() == 1;
        let is_first = |var: &VarId| slots.contains(var) && (alone || !self.places.contains(var));
        let passed: Vec<VarId> = passed.skip_while(is_first).collect();
        let (later, first): (Vec<VarId>, Vec<VarId>) =
            slots.iter().partition(|&var| passed.contains(var));
        let (targets, values): (Vec<_>, Vec<_>) =
            passed.iter().map(|&var| self.carried(var)).unzip();
        let places = passed.iter().map(|&var| self.place(var));
        let places: Vec<Option<TokenStream>> = places.collect();
        let (targets, then) = if places.iter().all(Option::is_none) {
            let then = first.iter().filter_map(|&var| self.place(var));
            (quote!((#(#targets,)*)), then.collect())
        } else {
            let each = (0..passed.len()).map(|at| format_ident!("__hicam_carried_{at}"));
            let each: Vec<Ident> = each.collect();
            let then = quote!(#(let #targets = #each; #places)*);
            (quote!((#(#each,)*)), then)
        };
        let values = quote!((#(#values,)*));
        let restores = self.restore(direct, exit);
        let restores = if later.is_empty() {
            restores
        } else {
            let idents = direct.iter().map(|&var| self.carrier(var));
            quote!(let (#(#idents,)*) = #restores; #values)
        };
        Passing {
            declare_first: self.declare_slots(&first),
            declare_later: self.declare_slots(&later),
            targets,
            values,
            then,
            restores,
        }
    }

    /// Nothing after it can be resumed into: no arms are needed.
    fn last_unit(
        &mut self,
        unit: &Unit<'_>,
        exit: &Lifetime,
        Ending {
            label,
            diverges,
            lent,
        }: Ending<'_>,
    ) -> TokenStream {
        let give = |tail: TokenStream| match label {
            Some(value) => quote!(break #value #tail;),
            None => tail,
        };
        match unit.tail {
            Some(Tail::Node(_)) => {
                // They are older than what is left of the tail, and end after that.
                let kept = self.keep_lent(lent, unit.lead);
                let node = unit.lead.map(|lead| self.last_value(lead, exit));
                give(if kept.is_empty() {
                    quote!(#node)
                } else {
                    quote!({ let __hicam_tail = #node; #kept __hicam_tail })
                })
            }
            Some(Tail::Code(code)) => {
                let lead = unit.lead.map(|lead| self.lead_statement(lead, exit));
                let segment = self.unit_segment(unit, Some(code));
                let statements = self.simples(unit, &segment, &[]);
                let tail = give(self.last_code(code, &segment));
                let prelude = segment.prelude;
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
                Class::Slot { .. } | Class::Idle => slots.push(var),
                Class::Kept => {
                    self.kept.push(var);
                    direct.push(var);
                }
                _ => {}
            }
        }
        (direct, slots)
    }
}

/// What of a value is in a frame for its drop, as its type says.
fn keep(handle: &Ident) -> TokenStream {
    quote!(|__hicam_value| (&&&&&&&&&&&&&&&#handle.probe()).keep(__hicam_value))
}
