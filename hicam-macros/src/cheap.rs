//! Which loop bodies are so short that a block of passes takes no time to speak of, and how many passes that is.

use syn::visit::Visit;
use syn::{Block, Expr, Stmt};

/// Methods of numbers, slices and the like that take a few instructions.
const METHODS: &[&str] = &[
    "wrapping_add",
    "wrapping_sub",
    "wrapping_mul",
    "wrapping_neg",
    "wrapping_shl",
    "wrapping_shr",
    "saturating_add",
    "saturating_sub",
    "saturating_mul",
    "checked_add",
    "checked_sub",
    "checked_mul",
    "overflowing_add",
    "overflowing_sub",
    "overflowing_mul",
    "rotate_left",
    "rotate_right",
    "count_ones",
    "count_zeros",
    "leading_zeros",
    "trailing_zeros",
    "swap_bytes",
    "reverse_bits",
    "is_power_of_two",
    "is_multiple_of",
    "abs",
    "abs_diff",
    "abs_sub",
    "signum",
    "min",
    "max",
    "clamp",
    "rem_euclid",
    "div_euclid",
    "div_ceil",
    "sqrt",
    "mul_add",
    "floor",
    "ceil",
    "round",
    "trunc",
    "fract",
    "recip",
    "to_bits",
    "is_nan",
    "is_finite",
    "sin",
    "cos",
    "exp",
    "ln",
    "powi",
    "powf",
    "len",
    "is_empty",
    "swap",
    "get",
    "get_mut",
    "unwrap_or",
    "unwrap_or_default",
    "copied",
    "push",
    "is_some",
    "is_none",
    "is_ascii_digit",
    "is_ascii_alphabetic",
    "is_ascii_whitespace",
    "is_ascii_uppercase",
    "is_ascii_lowercase",
    "is_ascii_punctuation",
    "is_ascii_alphanumeric",
    "to_ascii_lowercase",
    "to_ascii_uppercase",
];

/// Expressions evaluated in a block of passes: some ten microseconds of work, so that looking at the flag once per block
/// does not show even in a loop that the compiler has vectorised, and a capture waits for nothing that anyone notices.
const WORK: usize = 1 << 17;

/// How many passes of a loop with this body make a block; `None` if a pass may take long: there are calls that could,
/// loops, `.await`s, or something whose cost the syntax does not show.
pub(crate) fn passes(body: &Block) -> Option<usize> {
    struct Count(usize);
    impl<'ast> Visit<'ast> for Count {
        fn visit_expr(&mut self, expr: &'ast Expr) {
            self.0 += 1;
            syn::visit::visit_expr(self, expr);
        }
    }
    let mut count = Count(2);
    count.visit_block(body);
    is_cheap(body).then_some(WORK / count.0)
}

fn is_cheap(block: &Block) -> bool {
    block.stmts.iter().all(|stmt| match stmt {
        Stmt::Local(local) => local.init.as_ref().is_none_or(|init| {
            cheap(&init.expr)
                && init
                    .diverge
                    .as_ref()
                    .is_none_or(|(_, diverge)| cheap(diverge))
        }),
        Stmt::Expr(expr, _) => cheap(expr),
        Stmt::Item(_) | Stmt::Macro(_) => false,
    })
}

fn cheap(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) | Expr::Path(_) | Expr::Infer(_) | Expr::Continue(_) => true,
        Expr::Array(array) => array.elems.iter().all(cheap),
        Expr::Assign(assign) => cheap(&assign.left) && cheap(&assign.right),
        Expr::Binary(binary) => cheap(&binary.left) && cheap(&binary.right),
        Expr::Block(block) => block.label.is_none() && is_cheap(&block.block),
        Expr::Break(jump) => jump.expr.as_ref().is_none_or(|value| cheap(value)),
        Expr::Call(call) => is_wrapper(&call.func) && call.args.iter().all(cheap),
        Expr::Cast(cast) => cheap(&cast.expr),
        Expr::Field(field) => cheap(&field.base),
        Expr::Group(group) => cheap(&group.expr),
        Expr::If(branch) => {
            cheap(&branch.cond)
                && is_cheap(&branch.then_branch)
                && branch
                    .else_branch
                    .as_ref()
                    .is_none_or(|(_, otherwise)| cheap(otherwise))
        }
        Expr::Index(index) => cheap(&index.expr) && cheap(&index.index),
        Expr::Let(binding) => cheap(&binding.expr),
        Expr::Match(choice) => {
            cheap(&choice.expr) && choice.arms.iter().all(|arm| cheap(&arm.body))
        }
        Expr::MethodCall(call) => {
            METHODS.iter().any(|method| call.method == method)
                && cheap(&call.receiver)
                && call.args.iter().all(cheap)
        }
        Expr::Paren(paren) => cheap(&paren.expr),
        Expr::Range(range) => range
            .start
            .iter()
            .chain(&range.end)
            .all(|bound| cheap(bound)),
        Expr::Reference(reference) => cheap(&reference.expr),
        Expr::Return(jump) => jump.expr.as_ref().is_none_or(|value| cheap(value)),
        Expr::Tuple(tuple) => tuple.elems.iter().all(cheap),
        Expr::Unary(unary) => cheap(&unary.expr),
        _ => false,
    }
}

/// `Some(x)`, `Point(x, y)`, `u64::from(x)`: a path whose last part is a type or variant, or a conversion.
fn is_wrapper(func: &Expr) -> bool {
    let Expr::Path(path) = func else { return false };
    path.path.segments.last().is_some_and(|last| {
        last.ident == "from"
            || last
                .ident
                .to_string()
                .chars()
                .next()
                .is_some_and(char::is_uppercase)
    })
}
