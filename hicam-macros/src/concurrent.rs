//! Waits of which the runtime knows more than that they are futures: `timeout(…)` around a call, `reissue(…)`, and several
//! calls at the same time, `join!`, `try_join!` and `select!`.

mod written;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{Expr, ExprCall, parse_quote};

use self::written::{CONDITION, TEST, has_else, wrapped};
pub(crate) use self::written::{DONE, kind, written};

use crate::arguments::{is_owning, is_projection, lent, share};
use crate::ir::{
    Branch, Concurrent, Driven, Fx, How, Item, Node, PointKind, Statement, Together, VarKind,
};
use crate::operands::{Role, operands, unboxed};
use crate::scope::Builder;

/// As many as the runtime has.
const MOST_BRANCHES: usize = 64;

/// How an awaited operand is driven, as its syntax shows.
pub(crate) fn driven(operand: &Expr) -> Driven {
    let Expr::Call(call) = operand else {
        return Driven::Plainly;
    };
    let Expr::Path(path) = &*call.func else {
        return Driven::Plainly;
    };
    let names: Vec<String> = path
        .path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    match (names.as_slice(), call.args.len()) {
        (["timeout"] | [.., "time", "timeout"], 2) => Driven::After,
        (["timeout_at"] | [.., "time", "timeout_at"], 2) => Driven::Until,
        (["reissue"] | ["hicam", "reissue"], 1) if matches!(call.args[0], Expr::Closure(_)) => {
            Driven::Again
        }
        _ => Driven::Plainly,
    }
}

/// The operand itself, without the limit of its time.
pub(crate) fn inner(operand: &mut Expr, driven: Driven) -> &mut Expr {
    match (driven, operand) {
        (Driven::After | Driven::Until, Expr::Call(call)) => &mut call.args[1],
        (_, operand) => operand,
    }
}

impl Builder {
    /// The effects of an operand that is evaluated again when it is resumed.
    pub(crate) fn evaluated_again(&mut self, mut operand: Expr, fx: &mut Vec<Fx>) {
        if let Expr::Call(call) = &operand
            && let Some(Expr::Closure(closure)) = call.args.first()
            && closure.capture.is_some()
        {
            let taken = self.mentioned(&operand);
            if taken
                .into_iter()
                .any(|var| self.is_own(var) && !self.vars[var].copy)
            {
                self.errors.at(
                    closure,
                    "this closure is called again after a capture, so it cannot take variables: without `move` it borrows them",
                );
            }
        }
        self.expr(&mut operand, How::Place, fx);
    }

    /// Several calls at the same time.
    pub(crate) fn concurrent(
        &mut self,
        call: ExprCall,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) -> Node {
        let span = call.func.span();
        let (kind, biased) = kind(&call).unwrap_or((Together::Join, false));
        let otherwise = has_else(&call);
        let (mut conditions, mut tests, mut operands) = (Vec::new(), Vec::new(), Vec::new());
        for operand in call.args {
            let (condition, operand) = wrapped(CONDITION, operand);
            let (test, operand) = wrapped(TEST, operand);
            tests.push(test);
            conditions.push(condition);
            operands.push(unwrapped(operand));
        }
        if operands.len() > MOST_BRANCHES {
            self.errors
                .at(&call.func, "at most 64 branches are supported");
        }
        // They are evaluated before any operand.
        for condition in conditions.iter_mut().flatten() {
            if self.has_points(condition) {
                let taken = std::mem::replace(condition, parse_quote!(()));
                *condition = self.point_free(taken, items, fx);
            }
            self.bind_before(condition, items, fx);
        }
        let passed = operands.iter().any(|operand| self.has_points(operand));
        if !passed && !operands.iter().any(|operand| self.mentions_borrow(operand)) {
            let before = self.point(PointKind::BeforeAwait, span);
            fx.push(Fx::Point(before));
            let lead = self.finish(None, Vec::new(), Node::Check(before), None, fx);
            items.push(Item::Lead(Box::new(lead)));
        }
        if passed {
            self.points_of_arguments(&mut operands, items, fx);
        }
        self.pin_operands(&mut operands, items, fx);
        let mut args = Vec::new();
        let mut values: Vec<TokenStream> = Vec::new();
        let mut branches = Vec::new();
        for ((mut operand, condition), test) in operands.into_iter().zip(conditions).zip(tests) {
            let own = args.len();
            let condition = condition.map(|mut condition| {
                self.take_value(&mut condition, &mut args);
                condition
            });
            let first = args.len();
            let driven = driven(&operand);
            let span = operand.span();
            let resume = self.resume_arguments(inner(&mut operand, driven));
            self.take_values(&mut operand, driven, &mut args);
            // Together, because they are dropped in their order where a later operand is left by a jump, as by the call
            // that has them.
            let given = args[own..].iter().map(|(_, value)| value);
            values.push(quote!((#(::core::option::Option::Some(#given),)*)));
            let args = args[first..].iter();
            branches.push(Branch {
                operand,
                condition,
                test,
                args: args.map(|(ident, _)| Ident::clone(ident)).collect(),
                resume,
                driven,
                result: None,
                span,
            });
        }
        share_receivers(&mut branches);
        let args = self.code(parse_quote!((#(#values,)*)), fx);
        let (from, declared) = (fx.len(), self.vars.len());
        for branch in &branches {
            self.borrowed_by(branch.operand.clone(), branch.driven, fx);
        }
        let in_call = self.point(PointKind::InCall, span);
        fx.push(Fx::Point(in_call));
        for branch in &branches {
            for expr in &branch.resume {
                self.expr(&mut expr.clone(), How::Place, fx);
            }
            if branch.driven == Driven::Again {
                self.evaluated_again(branch.operand.clone(), fx);
            }
        }
        let mentions = crate::build::mentions(&fx[from..], declared);
        if kind != Together::Select {
            for (at, branch) in branches.iter_mut().enumerate() {
                let ident = self.fresh("joined", branch.span);
                let var = self.declare(ident, false, VarKind::Result, fx);
                self.vars[var].name = format!("branch {at} of join {in_call}");
                branch.result = Some(var);
            }
        }
        Node::Concurrent(Box::new(Concurrent {
            kind,
            biased,
            otherwise,
            args,
            branches,
            mentions,
            in_call,
        }))
    }

    /// The effects of an operand of which only what it borrows is left. A method's receiver is taken to be borrowed.
    fn borrowed_by(&mut self, mut operand: Expr, driven: Driven, fx: &mut Vec<Fx>) {
        match inner(&mut operand, driven) {
            Expr::MethodCall(call) => {
                self.expr(&mut call.receiver, How::Place, fx);
                for argument in &mut call.args {
                    self.expr(argument, How::Place, fx);
                }
            }
            operand => self.expr(operand, How::Place, fx),
        }
    }

    /// Points in the operands' arguments: what is evaluated up to the last one goes into variables.
    fn points_of_arguments(
        &mut self,
        operands: &mut [Expr],
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) {
        let mut arguments: Vec<(&mut Expr, _)> = Vec::new();
        for operand in operands {
            let driven = driven(operand);
            arguments.extend(arguments_of(inner(operand, driven)));
        }
        let last = arguments
            .iter()
            .rposition(|(argument, _)| self.has_points(argument));
        for (at, (argument, role)) in arguments.into_iter().enumerate() {
            if last.is_none_or(|last| at > last) {
                break;
            }
            if self.has_points(argument) {
                let taken = std::mem::replace(argument, parse_quote!(()));
                *argument = if last == Some(at) {
                    self.in_place(taken, items, fx)
                } else {
                    self.part(taken, items, fx)
                };
            } else if !self.is_stable(argument, role) {
                self.bind_before(argument, items, fx);
            }
        }
    }

    /// Variables for what the operands borrow that is no place, and for what is evaluated before.
    fn pin_operands(&mut self, operands: &mut [Expr], items: &mut Vec<Item>, fx: &mut Vec<Fx>) {
        let pins = |this: &Self, operand: &mut Expr| {
            let driven = driven(operand);
            let operand = inner(operand, driven);
            let receives = matches!(operand, Expr::MethodCall(_));
            arguments_of(operand)
                .iter()
                .enumerate()
                .any(|(at, (argument, _))| this.must_be_pinned(argument, receives && at == 0))
        };
        let last = (0..operands.len())
            .rev()
            .find(|&at| pins(self, &mut operands[at]));
        for (at, operand) in operands.iter_mut().enumerate() {
            if last.is_none_or(|last| at > last) {
                break;
            }
            let driven = driven(operand);
            let operand = inner(operand, driven);
            self.pin_arguments(operand, items, fx);
            if last != Some(at) {
                for (argument, role) in arguments_of(operand) {
                    if !self.is_stable(argument, role) {
                        self.bind_before(argument, items, fx);
                    }
                }
            }
        }
    }

    fn bind_before(&mut self, argument: &mut Expr, items: &mut Vec<Item>, fx: &mut Vec<Fx>) {
        let temp = self.fresh("operand", argument.span());
        let taken = std::mem::replace(argument, parse_quote!(#temp));
        let stmt = parse_quote!(let mut #temp = #taken;);
        self.simple(Statement::Part(stmt), items, fx);
    }

    /// Replaces what an operand takes by value by identifiers. References to places stay: they are taken in the branch.
    fn take_values(&mut self, operand: &mut Expr, driven: Driven, args: &mut Vec<(Ident, Expr)>) {
        match (driven, &mut *operand) {
            (Driven::Again, _) => return,
            (Driven::After | Driven::Until, Expr::Call(call)) => {
                self.take_value(&mut call.args[0], args);
                return self.take_values(&mut call.args[1], Driven::Plainly, args);
            }
            _ => {}
        }
        match operand {
            Expr::Call(call) if matches!(&*call.func, Expr::Path(_)) => {
                for argument in &mut call.args {
                    self.take_argument(argument, args);
                }
            }
            Expr::MethodCall(call) => {
                let owning = is_owning(call);
                if owning || !self.is_steady_place(&call.receiver) {
                    self.take_value(&mut call.receiver, args);
                }
                for argument in &mut call.args {
                    self.take_argument(argument, args);
                }
            }
            operand => self.take_value(operand, args),
        }
    }

    fn take_argument(&mut self, argument: &mut Expr, args: &mut Vec<(Ident, Expr)>) {
        match argument {
            Expr::Reference(reference) if self.is_steady_place(&reference.expr) => {}
            Expr::MethodCall(_)
                if is_projection(argument) && self.is_steady_projection(argument) => {}
            Expr::Path(path) => {
                let again = self.reborrow(path);
                match again {
                    // A reference to something static is a value.
                    Some(again) if !matches!(again, Expr::MethodCall(_)) => *argument = again,
                    _ => self.take_value(argument, args),
                }
            }
            argument => self.take_value(argument, args),
        }
    }

    fn take_value(&mut self, value: &mut Expr, args: &mut Vec<(Ident, Expr)>) {
        if matches!(value, Expr::Lit(_)) {
            return;
        }
        let ident = self.fresh("arg", value.span());
        let taken = std::mem::replace(value, parse_quote!(#ident));
        args.push((ident, taken));
    }
}

/// Whether a method takes `&self` or `&mut self` cannot be seen: the receiver of a resumed call is borrowed mutably where
/// it can be. Where two branches borrow the same place, in the source both borrow it shared.
fn share_receivers(branches: &mut [Branch]) {
    let places: Vec<Vec<Vec<String>>> = branches
        .iter()
        .map(|branch| branch.resume.iter().filter_map(place).collect())
        .collect();
    for (at, branch) in branches.iter_mut().enumerate() {
        let driven = branch.driven;
        if !matches!(inner(&mut branch.operand, driven), Expr::MethodCall(_)) {
            continue;
        }
        let Some(receiver) = branch.resume.first_mut() else {
            continue;
        };
        let Some(own) = place(receiver) else {
            continue;
        };
        let mut others = places.iter().enumerate().filter(|(other, _)| *other != at);
        if others.any(|(_, places)| places.iter().any(|place| overlap(&own, place))) {
            share(receiver);
        }
    }
}

/// A place as its variable and fields.
fn place(expr: &Expr) -> Option<Vec<String>> {
    match expr {
        Expr::Path(path) => Some(vec![path.path.get_ident()?.to_string()]),
        Expr::Field(field) => {
            let mut path = place(&field.base)?;
            path.push(field.member.to_token_stream().to_string());
            Some(path)
        }
        Expr::Index(index) => place(&index.expr),
        Expr::MethodCall(call) => place(lent(call).unwrap_or(&call.receiver)),
        Expr::Paren(paren) => place(&paren.expr),
        Expr::Reference(reference) => place(&reference.expr),
        Expr::Unary(unary) => place(&unary.expr),
        _ => None,
    }
}

fn overlap(one: &[String], other: &[String]) -> bool {
    one.iter().zip(other).all(|(one, other)| one == other)
}

/// An operand without parentheses, and without the box that recursion needs in ordinary code.
fn unwrapped(operand: Expr) -> Expr {
    match operand {
        Expr::Paren(paren) => unwrapped(*paren.expr),
        Expr::Group(group) => unwrapped(*group.expr),
        operand => unboxed(operand),
    }
}

/// What is evaluated of an operand before it is called.
fn arguments_of(operand: &mut Expr) -> Vec<(&mut Expr, Role)> {
    match operand {
        Expr::Call(_) | Expr::MethodCall(_) => operands(operand),
        operand => vec![(operand, Role::Value)],
    }
}
