//! `match` with points in its arms; what there is to points in the guards of arms is in `guards`.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Arm, Expr, ExprMatch, Pat, parse_quote, parse_quote_spanned};

use crate::borrows::{borrowed_places, without_tests};
use crate::ir::{Block, BorrowKind, Code, Fx, How, Item, Match, Node, Select, Var, VarId};
use crate::leftovers::leftovers;
use crate::operands::is_place;
use crate::patterns::{self, Binding};
use crate::scope::{Builder, is_borrow};

/// What is matched, as far as what arms bind in it depends on that.
pub(crate) struct Scrutinee {
    pub(crate) expr: Expr,
    /// A borrow of a place, which is taken again on resume; so is what is bound in it.
    again: bool,
    kind: BorrowKind,
    /// It may be a borrow, or lie behind one.
    borrowed: bool,
    depends: Vec<VarId>,
    places: Vec<Vec<String>>,
}

/// What an arm binds, with the options that carry it out of the selection of the arm. What is bound once more in the
/// arm has none.
pub(crate) struct Bound {
    pat: Pat,
    bindings: Vec<(Option<Ident>, Binding)>,
    /// What `ref` binds in a place: borrowed in the arm.
    lent: Vec<(Ident, BorrowKind)>,
}

impl Scrutinee {
    /// The places that are matched, as the names that lead to them.
    pub(crate) fn places(&self) -> &[Vec<String>] {
        &self.places
    }
}

impl Bound {
    /// Whether the arm borrows what is matched once more.
    pub(crate) fn borrows(&self) -> bool {
        !self.lent.is_empty() || self.bindings.iter().any(|(carrier, _)| carrier.is_none())
    }

    pub(crate) fn carriers(&self) -> impl Iterator<Item = &Ident> {
        self.bindings
            .iter()
            .filter_map(|(carrier, _)| carrier.as_ref())
    }

    /// Gives the carriers what the pattern has bound.
    pub(crate) fn store(&self) -> TokenStream {
        let carried = self.bindings.iter().filter_map(|(carrier, binding)| {
            let (carrier, ident) = (carrier.as_ref()?, &binding.ident);
            Some(quote!(#carrier = ::core::option::Option::Some(#ident);))
        });
        carried.collect()
    }
}

impl Builder {
    /// ```text
    /// match scrutinee { P(x) if guard => body, … }
    /// ```
    /// →
    /// ```text
    /// match (match scrutinee { P(x) if guard => { carrier = Some(x); 0 } … }) {
    ///     0 => { let x = carrier?; body }
    ///     …
    /// }
    /// ```
    pub(crate) fn select(
        &mut self,
        choice: ExprMatch,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) -> Node {
        // Of a `let … else`, nothing lives on in the arms.
        let ended = std::mem::take(&mut self.in_let);
        let mut expr = self.in_place(*choice.expr, items, fx);
        self.end_with_statement(&expr);
        if choice.arms.iter().any(|arm| self.guard_has_points(arm))
            || !self.is_reborrow(&expr) && choice.arms.iter().any(|arm| binds_by_ref(&arm.pat))
        {
            return self.guarded(expr, choice.arms, items, fx);
        }
        if choice
            .arms
            .iter()
            .any(|arm| patterns::binds_whole(&arm.pat))
        {
            self.lend_whole(&mut expr);
        }
        let scrutinee = self.scrutinee(expr, items, fx);
        let arms = choice.arms.iter();
        let left = (!ended).then(|| leftovers(arms.map(|arm| (&arm.pat, &*arm.body))));
        let (before, after) = (self.mark(), self.mark());
        let declared = self.vars.len();
        let from = fx.len();
        fx.push(Fx::Mark(before));
        let mut matched = scrutinee.expr.clone();
        self.taken_apart(&mut matched, choice.arms.iter().map(|arm| &arm.pat), fx);

        let mut carriers = Vec::new();
        let mut arms = Vec::new();
        let mut select_arms: Vec<Arm> = Vec::new();
        for (number, mut arm) in (0u32..).zip(choice.arms) {
            let mut guard = Vec::new();
            self.scoped(|this| this.arm_pattern(&mut arm.pat, &mut guard));
            fx.push(Fx::Branch(vec![guard, Vec::new()]));
            // A borrow that is carried out of an arm with a guard would last until there where the guard fails, too.
            let rebinds = matches!(arm.pat, Pat::Guard(_));
            let bound = self.bound(&arm.pat, &scrutinee, rebinds);
            let (pat, attrs, store) = (&arm.pat, &arm.attrs, bound.store());
            select_arms.push(parse_quote!(#(#attrs)* #pat => { #store #number }));
            carriers.extend(bound.carriers().cloned());
            arms.push((bound, *arm.body));
        }
        fx.push(Fx::Mark(after));
        let select = Code {
            code: parse_quote!(match #matched { #(#select_arms)* }),
            before,
            after,
            mentions: crate::build::mentions(&fx[from..], declared),
        };

        let mut blocks = Vec::new();
        let mut alternatives = Vec::new();
        for (bound, body) in arms {
            let mut arm_fx = Vec::new();
            blocks.push(self.arm(bound, body, &scrutinee, &mut arm_fx));
            alternatives.push(arm_fx);
        }
        fx.push(Fx::Branch(alternatives));
        Node::Match(Box::new(Match {
            select: Select::Once(select, left),
            carriers,
            arms: blocks,
        }))
    }

    /// A mutable reference that an arm binds as a whole is lent to it: other arms, and those who resume, have it still.
    pub(crate) fn lend_whole(&self, scrutinee: &mut Expr) {
        if let Expr::Path(path) = &*scrutinee
            && self.is_mutable_reference(path)
        {
            *scrutinee = parse_quote!(&mut *#path);
        }
    }

    /// What is known of a scrutinee without points. The indices in a borrow of a place are put into variables.
    pub(crate) fn scrutinee(
        &mut self,
        mut expr: Expr,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) -> Scrutinee {
        let again = self.is_reborrow(&expr);
        if again {
            self.pin(&mut expr, items, fx);
        }
        let borrowed =
            is_borrow(&expr) || is_place(&expr) && matches!(expr, Expr::Field(_) | Expr::Unary(_));
        Scrutinee {
            again,
            kind: self.borrow_kind(&expr),
            borrowed,
            depends: self.mentioned(&expr),
            places: borrowed_places(&expr),
            expr,
        }
    }

    /// What an arm's pattern binds. If it `rebinds`, borrows are not carried into the arm but taken there once more.
    pub(crate) fn bound(&mut self, pat: &Pat, scrutinee: &Scrutinee, rebinds: bool) -> Bound {
        let rebound = scrutinee.again && rebinds;
        let (lent, bindings): (Vec<_>, Vec<_>) = patterns::bindings(pat)
            .into_iter()
            .partition(|binding| binding.by_ref.is_some() && !scrutinee.again);
        let bindings = bindings.into_iter().map(|binding| {
            let carried = !rebound || binding.behind_reference || binding.mutable;
            let name = format!("bound_{}", binding.ident);
            let carrier = carried.then(|| self.fresh(&name, binding.ident.span()));
            (carrier, binding)
        });
        let mut bound = Bound {
            bindings: bindings.collect(),
            lent: Vec::new(),
            pat: pat.clone(),
        };
        let lent = lent.into_iter();
        bound.lent = lent
            .filter_map(|binding| Some((binding.ident, binding.by_ref?)))
            .collect();
        if let Pat::Guard(guarded) = pat {
            bound.pat = (*guarded.pat).clone();
            if bound.borrows() && patterns::is_ambiguous(&bound.pat) {
                self.errors.at(&guarded.pat, "a pattern with alternatives that borrow cannot have a guard here, because it would not be known for which of them the guard held: write an arm for each");
            }
        }
        bound
    }

    /// The block of an arm: what it has bound, and its body.
    pub(crate) fn arm(
        &mut self,
        bound: Bound,
        body: Expr,
        scrutinee: &Scrutinee,
        fx: &mut Vec<Fx>,
    ) -> Block {
        let Bound {
            pat,
            bindings,
            lent,
        } = bound;
        self.scoped(|this| {
            let first = this.points.len() as u32 + 1;
            let mut items = Vec::new();
            let mut taken_again = Vec::new();
            let rebound: Vec<_> = bindings
                .iter()
                .filter(|(carrier, _)| carrier.is_none())
                .map(|(_, binding)| binding.ident.clone())
                .collect();
            for (carrier, binding) in bindings {
                let Some(carrier) = carrier else { continue };
                let (ident, by_value) =
                    (binding.ident, binding.behind_reference || binding.mutable);
                let pat: Pat = if binding.mutable {
                    parse_quote_spanned!(ident.span()=> mut #ident)
                } else {
                    parse_quote!(#ident)
                };
                let declared = this.vars.len();
                this.bind(pat, quote!(#carrier), &mut items, fx);
                for var in declared..this.vars.len() {
                    this.vars[var].consumed = binding.entry.then_some(How::Move);
                    this.vars[var].borrow = scrutinee.borrowed || scrutinee.again && !by_value;
                    if scrutinee.again && !by_value {
                        taken_again.push(var);
                    }
                }
            }
            if !rebound.is_empty() {
                let declared = this.vars.len();
                let option = bound_again(&pat, &scrutinee.expr, &rebound);
                let tuple = parse_quote!((#(#rebound,)*));
                let roots = scrutinee.depends.clone();
                this.bind_from(tuple, option, roots, &mut items, fx);
                taken_again.extend(declared..this.vars.len());
            }
            for &var in &taken_again {
                this.vars[var].lend(scrutinee.kind, scrutinee);
            }
            this.take_again(&pat, &scrutinee.expr, taken_again, &mut items);
            if !lent.is_empty() {
                this.bind_by_ref(&pat, lent, scrutinee, &mut items, fx);
            }
            let stmts = match body {
                Expr::Block(block) if block.label.is_none() && block.attrs.is_empty() => {
                    block.block.stmts
                }
                body => vec![syn::Stmt::Expr(body, None)],
            };
            this.block_with(items, first, stmts, fx)
        })
    }

    /// Borrows what `ref` binds.
    fn bind_by_ref(
        &mut self,
        pat: &Pat,
        lent: Vec<(Ident, BorrowKind)>,
        scrutinee: &Scrutinee,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) {
        let pat = patterns::by_reference(pat);
        let (idents, kinds): (Vec<Ident>, Vec<BorrowKind>) = lent.into_iter().unzip();
        let declared = self.vars.len();
        let option = bound_again(&pat, &scrutinee.expr, &idents);
        let roots = scrutinee.depends.clone();
        self.bind_from(parse_quote!((#(#idents,)*)), option, roots, items, fx);
        let vars: Vec<VarId> = (declared..self.vars.len()).collect();
        for (&var, kind) in vars.iter().zip(kinds) {
            self.vars[var].lend(kind, scrutinee);
        }
        self.take_again(&pat, &scrutinee.expr, vars, items);
    }
}

impl Var {
    /// A borrow of a scrutinee, which is taken again on resume.
    fn lend(&mut self, kind: BorrowKind, scrutinee: &Scrutinee) {
        self.borrow = true;
        self.again = Some(kind);
        self.mutable_borrow = kind == BorrowKind::Mutable;
        self.depends.clone_from(&scrutinee.depends);
        self.places.clone_from(&scrutinee.places);
    }
}

fn binds_by_ref(pat: &Pat) -> bool {
    let bindings = patterns::bindings(pat);
    bindings.iter().any(|binding| binding.by_ref.is_some())
}

/// What an arm with a guard binds by reference, as an option: the pattern, which has matched, is bound once more.
fn bound_again(pat: &Pat, scrutinee: &Expr, idents: &[Ident]) -> TokenStream {
    let pat = without_tests(pat).0;
    quote! {
        (match #scrutinee {
            #pat => ::core::option::Option::Some((#(#idents,)*)),
            #[allow(unreachable_patterns)]
            _ => ::core::option::Option::None,
        })
    }
}
