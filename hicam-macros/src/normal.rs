//! A-normal form: sub-expressions with points are evaluated before the expression they are part of, in evaluation
//! order, into variables of their own.

use proc_macro2::{Ident, Span};
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::visit_mut::VisitMut;
use syn::{BinOp, Expr, ExprAsync, Pat, parse_quote, parse_quote_spanned};

use crate::concurrent;
use crate::control::contains_let;
use crate::destructured::destructures;
use crate::ir::{Block, Fx, Item, Node, Post, Statement, Tail, VarKind};
use crate::iterables::{is_temporary, strip_parens};
use crate::operands::{Role, is_place, operands, unboxed};
use crate::scope::{Builder, PointSet};
use crate::strict_macros::Arguments;
use crate::value_receivers::{Looked, looked_at};

/// What the names of values begin with that had points.
const VALUE: &str = "__hicam_value_";

/// What becomes of an expression with points.
#[allow(clippy::large_enum_variant, reason = "handed on at once, never stored")]
pub(crate) enum Normal {
    /// No points are left in it: they are in items before it. Its effects are still to be recorded.
    Code(Expr),
    Node(Node),
}

impl Builder {
    /// A whole expression with points: its node, and what is done with the node's value in the same statement.
    pub(crate) fn lead(
        &mut self,
        expr: Expr,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) -> (Node, Option<Post>) {
        match self.normalise(expr, items, fx) {
            Normal::Node(node) => (node, None),
            Normal::Code(expr) => {
                let code = self.code(expr, fx);
                match items.pop() {
                    Some(Item::Lead(lead)) if lead.post.is_none() && lead.temp().is_some() => {
                        let temp = lead.temp();
                        let post = temp.map(|temp| Post {
                            temp,
                            code,
                            part: false,
                        });
                        (lead.node, post)
                    }
                    // All its points are in items before it.
                    other => {
                        items.extend(other);
                        let block = Block {
                            items: Vec::new(),
                            body: Vec::new(),
                            tail: Tail::Code(Box::new(code)),
                            lent: Vec::new(),
                            diverges: false,
                            points: (1, 0),
                        };
                        (Node::Block(Box::new(block)), None)
                    }
                }
            }
        }
    }

    /// Makes an expression point-free, with its value in a variable if it had points.
    pub(crate) fn point_free(
        &mut self,
        expr: Expr,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) -> Expr {
        if !self.has_points(&expr) {
            return expr;
        }
        let span = expr.span();
        let (node, post) = self.lead(expr, items, fx);
        self.temp(node, post, span, items, fx)
    }

    /// As `point_free`, of a part of a statement that goes on.
    pub(crate) fn part(&mut self, expr: Expr, items: &mut Vec<Item>, fx: &mut Vec<Fx>) -> Expr {
        if !self.has_points(&expr) {
            return expr;
        }
        let span = expr.span();
        let (node, post) = self.lead(expr, items, fx);
        let post = post.map(|post| Post { part: true, ..post });
        self.temp(node, post, span, items, fx)
    }

    pub(crate) fn temp(
        &mut self,
        node: Node,
        post: Option<Post>,
        span: Span,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) -> Expr {
        let temp = self.fresh("value", span);
        debug_assert!(temp.to_string().starts_with(VALUE));
        // As a temporary it may be changed in place: `*lock().await += 1`.
        let var = self.declare(temp.clone(), true, VarKind::Local, fx);
        let lead = self.finish(
            Some((parse_quote!(mut #temp), None)),
            vec![var],
            node,
            post,
            fx,
        );
        items.push(Item::Lead(Box::new(lead)));
        parse_quote!(#temp)
    }

    /// Values that had points, where an expression only borrows them, end with the statement.
    pub(crate) fn end_with_statement(&mut self, expr: &Expr) {
        let mut find = FindValues(Vec::new());
        find.visit_expr(expr);
        self.temporaries.extend(find.0);
    }

    /// Evaluates an expression as far as its last point; what remains of it is evaluated in its place.
    pub(crate) fn in_place(&mut self, expr: Expr, items: &mut Vec<Item>, fx: &mut Vec<Fx>) -> Expr {
        let span = expr.span();
        match self.normalise(expr, items, fx) {
            Normal::Code(rest) => rest,
            Normal::Node(node) => self.temp(node, None, span, items, fx),
        }
    }

    fn branches_have_points(&self, branch: &syn::ExprIf) -> bool {
        let chain = matches!(&*branch.cond, Expr::Binary(binary) if contains_let(&binary.left, &binary.right));
        let then = Expr::Block(syn::ExprBlock {
            attrs: Vec::new(),
            label: None,
            block: branch.then_branch.clone(),
        });
        chain
            || self.has_points(&then)
            || branch
                .else_branch
                .as_ref()
                .is_some_and(|(_, otherwise)| self.has_points(otherwise))
    }

    fn arm_has_points(&self, arm: &syn::Arm) -> bool {
        self.has_points(&arm.body)
            || matches!(&arm.pat, Pat::Guard(guarded) if self.has_points(&guarded.guard))
    }

    /// Whether an expression contains a migration point of this function.
    pub(crate) fn has_points(&self, expr: &Expr) -> bool {
        FindPoints::of(self.points_wanted, expr)
    }

    /// Whether something is awaited in it.
    pub(crate) fn waits(&self, expr: &Expr) -> bool {
        let wanted = PointSet {
            loops: false,
            ..self.points_wanted
        };
        FindPoints::of(wanted, expr)
    }

    /// Puts an expression with points into A-normal form.
    pub(crate) fn normalise(
        &mut self,
        expr: Expr,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) -> Normal {
        if !self.has_points(&expr) {
            return Normal::Code(expr);
        }
        match expr {
            Expr::Paren(mut paren) => match self.normalise(*paren.expr, items, fx) {
                // What is left of a `match` in parentheses is one still.
                Normal::Code(rest) => {
                    *paren.expr = rest;
                    Normal::Code(Expr::Paren(paren))
                }
                node => node,
            },
            Expr::Group(group) => self.normalise(*group.expr, items, fx),
            Expr::Macro(invocation) => Normal::Code(self.strict_macro(invocation.mac, items, fx)),
            Expr::Await(awaited) if matches!(&*awaited.base, Expr::Async(_)) => match *awaited.base
            {
                Expr::Async(block) => Normal::Node(self.async_block(block, fx)),
                base => Normal::Code(base),
            },
            Expr::Await(awaited) => {
                let passed = self.has_points(&awaited.base);
                let operand = self.strict(unboxed(*awaited.base), items, fx);
                Normal::Node(self.awaited(operand, awaited.await_token.span, passed, items, fx))
            }
            Expr::Call(call) if concurrent::kind(&call).is_some() => {
                Normal::Node(self.concurrent(call, items, fx))
            }
            Expr::If(mut branch) if !self.branches_have_points(&branch) => {
                if let Expr::Let(binding) = &mut *branch.cond {
                    let taken = std::mem::replace(&mut *binding.expr, parse_quote!(()));
                    *binding.expr = self.in_place(taken, items, fx);
                    if branch.else_branch.is_some() {
                        // How long it lives, the edition says.
                        ByValue.visit_expr_mut(&mut binding.expr);
                    }
                } else {
                    let taken = std::mem::replace(&mut *branch.cond, parse_quote!(()));
                    *branch.cond = self.in_place(condition(taken), items, fx);
                }
                Normal::Code(Expr::If(branch))
            }
            Expr::Match(mut choice) if !choice.arms.iter().any(|arm| self.arm_has_points(arm)) => {
                *choice.expr = self.in_place(*choice.expr, items, fx);
                Normal::Code(Expr::Match(choice))
            }
            Expr::If(branch) => Normal::Node(self.branch(branch, items, fx)),
            Expr::Match(choice) => Normal::Node(self.select(choice, items, fx)),
            Expr::Loop(repeat) => {
                let label = repeat.label.map(|label| label.name);
                Normal::Node(self.repeat(label, repeat.loop_token.span, repeat.body, fx))
            }
            Expr::While(repeat) => {
                // `while c { … }` → `loop { if c { … } else { break } }`
                let (cond, body, span) = (repeat.cond, repeat.body, repeat.while_token.span);
                let label = repeat.label.map(|label| label.name);
                let body = parse_quote!({ if #cond #body else { break } });
                Normal::Node(self.repeat(label, span, body, fx))
            }
            Expr::ForLoop(repeat) => Normal::Node(self.for_loop(repeat, items, fx)),
            Expr::Block(block) => {
                if let Some(label) = block.label {
                    return Normal::Node(self.labelled_block(label.name, block.block, fx));
                }
                Normal::Node(Node::Block(Box::new(self.block(block.block, fx))))
            }
            Expr::Unsafe(block) => {
                self.errors.at(&block.unsafe_token, "a migration point inside `unsafe` is not supported: put the block around the unsafe operation alone, without `.await` and loops");
                Normal::Node(Node::Block(Box::new(self.block(block.block, fx))))
            }
            Expr::Binary(binary)
                if matches!(binary.op, BinOp::And(_) | BinOp::Or(_))
                    && self.has_points(&binary.right) =>
            {
                let (left, right) = (&binary.left, &binary.right);
                // The right operand runs on one condition only.
                let branch = if matches!(binary.op, BinOp::And(_)) {
                    parse_quote!(if #left { #right } else { false })
                } else {
                    parse_quote!(if #left { true } else { #right })
                };
                Normal::Node(self.branch(branch, items, fx))
            }
            Expr::Binary(mut binary) if matches!(binary.op, BinOp::And(_) | BinOp::Or(_)) => {
                let taken = std::mem::replace(&mut *binary.left, parse_quote!(()));
                *binary.left = self.in_place(condition(taken), items, fx);
                Normal::Code(Expr::Binary(binary))
            }
            Expr::Assign(assign) if destructures(&assign.left) => {
                Normal::Node(self.destructured(assign, fx))
            }
            expr => Normal::Code(self.strict(expr, items, fx)),
        }
    }

    /// An expression whose operands are all evaluated, left to right: those up to the last one with points go into
    /// variables of their own.
    pub(crate) fn strict(
        &mut self,
        mut expr: Expr,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) -> Expr {
        if !self.has_points(&expr) {
            return expr;
        }
        self.check_order(&expr);
        let last = operands(&mut expr)
            .iter()
            .rposition(|(operand, _)| self.has_points(operand));
        let Some(last) = last else {
            self.errors.at(
                &expr,
                "`.await` is not supported at this place: bind the value with `let` first",
            );
            return parse_quote!(::core::unreachable!());
        };
        let looked_at = looked_at(&expr);
        for (at, (operand, role)) in operands(&mut expr).into_iter().enumerate() {
            let span = operand.span();
            if at > last {
                break;
            }
            let looked_at = looked_at.filter(|_| at == 0 && at < last);
            let role = match looked_at {
                Some(Looked::Before | Looked::BeforeAsNumber) => Role::Value,
                _ => role,
            };
            if let Some(judged) = looked_at
                && is_place(operand)
                && self.is_mutable_place(operand)
                && self.judge_first(operand, judged, items, fx)
            {
                continue;
            }
            if at < last
                && let Expr::Reference(reference) = operand
                && let base = of_fields(&mut reference.expr)
                && is_temporary(base)
            {
                // What is borrowed is kept across the point, and borrowed behind it.
                self.hoist(base, items, fx);
            } else if at < last && self.has_points(operand) && self.is_chosen(operand, role) {
                let taken = std::mem::replace(operand, parse_quote!(()));
                *operand = self.strict(taken, items, fx);
                self.pin(operand, items, fx);
            } else if self.has_points(operand) {
                let taken = std::mem::replace(operand, parse_quote!(()));
                *operand = if at < last {
                    self.part(taken, items, fx)
                } else {
                    self.in_place(taken, items, fx)
                };
            } else if role == Role::Place && self.is_place_by_value(operand)
                || matches!(operand, Expr::Reference(reference) if self.is_place_by_value(&reference.expr))
            {
                // A place is chosen before the point, by the values of its indices.
                self.pin(operand, items, fx);
            } else if !self.is_stable(operand, role) {
                // Evaluated before the point, so its value must be kept across it.
                let temp = self.fresh("operand", span);
                let taken = std::mem::replace(operand, parse_quote!(#temp));
                self.simple(
                    Statement::Part(parse_quote!(let mut #temp = #taken;)),
                    items,
                    fx,
                );
            }
        }
        self.find_number(expr)
    }
}

impl Builder {
    /// The first operand of a call or comparison, a place, if its type decides when it is looked at. Answers whether that is
    /// all there is to do.
    fn judge_first(
        &mut self,
        operand: &mut Expr,
        looked_at: Looked,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) -> bool {
        let span = operand.span().resolved_at(Span::call_site());
        match looked_at {
            Looked::Before | Looked::After => {}
            Looked::BeforeAsNumber => {
                *operand = parse_quote_spanned!(span=> ::hicam::__private::number(#operand));
            }
            Looked::BeforeIfNumber => {
                self.pin(operand, items, fx);
                let temp = self.fresh("operand", span);
                let let_before = parse_quote_spanned! {span=>
                    let #temp = (&&::hicam::__private::First(&#operand)).before();
                };
                self.simple(Statement::Part(let_before), items, fx);
                *operand = parse_quote_spanned! {span=>
                    *::hicam::__private::Earlier::pick(&#temp, &#operand)
                };
                return true;
            }
            Looked::AfterUnlessCopied => {
                let judged = parse_quote_spanned! {span=>
                    if false {
                        (&&&::hicam::__private::First(&#operand)).judge();
                    }
                };
                self.simple(Statement::Part(judged), items, fx);
            }
        }
        false
    }
}

/// What a place is a part of.
fn of_fields(place: &mut Expr) -> &mut Expr {
    match place {
        Expr::Field(field) => of_fields(&mut field.base),
        Expr::Paren(paren) => of_fields(&mut paren.expr),
        whole => whole,
    }
}

/// Whether a variable has a value that had points.
pub(crate) fn is_value(ident: &Ident) -> bool {
    ident.to_string().starts_with(VALUE)
}

/// What is awaited in a condition ends with it.
pub(crate) fn condition(cond: Expr) -> Expr {
    match cond {
        Expr::Await(_) | Expr::Block(_) => cond,
        // It ends with this `let` in every edition.
        cond => parse_quote!({
            let __hicam_condition = #cond;
            __hicam_condition
        }),
    }
}

/// Makes temporaries again of values that had points.
struct ByValue;

impl VisitMut for ByValue {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Path(path) if path.path.get_ident().is_some_and(is_value) => {
                *expr = parse_quote!((match #path { __hicam_made => __hicam_made }));
            }
            Expr::Closure(_) | Expr::Async(_) => {}
            expr => syn::visit_mut::visit_expr_mut(self, expr),
        }
    }
}

/// Variables that have values that had points.
struct FindValues(Vec<Ident>);

impl<'ast> Visit<'ast> for FindValues {
    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        let value = path.path.get_ident().filter(|ident| is_value(ident));
        self.0.extend(value.cloned());
    }
}

/// An `async` block that is awaited where it stands.
fn in_place(awaited: &Expr) -> Option<&ExprAsync> {
    match strip_parens(awaited) {
        Expr::Async(block) => Some(block),
        _ => None,
    }
}

struct FindPoints {
    wanted: PointSet,
    found: bool,
}

impl FindPoints {
    fn of(wanted: PointSet, expr: &Expr) -> bool {
        let found = false;
        let mut find = FindPoints { wanted, found };
        find.visit_expr(expr);
        find.found
    }
}

impl<'ast> Visit<'ast> for FindPoints {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            // A block that waits for nothing is as good as its value.
            Expr::Await(awaited) if let Some(block) = in_place(&awaited.base) => {
                self.visit_block(&block.block);
            }
            // In a call that is awaited the callee may be suspended, whichever points are wanted.
            Expr::Await(_) => self.found = true,
            Expr::Call(call) if concurrent::kind(call).is_some() => {
                self.found = true;
            }
            Expr::Loop(_) | Expr::While(_) | Expr::ForLoop(_) if self.wanted.loops => {
                self.found = true
            }
            Expr::Closure(_) | Expr::Async(_) | Expr::Const(_) => {}
            expr => syn::visit::visit_expr(self, expr),
        }
    }
    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        if let Some(arguments) = Arguments::of(mac) {
            let mut evaluated = arguments.evaluated.iter();
            self.found |= evaluated.any(|argument| FindPoints::of(self.wanted, argument));
        }
    }
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}
