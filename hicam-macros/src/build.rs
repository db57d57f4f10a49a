//! Cuts a function's body at its migration points: statements that contain points become [`Lead`]s, sub-expressions
//! that contain points are put into A-normal form in evaluation order, everything else stays as it is.

use proc_macro2::{Ident, Span};
use quote::quote;
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{BinOp, Block as SynBlock, Expr, Local, Pat, Stmt, parse_quote};

use crate::effects::contains_let;
use crate::ir::{
    Block, Body, Code, Fx, How, If, Item, Lead, Loop, Node, PointKind, Post, Simple, Statement,
    Tail, VarId, VarKind,
};
use crate::scope::{Builder, PointSet};

/// What becomes of an expression with points.
pub(crate) enum Normal {
    /// No points are left in it: they are in items before it. Its effects are still to be recorded.
    Code(Expr),
    Node(Node),
}

/// A by-value parameter: its pattern and where the argument is.
pub(crate) struct Parameter {
    pub(crate) pat: Pat,
    pub(crate) arg: Ident,
    pub(crate) primitive: bool,
}

impl Builder {
    /// Builds the body of a function.
    pub(crate) fn body(
        mut self,
        parameters: Vec<Parameter>,
        entry: Span,
        block: SynBlock,
    ) -> syn::Result<Body> {
        let mut fx = Vec::new();
        let mut items = Vec::new();
        for Parameter {
            pat,
            arg,
            primitive,
        } in parameters
        {
            let option = quote!(::hicam::__private::Arg::value(#arg));
            let first = self.vars.len();
            self.bind(pat, option, &mut items, &mut fx);
            for var in &mut self.vars[first..] {
                var.copy = primitive;
            }
        }
        let point = self.point(PointKind::Entry, entry);
        fx.push(Fx::Point(point));
        let lead = self.finish(None, Vec::new(), Node::Check(point), None, &mut fx);
        items.push(Item::Lead(lead));
        let mut block = self.block_with(items, 1, block.stmts, &mut fx);
        block.points.0 = 1;
        self.errors.into_result()?;
        Ok(Body {
            block,
            effects: fx,
            vars: self.vars,
            points: self.points,
            marks: self.marks,
            targets: self.targets,
            jumps: self.jump_scopes,
        })
    }

    /// `let pat = option?`
    pub(crate) fn bind(
        &mut self,
        pat: Pat,
        option: proc_macro2::TokenStream,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) {
        let (before, after) = (self.mark(), self.mark());
        fx.push(Fx::Mark(before));
        let declares = self.declare_pattern(&pat, fx);
        fx.push(Fx::Mark(after));
        let name = quote!(#pat).to_string();
        let stmt = Code {
            code: Statement::Bind { pat, name, option },
            before,
            after,
            mentions: Vec::new(),
        };
        items.push(Item::Simple(Simple { stmt, declares }));
    }

    pub(crate) fn block(&mut self, block: SynBlock, fx: &mut Vec<Fx>) -> Block {
        self.scoped(|this| {
            let first = this.points.len() as u32 + 1;
            this.block_with(Vec::new(), first, block.stmts, fx)
        })
    }

    /// A block that begins with `items`, whose first point is `first`. The scope is the caller's.
    pub(crate) fn block_with(
        &mut self,
        mut items: Vec<Item>,
        first: u32,
        stmts: Vec<Stmt>,
        fx: &mut Vec<Fx>,
    ) -> Block {
        let mut inner_items = Vec::new();
        let mut tail = Tail::None;
        let count = stmts.len();
        for (at, stmt) in stmts.into_iter().enumerate() {
            match stmt {
                Stmt::Item(item) => inner_items.push(Stmt::Item(item)),
                Stmt::Expr(expr, None) if at + 1 == count => tail = self.tail(expr, &mut items, fx),
                Stmt::Macro(invocation) if invocation.semi_token.is_none() && at + 1 == count => {
                    let mac = invocation.mac;
                    tail = self.tail(parse_quote!(#mac), &mut items, fx);
                }
                stmt => self.statement(stmt, &mut items, fx),
            }
        }
        Block {
            items: inner_items,
            body: items,
            tail,
            points: (first, self.points.len() as u32),
        }
    }

    fn tail(&mut self, expr: Expr, items: &mut Vec<Item>, fx: &mut Vec<Fx>) -> Tail {
        if !self.has_points(&expr) {
            return Tail::Code(self.code(expr, fx));
        }
        let (node, post) = self.lead(expr, items, fx);
        Tail::Node(Box::new(self.finish(None, Vec::new(), node, post, fx)))
    }

    /// Records the effects of a point-free expression.
    pub(crate) fn code(&mut self, mut expr: Expr, fx: &mut Vec<Fx>) -> Code<Expr> {
        let (before, after) = (self.mark(), self.mark());
        let declared = self.vars.len();
        let from = fx.len();
        fx.push(Fx::Mark(before));
        self.expr(&mut expr, How::Move, fx);
        fx.push(Fx::Mark(after));
        Code {
            code: expr,
            before,
            after,
            mentions: mentions(&fx[from..], declared),
        }
    }

    pub(crate) fn simple(&mut self, statement: Statement, items: &mut Vec<Item>, fx: &mut Vec<Fx>) {
        let (before, after) = (self.mark(), self.mark());
        let declared = self.vars.len();
        let from = fx.len();
        fx.push(Fx::Mark(before));
        let mut statement = statement;
        let declares = match &mut statement {
            Statement::User(stmt) => self.stmt(stmt, fx),
            _ => Vec::new(),
        };
        fx.push(Fx::Mark(after));
        let stmt = Code {
            code: statement,
            before,
            after,
            mentions: mentions(&fx[from..], declared),
        };
        items.push(Item::Simple(Simple { stmt, declares }));
    }

    fn statement(&mut self, stmt: Stmt, items: &mut Vec<Item>, fx: &mut Vec<Fx>) {
        match stmt {
            Stmt::Local(local) if self.local_has_points(&local) => self.local(local, items, fx),
            Stmt::Expr(expr, _) if self.has_points(&expr) => {
                let (node, post) = self.lead(expr, items, fx);
                let lead = self.finish(None, Vec::new(), node, post, fx);
                items.push(Item::Lead(lead));
            }
            stmt => self.simple(Statement::User(stmt), items, fx),
        }
    }

    fn local_has_points(&self, local: &Local) -> bool {
        local.init.as_ref().is_some_and(|init| {
            self.has_points(&init.expr)
                || init
                    .diverge
                    .as_ref()
                    .is_some_and(|(_, diverge)| self.has_points(diverge))
        })
    }

    fn local(&mut self, mut local: Local, items: &mut Vec<Item>, fx: &mut Vec<Fx>) {
        let Some(mut init) = local.init.take() else {
            return;
        };
        if let Some((_, diverge)) = &init.diverge {
            if self.has_points(diverge) {
                self.errors.at(
                    diverge,
                    "a migration point inside `let … else { … }` is not supported: use `match`",
                );
            }
            // The scrutinee's value is bound first; the statement itself is then free of points.
            init.expr = Box::new(self.to_code(*init.expr, items, fx));
            local.init = Some(init);
            return self.simple(Statement::User(Stmt::Local(local)), items, fx);
        }
        let (node, post) = self.lead(*init.expr.clone(), items, fx);
        let declares = self.declare_local(&local, fx);
        let (pat, ty) = match local.pat {
            Pat::Type(typed) => (*typed.pat, Some(typed.ty)),
            pat => (pat, None),
        };
        for &var in &declares {
            self.vars[var].initialised = true;
            self.vars[var].copy = ty.as_deref().is_some_and(crate::scope::is_primitive);
            self.vars[var].borrow = false;
        }
        let lead = self.finish(Some((pat, ty)), declares, node, post, fx);
        items.push(Item::Lead(lead));
    }

    /// Completes a lead whose effects have been recorded.
    pub(crate) fn finish(
        &mut self,
        pat: Option<(Pat, Option<Box<syn::Type>>)>,
        declares: Vec<VarId>,
        node: Node,
        post: Option<Post>,
        fx: &mut Vec<Fx>,
    ) -> Lead {
        let after = self.mark();
        fx.push(Fx::Mark(after));
        Lead {
            pat,
            declares,
            node,
            post,
            last: self.points.len() as u32,
            after,
        }
    }

    /// A whole expression with points: its node, and what is done with the node's value in the same statement.
    fn lead(
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
                    Some(Item::Lead(Lead {
                        pat: Some((Pat::Ident(temp), None)),
                        node,
                        post: None,
                        ..
                    })) => (
                        node,
                        Some(Post {
                            temp: temp.ident,
                            code,
                        }),
                    ),
                    other => {
                        items.extend(other);
                        self.errors.at(&code.code, "this expression cannot be cut at its migration point: bind its parts with `let` first");
                        (Node::Check(self.points.len() as u32), None)
                    }
                }
            }
        }
    }

    /// Makes an expression point-free, with its value in a variable if it had points.
    pub(crate) fn to_code(&mut self, expr: Expr, items: &mut Vec<Item>, fx: &mut Vec<Fx>) -> Expr {
        if !self.has_points(&expr) {
            return expr;
        }
        let span = expr.span();
        let (node, post) = self.lead(expr, items, fx);
        self.temp(node, post, span, items, fx)
    }

    fn temp(
        &mut self,
        node: Node,
        post: Option<Post>,
        span: Span,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) -> Expr {
        let temp = self.fresh("value", span);
        let var = self.declare(temp.clone(), false, VarKind::Local, fx);
        let lead = self.finish(Some((parse_quote!(#temp), None)), vec![var], node, post, fx);
        items.push(Item::Lead(lead));
        parse_quote!(#temp)
    }

    /// Evaluates an expression as far as its last point; what remains of it is evaluated in its place.
    fn in_place(&mut self, expr: Expr, items: &mut Vec<Item>, fx: &mut Vec<Fx>) -> Expr {
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
        let mut find = FindPoints {
            wanted: self.points_wanted,
            found: false,
        };
        find.visit_expr(expr);
        find.found
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
            Expr::Paren(paren) => self.normalise(*paren.expr, items, fx),
            Expr::Group(group) => self.normalise(*group.expr, items, fx),
            Expr::Await(awaited) => {
                let operand = self.strict(*awaited.base, items, fx);
                Normal::Node(self.awaited(operand, awaited.await_token.span, fx))
            }
            Expr::If(mut branch) if !self.branches_have_points(&branch) => {
                let cond = match &mut *branch.cond {
                    Expr::Let(binding) => &mut binding.expr,
                    _ => &mut branch.cond,
                };
                let taken = std::mem::replace(&mut **cond, parse_quote!(()));
                **cond = self.in_place(taken, items, fx);
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
                if let Some(label) = &block.label {
                    self.errors.at(label, "a labelled block with migration points is not supported: use a labelled `loop`");
                }
                Normal::Node(Node::Block(self.block(block.block, fx)))
            }
            Expr::Unsafe(block) => {
                self.errors.at(&block.unsafe_token, "a migration point inside `unsafe` is not supported: keep the `unsafe` block around the operation alone");
                Normal::Node(Node::Block(self.block(block.block, fx)))
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
            expr => Normal::Code(self.strict(expr, items, fx)),
        }
    }

    /// An expression whose operands are all evaluated, left to right: those up to the last one with points go into
    /// variables of their own.
    fn strict(&mut self, mut expr: Expr, items: &mut Vec<Item>, fx: &mut Vec<Fx>) -> Expr {
        if !self.has_points(&expr) {
            return expr;
        }
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
        for (at, (operand, role)) in operands(&mut expr).into_iter().enumerate() {
            let span = operand.span();
            if at > last {
                break;
            }
            if self.has_points(operand) {
                let taken = std::mem::replace(operand, parse_quote!(()));
                *operand = if at < last {
                    self.to_code(taken, items, fx)
                } else {
                    self.in_place(taken, items, fx)
                };
            } else if !is_stable(operand, role) {
                // Evaluated before the point, so its value must be kept across it.
                let temp = self.fresh("operand", span);
                let taken = std::mem::replace(operand, parse_quote!(#temp));
                self.simple(
                    Statement::User(parse_quote!(let #temp = #taken;)),
                    items,
                    fx,
                );
            }
        }
        expr
    }

    fn branch(&mut self, branch: syn::ExprIf, items: &mut Vec<Item>, fx: &mut Vec<Fx>) -> Node {
        let (cond, then, otherwise) = (*branch.cond, branch.then_branch, branch.else_branch);
        if let Expr::Let(binding) = cond {
            // `if let P = e { … } else { … }` → `match e { P => { … } _ => { … } }`
            let (pat, scrutinee) = (binding.pat, binding.expr);
            let otherwise = otherwise.map_or_else(|| parse_quote!({}), |(_, otherwise)| *otherwise);
            return self.select(
                parse_quote!(match #scrutinee { #pat => #then, _ => #otherwise }),
                items,
                fx,
            );
        }
        if let Expr::Binary(binary) = &cond
            && contains_let(&binary.left, &binary.right)
        {
            self.errors.at(&cond, "a chain of `let` conditions with migration points is not supported: nest the `if let`s");
            return Node::Check(self.points.len() as u32);
        }
        let cond = self.to_code(cond, items, fx);
        let cond = self.code(cond, fx);
        let (mut then_fx, mut else_fx) = (Vec::new(), Vec::new());
        let then = self.block(then, &mut then_fx);
        let otherwise = otherwise.map(|(_, otherwise)| match *otherwise {
            Expr::Block(block) if block.label.is_none() => self.block(block.block, &mut else_fx),
            otherwise => self.block(parse_quote!({ #otherwise }), &mut else_fx),
        });
        fx.push(Fx::Branch(vec![then_fx, else_fx]));
        Node::If(Box::new(If {
            cond,
            then,
            otherwise,
        }))
    }

    /// A lowered loop: every pass begins at a point.
    pub(crate) fn repeat(
        &mut self,
        label: Option<syn::Lifetime>,
        span: Span,
        body: SynBlock,
        fx: &mut Vec<Fx>,
    ) -> Node {
        self.repeat_with(label, span, fx, |this, fx| this.block(body, fx))
    }

    pub(crate) fn repeat_with(
        &mut self,
        label: Option<syn::Lifetime>,
        span: Span,
        fx: &mut Vec<Fx>,
        body: impl FnOnce(&mut Self, &mut Vec<Fx>) -> Block,
    ) -> Node {
        let label = label.unwrap_or_else(|| {
            let name = self.fresh("loop", span);
            syn::Lifetime {
                apostrophe: span,
                ident: name,
            }
        });
        let target = self.target(Some(label.clone()), false, true);
        let id = target.id;
        let mut inside = Vec::new();
        let head = self
            .points_wanted
            .loops
            .then(|| self.point(PointKind::Loop, span));
        inside.extend(head.map(Fx::Point));
        let body = self.jumping(target, |this| body(this, &mut inside));
        fx.push(Fx::Loop(id, inside));
        Node::Loop(Box::new(Loop { label, head, body }))
    }
}

/// The variables that effects mention, of those declared before `declared`.
pub(crate) fn mentions(fx: &[Fx], declared: VarId) -> Vec<VarId> {
    fn collect(fx: &[Fx], declared: VarId, found: &mut Vec<VarId>) {
        for effect in fx {
            match effect {
                Fx::Use(var, _) | Fx::Kill(var) if *var < declared && !found.contains(var) => {
                    found.push(*var)
                }
                Fx::Branch(alternatives) => alternatives
                    .iter()
                    .for_each(|fx| collect(fx, declared, found)),
                Fx::Loop(_, fx) | Fx::Labelled(_, fx) => collect(fx, declared, found),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    collect(fx, declared, &mut found);
    found
}

/// Whether an operand is used as a value or as a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Value,
    Place,
}

/// An operand that gives the same whether it is evaluated before or after a later operand's point.
fn is_stable(expr: &Expr, role: Role) -> bool {
    match expr {
        Expr::Lit(_) | Expr::Infer(_) => true,
        // Items and constants; variables may change or be moved.
        Expr::Path(path) => {
            role == Role::Place
                || path.path.get_ident().is_none_or(|ident| {
                    ident
                        .to_string()
                        .chars()
                        .all(|c| c.is_uppercase() || c == '_')
                })
        }
        Expr::Reference(reference) => is_place(&reference.expr),
        Expr::Paren(paren) => is_stable(&paren.expr, role),
        expr => role == Role::Place && is_place(expr),
    }
}

/// A variable, a field of it, and so on: evaluating it does nothing.
pub(crate) fn is_place(expr: &Expr) -> bool {
    match expr {
        Expr::Path(path) => path.qself.is_none(),
        Expr::Field(field) => is_place(&field.base),
        Expr::Paren(paren) => is_place(&paren.expr),
        Expr::Unary(unary) => matches!(unary.op, syn::UnOp::Deref(_)) && is_place(&unary.expr),
        Expr::Index(index) => is_place(&index.expr) && is_index(&index.index),
        _ => false,
    }
}

fn is_index(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) => true,
        Expr::Range(range) => range
            .start
            .iter()
            .chain(&range.end)
            .all(|bound| is_index(bound)),
        expr => is_place(expr),
    }
}

/// The operands of an expression that are always evaluated, in order.
fn operands(expr: &mut Expr) -> Vec<(&mut Expr, Role)> {
    use Role::{Place, Value};
    match expr {
        Expr::Array(array) => array.elems.iter_mut().map(|elem| (elem, Value)).collect(),
        Expr::Tuple(tuple) => tuple.elems.iter_mut().map(|elem| (elem, Value)).collect(),
        Expr::Assign(assign) => vec![(&mut assign.right, Value), (&mut assign.left, Place)],
        Expr::Binary(binary) => {
            let assigns = crate::effects::is_assignment(&binary.op);
            let (left, right) = (&mut *binary.left, &mut *binary.right);
            if assigns {
                vec![(right, Value), (left, Place)]
            } else {
                vec![(left, Value), (right, Value)]
            }
        }
        Expr::Break(jump) => jump
            .expr
            .iter_mut()
            .map(|value| (&mut **value, Value))
            .collect(),
        Expr::Return(jump) => jump
            .expr
            .iter_mut()
            .map(|value| (&mut **value, Value))
            .collect(),
        Expr::Call(call) => {
            let func = if matches!(&*call.func, Expr::Path(_)) {
                Place
            } else {
                Value
            };
            std::iter::once((&mut *call.func, func))
                .chain(call.args.iter_mut().map(|arg| (arg, Value)))
                .collect()
        }
        Expr::MethodCall(call) => std::iter::once((&mut *call.receiver, Place))
            .chain(call.args.iter_mut().map(|arg| (arg, Value)))
            .collect(),
        Expr::Cast(cast) => vec![(&mut cast.expr, Value)],
        Expr::Field(field) => vec![(&mut field.base, Place)],
        Expr::Index(index) => vec![(&mut index.expr, Place), (&mut index.index, Value)],
        Expr::Paren(paren) => vec![(&mut paren.expr, Value)],
        Expr::Group(group) => vec![(&mut group.expr, Value)],
        Expr::Range(range) => range
            .start
            .iter_mut()
            .chain(&mut range.end)
            .map(|bound| (&mut **bound, Value))
            .collect(),
        Expr::Reference(reference) => vec![(&mut reference.expr, Place)],
        Expr::Repeat(repeat) => vec![(&mut repeat.expr, Value)],
        Expr::Struct(literal) => literal
            .fields
            .iter_mut()
            .map(|field| (&mut field.expr, Value))
            .chain(literal.rest.iter_mut().map(|rest| (&mut **rest, Place)))
            .collect(),
        Expr::Try(question) => vec![(&mut question.expr, Value)],
        Expr::Unary(unary) => vec![(&mut unary.expr, Value)],
        _ => Vec::new(),
    }
}

struct FindPoints {
    wanted: PointSet,
    found: bool,
}

impl<'ast> Visit<'ast> for FindPoints {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Await(_) if self.wanted.awaits => self.found = true,
            Expr::Loop(_) | Expr::While(_) | Expr::ForLoop(_) if self.wanted.loops => {
                self.found = true
            }
            Expr::Closure(_) | Expr::Async(_) | Expr::Const(_) => {}
            expr => syn::visit::visit_expr(self, expr),
        }
    }
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}
