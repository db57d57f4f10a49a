//! The state of building a body: variables and their scopes, points, marks, jump targets.

use proc_macro2::{Ident, Span};
use syn::{Expr, Lifetime, Local, Pat, Type};

use crate::errors::Errors;
use crate::ir::{Fx, How, Jump, JumpTarget, Mark, Point, PointId, PointKind, Var, VarId, VarKind};
use crate::iterables::strip_parens;
use crate::patterns::{self, Binding};
use crate::point_names::PointNames;
use crate::rename::Called;
use crate::signature::OWN_SELF;

/// Which points a function has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct PointSet {
    /// Entry to the function, and before each `.await`. In the awaited call there is one in any case.
    pub(crate) awaits: bool,
    /// The head of each loop.
    pub(crate) loops: bool,
}

/// A loop or labelled block that jumps can name.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) id: JumpTarget,
    /// As the user wrote it, or the one that a lowered loop was given.
    pub(crate) label: Option<Lifetime>,
    /// It stays the user's own code.
    pub(crate) natural: bool,
    /// An unlabelled `break` may mean it.
    pub(crate) is_loop: bool,
}

pub(crate) struct Builder {
    pub(crate) errors: Errors,
    pub(crate) points_wanted: PointSet,
    pub(crate) vars: Vec<Var>,
    pub(crate) points: Vec<Point>,
    pub(crate) marks: usize,
    pub(crate) targets: usize,
    /// How many identifiers have been made.
    made: usize,
    scopes: Vec<Vec<VarId>>,
    pub(crate) jumps: Vec<Target>,
    pub(crate) jumps_made: Vec<Jump>,
    pub(crate) called: Called,
    /// Variables whose parts are variables of their own.
    pub(crate) split: Vec<Ident>,
    /// What points are called.
    pub(crate) names: PointNames,
    /// Temporaries of the statement being cut, which are to be dropped at its end.
    pub(crate) temporaries: Vec<Ident>,
    /// Values that methods are called on which are awaited in their turn, and may own them.
    pub(crate) received: Vec<VarId>,
    /// We are in a `let` at whose end, or before whose `else`, temporaries end.
    pub(crate) in_let: bool,
    /// Places that are matched, where we are in the guard of an arm.
    pub(crate) matched: Vec<Vec<String>>,
    /// Whether `self` is `&mut self`; `None` without a `self` parameter.
    pub(crate) self_mutable: Option<bool>,
}

impl Builder {
    pub(crate) fn new(points_wanted: PointSet) -> Self {
        Builder {
            errors: Errors::default(),
            points_wanted,
            vars: Vec::new(),
            points: Vec::new(),
            marks: 0,
            targets: 0,
            made: 0,
            scopes: vec![Vec::new()],
            jumps: Vec::new(),
            jumps_made: Vec::new(),
            called: Called::default(),
            split: Vec::new(),
            names: PointNames::default(),
            temporaries: Vec::new(),
            received: Vec::new(),
            in_let: false,
            matched: Vec::new(),
            self_mutable: None,
        }
    }

    pub(crate) fn scoped<R>(&mut self, inside: impl FnOnce(&mut Self) -> R) -> R {
        self.scopes.push(Vec::new());
        let result = inside(self);
        self.scopes.pop();
        result
    }

    pub(crate) fn resolve(&self, ident: &Ident) -> Option<VarId> {
        self.scopes
            .iter()
            .rev()
            .flat_map(|scope| scope.iter().rev())
            .copied()
            .find(|&var| self.vars[var].ident == *ident)
    }

    /// What a name is in the source, where others may have it too.
    pub(crate) fn written(&self, ident: &Ident) -> String {
        self.called.written(ident)
    }

    /// The variable that an expression is, if it is one.
    pub(crate) fn variable(&self, expr: &Expr) -> Option<VarId> {
        match strip_parens(expr) {
            Expr::Path(path) => path.path.get_ident().and_then(|ident| self.resolve(ident)),
            _ => None,
        }
    }

    /// Whether a variable is this function's own, not a reference that it was given or has taken.
    pub(crate) fn is_own(&self, var: VarId) -> bool {
        self.vars[var].is_own()
    }

    pub(crate) fn mark(&mut self) -> Mark {
        self.marks += 1;
        self.marks - 1
    }

    pub(crate) fn point(&mut self, kind: PointKind, span: Span) -> PointId {
        let in_scope = self.in_scope();
        let kind = match kind {
            PointKind::InCall if self.names.is_together(span) => PointKind::InBranches,
            kind => kind,
        };
        self.points.push(Point {
            span,
            name: self.names.of_point(kind, span),
            kind,
            in_scope,
        });
        self.points.len() as PointId
    }

    pub(crate) fn in_scope(&self) -> Vec<VarId> {
        self.scopes.iter().flatten().copied().collect()
    }

    pub(crate) fn target(
        &mut self,
        label: Option<Lifetime>,
        natural: bool,
        is_loop: bool,
    ) -> Target {
        self.targets += 1;
        Target {
            id: self.targets - 1,
            label,
            natural,
            is_loop,
        }
    }

    pub(crate) fn jumping<R>(&mut self, target: Target, inside: impl FnOnce(&mut Self) -> R) -> R {
        self.jumps.push(target);
        let result = inside(self);
        self.jumps.pop();
        result
    }

    /// A new identifier that no user has written.
    pub(crate) fn fresh(&mut self, what: &str, span: Span) -> Ident {
        self.made += 1;
        Ident::new(&format!("__hicam_{what}_{}", self.made), span)
    }

    pub(crate) fn declare(
        &mut self,
        ident: Ident,
        mutable: bool,
        kind: VarKind,
        fx: &mut Vec<Fx>,
    ) -> VarId {
        let plain = ident.to_string();
        let plain = plain.strip_prefix("r#").unwrap_or(&plain);
        // A frame's locals are found by name.
        let shown = self.called.shown.get(plain).map_or(plain, String::as_str);
        let taken = |name: &str| self.vars.iter().any(|var| var.name == name);
        let mut name = shown.to_owned();
        let mut number = 1;
        while taken(&name) {
            number += 1;
            name = format!("{plain}@{number}");
        }
        let id = self.vars.len();
        // `self` by value is a variable of the user's under another name.
        let made = plain.starts_with("__hicam_") && plain != OWN_SELF;
        self.vars.push(Var {
            ident,
            name,
            mutable,
            kind,
            ty: None,
            initialised: true,
            copy: false,
            borrow: false,
            item: false,
            again: None,
            partial: false,
            mutable_borrow: false,
            reference: false,
            guarded: false,
            pointer: false,
            consumed: None,
            made,
            depends: Vec::new(),
            taken: None,
            places: Vec::new(),
            before_save: None,
        });
        if let Some(scope) = self.scopes.last_mut() {
            scope.push(id);
        }
        fx.push(Fx::Kill(id));
        id
    }

    pub(crate) fn declare_pattern(&mut self, pat: &Pat, fx: &mut Vec<Fx>) -> Vec<VarId> {
        self.declare_bindings(patterns::bindings(pat), VarKind::Local, fx)
    }

    pub(crate) fn declare_bindings(
        &mut self,
        bindings: Vec<Binding>,
        kind: VarKind,
        fx: &mut Vec<Fx>,
    ) -> Vec<VarId> {
        bindings
            .into_iter()
            .map(|binding| {
                let var = self.declare(binding.ident, binding.mutable, kind, fx);
                self.vars[var].consumed = binding.entry.then_some(How::Move);
                var
            })
            .collect()
    }

    /// Declares what a `let` binds, with what its syntax shows of the variables' types.
    pub(crate) fn declare_local(&mut self, local: &Local, fx: &mut Vec<Fx>) -> Vec<VarId> {
        let declared = self.declare_pattern(&local.pat, fx);
        let init = local.init.as_ref().map(|init| &*init.expr);
        let (pat, ty) = split_type(&local.pat);
        for &var in &declared {
            self.vars[var].initialised = init.is_some();
            if matches!(pat, Pat::Ident(_)) {
                self.vars[var].copy = ty.is_some_and(is_primitive)
                    || ty.is_none() && init.is_some_and(|init| self.is_copy(init));
                self.vars[var].ty = ty.cloned();
                self.vars[var].pointer =
                    ty.is_some_and(is_pointer) || init.is_some_and(|init| self.is_pointer(init));
                self.vars[var].borrow = init.is_some_and(is_borrow);
                // Whatever else it is, a reference that can be captured is one to something static.
                self.vars[var].reference = ty.is_some_and(|ty| matches!(ty, Type::Reference(_)))
                    || init.is_some_and(is_static);
            }
        }
        declared
    }

    /// Whether an expression's type is visibly an `Arc` or `Weak`, from behind which nothing can be moved.
    pub(crate) fn is_pointer(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Call(call) => match &*call.func {
                Expr::Path(path) => {
                    let segments: Vec<_> = path.path.segments.iter().collect();
                    matches!(&segments[..], [.., owner, function]
                        if POINTERS.iter().any(|name| owner.ident == name)
                            && ["new", "clone", "from", "new_cyclic", "downgrade", "default"]
                                .iter()
                                .any(|name| function.ident == name))
                }
                _ => false,
            },
            Expr::MethodCall(call) => call.method == "clone" && self.is_pointer(&call.receiver),
            Expr::Path(path) => path
                .path
                .get_ident()
                .and_then(|ident| self.resolve(ident))
                .is_some_and(|var| self.vars[var].pointer),
            Expr::Paren(paren) => self.is_pointer(&paren.expr),
            _ => false,
        }
    }

    /// Whether an expression's type is visibly a number, `bool` or `char`.
    pub(crate) fn is_copy(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Lit(lit) => !matches!(
                lit.lit,
                syn::Lit::Str(_) | syn::Lit::ByteStr(_) | syn::Lit::CStr(_)
            ),
            Expr::Cast(cast) => is_primitive(&cast.ty),
            Expr::Paren(paren) => self.is_copy(&paren.expr),
            Expr::Unary(unary) => {
                !matches!(unary.op, syn::UnOp::Deref(_)) && self.is_copy(&unary.expr)
            }
            Expr::Binary(binary) => self.is_copy(&binary.left) && self.is_copy(&binary.right),
            Expr::Path(path) => path
                .path
                .get_ident()
                .and_then(|ident| self.resolve(ident))
                .is_some_and(|var| self.vars[var].copy),
            Expr::MethodCall(call) => call.method == "len" && call.args.is_empty(),
            _ => false,
        }
    }
}

/// Splits `pat: Type`.
pub(crate) fn split_type(pat: &Pat) -> (&Pat, Option<&Type>) {
    match pat {
        Pat::Type(typed) => (&typed.pat, Some(&typed.ty)),
        pat => (pat, None),
    }
}

const POINTERS: &[&str] = &["Arc", "Weak"];

/// Whether a type is visibly an `Arc` or `Weak`.
pub(crate) fn is_pointer(ty: &Type) -> bool {
    matches!(ty, Type::Path(path)
        if path.path.segments.last().is_some_and(|last| POINTERS.iter().any(|name| last.ident == name)))
}

pub(crate) fn is_primitive(ty: &Type) -> bool {
    const NAMES: &[&str] = &[
        "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
        "f32", "f64", "bool", "char",
    ];
    matches!(ty, Type::Path(path) if path.path.get_ident().is_some_and(|ident| NAMES.iter().any(|name| ident == name)))
}

/// Whether an expression is visibly a reference to something static.
fn is_static(expr: &Expr) -> bool {
    let block = |block: &syn::Block| matches!(block.stmts.last(), Some(syn::Stmt::Expr(value, None)) if is_static(value));
    match expr {
        Expr::Lit(lit) => matches!(
            lit.lit,
            syn::Lit::Str(_) | syn::Lit::ByteStr(_) | syn::Lit::CStr(_)
        ),
        Expr::Paren(paren) => is_static(&paren.expr),
        Expr::Block(inner) => block(&inner.block),
        Expr::If(branch) => {
            block(&branch.then_branch)
                && branch
                    .else_branch
                    .as_ref()
                    .is_some_and(|(_, otherwise)| is_static(otherwise))
        }
        Expr::Match(choice) => {
            !choice.arms.is_empty() && choice.arms.iter().any(|arm| is_static(&arm.body))
        }
        _ => false,
    }
}

/// Whether something iterated over visibly gives references to something static.
pub(crate) fn gives_static(iterable: &Expr) -> bool {
    match iterable {
        Expr::Array(array) => array.elems.first().is_some_and(is_static),
        Expr::Paren(paren) => gives_static(&paren.expr),
        Expr::Macro(invocation) if invocation.mac.path.is_ident("vec") => invocation
            .mac
            .parse_body::<Expr>()
            .or_else(|_| {
                let first = |input: syn::parse::ParseStream<'_>| {
                    let first = input.parse::<Expr>()?;
                    input.parse::<proc_macro2::TokenStream>()?;
                    Ok(first)
                };
                invocation.mac.parse_body_with(first)
            })
            .is_ok_and(|first| is_static(&first)),
        Expr::MethodCall(call) if call.method == "into_iter" => gives_static(&call.receiver),
        _ => false,
    }
}

/// Whether an initialiser visibly borrows.
pub(crate) fn is_borrow(expr: &Expr) -> bool {
    const METHODS: &[&str] = &[
        "as_str",
        "as_ref",
        "as_mut",
        "as_slice",
        "as_mut_slice",
        "as_bytes",
        "as_deref",
        "iter",
        "iter_mut",
        "get",
        "get_ref",
        "get_mut",
        "first",
        "last",
        "peek",
        "chars",
        "keys",
        "values",
        "trim",
        "lines",
        "split",
        "metadata",
        "borrow",
        "state",
        "split_whitespace",
        "strip_prefix",
        "strip_suffix",
        "entry",
    ];
    match expr {
        Expr::Reference(_) => true,
        Expr::Paren(paren) => is_borrow(&paren.expr),
        Expr::MethodCall(call) => METHODS.iter().any(|method| call.method == method),
        _ => false,
    }
}
