//! Waits of which the runtime knows more than that they are futures: `timeout(…)` around a call, `reissue(…)`, and several
//! calls at the same time, `join!`, `try_join!` and `select!`.
//!
//! ```text
//! tokio::join!(f(a, &mut x), g(&y))
//! ```
//! →
//! ```text
//! __hicam_join(f(a, &mut x), g(&y))       // so that all stages see the operands as expressions
//! ```
//! and
//! ```text
//! tokio::select! { p = f(a) => A, q = g(&y) => B }
//! ```
//! →
//! ```text
//! match __hicam_select(f(a), g(&y)) { Chosen::This(p) => A, Chosen::Other(Chosen::This(q)) => B }
//! ```
//! A branch's condition and the test of its pattern stand around its operand; `else` is one alternative more:
//!
//! ```text
//! tokio::select! { Some(p) = f(a), if c => A, else => B }
//! ```
//! →
//! ```text
//! match __hicam_select_or(__hicam_if(c, __hicam_when(match &done { Some(_) => true, _ => false }, f(a)))) {
//!     Chosen::This(Some(p)) => A, Chosen::Other(Otherwise) => B, _ => unreachable!()
//! }
//! ```

use proc_macro2::Ident;
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Arm, Expr, ExprCall, Macro, Pat, Token, parse_quote};

use crate::arguments::{is_owning, is_projection, lent, share};
use crate::ir::{
    Branch, Concurrent, Driven, Fx, How, Item, Node, PointKind, Statement, Together, VarKind,
};
use crate::normal::{operands, unboxed};
use crate::patterns;
use crate::scope::Builder;

const JOIN: &str = "__hicam_join";
const TRY_JOIN: &str = "__hicam_try_join";
const SELECT: &str = "__hicam_select";
/// With `else`.
const SELECT_OR: &str = "__hicam_select_or";
/// `__hicam_if(condition, operand)`
const CONDITION: &str = "__hicam_if";
/// `__hicam_when(test, operand)`: the test is of [`DONE`].
const TEST: &str = "__hicam_when";
/// What a branch's operand has given.
pub(crate) const DONE: &str = "__hicam_done";
const BIASED: &str = "_biased";

/// As many as the runtime has.
const MOST_BRANCHES: usize = 64;

/// What a call stands for that [`written`] has made; whether it is biased.
pub(crate) fn kind(call: &ExprCall) -> Option<(Together, bool)> {
    let name = made_name(call)?;
    let (name, biased) = match name.strip_suffix(BIASED) {
        Some(name) => (name, true),
        None => (name.as_str(), false),
    };
    match name {
        JOIN => Some((Together::Join, biased)),
        TRY_JOIN => Some((Together::TryJoin, biased)),
        SELECT | SELECT_OR => Some((Together::Select, biased)),
        _ => None,
    }
}

fn made_name(call: &ExprCall) -> Option<String> {
    let Expr::Path(path) = &*call.func else {
        return None;
    };
    Some(path.path.get_ident()?.to_string())
}

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

/// `join!`, `try_join!` and `select!` as expressions that can be cut.
pub(crate) fn written(mac: &Macro) -> Option<syn::Result<Expr>> {
    let segments: Vec<String> = mac
        .path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let name = match segments.as_slice() {
        ["join"] | ["tokio" | "futures", "join"] => JOIN,
        ["try_join"] | ["tokio" | "futures", "try_join"] => TRY_JOIN,
        ["select"] | ["tokio", "select"] => return Some(select(mac)),
        _ => return None,
    };
    // What cannot be parsed is left to the macro itself.
    let joined: Joined = mac.parse_body().ok()?;
    if joined.operands.is_empty() {
        return None;
    }
    let name = call_name(name, joined.biased, mac);
    let operands = joined.operands;
    Some(Ok(parse_quote!(#name(#(#operands),*))))
}

fn call_name(name: &str, biased: bool, mac: &Macro) -> Ident {
    let biased = if biased { BIASED } else { "" };
    Ident::new(&format!("{name}{biased}"), mac.path.span())
}

struct Joined {
    biased: bool,
    operands: Vec<Expr>,
}

impl Parse for Joined {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let biased = parse_biased(input)?;
        let operands = input.parse_terminated(Expr::parse, Token![,])?;
        Ok(Joined {
            biased,
            operands: operands.into_iter().collect(),
        })
    }
}

fn parse_biased(input: ParseStream<'_>) -> syn::Result<bool> {
    let ahead = input.fork();
    let biased = ahead.parse::<Ident>().is_ok_and(|word| word == "biased") && ahead.peek(Token![;]);
    if biased {
        input.parse::<Ident>()?;
        input.parse::<Token![;]>()?;
    }
    Ok(biased)
}

/// A branch of a `select!`: `pattern = operand, if condition => body,`
struct Alternative {
    pat: Pat,
    operand: Expr,
    /// `, if condition`
    condition: Option<Expr>,
    body: Expr,
}

struct Selected {
    biased: bool,
    alternatives: Vec<Alternative>,
    /// `else => body`
    otherwise: Option<Expr>,
}

impl Parse for Selected {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let biased = parse_biased(input)?;
        let (mut alternatives, mut otherwise) = (Vec::new(), None);
        while !input.is_empty() {
            if input.peek(Token![else]) {
                input.parse::<Token![else]>()?;
                input.parse::<Token![=>]>()?;
                otherwise = Some(input.parse()?);
                input.parse::<Option<Token![,]>>()?;
                if !input.is_empty() {
                    return Err(input.error("`else` is the last branch of a `select!`"));
                }
                break;
            }
            let pat = Pat::parse_multi_with_leading_vert(input)?;
            input.parse::<Token![=]>()?;
            let operand = input.parse()?;
            let mut condition = None;
            if input.peek(Token![,]) {
                input.parse::<Token![,]>()?;
                input.parse::<Token![if]>()?;
                condition = Some(input.parse()?);
            }
            input.parse::<Token![=>]>()?;
            let body = Expr::parse_with_earlier_boundary_rule(input)?;
            if !input.is_empty() && (input.peek(Token![,]) || !matches!(body, Expr::Block(_))) {
                input.parse::<Token![,]>()?;
            }
            alternatives.push(Alternative {
                pat,
                operand,
                condition,
                body,
            });
        }
        Ok(Selected {
            biased,
            alternatives,
            otherwise,
        })
    }
}

/// Whether a pattern always matches, as far as the syntax shows.
fn is_irrefutable(pat: &Pat) -> bool {
    match pat {
        Pat::Ident(ident) => ident.subpat.is_none() && !patterns::bindings(pat).is_empty(),
        Pat::Tuple(tuple) => tuple.elems.iter().all(is_irrefutable),
        Pat::Paren(paren) => is_irrefutable(&paren.pat),
        Pat::Wild(_) | Pat::Rest(_) => true,
        _ => false,
    }
}

/// Whether what a branch has given matches its pattern.
fn test(pat: &Pat) -> Expr {
    let (done, mut pat) = (Ident::new(DONE, pat.span()), pat.clone());
    Unbound.visit_pat_mut(&mut pat);
    parse_quote!(match &#done {
        #[allow(unreachable_patterns)]
        #pat => true,
        #[allow(unreachable_patterns)]
        _ => false,
    })
}

/// Takes the variables out of a pattern: what is tested is only looked at.
struct Unbound;

impl VisitMut for Unbound {
    fn visit_pat_mut(&mut self, pat: &mut Pat) {
        visit_mut::visit_pat_mut(self, pat);
        if let Pat::Ident(ident) = pat
            && !patterns::bindings(&Pat::Ident(ident.clone())).is_empty()
        {
            *pat = match ident.subpat.take() {
                Some((_, inner)) => *inner,
                None => parse_quote!(_),
            };
        }
    }
    fn visit_field_pat_mut(&mut self, field: &mut syn::FieldPat) {
        visit_mut::visit_field_pat_mut(self, field);
        // `P { x }` has become `P { _ }`.
        field.colon_token.get_or_insert_default();
    }
}

fn select(mac: &Macro) -> syn::Result<Expr> {
    let selected: Selected = mac.parse_body()?;
    if selected.alternatives.is_empty() {
        return Err(syn::Error::new_spanned(
            &mac.path,
            "`select!` without a branch never ends",
        ));
    }
    let name = match selected.otherwise {
        Some(_) => SELECT_OR,
        None => SELECT,
    };
    let name = call_name(name, selected.biased, mac);
    let count = selected.alternatives.len();
    let (mut operands, mut irrefutable) = (Vec::new(), true);
    let mut arms: Vec<Arm> = Vec::new();
    for (
        at,
        Alternative {
            mut pat,
            operand,
            condition,
            body,
        },
    ) in selected.alternatives.into_iter().enumerate()
    {
        let operand = if is_irrefutable(&pat) {
            operand
        } else {
            irrefutable = false;
            let (name, test) = (Ident::new(TEST, operand.span()), test(&pat));
            parse_quote!(#name(#test, #operand))
        };
        operands.push(match condition {
            Some(condition) => {
                let name = Ident::new(CONDITION, operand.span());
                parse_quote!(#name(#condition, #operand))
            }
            None => operand,
        });
        pat = chosen(at, parse_quote!(::hicam::__private::Chosen::This(#pat)));
        arms.push(parse_quote!(#pat => #body,));
    }
    if let Some(body) = selected.otherwise {
        let pat = chosen(count, parse_quote!(::hicam::__private::Otherwise));
        arms.push(parse_quote!(#pat => #body,));
    }
    if !irrefutable {
        arms.push(parse_quote! {
            #[allow(unreachable_patterns)]
            __hicam_other => ::core::unreachable!("a branch of `select!` was chosen whose pattern does not match"),
        });
    }
    Ok(parse_quote!(match #name(#(#operands),*) { #(#arms)* }))
}

/// The pattern of what branch `at` has given.
fn chosen(at: usize, mut pat: Pat) -> Pat {
    for _ in 0..at {
        pat = parse_quote!(::hicam::__private::Chosen::Other(#pat));
    }
    pat
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
        let otherwise = made_name(&call).is_some_and(|name| name.starts_with(SELECT_OR));
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
        let mut branches = Vec::new();
        for ((mut operand, condition), test) in operands.into_iter().zip(conditions).zip(tests) {
            let condition = condition.map(|mut condition| {
                self.take_value(&mut condition, &mut args);
                condition
            });
            let first = args.len();
            let driven = driven(&operand);
            let span = operand.span();
            let resume = self.resume_arguments(inner(&mut operand, driven));
            self.take_values(&mut operand, driven, &mut args);
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
        let values = args.iter().map(|(_, value)| value);
        let args = self.code(
            parse_quote!((#(::core::option::Option::Some(#values),)*)),
            fx,
        );
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
                    self.point_free(taken, items, fx)
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
        self.simple(Statement::User(stmt), items, fx);
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

/// An operand of `select!`, and what [`select`] has written before it under this name.
fn wrapped(name: &str, operand: Expr) -> (Option<Expr>, Expr) {
    match operand {
        Expr::Call(mut call)
            if call.args.len() == 2
                && matches!(&*call.func, Expr::Path(path) if path.path.is_ident(name)) =>
        {
            let operand = call.args.pop();
            let before = call.args.pop();
            (before, operand.unwrap_or_else(|| parse_quote!(())))
        }
        operand => (None, operand),
    }
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
fn arguments_of(operand: &mut Expr) -> Vec<(&mut Expr, crate::normal::Role)> {
    match operand {
        Expr::Call(_) | Expr::MethodCall(_) => operands(operand),
        operand => vec![(operand, crate::normal::Role::Value)],
    }
}
