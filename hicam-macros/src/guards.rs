//! Points in the guards of `match` arms.
//!
//! What is matched cannot change while a guard runs: so it is matched again on resume, and the pattern binds the same.
//! The guards of earlier arms have failed, and are passed over. An arm without a guard that did not match does not now.
//!
//! ```text
//! match scrutinee { P if a => …, Q(x) if f(&x).await => …, _ => … }       // points 3 and 4 in the guard
//! ```
//! →
//! ```text
//! let arm = if pc == 0 || 3 <= pc && pc <= 4 {
//!     match scrutinee {
//!         P if pc == 0 && a => 0,
//!         Q(x) if pc == 0 || 3 <= pc && pc <= 4 then f(&x).await => { carrier = Some(x); 1 }
//!         _ => 2,
//!     }
//! } else { … };
//! ```
//! So the scrutinee is a place, or a borrow of one; a value goes into a variable first. A guard sees what the pattern
//! binds by shared reference: bindings are moved where the arm is taken, after the last point of its guard.
//!
//! Of a pattern with alternatives (`(Some(x), _) | (_, Some(x))`) more than one may match, and the guard runs for each.
//! Which one it is, is counted.

use syn::spanned::Spanned;
use syn::{Arm, Expr, Pat, Stmt, parse_quote};

use crate::ir::{
    Block, Code, Fx, Guard, Guarded, GuardedArm, Hold, How, Item, Match, Node, Select, Statement,
    Tail, VarId, VarKind,
};
use crate::matches::{Bound, Scrutinee};
use crate::patterns;
use crate::scope::Builder;

impl Builder {
    pub(crate) fn guard_has_points(&self, arm: &Arm) -> bool {
        matches!(&arm.pat, Pat::Guard(guarded) if self.has_points(&guarded.guard))
    }

    /// A `match` of which some guards have points.
    pub(crate) fn guarded(
        &mut self,
        mut expr: Expr,
        arms: Vec<Arm>,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) -> Node {
        if !self.is_reborrow(&expr) {
            if self.is_place_by_value(&expr) {
                self.pin(&mut expr, items, fx);
            } else {
                return self.guarded_value(expr, arms, fx);
            }
        }
        // A guarded binding of the whole would move the reference where the arm is sought.
        let whole = |arm: &Arm| matches!(arm.pat, Pat::Guard(_)) && patterns::binds_whole(&arm.pat);
        if arms.iter().any(whole) {
            self.lend_whole(&mut expr);
        }
        let alternatives = self.alternatives(&arms, items, fx);
        let mut scrutinee = self.scrutinee(expr, items, fx);
        let declared = self.vars.len();
        let from = fx.len();
        let mut matched = scrutinee.expr.clone();
        // In the arms it is lent, not moved.
        self.lend_whole(&mut scrutinee.expr);
        self.expr(&mut matched, How::Place, fx);
        let held = crate::build::mentions(&fx[from..], declared);
        let first_target = self.targets;
        // An arm that is taken leaves those after it.
        let (end, left) = (self.target(None, false, false).id, self.mark());

        let mut inside = Vec::new();
        let (mut carriers, mut select, mut blocks) = (Vec::new(), Vec::new(), Vec::new());
        let count = arms.len();
        for (at, arm) in arms.into_iter().enumerate() {
            let last = at + 1 == count;
            // What is matched goes back into its slot before the arm: no borrow of it can be carried there.
            let bound = self.bound(&arm.pat, &scrutinee, true);
            let borrows = bound.borrows();
            carriers.extend(bound.carriers().cloned());
            let store = bound.store();
            let mut tested = Vec::new();
            let (pat, guard) = match arm.pat {
                Pat::Guard(guarded) => {
                    let (pat, guard) = (*guarded.pat, *guarded.guard);
                    let outside = self.matched.len();
                    self.matched.extend_from_slice(scrutinee.places());
                    let found = self.guard(&pat, guard, &held, alternatives, &mut tested);
                    self.matched.truncate(outside);
                    (pat, Some(found))
                }
                // The arm binds it.
                Pat::Ident(whole) if bound.borrows() => {
                    let tested = whole.subpat.map(|(_, tested)| *tested);
                    (tested.unwrap_or_else(|| parse_quote!(_)), None)
                }
                pat => (pat, None),
            };
            let mut taken = Vec::new();
            let mut value = scrutinee.expr.clone();
            let how = self.taken_apart(&mut value, [&pat].into_iter(), &mut taken);
            let start = self.mark();
            taken.push(Fx::Mark(start));
            blocks.push(if borrows {
                self.holding_arm(bound, *arm.body, &scrutinee, &held, &mut taken)
            } else {
                self.arm(bound, *arm.body, &scrutinee, &mut taken)
            });
            if last {
                tested.extend(taken);
                inside.extend(tested);
            } else {
                taken.push(Fx::Break(end, left));
                if guard.is_some() {
                    tested.push(Fx::Branch(vec![taken, Vec::new()]));
                } else {
                    tested.extend(taken);
                }
                inside.push(Fx::Branch(vec![tested, Vec::new()]));
            }
            select.push(GuardedArm {
                attrs: arm.attrs,
                pat,
                guard,
                store,
                start,
                uses: how,
            });
        }
        fx.push(Fx::Labelled(end, inside));
        let select = Guarded {
            scrutinee: matched,
            held,
            first_target,
            alternatives,
            arms: select,
        };
        Node::Match(Box::new(Match {
            select: Select::Guarded(select),
            carriers,
            arms: blocks,
        }))
    }

    /// `match value { … }` → `{ let scrutinee = value; match scrutinee { … } }`
    fn guarded_value(&mut self, value: Expr, arms: Vec<Arm>, fx: &mut Vec<Fx>) -> Node {
        let scrutinee = self.fresh("scrutinee", value.span());
        let points = self.has_points(&value);
        let stmt: Stmt = parse_quote!(let mut #scrutinee = #value;);
        let choice = parse_quote!(match #scrutinee { #(#arms)* });
        let block = self.scoped(|this| {
            let first = this.points.len() as u32 + 1;
            let mut items = Vec::new();
            if points {
                this.statement(stmt, &mut items, fx);
            } else {
                this.simple(Statement::Part(stmt), &mut items, fx);
            }
            this.block_with(items, first, vec![Stmt::Expr(choice, None)], fx)
        });
        Node::Block(Box::new(block))
    }

    /// An arm that borrows what is matched, which is held all the while, unless the arm moves it.
    fn holding_arm(
        &mut self,
        bound: Bound,
        body: Expr,
        scrutinee: &Scrutinee,
        held: &[VarId],
        fx: &mut Vec<Fx>,
    ) -> Block {
        let (first, first_target) = (self.points.len() as u32 + 1, self.targets);
        let mut inside = Vec::new();
        let block = self.arm(bound, body, scrutinee, &mut inside);
        let mut moved = vec![false; self.vars.len()];
        crate::classify::find_moves(&inside, &mut moved);
        if held.iter().any(|&var| moved[var]) {
            fx.extend(inside);
            return block;
        }
        needed_at_points(&mut inside, held);
        fx.extend(inside);
        let diverges = block.diverges;
        let after = self.mark();
        fx.push(Fx::Mark(after));
        let hold = Node::Hold(Box::new(Hold {
            vars: held.to_vec(),
            block,
            first_target,
            after,
        }));
        let lead = self.finish(None, Vec::new(), hold, None, fx);
        Block {
            items: Vec::new(),
            body: Vec::new(),
            points: (first, lead.last),
            tail: Tail::Node(Box::new(lead)),
            lent: Vec::new(),
            diverges,
        }
    }

    /// A variable that counts alternatives, if there are guards with points that may run for several.
    fn alternatives(
        &mut self,
        arms: &[Arm],
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) -> Option<VarId> {
        let wanted = |arm: &&Arm| self.guard_has_points(arm) && patterns::is_ambiguous(&arm.pat);
        let span = arms.iter().find(wanted)?.pat.span();
        let counted = self.fresh("alternative", span);
        let stmt = parse_quote!(let mut #counted: u32 = 0;);
        self.simple(Statement::User(stmt), items, fx);
        self.name_last(&counted, "guard: alternative".to_owned())
    }

    /// A guard, with its effects.
    fn guard(
        &mut self,
        pat: &Pat,
        mut guard: Expr,
        held: &[VarId],
        alternatives: Option<VarId>,
        fx: &mut Vec<Fx>,
    ) -> Guard {
        let points = self.has_points(&guard);
        self.scoped(|this| {
            let declared = this.vars.len();
            if !points {
                this.declare_pattern(pat, fx);
                let (before, after) = (this.mark(), this.mark());
                let from = fx.len();
                fx.push(Fx::Mark(before));
                this.expr(&mut guard, How::Place, fx);
                fx.push(Fx::Mark(after));
                let mentions = crate::build::mentions(&fx[from..], declared);
                return Guard::Code(Code {
                    code: guard,
                    before,
                    after,
                    mentions,
                });
            }
            this.declare_bindings(patterns::bindings(pat), VarKind::Derived, fx);
            for var in &mut this.vars[declared..] {
                var.guarded = true;
                var.mutable = false;
            }
            let counted = alternatives.filter(|_| patterns::is_ambiguous(pat));
            let mut inside = Vec::new();
            // In parentheses, because a block at its start would be a statement.
            let block = this.block(parse_quote!({ (#guard) }), &mut inside);
            let needed: Vec<VarId> = held.iter().copied().chain(counted).collect();
            needed_at_points(&mut inside, &needed);
            fx.extend(inside);
            let after = this.mark();
            fx.push(Fx::Mark(after));
            Guard::Points {
                block,
                counted: counted.is_some(),
                after,
            }
        })
    }
}

/// What is matched again on resume must be there at each point of a guard, whatever follows.
fn needed_at_points(fx: &mut Vec<Fx>, vars: &[VarId]) {
    let mut all = Vec::with_capacity(fx.len());
    for mut effect in fx.drain(..) {
        match &mut effect {
            Fx::Branch(alternatives) => {
                let each = alternatives.iter_mut();
                each.for_each(|fx| needed_at_points(fx, vars));
            }
            Fx::Loop(_, fx) | Fx::Labelled(_, fx) => needed_at_points(fx, vars),
            _ => {}
        }
        let point = matches!(effect, Fx::Point(_));
        all.push(effect);
        if point {
            all.extend(vars.iter().map(|&var| Fx::Use(var, How::Place)));
        }
    }
    *fx = all;
}
