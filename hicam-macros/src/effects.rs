//! The effects of user code that contains no points, in evaluation order; and what must be rewritten in such code:
//! `return` and `?`, because the function gives a `Flow`, and jumps to loops that are lowered.

use proc_macro2::{Ident, Span};
use quote::quote_spanned;
use syn::{BinOp, Expr, Local, Pat, Stmt, parse_quote, parse_quote_spanned};

use crate::arguments::PROJECTIONS;
use crate::ir::{Fx, How, Trust, VarId, VarKind};
use crate::iterables::strip_parens;
use crate::scope::{Builder, split_type};

/// Methods that are known to take `&self` or `&mut self` on the types that usually have them. The list decides only
/// whether a variable rests in an `Option` between points or stays an ordinary local.
pub(crate) const BY_REFERENCE: &[&str] = &[
    "push",
    "push_str",
    "push_back",
    "push_front",
    "pop",
    "pop_front",
    "pop_back",
    "len",
    "is_empty",
    "get",
    "get_mut",
    "insert",
    "remove",
    "contains",
    "contains_key",
    "iter",
    "iter_mut",
    "clone",
    "as_str",
    "as_ref",
    "as_mut",
    "as_slice",
    "as_bytes",
    "to_string",
    "to_owned",
    "to_vec",
    "extend",
    "extend_from_slice",
    "sort",
    "sort_by",
    "sort_by_key",
    "sort_unstable",
    "keys",
    "values",
    "values_mut",
    "entry",
    "chars",
    "bytes",
    "lines",
    "starts_with",
    "ends_with",
    "clear",
    "truncate",
    "get_ref",
    "metadata",
    "is_some",
    "is_none",
    "is_ok",
    "is_err",
    "fetch_add",
    "fetch_sub",
    "dedup",
    "try_lock",
    "lock",
    "acquire",
];
/// Those that change a collection; an entry of a map they take, and of a builder they may make the next one.
const CHANGING: &[&str] = &[
    "push",
    "push_str",
    "push_back",
    "push_front",
    "insert",
    "remove",
    "extend",
    "extend_from_slice",
    "sort",
    "sort_by",
    "sort_by_key",
    "clear",
    "truncate",
    "dedup",
];
/// Why a reference cannot be changed.
pub(crate) const TAKEN_AGAIN: &str = "this reference is taken again on resume, as it was first, so a change of it would be lost: keep an index, or an owned copy";

/// Methods that are known to take `self`.
pub(crate) const CONSUMING: &[&str] = &[
    "unwrap",
    "unwrap_or",
    "unwrap_or_default",
    "unwrap_or_else",
    "expect",
    "ok",
    "err",
    "map",
    "map_err",
    "map_or",
    "map_or_else",
    "and_then",
    "or_else",
    "ok_or",
    "ok_or_else",
    "unwrap_err",
];

impl Builder {
    /// The effects of an expression used as `how`.
    pub(crate) fn expr(&mut self, expr: &mut Expr, how: How, fx: &mut Vec<Fx>) {
        match expr {
            Expr::Path(path) => {
                if path.qself.is_none()
                    && let Some(ident) = path.path.get_ident()
                    && let Some(var) = self.resolve(ident)
                {
                    fx.push(Fx::Use(var, how));
                }
            }
            Expr::Reference(reference) => self.expr(&mut reference.expr, How::Place, fx),
            Expr::RawAddr(raw) => self.expr(&mut raw.expr, How::Place, fx),
            Expr::Field(field) => {
                if how == How::Move
                    && let Expr::Path(path) = &*field.base
                    && let Some(var) = path.path.get_ident().and_then(|ident| self.resolve(ident))
                {
                    self.vars[var].partial = true;
                }
                let how = if how == How::Place || self.is_pointer(&field.base) {
                    How::Place
                } else {
                    How::Maybe
                };
                self.expr(&mut field.base, how, fx);
            }
            Expr::Index(index) => {
                self.expr(&mut index.expr, How::Place, fx);
                self.expr(&mut index.index, How::Move, fx);
            }
            Expr::MethodCall(call) => {
                let named = |names: &[&str]| names.iter().any(|name| call.method == name);
                let consumed = self.consumed(&call.receiver);
                let how = if let Some(how) = consumed.filter(|_| named(CHANGING)) {
                    how
                } else if named(BY_REFERENCE) || call.args.is_empty() && named(PROJECTIONS) {
                    How::Place
                } else if call.method.to_string().starts_with("into_") || named(CONSUMING) {
                    How::Move
                } else if self.is_pointer(&call.receiver) {
                    How::Place
                } else {
                    How::Maybe
                };
                self.expr(&mut call.receiver, how, fx);
                if how == How::Move && (consumed.is_some() || named(CONSUMING)) {
                    self.trust(&call.receiver, Trust::Method, fx);
                }
                self.each(call.args.iter_mut(), fx);
            }
            Expr::Unary(unary) => {
                // As a value, what is in a box may be moved out.
                let how = match (unary.op, how) {
                    (syn::UnOp::Deref(_), How::Place) => How::Place,
                    (syn::UnOp::Deref(_), _) if self.is_pointer(&unary.expr) => How::Place,
                    (syn::UnOp::Deref(_), _) => How::Maybe,
                    _ => How::Move,
                };
                self.expr(&mut unary.expr, how, fx);
            }
            Expr::Binary(binary) => self.binary(binary, fx),
            Expr::Assign(assign) => {
                let how = assigned_how(&assign.left);
                self.expr(&mut assign.right, how, fx);
                self.assigned(&mut assign.left, fx);
            }
            Expr::Call(call) => {
                self.expr(&mut call.func, How::Move, fx);
                self.trust(&call.func, Trust::Call, fx);
                self.each(call.args.iter_mut(), fx);
            }
            Expr::Array(array) => self.each(array.elems.iter_mut(), fx),
            Expr::Tuple(tuple) => self.each(tuple.elems.iter_mut(), fx),
            Expr::Struct(literal) => {
                self.each(literal.fields.iter_mut().map(|field| &mut field.expr), fx);
                // Which of its parts are taken is not to be seen.
                if let Some(rest) = &mut literal.rest {
                    self.expr(rest, How::Maybe, fx);
                }
            }
            Expr::Repeat(repeat) => self.expr(&mut repeat.expr, How::Move, fx),
            Expr::Range(range) => {
                self.each(
                    range
                        .start
                        .iter_mut()
                        .chain(range.end.iter_mut())
                        .map(|bound| &mut **bound),
                    fx,
                );
            }
            Expr::Cast(cast) => {
                let field = matches!(&*cast.expr, Expr::Field(_));
                self.expr(&mut cast.expr, copied(field), fx);
            }
            Expr::Paren(paren) => self.expr(&mut paren.expr, how, fx),
            Expr::Group(group) => self.expr(&mut group.expr, how, fx),
            Expr::Await(awaited) => self.expr(&mut awaited.base, How::Move, fx),
            Expr::Macro(invocation) => self.macro_tokens(&mut invocation.mac, fx),
            Expr::Block(block) => self.natural_block(
                block.label.clone().map(|label| label.name),
                &mut block.block,
                fx,
            ),
            Expr::Unsafe(block) => self.natural_block(None, &mut block.block, fx),
            Expr::If(_) | Expr::Match(_) => self.choice(expr, fx),
            Expr::Loop(_) | Expr::While(_) | Expr::ForLoop(_) => self.natural_loop(expr, fx),
            Expr::Break(_) | Expr::Continue(_) => self.jump(expr, fx),
            Expr::Return(ret) => {
                self.each(ret.expr.iter_mut().map(|value| &mut **value), fx);
                fx.push(Fx::Return);
                let value = ret
                    .expr
                    .take()
                    .map_or_else(|| parse_quote!(()), |value| *value);
                *expr = parse_quote_spanned!(ret.return_token.span=> return ::hicam::__private::Flow::Done(#value));
            }
            Expr::Try(question) => {
                self.expr(&mut question.expr, How::Move, fx);
                fx.push(Fx::MayReturn);
                *expr = lower_question(&question.expr, question.question_token.span);
            }
            Expr::Closure(_) | Expr::Async(_) => self.captures(expr, fx),
            Expr::Let(_) => self.errors.at(
                expr,
                "`let` is not supported here together with migration points: nest the `if let`s",
            ),
            Expr::Yield(_) | Expr::TryBlock(_) => {
                self.errors.at(
                    expr,
                    "this expression is not supported in an annotated function",
                );
            }
            _ => {}
        }
    }

    fn each<'e>(&mut self, exprs: impl Iterator<Item = &'e mut Expr>, fx: &mut Vec<Fx>) {
        for expr in exprs {
            self.expr(expr, How::Move, fx);
        }
    }

    fn binary(&mut self, binary: &mut syn::ExprBinary, fx: &mut Vec<Fx>) {
        match binary.op {
            BinOp::And(_) | BinOp::Or(_) => {
                self.expr(&mut binary.left, How::Move, fx);
                let mut right = Vec::new();
                self.expr(&mut binary.right, How::Move, &mut right);
                fx.push(Fx::Branch(vec![right, Vec::new()]));
            }
            BinOp::Eq(_)
            | BinOp::Ne(_)
            | BinOp::Lt(_)
            | BinOp::Le(_)
            | BinOp::Gt(_)
            | BinOp::Ge(_) => {
                self.expr(&mut binary.left, How::Place, fx);
                self.expr(&mut binary.right, How::Place, fx);
            }
            _ if is_assignment(&binary.op) => {
                self.expr(&mut binary.right, How::Move, fx);
                self.expr(&mut binary.left, How::Place, fx);
            }
            _ => {
                let number = is_number(&binary.left) || is_number(&binary.right);
                for operand in [&mut binary.left, &mut binary.right] {
                    let copy = number && matches!(**operand, Expr::Field(_));
                    self.expr(operand, copied(copy), fx);
                }
            }
        }
    }

    fn assigned(&mut self, left: &mut Expr, fx: &mut Vec<Fx>) {
        match left {
            Expr::Path(path) => {
                if let Some(var) = path.path.get_ident().and_then(|ident| self.resolve(ident)) {
                    if self.vars[var].kind != VarKind::Local || self.vars[var].again.is_some() {
                        self.errors.at(&*path, TAKEN_AGAIN);
                    }
                    fx.push(Fx::Kill(var));
                }
            }
            Expr::Tuple(tuple) => tuple
                .elems
                .iter_mut()
                .for_each(|left| self.assigned(left, fx)),
            Expr::Array(array) => array
                .elems
                .iter_mut()
                .for_each(|left| self.assigned(left, fx)),
            Expr::Struct(literal) if literal.rest.is_none() => {
                let parts = literal.fields.iter_mut();
                parts.for_each(|part| self.assigned(&mut part.expr, fx));
            }
            Expr::Call(call) => {
                let parts = call.args.iter_mut();
                parts.for_each(|part| self.assigned(part, fx));
            }
            Expr::Paren(paren) => self.assigned(&mut paren.expr, fx),
            Expr::Infer(_) => {}
            left => self.expr(left, How::Place, fx),
        }
    }

    pub(crate) fn natural_block(
        &mut self,
        label: Option<syn::Lifetime>,
        block: &mut syn::Block,
        fx: &mut Vec<Fx>,
    ) {
        let Some(label) = label else {
            return self.scoped(|this| this.statements(&mut block.stmts, fx));
        };
        let target = self.target(Some(label), true, false);
        let id = target.id;
        let mut inside = Vec::new();
        self.jumping(target, |this| {
            this.scoped(|this| this.statements(&mut block.stmts, &mut inside))
        });
        fx.push(Fx::Labelled(id, inside));
    }

    fn statements(&mut self, stmts: &mut [Stmt], fx: &mut Vec<Fx>) {
        for stmt in stmts {
            self.stmt(stmt, fx);
        }
    }

    /// `let query = query.insert(filter).insert(order)`: the first method gives another such value, as no collection's does.
    pub(crate) fn replaced(&mut self, local: &Local) {
        let (pat, init) = (split_type(&local.pat).0, &local.init);
        let (Pat::Ident(pat), Some(init)) = (pat, init) else {
            return;
        };
        let mut receiver = strip_parens(&init.expr);
        while let Expr::MethodCall(call) = receiver {
            receiver = strip_parens(&call.receiver);
        }
        if let Some(var) = self.variable(receiver)
            && self.written(&self.vars[var].ident) == self.written(&pat.ident)
        {
            self.vars[var].consumed = Some(How::Maybe);
        }
    }

    fn consumed(&self, receiver: &Expr) -> Option<How> {
        self.variable(receiver)
            .and_then(|var| self.vars[var].consumed)
    }

    /// The effects of a statement; gives the variables it declares.
    pub(crate) fn stmt(&mut self, stmt: &mut Stmt, fx: &mut Vec<Fx>) -> Vec<VarId> {
        match stmt {
            Stmt::Local(local) => {
                let mut taken = None;
                self.replaced(local);
                if let Some(init) = &mut local.init {
                    let from = fx.len();
                    self.taken_apart(&mut init.expr, [&local.pat].into_iter(), fx);
                    taken = match strip_parens(&init.expr) {
                        Expr::Closure(_) => Some(moved_by(&fx[from..])),
                        value => {
                            let same = self.variable(value);
                            same.and_then(|var| self.vars[var].taken.clone())
                        }
                    };
                    if let Some((_, diverge)) = &mut init.diverge {
                        let mut otherwise = Vec::new();
                        self.expr(diverge, How::Move, &mut otherwise);
                        fx.push(Fx::Branch(vec![otherwise, Vec::new()]));
                    }
                }
                let from = fx.len();
                let declared = self.declare_local(local, fx);
                if let [closure] = declared[..] {
                    self.vars[closure].taken = taken;
                }
                if local.init.is_none() {
                    let unset = declared.iter().map(|&var| Fx::Unset(var));
                    fx.splice(from.., unset);
                }
                return declared;
            }
            Stmt::Expr(expr, _) => self.expr(expr, How::Move, fx),
            Stmt::Macro(invocation) => self.macro_tokens(&mut invocation.mac, fx),
            Stmt::Item(_) => {}
        }
        Vec::new()
    }
}

/// `expr?` → the same with the early return as a `Flow`:
/// ```text
/// match Question::branch(expr) {
///     Continue(value) => value,
///     Break(residual) => return Flow::Done(FromResidual::from_residual(residual)),
/// }
/// ```
pub(crate) fn lower_question(expr: &Expr, span: proc_macro2::Span) -> Expr {
    // At the `?`, so that what the compiler says of their types is said there.
    let (value, residual) = (
        Ident::new("__hicam_continued", span),
        Ident::new("__hicam_residual", span),
    );
    let branch = quote_spanned!(span=> ::hicam::__private::Question::branch(#expr));
    let residual_value =
        quote_spanned!(span=> ::hicam::__private::FromResidual::from_residual(#residual));
    // In parentheses, because a `match` at the start of a statement would end it.
    let span = span.resolved_at(Span::call_site());
    parse_quote_spanned! {span=>
        (match #branch {
            ::core::ops::ControlFlow::Continue(#value) => #value,
            ::core::ops::ControlFlow::Break(#residual) => return ::hicam::__private::Flow::Done(#residual_value),
        })
    }
}

pub(crate) fn is_assignment(op: &BinOp) -> bool {
    matches!(
        op,
        BinOp::AddAssign(_)
            | BinOp::SubAssign(_)
            | BinOp::MulAssign(_)
            | BinOp::DivAssign(_)
            | BinOp::RemAssign(_)
            | BinOp::BitXorAssign(_)
            | BinOp::BitAndAssign(_)
            | BinOp::BitOrAssign(_)
            | BinOp::ShlAssign(_)
            | BinOp::ShrAssign(_)
    )
}

/// How a value is used that is known, or not, to be a number.
fn copied(number: bool) -> How {
    if number { How::Place } else { How::Move }
}

fn is_number(expr: &Expr) -> bool {
    matches!(expr, Expr::Lit(lit) if matches!(lit.lit, syn::Lit::Int(_) | syn::Lit::Float(_)))
}

/// How a destructuring assignment uses what it takes apart: `_ = x` leaves `x` where it is, and `(y, _) = x` a part of it.
fn assigned_how(left: &Expr) -> How {
    fn leaves(left: &Expr) -> bool {
        match left {
            Expr::Infer(_) => true,
            Expr::Range(range) => range.start.is_none() && range.end.is_none(),
            Expr::Tuple(tuple) => tuple.elems.iter().any(leaves),
            Expr::Array(array) => array.elems.iter().any(leaves),
            Expr::Call(call) => call.args.iter().any(leaves),
            Expr::Struct(literal) => {
                literal.dot2_token.is_some()
                    || literal.fields.iter().any(|field| leaves(&field.expr))
            }
            Expr::Paren(paren) => leaves(&paren.expr),
            _ => false,
        }
    }
    match left {
        Expr::Infer(_) => How::Place,
        left if leaves(left) => How::Maybe,
        _ => How::Move,
    }
}

/// The variables that code moves, or may move.
fn moved_by(fx: &[Fx]) -> Vec<VarId> {
    let moved = fx.iter().filter_map(|effect| match effect {
        Fx::Use(var, How::Move | How::Maybe) => Some(*var),
        _ => None,
    });
    moved.collect()
}

pub(crate) fn binds_nothing(pat: &Pat) -> bool {
    crate::patterns::bindings(pat).is_empty()
}
