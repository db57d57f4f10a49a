//! `.await`: what is awaited, and what it is made from again when it is resumed.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, parse_quote};

use crate::arguments::{is_owning, is_projection};
use crate::concurrent;
use crate::ir::{
    Await, Code, Driven, Fx, How, Item, Node, PointKind, Receiver, Statement, VarId, VarKind,
};
use crate::normal::is_value;
use crate::operands::is_place;
use crate::scope::Builder;

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
        match &operand {
            // The method may own what it is called on.
            Expr::MethodCall(call) if is_value_itself(&call.receiver) => {
                if let Expr::Path(path) = &*call.receiver {
                    let value = path.path.get_ident().and_then(|ident| self.resolve(ident));
                    self.received.extend(value);
                }
                call.args
                    .iter()
                    .for_each(|arg| self.end_with_statement(arg));
            }
            operand => self.end_with_statement(operand),
        }
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
        // What a lock gives may borrow from it while it is used again.
        let locks = call.method == "lock" || call.method == "acquire";
        if is_owning(call) || locks || !self.is_own(var) || reference || facts.copy {
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
}

/// Whether an expression is a value that had points, which is a temporary in the source.
fn is_value_itself(expr: &Expr) -> bool {
    matches!(expr, Expr::Path(path) if path.path.get_ident().is_some_and(is_value))
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
