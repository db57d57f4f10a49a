//! The constructs whose lowering is more than cutting: `.await` and `match`; `for` is in `for_loops`.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::spanned::Spanned;
use syn::{Arm, Expr, ExprMatch, Pat, parse_quote};

use crate::arguments::{is_owning, is_projection};
use crate::borrows::{borrowed_places, without_tests};
use crate::concurrent;
use crate::control::match_how;
use crate::ir::{
    Await, BorrowKind, Code, Driven, Fx, How, Item, Match, Node, PointKind, Receiver, Statement,
    VarId, VarKind,
};
use crate::operands::is_place;
use crate::patterns;
use crate::scope::{Builder, is_borrow};

impl Builder {
    /// A point-free operand that is awaited. `passed` if a point has just been passed in what the operand is made of:
    /// what remains to be done with that (a `?`, say) is done before the next.
    pub(crate) fn awaited(
        &mut self,
        mut operand: Expr,
        span: Span,
        passed: bool,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) -> Node {
        let driven = concurrent::driven(&operand);
        self.pin_arguments(concurrent::inner(&mut operand, driven), items, fx);
        let kept = self.temporary(&mut operand, driven, items, fx);
        let borrowed = passed || self.mentions_borrow(&operand);
        let wanted = self.points_wanted.awaits || is_explicit(&operand);
        let before = (wanted && !borrowed).then(|| self.point(PointKind::BeforeAwait, span));
        fx.extend(before.map(Fx::Point));
        let inner = concurrent::inner(&mut operand, driven);
        let resume = self.resume_arguments(inner);
        let receiver = kept.or_else(|| self.receiver(inner));
        let passed = self.passed(inner);
        let again = operand.clone();
        let operand = self.operand(operand, fx);
        fx.extend(kept.map(Fx::Kill));
        let in_call = self.point(PointKind::InCall, span);
        fx.push(Fx::Point(in_call));
        // A suspended call is made again from these, so they must be there while it is in progress.
        for expr in &resume {
            self.expr(&mut expr.clone(), How::Place, fx);
        }
        if driven == Driven::Again {
            self.evaluated_again(again, fx);
        }
        fx.extend(kept.map(|var| Fx::Use(var, How::Place)));
        let receiver = receiver.map(|var| Receiver {
            var,
            temporary: kept.is_some(),
        });
        let ended = self.mark();
        fx.push(Fx::Mark(ended));
        Node::Await(Box::new(Await {
            before,
            operand,
            resume,
            in_call,
            span,
            driven,
            receiver,
            passed,
            ended,
        }))
    }

    /// As `code`, but a method's receiver is taken to be borrowed: the call holds it while it is in progress.
    fn operand(&mut self, operand: Expr, fx: &mut Vec<Fx>) -> Code<Expr> {
        let from = fx.len();
        let mut code = self.code(operand, fx);
        if let Expr::MethodCall(call) = &mut code.code
            && !is_owning(call)
            && let Expr::Path(path) = &*call.receiver
            && let Some(receiver) = path.path.get_ident().and_then(|ident| self.resolve(ident))
            && let Some(Fx::Use(_, how)) = fx[from..]
                .iter_mut()
                .find(|effect| matches!(effect, Fx::Use(var, _) if *var == receiver))
        {
            *how = How::Place;
        }
        code
    }

    /// A variable for a method's receiver that is a temporary, until the statement's end.
    fn temporary(
        &mut self,
        operand: &mut Expr,
        driven: Driven,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) -> Option<VarId> {
        let Expr::MethodCall(call) = operand else {
            return None;
        };
        let receiver = &call.receiver;
        let place = is_place(receiver) || self.is_steady_place(receiver) || is_projection(receiver);
        let closure = call.args.iter().any(|arg| matches!(arg, Expr::Closure(_)));
        if driven != Driven::Plainly || place || closure || is_owning(call) {
            return None;
        }
        let ident = self.fresh("receiver", call.receiver.span());
        self.simple(Statement::User(parse_quote!(let #ident;)), items, fx);
        let var = self.resolve(&ident);
        self.temporaries.push(ident);
        var
    }

    /// The variables of this function among an operand's arguments that may be references to something static.
    fn passed(&self, operand: &Expr) -> Vec<(usize, VarId)> {
        let (args, first) = match operand {
            Expr::Call(call) => (&call.args, 0),
            Expr::MethodCall(call) => (&call.args, 1),
            _ => return Vec::new(),
        };
        let variable = |arg: &Expr| match arg {
            Expr::Path(path) => self.resolve(path.path.get_ident()?),
            _ => None,
        };
        let unknown = |var: &VarId| {
            let facts = &self.vars[*var];
            let typed = facts.ty.is_some() || facts.pointer || facts.made;
            self.is_own(*var) && !typed && !facts.reference && !facts.copy && !facts.borrow
        };
        let args = args.iter().enumerate();
        args.filter_map(|(at, arg)| Some((at + first, variable(arg).filter(unknown)?)))
            .collect()
    }

    /// The variable of this function that a method is called on, if the method may own it.
    fn receiver(&mut self, operand: &Expr) -> Option<VarId> {
        let Expr::MethodCall(call) = operand else {
            return None;
        };
        let Expr::Path(path) = &*call.receiver else {
            return None;
        };
        let var = self.resolve(path.path.get_ident()?)?;
        let facts = &self.vars[var];
        let reference = facts.borrow || facts.reference || facts.mutable_borrow;
        if is_owning(call) || !self.is_own(var) || reference || facts.copy {
            return None;
        }
        // What an argument borrows from has not been moved.
        let args: Vec<Expr> = call.args.iter().cloned().collect();
        let mentioned = args.iter().any(|arg| self.mentioned(arg).contains(&var));
        // What a closure's parameters are would not be known, if its own type were asked of the call first.
        let closure = args.iter().any(|arg| matches!(arg, Expr::Closure(_)));
        (!mentioned && !closure).then_some(var)
    }

    pub(crate) fn mentions_borrow(&mut self, operand: &Expr) -> bool {
        let mut fx = Vec::new();
        let marks = self.marks;
        self.expr(&mut operand.clone(), How::Move, &mut fx);
        self.marks = marks;
        fx.iter().any(|effect| matches!(effect, Fx::Use(var, _) if self.vars[*var].borrow && self.vars[*var].again.is_none() && self.vars[*var].kind == VarKind::Local))
    }

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
        let mut scrutinee = self.in_place(*choice.expr, items, fx);
        let again = self.is_reborrow(&scrutinee);
        if again {
            self.pin(&mut scrutinee, items, fx);
        }
        let depends = self.mentioned(&scrutinee);
        let places = borrowed_places(&scrutinee);
        let kind = self.borrow_kind(&scrutinee);
        let original = scrutinee.clone();
        let (before, after) = (self.mark(), self.mark());
        let declared = self.vars.len();
        let from = fx.len();
        fx.push(Fx::Mark(before));
        let how = match_how(&choice.arms);
        self.expr(&mut scrutinee, how, fx);
        let borrowed = is_borrow(&scrutinee)
            || is_place(&scrutinee) && matches!(scrutinee, Expr::Field(_) | Expr::Unary(_));

        let mut carriers = Vec::new();
        let mut arms = Vec::new();
        let mut select_arms: Vec<Arm> = Vec::new();
        for (number, mut arm) in choice.arms.into_iter().enumerate() {
            if let Pat::Guard(guarded) = &arm.pat
                && self.has_points(&guarded.guard)
            {
                self.errors.at(&guarded.guard, "a migration point in a guard is not supported: evaluate it with `let` before the `match`, or test it inside the arm");
            }
            let mut guard = Vec::new();
            self.scoped(|this| this.arm_pattern(&mut arm.pat, &mut guard));
            fx.push(Fx::Branch(vec![guard, Vec::new()]));
            // A borrow that is carried out of an arm with a guard would last until there where the guard fails, too.
            let rebound = again && matches!(arm.pat, Pat::Guard(_));
            let bound: Vec<_> = patterns::bindings(&arm.pat)
                .into_iter()
                .map(|binding| {
                    let carried = !rebound || binding.behind_reference || binding.mutable;
                    let name = format!("bound_{}", binding.ident);
                    let carrier = carried.then(|| self.fresh(&name, binding.ident.span()));
                    (carrier, binding)
                })
                .collect();
            let store = bound.iter().filter_map(|(carrier, binding)| {
                let (carrier, ident) = (carrier.as_ref()?, &binding.ident);
                Some(quote!(#carrier = ::core::option::Option::Some(#ident);))
            });
            let (pat, attrs, number) = (&arm.pat, &arm.attrs, number as u32);
            select_arms.push(parse_quote!(#(#attrs)* #pat => { #(#store)* #number }));
            carriers.extend(bound.iter().filter_map(|(carrier, _)| carrier.clone()));
            let pat = match &arm.pat {
                Pat::Guard(guarded) => (*guarded.pat).clone(),
                pat => pat.clone(),
            };
            arms.push((bound, *arm.body, pat));
        }
        fx.push(Fx::Mark(after));
        let select: Expr = parse_quote!(match #scrutinee { #(#select_arms)* });
        let select = Code {
            code: select,
            before,
            after,
            mentions: crate::build::mentions(&fx[from..], declared),
        };

        let mut blocks = Vec::new();
        let mut alternatives = Vec::new();
        for (bound, body, pat) in arms {
            let mut arm_fx = Vec::new();
            let block = self.scoped(|this| {
                let first = this.points.len() as u32 + 1;
                let mut body_items = Vec::new();
                let mut taken_again = Vec::new();
                let rebound: Vec<_> = bound
                    .iter()
                    .filter(|(carrier, _)| carrier.is_none())
                    .map(|(_, binding)| binding.ident.clone())
                    .collect();
                for (carrier, binding) in bound {
                    let Some(carrier) = carrier else { continue };
                    let (ident, by_value) =
                        (binding.ident, binding.behind_reference || binding.mutable);
                    let pat: Pat = if binding.mutable {
                        parse_quote!(mut #ident)
                    } else {
                        parse_quote!(#ident)
                    };
                    let declared = this.vars.len();
                    this.bind(pat, quote!(#carrier), &mut body_items, &mut arm_fx);
                    for var in declared..this.vars.len() {
                        this.vars[var].borrow = borrowed || again && !by_value;
                        if again && !by_value {
                            taken_again.push(var);
                        }
                    }
                }
                if !rebound.is_empty() {
                    let declared = this.vars.len();
                    let option = bound_again(&pat, &original, &rebound);
                    let tuple = parse_quote!((#(#rebound,)*));
                    this.bind(tuple, option, &mut body_items, &mut arm_fx);
                    taken_again.extend(declared..this.vars.len());
                }
                for &var in &taken_again {
                    let var = &mut this.vars[var];
                    var.borrow = true;
                    var.again = Some(kind);
                    var.mutable_borrow = kind == BorrowKind::Mutable;
                    var.depends.clone_from(&depends);
                    var.places.clone_from(&places);
                }
                this.take_again(&pat, &original, taken_again, &mut body_items);
                let stmts = match body {
                    Expr::Block(block) if block.label.is_none() && block.attrs.is_empty() => {
                        block.block.stmts
                    }
                    body => vec![syn::Stmt::Expr(body, None)],
                };
                this.block_with(body_items, first, stmts, &mut arm_fx)
            });
            blocks.push(block);
            alternatives.push(arm_fx);
        }
        fx.push(Fx::Branch(alternatives));
        Node::Match(Box::new(Match {
            select,
            carriers,
            arms: blocks,
        }))
    }
}

/// What an arm with a guard binds by reference, as an option: the pattern, which has matched, is bound once more.
fn bound_again(pat: &Pat, scrutinee: &Expr, idents: &[proc_macro2::Ident]) -> TokenStream {
    let pat = without_tests(pat).0;
    quote! {
        (match #scrutinee {
            #pat => ::core::option::Option::Some((#(#idents,)*)),
            #[allow(unreachable_patterns)]
            _ => ::core::option::Option::None,
        })
    }
}

/// `hicam::point()`
fn is_explicit(operand: &Expr) -> bool {
    match operand {
        Expr::Call(call) => {
            matches!(&*call.func, Expr::Path(path)
                if path.path.segments.last().is_some_and(|last| last.ident == "point"))
                && call.args.is_empty()
        }
        _ => false,
    }
}
