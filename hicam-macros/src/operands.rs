//! The operands of an expression: which there are, in which order, and whether one may be evaluated later than it stands.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{Expr, Stmt, parse_quote, parse_quote_spanned};

use crate::arguments::path;
use crate::ir::VarKind;
use crate::scope::Builder;

/// Whether an operand is used as a value or as a place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Value,
    Place,
}

/// The operands of an expression that are always evaluated, in order.
pub(crate) fn operands(expr: &mut Expr) -> Vec<(&mut Expr, Role)> {
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
            } else if crate::value_receivers::is_comparison(&binary.op) {
                vec![(left, Place), (right, Place)]
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

impl Builder {
    /// `a[i] += f(&mut i).await`: whether the index is looked at before or after the call depends on the type.
    pub(crate) fn check_order(&mut self, expr: &Expr) {
        let Expr::Binary(binary) = expr else { return };
        if !crate::effects::is_assignment(&binary.op) || !self.has_points(&binary.right) {
            return;
        }
        let (mut place, mut changed) = (Vec::new(), Vec::new());
        indices(&binary.left, &mut place);
        mutably_borrowed(&binary.right, &mut changed);
        if place
            .iter()
            .any(|ident| changed.iter().any(|changed| ident == changed))
        {
            self.errors.at(expr, "the index is changed by the right side, and which of them comes first depends on the type: bind the right side with `let` first");
        }
    }

    /// So it is for a place that a call finds: only of a number's is it known.
    pub(crate) fn find_number(&self, assignment: Expr) -> Expr {
        match &assignment {
            Expr::Binary(binary)
                if crate::effects::is_assignment(&binary.op)
                    && finds(&binary.left)
                    && !self.has_points(&binary.left) =>
            {
                let left = &binary.left;
                let span = left.span().resolved_at(Span::call_site());
                let judged: Stmt = parse_quote_spanned! {span=>
                    if false {
                        ::hicam::__private::diverge();
                        ::hicam::__private::number_place(&#left);
                    }
                };
                parse_quote!({ #judged #assignment })
            }
            _ => assignment,
        }
    }

    /// A place, or a borrow of one, whose indices are computed with points: `a[f().await]`, `&a[f().await].b`.
    pub(crate) fn is_chosen(&self, operand: &Expr, role: Role) -> bool {
        match operand {
            Expr::Paren(paren) => self.is_chosen(&paren.expr, role),
            Expr::Reference(reference) => self.is_chosen(&reference.expr, Role::Place),
            Expr::Index(index) => role == Role::Place && !self.has_points(&index.expr),
            Expr::Field(field) => self.is_chosen(&field.base, role),
            _ => false,
        }
    }

    /// An operand that gives the same whether it is evaluated before or after a later operand's point.
    pub(crate) fn is_stable(&self, expr: &Expr, role: Role) -> bool {
        match expr {
            Expr::Lit(_) | Expr::Infer(_) => true,
            // Items, constants and references; other variables may change or be moved.
            Expr::Path(path) => {
                role == Role::Place
                    || path.path.get_ident().is_none_or(|ident| {
                        if ident == "self" && self.self_mutable.is_some() {
                            return true;
                        }
                        let name = ident.to_string();
                        let reference = self.resolve(ident).is_some_and(|var| {
                            let var = &self.vars[var];
                            !var.mutable
                                && (var.guarded
                                    || matches!(var.kind, VarKind::Reference { .. })
                                    || var.borrow && var.kind == VarKind::Derived
                                    || var.again.is_some()
                                    || var.reference)
                        });
                        reference
                            || self.resolve(ident).is_none()
                                && name
                                    .chars()
                                    .all(|c| c.is_uppercase() || c == '_' || c.is_numeric())
                    })
            }
            Expr::Reference(reference) => {
                is_place(&reference.expr) || self.is_steady_place(&reference.expr)
            }
            Expr::Paren(paren) => self.is_stable(&paren.expr, role),
            expr => role == Role::Place && (is_place(expr) || self.is_steady_projection(expr)),
        }
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

/// Whether something is done to find a place.
fn finds(place: &Expr) -> bool {
    struct Calls(bool);
    impl<'ast> Visit<'ast> for Calls {
        fn visit_expr(&mut self, expr: &'ast Expr) {
            self.0 |= matches!(
                expr,
                Expr::Call(_) | Expr::MethodCall(_) | Expr::Macro(_) | Expr::Block(_)
            );
            syn::visit::visit_expr(self, expr);
        }
    }
    let mut calls = Calls(false);
    calls.visit_expr(place);
    calls.0
}

/// The variables in the indices of a place.
fn indices(place: &Expr, found: &mut Vec<syn::Ident>) {
    struct Paths<'f>(&'f mut Vec<syn::Ident>);
    impl<'ast> Visit<'ast> for Paths<'_> {
        fn visit_ident(&mut self, ident: &'ast syn::Ident) {
            self.0.push(ident.clone());
        }
    }
    match place {
        Expr::Index(index) => {
            indices(&index.expr, found);
            Paths(found).visit_expr(&index.index);
        }
        Expr::Field(field) => indices(&field.base, found),
        Expr::Paren(paren) => indices(&paren.expr, found),
        Expr::Unary(unary) => indices(&unary.expr, found),
        _ => {}
    }
}

/// The variables that an expression borrows mutably or assigns.
fn mutably_borrowed(expr: &Expr, found: &mut Vec<String>) {
    struct Changes<'f>(&'f mut Vec<String>);
    impl<'ast> Visit<'ast> for Changes<'_> {
        fn visit_expr(&mut self, expr: &'ast Expr) {
            let changed = match expr {
                Expr::Reference(reference) if reference.mutability.is_some() => {
                    Some(&reference.expr)
                }
                Expr::Assign(assign) => Some(&assign.left),
                Expr::Binary(binary) if crate::effects::is_assignment(&binary.op) => {
                    Some(&binary.left)
                }
                _ => None,
            };
            let changed = changed.and_then(|place| path(place)).unwrap_or_default();
            self.0.extend(changed.into_iter().next());
            syn::visit::visit_expr(self, expr);
        }
    }
    Changes(found).visit_expr(expr);
}

/// `Box::pin(call)` → `call`: recursion needs the box in code without attributes; here every call has one.
pub(crate) fn unboxed(base: Expr) -> Expr {
    if let Expr::Call(outer) = &base
        && let Expr::Path(path) = &*outer.func
        && let [.., owner, function] = &*path.path.segments.iter().collect::<Vec<_>>()
        && owner.ident == "Box"
        && function.ident == "pin"
        && outer.args.len() == 1
        && let Some(inner @ (Expr::Call(_) | Expr::MethodCall(_))) = outer.args.first()
    {
        return inner.clone();
    }
    base
}
