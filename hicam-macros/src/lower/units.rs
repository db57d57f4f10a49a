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

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Lifetime;

use super::slots::Segment;
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
}
