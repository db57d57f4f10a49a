//! Which method calls use their receiver's value as it is before the arguments are evaluated. Others borrow it: then the
//! arguments cannot change it, and it is looked at after them.

use syn::visit::Visit;
use syn::{Expr, ExprMethodCall};

use crate::arguments::path;
use crate::effects::{CONSUMING, is_assignment};

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

/// Whether a method call takes its receiver's value before its arguments are evaluated, as far as can be seen.
pub(crate) fn takes_value(call: &Expr) -> bool {
    let Expr::MethodCall(call) = call else {
        return false;
    };
    let name = call.method.to_string();
    let by_name = OF_NUMBERS.contains(&name.as_str())
        || CONSUMING.contains(&name.as_str())
        || PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    by_name || is_changed(call)
}

/// Whether an argument changes the receiver. What is borrowed cannot be changed, so the call has its value then.
fn is_changed(call: &ExprMethodCall) -> bool {
    let Some(receiver) = path(&call.receiver) else {
        return false;
    };
    let mut changes = Changes {
        receiver: &receiver,
        found: false,
    };
    call.args.iter().for_each(|arg| changes.visit_expr(arg));
    changes.found
}

struct Changes<'r> {
    receiver: &'r [String],
    found: bool,
}

impl<'ast> Visit<'ast> for Changes<'_> {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        let changed = match expr {
            Expr::Reference(reference) if reference.mutability.is_some() => Some(&reference.expr),
            Expr::Assign(assign) => Some(&assign.left),
            Expr::Binary(binary) if is_assignment(&binary.op) => Some(&binary.left),
            _ => None,
        };
        if let Some(place) = changed.and_then(|place| path(place)) {
            self.found |= place.starts_with(self.receiver) || self.receiver.starts_with(&place);
        }
        syn::visit::visit_expr(self, expr);
    }
}
