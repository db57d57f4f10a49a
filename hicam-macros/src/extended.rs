//! Temporaries that live as long as what a `let` binds, because it borrows them: they become variables, declared before it.
//!
//! ```text
//! let first = &lock.lock().await[0];
//! ```
//! →
//! ```text
//! let mut extended = lock.lock().await;
//! let first = &extended[0];
//! ```
//! What is extended is told by the form of the initialiser alone (the Rust reference, "Temporary lifetime extension").

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, Local, Pat, Stmt, parse_quote};

use crate::ir::{Fx, Item};
use crate::iterables::is_temporary;
use crate::scope::Builder;

const EVALUATED_BEFORE: &str = "what this borrows lives as long as the variable, across migration points, but other parts of the \
     initialiser are evaluated before it: bind it with a `let` of its own before this one";
const IN_A_BLOCK: &str = "what this borrows lives as long as the variable, across migration points: bind it with a `let` of its own \
     before this one";

/// What an initialiser extends.
#[derive(Default)]
struct Found<'e> {
    temporaries: Vec<&'e mut Expr>,
    /// Something with an effect of its own is evaluated before one of them.
    late: Option<Span>,
    /// One of them is in a block.
    inside: Option<Span>,
    /// What has been passed has effects.
    effects: bool,
}

impl Builder {
    /// Puts the temporaries that a `let` extends into variables.
    pub(crate) fn name_extended(
        &mut self,
        local: &mut Local,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) {
        let by_ref = binds_by_ref(&local.pat);
        let Some(init) = &mut local.init else { return };
        let mut found = Found::default();
        match by_ref {
            true => found.operand(&mut init.expr),
            false => found.extending(&mut init.expr),
        }
        if let Some(span) = found.late {
            return self.errors.push(syn::Error::new(span, EVALUATED_BEFORE));
        }
        if let Some(span) = found.inside {
            return self.errors.push(syn::Error::new(span, IN_A_BLOCK));
        }
        for temporary in found.temporaries {
            let name = self.fresh("extended", temporary.span());
            let value = std::mem::replace(temporary, parse_quote!(#name));
            self.statement(parse_quote!(let mut #name = #value;), items, fx);
            self.lasts(&name);
        }
    }
}

impl<'e> Found<'e> {
    /// An extending expression: the initialiser, or an operand of what is one.
    fn extending(&mut self, expr: &'e mut Expr) {
        match expr {
            Expr::Reference(reference) => self.operand(&mut reference.expr),
            Expr::Paren(paren) => self.extending(&mut paren.expr),
            Expr::Group(group) => self.extending(&mut group.expr),
            Expr::Cast(cast) => self.extending(&mut cast.expr),
            Expr::Tuple(tuple) => tuple.elems.iter_mut().for_each(|elem| self.extending(elem)),
            Expr::Array(array) => array.elems.iter_mut().for_each(|elem| self.extending(elem)),
            Expr::Struct(literal) => {
                let fields = literal.fields.iter_mut();
                fields.for_each(|field| self.extending(&mut field.expr));
                self.effects |= literal.rest.is_some();
            }
            Expr::Call(call) => match is_constructor(&call.func) {
                true => call.args.iter_mut().for_each(|arg| self.extending(arg)),
                false => self.effects = true,
            },
            Expr::Block(block) => self.ends_with(block.block.stmts.last_mut()),
            Expr::Unsafe(block) => self.ends_with(block.block.stmts.last_mut()),
            Expr::If(branch) => {
                self.effects = true;
                self.ends_with(branch.then_branch.stmts.last_mut());
                if let Some((_, otherwise)) = &mut branch.else_branch {
                    self.within(otherwise);
                }
            }
            Expr::Match(choice) => {
                self.effects = true;
                choice
                    .arms
                    .iter_mut()
                    .for_each(|arm| self.within(&mut arm.body));
            }
            expr => self.passed(expr),
        }
    }

    /// The operand of an extending borrow, or a part of it: a place, or a temporary that is extended.
    fn operand(&mut self, expr: &'e mut Expr) {
        match expr {
            Expr::Field(field) => self.operand(&mut field.base),
            Expr::Index(index) => {
                self.operand(&mut index.expr);
                self.passed(&index.index);
            }
            Expr::Paren(paren) => self.operand(&mut paren.expr),
            Expr::Group(group) => self.operand(&mut group.expr),
            Expr::Reference(reference) => self.operand(&mut reference.expr),
            expr if is_temporary(expr) && !is_constant(expr) => {
                if self.effects {
                    self.late.get_or_insert(expr.span());
                }
                self.temporaries.push(expr);
            }
            // A dereference, or a place.
            Expr::Unary(unary) => self.operand(&mut unary.expr),
            expr => self.passed(expr),
        }
    }

    fn ends_with(&mut self, last: Option<&'e mut Stmt>) {
        self.effects = true;
        if let Some(Stmt::Expr(value, None)) = last {
            self.within(value);
        }
    }

    /// What is extended out of a block has no place before it.
    fn within(&mut self, expr: &'e mut Expr) {
        let mut inner = Found::default();
        inner.extending(expr);
        let span = inner.temporaries.first().map(|found| found.span());
        self.inside = self.inside.or(span).or(inner.inside);
    }

    fn passed(&mut self, expr: &Expr) {
        self.effects |= !is_constant(expr);
    }
}

/// Whether a pattern borrows what it is given: then the whole initialiser is extended.
fn binds_by_ref(pat: &Pat) -> bool {
    match pat {
        Pat::Ident(ident) => ident.by_ref.is_some(),
        Pat::Type(typed) => binds_by_ref(&typed.pat),
        Pat::Paren(paren) => binds_by_ref(&paren.pat),
        Pat::Tuple(tuple) => tuple.elems.iter().any(binds_by_ref),
        Pat::TupleStruct(tuple) => tuple.elems.iter().any(binds_by_ref),
        Pat::Slice(slice) => slice.elems.iter().any(binds_by_ref),
        Pat::Struct(fields) => fields.fields.iter().any(|field| binds_by_ref(&field.pat)),
        _ => false,
    }
}

/// Whether this is the name of a tuple struct or variant, as far as names tell.
fn is_constructor(func: &Expr) -> bool {
    let Expr::Path(path) = func else { return false };
    let last = path.path.segments.last();
    last.is_some_and(|last| last.ident.to_string().starts_with(char::is_uppercase))
}

/// Whether a value is known when the program is built: borrowed, it is a static.
fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) | Expr::Closure(_) => true,
        Expr::Unary(unary) => !matches!(unary.op, syn::UnOp::Deref(_)) && is_constant(&unary.expr),
        Expr::Paren(paren) => is_constant(&paren.expr),
        Expr::Reference(reference) => {
            reference.mutability.is_none() && is_constant(&reference.expr)
        }
        Expr::Tuple(tuple) => tuple.elems.iter().all(is_constant),
        Expr::Array(array) => array.elems.iter().all(is_constant),
        Expr::Repeat(repeat) => is_constant(&repeat.expr),
        Expr::Range(range) => {
            let mut bounds = range.start.iter().chain(range.end.iter());
            bounds.all(|bound| is_constant(bound))
        }
        _ => false,
    }
}
