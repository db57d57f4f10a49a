//! Temporaries of the expression at a block's end. Since the edition of 2024 they end before the block's variables; before
//! it they outlive them, until the end of the statement that the block is in. A lowered block gives its value by a jump,
//! which ends them first, so for the older editions each gets a place in front of the block:
//!
//! ```text
//! let n = { let a = f().await; g(&a); queue.lock().unwrap().len() };
//! ```
//! becomes, before 2024,
//! ```text
//! let n = { let mut tail; 'value: { … a … break 'value { tail = queue.lock().unwrap(); tail.len() } } };
//! ```
//! Which edition it is no attribute can know, but a macro of the function's own can: there `expr` matches `_` since 2024.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::visit::Visit;
use syn::{Expr, ExprMethodCall, Lifetime, Stmt, UnOp, parse_quote};

use super::Lower;
use super::slots::Segment;
use super::temporaries::{compares, holds, is_made, is_note, lends, values_in};
use crate::classify::Class;
use crate::control::JUMP;
use crate::ir::{Block, Code, Item, Lead, Node, Statement, VarId, VarKind};
use crate::normal::is_value;
use crate::strict_macros::Arguments;

const UNWRAPPING: &[&str] = &["expect", "unwrap"];
const LOCKING: &[&str] = &[
    "borrow",
    "borrow_mut",
    "lock",
    "read",
    "try_borrow",
    "try_borrow_mut",
    "try_lock",
    "try_read",
    "try_write",
    "write",
];

/// What becomes of the temporaries at the ends of the blocks that are being lowered.
pub(super) enum Tails {
    /// These places are to be declared in front of them.
    Kept(Vec<Ident>),
    /// More of the statement comes behind the block: their types are judged.
    Judged,
}

impl Default for Tails {
    fn default() -> Self {
        Tails::Kept(Vec::new())
    }
}

/// The macro that knows the edition of the function, whose name has the `span`.
pub(crate) fn edition(span: Span) -> TokenStream {
    quote_spanned! {span=>
        #[allow(unused_macros, unused_macro_rules)]
        macro_rules! __hicam_since_2024 {
            ($__hicam_any:expr; { $($__hicam_since:tt)* } { $($__hicam_before:tt)* }) => { $($__hicam_since)* };
            (_; { $($__hicam_since:tt)* } { $($__hicam_before:tt)* }) => { $($__hicam_before)* };
        }
    }
}

/// One of two pieces of code.
pub(super) fn by_edition(since_2024: &TokenStream, before: &TokenStream) -> TokenStream {
    quote!(__hicam_since_2024! { _; { #since_2024 } { #before } })
}

impl Lower<'_> {
    /// Lowers a block with whose value its statement ends.
    pub(super) fn closed(&mut self, block: &Block, exit: &Lifetime) -> TokenStream {
        let outside = std::mem::take(&mut self.tails);
        let code = self.block(block, exit);
        let declared = self.declared_tails();
        self.tails = outside;
        if declared.is_empty() {
            return code;
        }
        quote!({ #declared #code })
    }

    /// The places that have not been declared yet.
    pub(super) fn declared_tails(&mut self) -> TokenStream {
        match &mut self.tails {
            Tails::Kept(places) if !places.is_empty() => {
                let places = std::mem::take(places);
                by_edition(&TokenStream::new(), &quote!(#(let mut #places;)*))
            }
            _ => TokenStream::new(),
        }
    }

    /// Lowers a block behind whose value its statement goes on.
    pub(super) fn within(&mut self, block: &Block, exit: &Lifetime) -> TokenStream {
        let outside = std::mem::replace(&mut self.tails, Tails::Judged);
        let code = self.block(block, exit);
        self.tails = outside;
        code
    }

    /// What a block ends with, if points are in it.
    pub(super) fn last_value(&mut self, lead: &Lead, exit: &Lifetime) -> TokenStream {
        match (&lead.node, &lead.post) {
            // It is itself at the end of one.
            (Node::Block(block), None) => self.block(block, exit),
            (_, Some(post)) if !post.part => {
                let (node, temp) = (self.lead_node(lead, exit), &post.temp);
                let code = &post.code;
                let segment = self.segment(&code.mentions, code.before, code.after);
                let tail = self.last_code(code, &segment);
                let prelude = segment.prelude;
                quote!({ let mut #temp = #node; #prelude #tail })
            }
            _ => self.lead_value(lead, exit),
        }
    }

    /// Lets temporaries of the last statement that are in variables end after the block's variables.
    pub(super) fn keep_lent(&mut self, lent: &[VarId], lead: Option<&Lead>) -> TokenStream {
        let there = lent.iter().copied().filter(|&var| {
            let class = self.classes.of[var];
            class.is_slot() || matches!(class, Class::Direct | Class::Kept)
        });
        let there: Vec<VarId> = there.collect();
        let last = matches!(self.tails, Tails::Kept(_));
        if there.is_empty() || last && self.locals().0.is_empty() {
            return TokenStream::new();
        }
        // What leaves by `?` borrows from them, perhaps, and ends first.
        let post = lead.and_then(|lead| lead.post.as_ref());
        let leaves = post.is_some_and(|post| may_return(&post.code.code));
        self.asks_edition = true;
        let mut kept = TokenStream::new();
        for var in there {
            let (carrier, slot) = (self.carrier(var), self.slot(var));
            let rests = self.classes.of[var].is_slot();
            if let Tails::Kept(places) = &mut self.tails
                && !leaves
            {
                let place = format_ident!("__hicam_tail_{}", self.tail_places);
                self.tail_places += 1;
                kept.extend(match rests {
                    true => quote!(#place = #slot.take();),
                    false => quote!(#place = #carrier;),
                });
                places.push(place);
            } else {
                let handle = self.judge_lent(carrier.span(), last);
                kept.extend(match rests {
                    true => quote!(#handle.value(&::hicam::__private::never(&#slot));),
                    false => quote!(#handle.value(&#carrier);),
                });
            }
        }
        if last && !leaves {
            return by_edition(&TokenStream::new(), &kept);
        }
        quote!(if false { ::hicam::__private::diverge(); #kept })
    }

    /// What gives a statement's value, before its `post`.
    pub(super) fn lead_node(&mut self, lead: &Lead, exit: &Lifetime) -> TokenStream {
        match &lead.node {
            Node::Block(block) if goes_on(lead) => self.within(block, exit),
            node => self.node(node, exit),
        }
    }

    /// The code that a block ends with; what it takes from slots comes before it.
    pub(super) fn last_code(&mut self, code: &Code<Expr>, segment: &Segment) -> TokenStream {
        let tail = self.completed(code, &segment.taken);
        let postlude = &segment.postlude;
        self.at_end(tail, |tail| {
            if postlude.is_empty() {
                quote!(#tail)
            } else {
                quote!({ let __hicam_tail = #tail; #postlude __hicam_tail })
            }
        })
    }

    fn locals(&self) -> Locals {
        let bound = |var: VarId| {
            let mut items = self.body.block.body.iter();
            items.any(|item| matches!(item, Item::Simple(simple) if matches!(simple.stmt.code, Statement::Bind { .. }) && simple.declares.contains(&var)))
        };
        let own = self.body.vars.iter().enumerate();
        let own = own.filter(|&(var, facts)| {
            !facts.made && !matches!(facts.kind, VarKind::Reference { .. }) && !bound(var)
        });
        Locals(own.map(|(_, facts)| facts.ident.clone()).collect())
    }

    /// The expression at a block's end; `around` adds what goes with it.
    fn at_end(&mut self, mut tail: Expr, around: impl Fn(&Expr) -> TokenStream) -> TokenStream {
        if matches!(self.tails, Tails::Judged) {
            self.judge_tail(&mut tail);
            return around(&tail);
        }
        let locals = self.locals();
        if locals.0.is_empty() {
            return around(&tail);
        }
        self.kept_tail(&mut tail, &locals);
        let since_2024 = around(&tail);
        let Tails::Kept(places) = &mut self.tails else {
            return since_2024;
        };
        let first = places.len();
        let mut keep = Keep {
            places,
            number: &mut self.tail_places,
            locals,
        };
        keep.value(&mut tail);
        if places.len() == first {
            return since_2024;
        }
        self.asks_edition = true;
        by_edition(&since_2024, &around(&tail))
    }
}

/// Variables that end before the temporaries.
pub(super) struct Locals(Vec<Ident>);

impl Locals {
    /// Whether what a method is called on gets a place. Where the method may take a value that borrows from a local, the
    /// place would do so too, and outlive it; its type is judged instead.
    pub(super) fn keeps(&self, call: &ExprMethodCall) -> bool {
        lends(call) || is_guard(&call.receiver) || !self.are_in(call.receiver.to_token_stream())
    }

    fn are_in(&self, tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Group(group) => self.are_in(group.stream()),
            TokenTree::Ident(ident) => self.0.contains(&ident),
            _ => false,
        })
    }
}

/// Whether it is what a lock gives, by its name: no method takes that.
fn is_guard(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(paren) => is_guard(&paren.expr),
        Expr::Try(question) => is_guard(&question.expr),
        Expr::MethodCall(call) if UNWRAPPING.iter().any(|name| call.method == name) => {
            is_guard(&call.receiver)
        }
        Expr::MethodCall(call) => LOCKING.iter().any(|name| call.method == name),
        _ => false,
    }
}

fn may_return(code: &Expr) -> bool {
    struct Find(bool);
    impl<'ast> Visit<'ast> for Find {
        fn visit_expr(&mut self, expr: &'ast Expr) {
            self.0 |= matches!(expr, Expr::Try(_) | Expr::Return(_));
            syn::visit::visit_expr(self, expr);
        }
    }
    let mut find = Find(false);
    find.visit_expr(code);
    find.0
}

/// Whether more of a statement comes behind the block that it begins with.
fn goes_on(lead: &Lead) -> bool {
    let jumps = |code: &Expr| match code {
        Expr::Return(_) => true,
        Expr::Macro(invocation) => invocation.mac.path.is_ident(JUMP),
        _ => false,
    };
    let part = lead.temp().is_some_and(|temp| is_value(&temp));
    let post = lead.post.as_ref();
    matches!(lead.node, Node::Block(_)) && post.map_or(part, |post| !jumps(&post.code.code))
}

/// Puts temporaries into places.
struct Keep<'k> {
    places: &'k mut Vec<Ident>,
    /// How many the function has.
    number: &'k mut usize,
    locals: Locals,
}

impl Keep<'_> {
    /// An expression whose value is used up.
    fn value(&mut self, expr: &mut Expr) {
        match expr {
            Expr::MethodCall(call) if is_kept(&call.receiver) && !self.locals.keeps(call) => {
                self.value(&mut call.receiver);
                self.values(call.args.iter_mut());
            }
            Expr::MethodCall(call) => {
                let first = self.root(&mut call.receiver);
                self.values(call.args.iter_mut());
                after(first, expr);
            }
            Expr::Field(_) | Expr::Index(_) => {
                let first = self.root(expr);
                after(first, expr);
            }
            Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => {
                let first = self.root(expr);
                after(first, expr);
            }
            Expr::Reference(reference) => {
                let first = self.root(&mut reference.expr);
                after(first, expr);
            }
            Expr::Binary(binary) if compares(&binary.op) => {
                self.lent(&mut binary.left);
                self.lent(&mut binary.right);
            }
            Expr::Match(choice) if is_note(choice) => self.value(&mut choice.expr),
            Expr::Match(choice) => {
                let first = self.root(&mut choice.expr);
                after(first, expr);
            }
            Expr::If(branch) => {
                if let Expr::Let(binding) = &mut *branch.cond {
                    let first = self.root(&mut binding.expr);
                    after(first, expr);
                }
            }
            Expr::Block(block) if block.label.is_none() => self.end(&mut block.block),
            Expr::Unsafe(block) => self.end(&mut block.block),
            Expr::Macro(invocation) => {
                if let Some(mut arguments) = Arguments::of(&invocation.mac) {
                    let name = invocation.mac.path.segments.last();
                    let name = name.map(|last| last.ident.to_string());
                    let each = arguments.evaluated.iter_mut();
                    match name.as_deref() {
                        Some("vec" | "dbg") => self.values(each),
                        Some("write" | "writeln" | "matches") => {
                            each.for_each(|argument| self.lent(argument));
                        }
                        _ => return,
                    }
                    invocation.mac.tokens = arguments.into_tokens();
                }
            }
            expr => self.values(values_in(expr).into_iter()),
        }
    }

    fn values<'e>(&mut self, exprs: impl Iterator<Item = &'e mut Expr>) {
        exprs.for_each(|expr| self.value(expr));
    }

    /// A block in an expression.
    fn end(&mut self, block: &mut syn::Block) {
        if let Some(Stmt::Expr(tail, None)) = block.stmts.last_mut() {
            self.value(tail);
        }
    }

    /// What is only looked at.
    fn lent(&mut self, expr: &mut Expr) {
        if let Some(first) = self.root(expr) {
            *expr = parse_quote!(*{ #first &#expr });
        }
    }

    /// What is borrowed, indexed or taken apart: if it is a temporary, it gets a place. Gives the code that fills it.
    fn root(&mut self, expr: &mut Expr) -> Option<TokenStream> {
        match expr {
            Expr::Paren(paren) => self.root(&mut paren.expr),
            Expr::Group(group) => self.root(&mut group.expr),
            Expr::Field(field) => self.root(&mut field.base),
            Expr::Index(index) => {
                let first = self.root(&mut index.expr);
                self.value(&mut index.index);
                first
            }
            Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => self.root(&mut unary.expr),
            expr if is_kept(expr) => {
                self.value(expr);
                let place = format_ident!("__hicam_tail_{}", *self.number);
                *self.number += 1;
                self.places.push(place.clone());
                let first = quote!(#place = #expr;);
                *expr = parse_quote!(#place);
                Some(first)
            }
            expr => {
                self.value(expr);
                None
            }
        }
    }
}

/// Whether a place makes it a temporary, or it stands for one.
fn is_kept(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(paren) => is_kept(&paren.expr),
        Expr::Path(path) => path.path.get_ident().is_some_and(is_value),
        Expr::Tuple(tuple) => tuple.elems.iter().any(holds),
        expr => is_made(expr),
    }
}

fn after(first: Option<TokenStream>, expr: &mut Expr) {
    if let Some(first) = first {
        *expr = parse_quote!(({ #first #expr }));
    }
}
