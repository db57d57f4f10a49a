//! When the first operand of a method call or comparison is looked at, where others are evaluated after it: a method that
//! takes `self` has its receiver's value as it was before; other methods and comparisons borrow it, so that nothing can
//! change it, and it is looked at after them. Which it is only types tell, and it matters only where another operand changes
//! the first one.

use syn::visit::Visit;
use syn::{BinOp, Expr, ExprMethodCall};

use crate::arguments::path;
use crate::effects::{CONSUMING, is_assignment};

/// When a first operand is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Looked {
    /// Its value is taken before the others are evaluated.
    Before,
    /// The same, and it must be a number: of another type's method of that name it cannot be seen.
    BeforeAsNumber,
    /// Its value if it is a number, else where it is.
    BeforeIfNumber,
    /// After the others, where it is.
    After,
    /// The same, and it must not be a copy that the method may have taken before.
    AfterUnlessCopied,
}

/// Methods of numbers, and of what can be compared.
const OF_NUMBERS: &[&str] = &[
    "abs",
    "abs_diff",
    "clamp",
    "cmp",
    "div_ceil",
    "div_euclid",
    "is_multiple_of",
    "max",
    "midpoint",
    "min",
    "mul_add",
    "next_multiple_of",
    "pow",
    "powf",
    "powi",
    "rem_euclid",
    "rotate_left",
    "rotate_right",
    "then",
    "then_some",
    "total_cmp",
];
const PREFIXES: &[&str] = &["wrapping_", "checked_", "saturating_", "overflowing_"];

/// When the first operand of an expression is looked at, as far as can be seen; nothing for an expression of another kind.
pub(crate) fn looked_at(expr: &Expr) -> Option<Looked> {
    match expr {
        Expr::MethodCall(call) => Some(receiver_of(call)),
        Expr::Binary(binary) if is_comparison(&binary.op) => {
            let changes = changes(&binary.left, std::iter::once(&*binary.right));
            Some(match changes {
                Some(Change::Surely) => Looked::Before,
                Some(Change::Perhaps) => Looked::BeforeIfNumber,
                None => Looked::After,
            })
        }
        _ => None,
    }
}

fn receiver_of(call: &ExprMethodCall) -> Looked {
    let name = call.method.to_string();
    let of_number = OF_NUMBERS.contains(&name.as_str())
        || PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    match changes(&call.receiver, call.args.iter()) {
        Some(Change::Surely) => Looked::Before,
        // A parser's `expect` borrows it; that of an `Option` has a message that is there at once.
        _ if CONSUMING.contains(&name.as_str()) && name != "expect" => Looked::Before,
        Some(Change::Perhaps) if of_number => Looked::BeforeAsNumber,
        Some(Change::Perhaps) => Looked::AfterUnlessCopied,
        None => Looked::After,
    }
}

pub(crate) fn is_comparison(op: &BinOp) -> bool {
    matches!(
        op,
        BinOp::Eq(_) | BinOp::Ne(_) | BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_)
    )
}

/// What other operands do to a place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    /// They call a method on it, or on what it is a part of, or give that to a function.
    Perhaps,
    Surely,
}

fn changes<'e>(place: &Expr, others: impl Iterator<Item = &'e Expr>) -> Option<Change> {
    let place = path(place)?;
    let mut changes = Changes {
        place: &place,
        found: None,
    };
    others.for_each(|other| changes.visit_expr(other));
    changes.found
}

struct Changes<'p> {
    place: &'p [String],
    found: Option<Change>,
}

impl Changes<'_> {
    fn overlaps(&self, other: &Expr) -> bool {
        path(other)
            .is_some_and(|other| other.starts_with(self.place) || self.place.starts_with(&other))
    }
}

impl<'ast> Visit<'ast> for Changes<'_> {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        /// Methods that surely only look.
        const LOOKING: &[&str] = &[
            "len",
            "is_empty",
            "get",
            "contains",
            "contains_key",
            "iter",
            "clone",
            "as_str",
            "as_ref",
            "as_slice",
            "as_bytes",
            "to_string",
            "to_owned",
            "to_vec",
            "keys",
            "values",
            "chars",
            "bytes",
            "lines",
            "starts_with",
            "ends_with",
            "is_some",
            "is_none",
            "is_ok",
            "is_err",
        ];
        let found = match expr {
            Expr::Reference(reference) if reference.mutability.is_some() => {
                self.overlaps(&reference.expr).then_some(Change::Surely)
            }
            Expr::Assign(assign) => self.overlaps(&assign.left).then_some(Change::Surely),
            Expr::Binary(binary) if is_assignment(&binary.op) => {
                self.overlaps(&binary.left).then_some(Change::Surely)
            }
            Expr::MethodCall(call) if LOOKING.iter().any(|name| call.method == name) => None,
            Expr::MethodCall(call) => {
                let mut given = std::iter::once(&*call.receiver).chain(&call.args);
                given
                    .any(|given| self.overlaps(given))
                    .then_some(Change::Perhaps)
            }
            Expr::Call(call) => {
                let mut given = call.args.iter();
                given
                    .any(|given| self.overlaps(given))
                    .then_some(Change::Perhaps)
            }
            _ => None,
        };
        self.found = self.found.max(found);
        syn::visit::visit_expr(self, expr);
    }
}
