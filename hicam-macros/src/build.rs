//! Cuts a function's body at its migration points: statements that contain points become [`Lead`]s, sub-expressions
//! that contain points are put into A-normal form in evaluation order, everything else stays as it is.

use proc_macro2::{Ident, Span};
use quote::quote;
use syn::spanned::Spanned;
use syn::{Block as SynBlock, Expr, Local, Pat, Stmt, parse_quote};

use crate::control::contains_let;
use crate::ir::{
    Block, Body, Code, Fx, How, If, Item, Lead, Loop, Node, PointKind, Post, Simple, Statement,
    VarId,
};
use crate::normal::condition;
use crate::patterns;
use crate::point_names::{PointNames, distinct};
use crate::scope::{Builder, is_pointer};

/// A by-value parameter: its pattern and where the argument is.
pub(crate) struct Parameter {
    pub(crate) pat: Pat,
    pub(crate) arg: Ident,
    pub(crate) primitive: bool,
    /// It is a reference to something static.
    pub(crate) reference: bool,
    /// The parameter's type, if it has a simple name.
    pub(crate) ty: Option<syn::Type>,
}

impl Builder {
    /// Builds the body of a function.
    pub(crate) fn body(
        mut self,
        parameters: Vec<Parameter>,
        entry: Option<Span>,
        mut block: SynBlock,
        split: &[Ident],
    ) -> syn::Result<Body> {
        crate::strict_macros::write_out(&mut block, &mut self.errors);
        crate::intervals::write_out(&mut block);
        self.names = PointNames::of(&block);
        let by_value = parameters
            .iter()
            .flat_map(|parameter| patterns::bindings(&parameter.pat));
        let mut names: Vec<Ident> = by_value.map(|binding| binding.ident).collect();
        names.extend(self.vars.iter().map(|var| var.ident.clone()));
        self.called = crate::rename::rename(&mut block, &names);
        let refused = std::mem::take(&mut self.called.refused);
        refused
            .into_iter()
            .for_each(|error| self.errors.push(error));
        crate::split::split(&mut block, split, &names, &mut self.called.shown);
        self.split = split.to_vec();
        let mut fx = Vec::new();
        let mut items = Vec::new();
        for Parameter {
            pat,
            arg,
            primitive,
            reference,
            ty,
        } in parameters
        {
            let option = quote!(::hicam::__private::Arg::value(#arg));
            let first = self.vars.len();
            if patterns::takes_all(&pat) {
                self.bind(pat, option, &mut items, &mut fx);
            } else {
                // What the pattern leaves lives until the function's end.
                let whole = self.fresh("param", pat.span());
                self.bind(parse_quote!(#whole), option, &mut items, &mut fx);
                self.lasts(&whole);
                if !matches!(pat, Pat::Wild(_)) {
                    let stmt = parse_quote!(let #pat = #whole;);
                    self.statement(stmt, &mut items, &mut fx);
                }
            }
            for var in &mut self.vars[first..] {
                var.copy = primitive;
                var.reference = reference;
                var.pointer = ty.as_ref().is_some_and(is_pointer);
                var.ty.clone_from(&ty);
            }
        }
        if let Some(entry) = entry {
            let point = self.point(PointKind::Entry, entry);
            fx.push(Fx::Point(point));
            let lead = self.finish(None, Vec::new(), Node::Check(point), None, &mut fx);
            items.push(Item::Lead(Box::new(lead)));
        }
        let mut block = self.block_with(items, 1, block.stmts, &mut fx);
        block.points.0 = 1;
        self.errors.into_result()?;
        let names = distinct(self.points.iter().map(|point| point.name.clone()));
        for (point, name) in self.points.iter_mut().zip(names) {
            point.name = name;
        }
        Ok(Body {
            block,
            effects: fx,
            vars: self.vars,
            points: self.points,
            marks: self.marks,
            targets: self.targets,
            jumps: self.jumps_made,
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
        self.bind_from(pat, option, Vec::new(), items, fx);
    }

    /// `let pat = option?`, which uses other variables.
    pub(crate) fn bind_from(
        &mut self,
        pat: Pat,
        option: proc_macro2::TokenStream,
        mentions: Vec<VarId>,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) {
        let (before, after) = (self.mark(), self.mark());
        fx.push(Fx::Mark(before));
        fx.extend(mentions.iter().map(|&var| Fx::Use(var, How::Place)));
        let declares = self.declare_pattern(&pat, fx);
        fx.push(Fx::Mark(after));
        let name = quote!(#pat).to_string();
        let stmt = Code {
            code: Statement::Bind { pat, name, option },
            before,
            after,
            mentions,
        };
        items.push(Item::Simple(Box::new(Simple {
            stmt,
            declares,
            again: None,
        })));
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
            Statement::User(stmt) | Statement::Part(stmt) | Statement::Item(stmt, _) => {
                self.stmt(stmt, fx)
            }
            Statement::Judged(var) => {
                fx.push(Fx::Use(*var, How::Place));
                Vec::new()
            }
            _ => Vec::new(),
        };
        fx.push(Fx::Mark(after));
        let stmt = Code {
            code: statement,
            before,
            after,
            mentions: mentions(&fx[from..], declared),
        };
        items.push(Item::Simple(Box::new(Simple {
            stmt,
            declares,
            again: None,
        })));
    }

    pub(crate) fn statement(&mut self, stmt: Stmt, items: &mut Vec<Item>, fx: &mut Vec<Fx>) {
        match stmt {
            Stmt::Local(local) if self.local_has_points(&local) => self.local(local, items, fx),
            Stmt::Expr(expr, semi) if self.has_points(&expr) => {
                let (node, mut post) = self.lead(expr, items, fx);
                // A call's value ends here: it may borrow from what is put back after it.
                if let (Some(Post { code, .. }), Some(_)) = (&mut post, semi)
                    && let value @ (Expr::Call(_) | Expr::MethodCall(_)) = &code.code
                {
                    code.code = parse_quote!({ #value; });
                }
                let lead = self.finish(None, Vec::new(), node, post, fx);
                items.push(Item::Lead(Box::new(lead)));
            }
            stmt => self.simple(Statement::User(stmt), items, fx),
        }
    }

    pub(crate) fn stmt_has_points(&self, stmt: &Stmt) -> bool {
        match stmt {
            Stmt::Local(local) => self.local_has_points(local),
            Stmt::Expr(expr, _) => self.has_points(expr),
            Stmt::Item(_) | Stmt::Macro(_) => false,
        }
    }

    pub(crate) fn local_has_points(&self, local: &Local) -> bool {
        local.init.as_ref().is_some_and(|init| {
            self.has_points(&init.expr)
                || init
                    .diverge
                    .as_ref()
                    .is_some_and(|(_, diverge)| self.has_points(diverge))
        })
    }

    fn local(&mut self, mut local: Local, items: &mut Vec<Item>, fx: &mut Vec<Fx>) {
        self.replaced(&local);
        let Some(mut init) = local.init.take() else {
            return;
        };
        if let Some((_, diverge)) = &init.diverge {
            if self.has_points(diverge) {
                local.init = Some(init);
                return self.let_else(local, items, fx);
            }
            // The scrutinee's value is bound first; the statement itself is then free of points.
            init.expr = Box::new(self.point_free(*init.expr, items, fx));
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
            if let Pat::Ident(_) = &pat {
                self.vars[var].ty = ty.as_deref().cloned();
                self.vars[var].pointer = ty.as_deref().is_some_and(is_pointer);
            }
            self.vars[var].borrow = false;
        }
        let lead = self.finish(Some((pat, ty)), declares, node, post, fx);
        items.push(Item::Lead(Box::new(lead)));
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

    pub(crate) fn branch(
        &mut self,
        branch: syn::ExprIf,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) -> Node {
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
            let branch = syn::ExprIf {
                attrs: Vec::new(),
                if_token: Default::default(),
                cond: Box::new(cond),
                then_branch: then,
                else_branch: otherwise,
            };
            return self.chain(branch, fx);
        }
        let cond = if self.has_points(&cond) {
            self.point_free(condition(cond), items, fx)
        } else {
            cond
        };
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
        let label = self.loop_label(label, span);
        self.repeat_with(label, span, fx, |this, fx| this.block(body, fx))
    }

    pub(crate) fn repeat_with(
        &mut self,
        label: syn::Lifetime,
        span: Span,
        fx: &mut Vec<Fx>,
        body: impl FnOnce(&mut Self, &mut Vec<Fx>) -> Block,
    ) -> Node {
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

/// Whether a statement visibly does not end.
pub(crate) fn diverges(stmt: &Stmt) -> bool {
    fn expr_diverges(expr: &Expr) -> bool {
        match expr {
            Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => true,
            Expr::Macro(invocation) => is_panic(&invocation.mac),
            Expr::Block(block) => {
                block.label.is_none() && block.block.stmts.last().is_some_and(diverges)
            }
            Expr::If(branch) => {
                branch.then_branch.stmts.last().is_some_and(diverges)
                    && branch
                        .else_branch
                        .as_ref()
                        .is_some_and(|(_, otherwise)| expr_diverges(otherwise))
            }
            Expr::Match(choice) => {
                !choice.arms.is_empty() && choice.arms.iter().all(|arm| expr_diverges(&arm.body))
            }
            Expr::Paren(paren) => expr_diverges(&paren.expr),
            _ => false,
        }
    }
    fn is_panic(mac: &syn::Macro) -> bool {
        mac.path.segments.last().is_some_and(|last| {
            ["panic", "unreachable", "todo", "unimplemented"]
                .iter()
                .any(|name| last.ident == name)
        })
    }
    match stmt {
        Stmt::Expr(expr, Some(_)) => expr_diverges(expr),
        Stmt::Macro(invocation) => is_panic(&invocation.mac),
        _ => false,
    }
}

/// The variables that effects mention, of those declared before `declared`.
pub(crate) fn mentions(fx: &[Fx], declared: VarId) -> Vec<VarId> {
    fn collect(fx: &[Fx], declared: VarId, found: &mut Vec<VarId>) {
        for effect in fx {
            match effect {
                Fx::Use(var, _) | Fx::Kill(var) | Fx::Unset(var)
                    if *var < declared && !found.contains(var) =>
                {
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
