//! Borrows that are taken again on resume.

use proc_macro2::TokenStream;
use quote::quote;

use super::Lower;
use crate::classify::Unit;
use crate::ir::{Again, PointId, VarId};

impl Lower<'_> {
    /// The borrows that a unit declares, taken again where they are needed later than at point `last`.
    pub(super) fn again(&mut self, unit: &Unit<'_>, last: PointId) -> TokenStream {
        let mut tokens = TokenStream::new();
        for again in unit
            .simples
            .iter()
            .filter_map(|simple| simple.again.as_ref())
        {
            let needed = self.needed(again, last);
            if needed.is_empty() {
                continue;
            }
            let patterns = needed.iter().map(|(first, last)| quote!(#first..=#last));
            let targets = again.vars.iter().map(|&var| {
                if self.classes.of[var].is_slot() {
                    let slot = self.slot(var);
                    quote!(#slot)
                } else {
                    quote!(_)
                }
            });
            let (targets, value): (Vec<_>, _) = (targets.collect(), &again.value);
            let roots = self.roots(again.vars[0]);
            tokens.extend(quote! {
                if matches!(__hicam_pc, #(#patterns)|*) {
                    #roots
                    (#(#targets,)*) = #value;
                }
            });
        }
        tokens
    }

    /// The points after `last` at which one of the borrows is needed, as ranges.
    fn needed(&self, again: &Again, last: PointId) -> Vec<(PointId, PointId)> {
        let mut ranges: Vec<(PointId, PointId)> = Vec::new();
        for (point, facts) in (1..).zip(&self.body.points).skip(last as usize) {
            let needed = again.vars.iter().any(|&var| {
                self.classes.of[var].is_slot()
                    && facts.in_scope.contains(&var)
                    && self.live.at_point(point, var)
            });
            match ranges.last_mut() {
                Some((_, end)) if needed && *end + 1 == point => *end = point,
                _ if needed => ranges.push((point, point)),
                _ => {}
            }
        }
        ranges
    }

    /// What a borrow is taken from, where that rests in a slot itself.
    fn roots(&mut self, borrow: VarId) -> TokenStream {
        let body = self.body;
        let mut tokens = TokenStream::new();
        for &root in &body.vars[borrow].depends {
            if !self.rests(root) {
                continue;
            }
            if self.reborrows(root).is_none() {
                self.roots.insert(root);
                let (borrow, root) = (self.ident(borrow), self.ident(root));
                self.errors.at(
                    borrow,
                    format!(
                        "`{borrow}` borrows from `{root}` across a migration point, and `{root}` is moved elsewhere in this function: put the borrow into a block of its own, or clone what it needs"
                    ),
                );
            }
            tokens.extend(self.take(root, None));
        }
        tokens
    }
}
