//! Where in an expression the temporaries are, by Rust's own scopes of temporaries.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{
    Arm, BinOp, Block, Expr, ExprMatch, ExprMethodCall, Macro, Pat, Stmt, parse_quote,
    parse_quote_spanned,
};

use super::{AtEnd, Outlived, Taken, Temporaries};
use crate::effects::{BY_REFERENCE, CONSUMING};
use crate::ir::Point;
use crate::iterables::strip_parens_mut;
use crate::leftovers::{Leftover, leftovers, whole};
use crate::lower::tails::Locals;
use crate::normal::is_value;
use crate::strict_macros::Arguments;

/// Methods with closures of `Option`, `Result` and iterators that take `self`, besides those that are known elsewhere.
const TAKING: &[&str] = &[
    "filter",
    "filter_map",
    "flat_map",
    "fold",
    "for_each",
    "inspect",
    "is_err_and",
    "is_none_or",
    "is_ok_and",
    "is_some_and",
    "map_while",
    "max_by",
    "max_by_key",
    "min_by",
    "min_by_key",
    "partition",
    "reduce",
    "scan",
    "skip_while",
    "take_while",
];

/// Goes through an expression.
pub(super) struct Walk<'w> {
    points: &'w [Point],
    known: &'w mut Temporaries,
    pub(super) found: Vec<Outlived>,
    /// At the end of a block.
    at_end: bool,
    /// There, only what gets no place (`tails.rs`) is judged.
    kept: Option<&'w Locals>,
    /// A variable that stands for a temporary.
    temporary: Option<Ident>,
}

impl<'w> Walk<'w> {
    pub(super) fn new(points: &'w [Point], known: &'w mut Temporaries) -> Self {
        let found = Vec::new();
        Walk {
            points,
            known,
            found,
            at_end: false,
            kept: None,
            temporary: None,
        }
    }

    /// In what is done with an awaited value, in a variable.
    pub(super) fn behind(&mut self, temporary: &Ident, expr: &mut Expr) {
        self.temporary = Some(temporary.clone());
        self.value(expr);
    }

    /// The expression at the end of a block, before its temporaries get places.
    pub(super) fn kept(&mut self, tail: &mut Expr, locals: &'w Locals) {
        self.kept = Some(locals);
        self.at_end(tail);
    }

    /// An expression whose value is used up.
    pub(super) fn value(&mut self, expr: &mut Expr) {
        match expr {
            Expr::MethodCall(call) => {
                let span = call.span();
                if let Some(link) = self.receiver(call) {
                    note(expr, span, &quote!(#link.of(&__hicam_made);));
                }
            }
            Expr::Call(call) if !matches!(&*call.func, Expr::Path(_)) => {
                self.place(&mut call.func);
                self.values(call.args.iter_mut());
            }
            Expr::Field(_) | Expr::Index(_) => self.place(expr),
            Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Deref(_)) => self.place(expr),
            Expr::Reference(reference) => self.place(&mut reference.expr),
            Expr::Binary(binary) if compares(&binary.op) => {
                self.place(&mut binary.left);
                self.place(&mut binary.right);
            }
            Expr::Match(choice) => {
                let left = leftovers(choice.arms.iter().map(|arm| (&arm.pat, &*arm.body)));
                self.scrutinee(&mut choice.expr, &left);
            }
            // Before the edition of 2024 it lives until the end of the statement.
            Expr::If(branch) => {
                if let Expr::Let(binding) = &mut *branch.cond {
                    self.scrutinee(&mut binding.expr, &[whole()]);
                }
            }
            Expr::Block(block) if block.label.is_none() => self.block(&mut block.block),
            Expr::Unsafe(block) => self.block(&mut block.block),
            Expr::Macro(invocation) => self.arguments(&mut invocation.mac),
            expr => self.values(values_in(expr).into_iter()),
        }
    }

    fn block(&mut self, block: &mut Block) {
        if let Some(Stmt::Expr(tail, None)) = block.stmts.last_mut() {
            self.at_end(tail);
        }
    }

    /// The expression at a block's end.
    pub(super) fn at_end(&mut self, tail: &mut Expr) {
        let outside = std::mem::replace(&mut self.at_end, true);
        self.value(tail);
        self.at_end = outside;
    }

    fn values<'e>(&mut self, exprs: impl Iterator<Item = &'e mut Expr>) {
        exprs.for_each(|expr| self.value(expr));
    }

    /// What is borrowed, indexed or taken apart: a value there is a temporary.
    pub(super) fn place(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Paren(paren) => self.place(&mut paren.expr),
            Expr::Group(group) => self.place(&mut group.expr),
            Expr::Field(field) => self.place(&mut field.base),
            Expr::Index(index) => {
                self.place(&mut index.expr);
                self.value(&mut index.index);
            }
            Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Deref(_)) => {
                self.place(&mut unary.expr);
            }
            expr if self.kept.is_some() => self.value(expr),
            // A type that is expected of them is expected of their parts, so they stay what they are.
            Expr::Tuple(tuple) => self.elements(tuple.elems.iter_mut()),
            Expr::Array(array) => self.elements(array.elems.iter_mut()),
            Expr::Struct(literal) => {
                self.elements(literal.fields.iter_mut().map(|field| &mut field.expr));
            }
            expr if self.is_made(expr) => {
                self.lent(expr);
                // As a field nothing is expected of it, as nothing was of what a reference is coerced from.
                *expr = parse_quote!(::hicam::__private::MadeHere(#expr).0);
            }
            expr => self.value(expr),
        }
    }

    /// Parts of a temporary.
    fn elements<'e>(&mut self, exprs: impl Iterator<Item = &'e mut Expr>) {
        for expr in exprs {
            if is_made(expr) || is_moved(expr) {
                self.lent(expr);
            } else {
                self.value(expr);
            }
        }
    }

    /// Whether an expression makes a value that may have something to drop, or stands for one.
    fn is_made(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Paren(paren) => self.is_made(&paren.expr),
            Expr::Path(path) => path.path.get_ident().is_some_and(|ident| {
                self.kept.is_some() && is_value(ident) || self.temporary.as_ref() == Some(ident)
            }),
            expr => is_made(expr),
        }
    }

    fn lent(&mut self, expr: &mut Expr) {
        let span = expr.span();
        self.value(expr);
        let handle = self.handle(span, Taken::No);
        note(expr, span, &quote!(#handle.value(&__hicam_made);));
    }

    pub(super) fn scrutinee(&mut self, expr: &mut Expr, left: &[Leftover]) {
        let (made, span) = (self.is_made(expr), expr.span());
        self.value(expr);
        if left.is_empty() || !made || self.kept.is_some() {
            return;
        }
        let parts = left.iter().map(|Leftover { pat, parts, apart }| {
            let taken = apart.map_or(Taken::No, Taken::Apart);
            let handles = parts.iter().map(|_| self.handle(span, taken));
            let handles: Vec<Ident> = handles.collect();
            quote! {
                match ::hicam::__private::like(&__hicam_made) {
                    #pat => { #(#handles.value(&#parts);)* }
                    #[allow(unreachable_patterns)]
                    _ => {}
                }
            }
        });
        let parts: TokenStream = parts.collect();
        note(expr, span, &parts);
    }

    /// A method call. Gives what ties its value to that of the same call in a closure, if there is one.
    fn receiver(&mut self, call: &mut ExprMethodCall) -> Option<Ident> {
        let original = call.clone();
        self.values(call.args.iter_mut());
        let receiver = strip_parens_mut(&mut call.receiver);
        if !self.is_made(receiver) {
            self.place(receiver);
            return None;
        }
        let span = receiver.span();
        self.value(receiver);
        let taken = how(&original);
        if self.kept.is_some_and(|locals| locals.keeps(&original)) {
            return None;
        }
        let handle = self.handle(span, taken);
        if taken != Taken::Unknown {
            note(receiver, span, &quote!(#handle.value(&__hicam_made);));
            return None;
        }
        let link = format_ident!("__hicam_made_link_{}", self.known.links.len());
        note(receiver, span, &asked(original, &handle, &link));
        self.known.links.push(link.clone());
        Some(link)
    }

    /// The arguments of a macro that leaves their temporaries to the statement.
    fn arguments(&mut self, mac: &mut Macro) {
        let Some(mut arguments) = Arguments::of(mac) else {
            return;
        };
        let name = mac.path.segments.last().map(|last| last.ident.to_string());
        let each = arguments.evaluated.iter_mut();
        match name.as_deref() {
            Some("vec") => self.values(each),
            Some("write" | "writeln" | "dbg") => each.for_each(|arg| self.place(arg)),
            Some("matches") => each.for_each(|arg| self.scrutinee(arg, &[whole()])),
            _ => return,
        }
        mac.tokens = arguments.into_tokens();
    }

    /// The line of the first point behind a temporary; of the last one, if that is a loop around it.
    fn point_after(&self, span: Span) -> u32 {
        let place = |span: Span| (span.start().line, span.start().column);
        let points = self.points.iter().map(|point| place(point.span));
        let behind = points.clone().filter(|point| *point > place(span)).min();
        let (line, _) = behind.or(points.max()).unwrap_or_default();
        line as u32
    }

    pub(super) fn handle(&mut self, span: Span, taken: Taken) -> Ident {
        let handle = format_ident!("__hicam_lent_{}", self.known.handles.len());
        self.known.handles.push(handle.clone());
        self.found.push(Outlived {
            handle: handle.clone(),
            taken,
            span,
            line: self.point_after(span),
            at_end: match (self.at_end, self.kept) {
                (false, _) => None,
                (true, None) => Some(AtEnd::Within),
                (true, Some(_)) => Some(AtEnd::Last),
            },
        });
        handle
    }
}

/// Whether a method's name says that it borrows.
pub(in crate::lower) fn lends(call: &ExprMethodCall) -> bool {
    BY_REFERENCE.iter().any(|name| call.method == name)
}

fn how(call: &ExprMethodCall) -> Taken {
    let among = |names: &[&str]| names.iter().any(|name| call.method == name);
    if lends(call) {
        Taken::No
    } else if !call.args.iter().any(has_own_type) {
        Taken::Unknown
    } else if among(CONSUMING) || among(TAKING) {
        Taken::ByName
    } else {
        Taken::No
    }
}

/// Whether an argument has a closure in it, which has a type of its own wherever it is written.
fn has_own_type(arg: &Expr) -> bool {
    struct Find(bool);
    impl<'ast> Visit<'ast> for Find {
        fn visit_expr(&mut self, expr: &'ast Expr) {
            self.0 |= matches!(expr, Expr::Closure(_) | Expr::Async(_));
            syn::visit::visit_expr(self, expr);
        }
        fn visit_macro(&mut self, mac: &'ast Macro) {
            // What is behind any other macro cannot be seen.
            match Arguments::of(mac) {
                Some(arguments) if arguments.rest.is_empty() => {
                    arguments
                        .evaluated
                        .iter()
                        .for_each(|arg| self.visit_expr(arg));
                }
                _ => self.0 = true,
            }
        }
    }
    let mut find = Find(false);
    find.visit_expr(arg);
    find.0
}

/// The same call in a closure: it borrows the temporary, or owns it. The arguments are not the closure's: they are given
/// the types of the method's parameters, as in the call that is made, where a type is expected of them.
fn asked(mut call: ExprMethodCall, handle: &Ident, link: &Ident) -> TokenStream {
    let (mut before, mut inside, mut after) =
        (TokenStream::new(), TokenStream::new(), TokenStream::new());
    for (at, arg) in call.args.iter_mut().enumerate() {
        if matches!(arg, Expr::Lit(_)) {
            continue;
        }
        let given = format_ident!("__hicam_given_{at}");
        before.extend(quote!(let mut #given = ::hicam::__private::any();));
        inside.extend(quote!(let #given = ::hicam::__private::like(&#given);));
        after.extend(quote!(#given = #arg;));
        *arg = parse_quote!(#given);
    }
    *call.receiver = parse_quote!(__hicam_lender);
    quote! {
        let mut __hicam_lender = ::hicam::__private::like(&__hicam_made);
        #before
        #handle.by(&__hicam_lender, &|| {
            ::hicam::__private::diverge();
            #inside
            #link.of(&#call);
        });
        #after
    }
}

/// Puts code that is never reached where a value has just been made.
fn note(value: &mut Expr, span: Span, code: &TokenStream) {
    let span = span.resolved_at(Span::call_site());
    *value = parse_quote_spanned! {span=>
        (match (#value) {
            __hicam_made => {
                if false {
                    ::hicam::__private::diverge();
                    #code
                }
                __hicam_made
            }
        })
    };
}

/// The parts of an expression that are used up as it is. Their temporaries end with the statement, as its own do.
pub(in crate::lower) fn values_in(expr: &mut Expr) -> Vec<&mut Expr> {
    match expr {
        Expr::Call(call) => call.args.iter_mut().collect(),
        Expr::Unary(unary) => vec![&mut unary.expr],
        Expr::Paren(paren) => vec![&mut paren.expr],
        Expr::Group(group) => vec![&mut group.expr],
        // Their operands' temporaries end with them.
        Expr::Binary(binary) if matches!(binary.op, BinOp::And(_) | BinOp::Or(_)) => Vec::new(),
        Expr::Binary(binary) => vec![&mut binary.left, &mut binary.right],
        Expr::Assign(assign) => vec![&mut assign.right],
        Expr::Array(array) => array.elems.iter_mut().collect(),
        Expr::Tuple(tuple) => tuple.elems.iter_mut().collect(),
        Expr::Struct(literal) => {
            let fields = literal.fields.iter_mut();
            fields.map(|field| &mut field.expr).collect()
        }
        Expr::Repeat(repeat) => vec![&mut repeat.expr],
        Expr::Cast(cast) => vec![&mut cast.expr],
        Expr::Try(question) => vec![&mut question.expr],
        Expr::Range(range) => {
            let bounds = range.start.iter_mut().chain(&mut range.end);
            bounds.map(|bound| &mut **bound).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether an operator only looks at its operands.
pub(in crate::lower) fn compares(op: &BinOp) -> bool {
    use BinOp::{Eq, Ge, Gt, Le, Lt, Ne};
    matches!(op, Eq(_) | Ne(_) | Lt(_) | Le(_) | Gt(_) | Ge(_))
}

/// Whether a value only gets a note.
pub(in crate::lower) fn is_note(choice: &ExprMatch) -> bool {
    matches!(choice.arms.as_slice(), [Arm { pat: Pat::Ident(made), .. }] if made.ident == "__hicam_made")
}

/// Whether an expression makes a value that may have something to drop.
pub(in crate::lower) fn is_made(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(paren) => is_made(&paren.expr),
        Expr::Group(group) => is_made(&group.expr),
        // What the transformation has written.
        Expr::Call(call) => !matches!(&*call.func, Expr::Path(path)
            if path.path.leading_colon.is_some() && path.path.segments.iter().nth(1).is_some_and(|second| second.ident == "__private")),
        Expr::MethodCall(_)
        | Expr::Match(_)
        | Expr::If(_)
        | Expr::Block(_)
        | Expr::Unsafe(_)
        | Expr::Try(_) => true,
        // Of constants it is one.
        Expr::Binary(binary) => holds(&binary.left) || holds(&binary.right),
        Expr::Unary(unary) => !matches!(unary.op, syn::UnOp::Deref(_)) && holds(&unary.expr),
        Expr::Tuple(tuple) => tuple.elems.iter().any(holds),
        Expr::Array(array) => array.elems.iter().any(holds),
        Expr::Struct(literal) => literal.fields.iter().any(|field| holds(&field.expr)),
        Expr::Macro(invocation) => {
            let name = invocation.mac.path.segments.last();
            name.is_some_and(|name| name.ident == "vec" || name.ident == "format")
        }
        _ => false,
    }
}

pub(in crate::lower) fn holds(part: &Expr) -> bool {
    is_made(part) || is_moved(part)
}

/// A variable or a part of one, not a constant.
fn is_moved(expr: &Expr) -> bool {
    match expr {
        Expr::Path(path) => {
            let last = path.path.segments.last();
            last.is_some_and(|last| !last.ident.to_string().starts_with(char::is_uppercase))
        }
        Expr::Field(field) => is_moved(&field.base),
        Expr::Paren(paren) => is_moved(&paren.expr),
        _ => false,
    }
}
