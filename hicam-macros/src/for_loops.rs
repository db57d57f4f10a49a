//! `for` loops.

use proc_macro2::Span;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{Expr, ExprForLoop, Lifetime, Pat, Stmt, parse_quote, parse_quote_spanned};

use crate::borrows::{borrowed_places, mentions_mut};
use crate::cheap;
use crate::ir::{Block, Code, Fx, Hold, How, Item, Node, Simple, Statement, Tail, VarKind};
use crate::iterables::{Borrowed, again, strip_parens};
use crate::leftovers::leftovers;
use crate::owned_iterators::checked;
use crate::patterns;
use crate::scope::{Builder, gives_static};
use crate::spelled_out::Written;

/// How a loop is passed in blocks.
struct Blocks<'l> {
    /// Passes in a block, at most.
    most: usize,
    label: &'l Lifetime,
    iter: &'l syn::Ident,
    /// What counts the passes, over a borrow.
    passed: Option<&'l syn::Ident>,
}

impl Builder {
    /// What the loop owns is captured with its iterator:
    /// ```text
    /// for pat in iterable { body }
    /// ```
    /// →
    /// ```text
    /// { let mut iter = into_iter(iterable);
    ///   loop { let Some(pat) = iter.next() else { break }; body } }
    /// ```
    pub(crate) fn for_loop(
        &mut self,
        repeat: ExprForLoop,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) -> Node {
        let (mut repeat, Written { method, limits }) = self.spell_out(repeat, items, fx);
        let iterable = self.in_place(*repeat.expr, items, fx);
        self.end_with_statement(&iterable);
        *repeat.expr = parse_quote_spanned!(iterable.span()=> ());
        let label = self.loop_label(
            repeat.label.take().map(|label| label.name),
            repeat.for_token.span,
        );
        if let Some(mut borrowed) = self.borrowed(strip_parens(&iterable), items, fx) {
            borrowed.step = method;
            borrowed.limits = limits;
            return self.borrowing_loop(repeat, label, borrowed, fx);
        }
        let span = repeat.for_token.span;
        let name = self.names.of_loop(span);
        let head = iterable.span().resolved_at(Span::call_site());
        let is_range = matches!(strip_parens(&iterable), Expr::Range(_));
        let is_static = gives_static(&iterable) && matches!(*repeat.pat, Pat::Ident(_));
        let first = self.points.len() as u32 + 1;
        let block = self.scoped(|this| {
            let mut items = Vec::new();
            let owned = this.owned(iterable, method.as_ref(), &name, &mut items, fx);
            let node = this.repeat_with(label.clone(), span, fx, |this, fx| {
                this.scoped(|this| {
                    let first = this.points.len() as u32 + 1;
                    let mut items = Vec::new();
                    if let Some(iter) = &owned.plain
                        && limits.is_empty()
                        && let Some(most) = this.passes(&repeat)
                    {
                        let blocks = Blocks {
                            most,
                            label: &label,
                            iter,
                            passed: None,
                        };
                        this.block_of_passes(blocks, repeat, &mut items, fx);
                        return this.block_with(items, first, Vec::new(), fx);
                    }
                    let declared = this.vars.len();
                    let (pat, next) = (&repeat.pat, limited(owned.next, &limits));
                    if is_range {
                        // Numbers: the pattern leaves nothing that matters.
                        let next = parse_quote!(let ::core::option::Option::Some(#pat) = (#next) else { break };);
                        this.simple(Statement::User(next), &mut items, fx);
                    } else {
                        let next = parse_quote_spanned!(head=> (#next));
                        this.item(next, &repeat, &name, &mut items, fx);
                    }
                    this.vars[declared..].iter_mut().for_each(|var| {
                        var.copy |= is_range;
                        var.reference |= is_static;
                    });
                    this.block_with(items, first, repeat.body.stmts, fx)
                })
            });
            let lead = this.finish(None, Vec::new(), node, None, fx);
            let points = (first, lead.last);
            Block {
                items: Vec::new(),
                body: items,
                tail: Tail::Node(Box::new(lead)), lent: Vec::new(),
                diverges: false,
                points,
            }
        });
        Node::Block(Box::new(block))
    }

    /// Over a borrow the iterator is not captured but made again, without what it had given:
    /// ```text
    /// for pat in &place { body }
    /// ```
    /// →
    /// ```text
    /// { let mut passed = 0;
    ///   let mut iter = again(&place, passed);
    ///   loop { let Some(pat) = iter.next() else { break }; passed += 1; body } }
    /// ```
    fn borrowing_loop(
        &mut self,
        repeat: ExprForLoop,
        label: Lifetime,
        borrowed: Borrowed,
        fx: &mut Vec<Fx>,
    ) -> Node {
        let Borrowed {
            iterable,
            by_value,
            step,
            limits,
        } = borrowed;
        let (span, source) = (repeat.for_token.span, repeat.expr.span());
        let name = self.names.of_loop(span);
        let first = self.points.len() as u32 + 1;
        let first_target = self.targets;
        let mut place_fx = Vec::new();
        self.expr(&mut iterable.clone(), How::Place, &mut place_fx);
        let held = crate::build::mentions(&place_fx, self.vars.len());
        let block = self.scoped(|this| {
            let mut items = Vec::new();
            let iter = this.fresh("iter", span);
            let passed = this.fresh("passed", span);
            this.simple(
                Statement::User(parse_quote!(let mut #passed = ::core::default::Default::default();)),
                &mut items,
                fx,
            );
            let named = this.name_last(&passed, format!("{name}: passed"));
            if let Some(var) = named {
                // An unordered collection is looked at once more, to tell what has been visited.
                let source = source.resolved_at(Span::call_site());
                let leave = quote_spanned!(source=> ::hicam::__private::iterate::leave(::hicam::__private::iterate::Lent(#iterable), &mut #passed););
                this.vars[var].before_save = Some(leave);
            }
            let head = this.points.len() as u32 + 1;
            let inside = match (by_value, this.points_wanted.loops) {
                // Values are captured: only the items that follow are taken again.
                (true, _) => quote!(false),
                (false, true) => quote!(__hicam_pc > #head),
                (false, false) => quote!(__hicam_pc != 0),
            };
            let taken = step.map_or_else(|| iterable.clone(), |step| checked(&iterable, &step));
            this.always(again(&iter, &taken, &passed, &inside, source), &iterable, &mut items, fx);
            // Alive as long as the loop may go on: so long its place is borrowed.
            let var = this.declare(iter.clone(), true, VarKind::Derived, fx);
            this.vars[var].places = borrowed_places(&iterable);
            let node = this.repeat_with(label.clone(), span, fx, |this, fx| {
                this.scoped(|this| {
                    let first = this.points.len() as u32 + 1;
                    let mut items = Vec::new();
                    if limits.is_empty() && let Some(most) = this.passes(&repeat) {
                        let blocks = Blocks { most, label: &label, iter: &iter, passed: Some(&passed) };
 this.block_of_passes(blocks, repeat, &mut items, fx);
                        return this.block_with(items, first, Vec::new(), fx);
                    }
                    if by_value {
                        let next = parse_quote!(::core::iter::Iterator::next(&mut #iter));
                        let next = limited(next, &limits);
                        let source = source.resolved_at(Span::call_site());
                        let next = parse_quote_spanned!(source=> (#next));
                        this.item(next, &repeat, &name, &mut items, fx);
                    } else {
                        this.next_borrowed(&repeat.pat, &iter, &iterable, &mut items, fx);
                        // Nobody sees that one more reference was taken.
                        let over = limits.iter().map(|left| -> Stmt { parse_quote!(if #left == 0 { break; }) });
                        over.for_each(|over| this.simple(Statement::User(over), &mut items, fx));
                    }
                    this.pass(&passed, &quote!(1), &mut items, fx);
                    this.block_with(items, first, repeat.body.stmts, fx)
                })
            });
            // The place stays borrowed by the loop.
            fx.extend(place_fx);
            let lead = this.finish(None, Vec::new(), node, None, fx);
            let points = (first, lead.last);
            Block { items: Vec::new(), body: items, tail: Tail::Node(Box::new(lead)), lent: Vec::new(), diverges: false, points }
        });
        let after = self.mark();
        fx.push(Fx::Mark(after));
        Node::Hold(Box::new(Hold {
            vars: held,
            block,
            first_target,
            after,
        }))
    }

    /// `let Some(pat) = next else { break };` What the pattern does not take lives as long as the pass.
    fn item(
        &mut self,
        next: Expr,
        repeat: &ExprForLoop,
        name: &str,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) {
        let (pat, body) = (&repeat.pat, &repeat.body);
        let bound = |pat: &dyn ToTokens| -> Stmt {
            parse_quote!(let ::core::option::Option::Some(#pat) = #next else { break };)
        };
        let body: Expr = parse_quote!(#body);
        let shown: Pat = parse_quote!(Some(#pat));
        let left = leftovers(std::iter::once((&shown, &body)));
        if left.is_empty() {
            return self.simple(Statement::User(bound(pat)), items, fx);
        }
        let whole = matches!(**pat, Pat::Wild(_));
        if !whole && self.has_points(&body) {
            return self.simple(Statement::Item(bound(pat), left), items, fx);
        }
        let item = self.fresh("item", pat.span());
        self.simple(Statement::User(bound(&item)), items, fx);
        if whole {
            self.name_last(&item, format!("{name}: item"));
            self.lasts(&item);
        } else {
            self.simple(Statement::User(parse_quote!(let #pat = #item;)), items, fx);
        }
    }

    /// Whether the loop is passed in blocks, and of how many passes: its body has no points, and many passes of it take
    /// no time to speak of.
    fn passes(&self, repeat: &ExprForLoop) -> Option<usize> {
        cheap::passes(&repeat.body).filter(|_| self.points_wanted.loops)
    }

    /// A loop whose passes take less time than looking at a flag costs in what the compiler can make of it: the flag
    /// is looked at once per block of passes. While it is set, a block is one pass.
    /// ```text
    /// let Some((block, passes)) = next_block(&mut iter, flag.passes(most)) else { break };
    /// for pat in block { body }
    /// ```
    fn block_of_passes(
        &mut self,
        blocks: Blocks<'_>,
        mut repeat: ExprForLoop,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) {
        let Blocks {
            most,
            label,
            iter,
            passed,
        } = blocks;
        let span = repeat.for_token.span;
        let (block, passes) = (self.fresh("block", span), self.fresh("passes", span));
        let next = parse_quote! {
            let ::core::option::Option::Some((#block, #passes)) =
                (&mut &mut ::hicam::__private::iterate::Passes(&mut #iter)).next_block(__hicam_flag.passes(#most))
            else { break };
        };
        self.simple(Statement::User(next), items, fx);
        if let Some(passed) = passed {
            self.pass(passed, &quote!(#passes), items, fx);
        }
        JumpsOut { label }.visit_block_mut(&mut repeat.body);
        *repeat.expr = parse_quote!(#block);
        // It stays a loop of the user's own code.
        let stmt = Stmt::Expr(Expr::ForLoop(repeat), None);
        self.simple(Statement::User(stmt), items, fx);
    }

    fn pass(
        &mut self,
        passed: &syn::Ident,
        passes: &proc_macro2::TokenStream,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) {
        let (before, after) = (self.mark(), self.mark());
        fx.push(Fx::Mark(before));
        fx.extend(self.resolve(passed).map(|var| Fx::Use(var, How::Place)));
        fx.push(Fx::Mark(after));
        let code = quote!(::hicam::__private::iterate::Passed::pass(&mut #passed, #passes););
        let stmt = Code {
            code: Statement::Generated(code),
            before,
            after,
            mentions: Vec::new(),
        };
        items.push(Item::Simple(Box::new(Simple {
            stmt,
            declares: Vec::new(),
            again: None,
        })));
    }

    /// Code that runs on resume too, and what it uses.
    pub(crate) fn always(
        &mut self,
        code: proc_macro2::TokenStream,
        uses: &Expr,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) {
        let (before, after) = (self.mark(), self.mark());
        fx.push(Fx::Mark(before));
        self.expr(&mut uses.clone(), How::Place, fx);
        fx.push(Fx::Mark(after));
        let stmt = Code {
            code: Statement::Always(code),
            before,
            after,
            mentions: Vec::new(),
        };
        items.push(Item::Simple(Box::new(Simple {
            stmt,
            declares: Vec::new(),
            again: None,
        })));
    }

    fn next_borrowed(
        &mut self,
        pat: &Pat,
        iter: &syn::Ident,
        iterable: &Expr,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) {
        let Some(target) = self.jumps.last().cloned() else {
            return;
        };
        let label = target.label.clone();
        let next = quote! {
            let ::core::option::Option::Some(#pat) = ::core::iter::Iterator::next(&mut #iter) else { break #label };
        };
        self.always(next, iterable, items, fx);
        fx.extend(self.resolve(iter).map(|var| Fx::Use(var, How::Place)));
        let number = numbered(pat, iterable);
        // Of a tuple, it is not known which part is the mutable one.
        let single = patterns::bindings(pat).len() == 1;
        let mutable = mentions_mut(iterable);
        let mark = self.mark();
        fx.push(Fx::Branch(vec![
            vec![Fx::Break(target.id, mark)],
            Vec::new(),
        ]));
        for binding in patterns::bindings(pat) {
            if binding.mutable {
                self.errors.at(
                    &binding.ident,
                    "what this loop borrows is taken again on resume, so a `mut` binding of it would lose its changes: copy it with `let mut` in the loop's body",
                );
            }
            let borrow = !binding.behind_reference && number != Some(&binding.ident);
            let var = self.declare(binding.ident, binding.mutable, VarKind::Derived, fx);
            self.vars[var].borrow = borrow;
            self.vars[var].item = borrow && !mutable;
            self.vars[var].mutable_borrow = borrow && mutable && single;
            self.vars[var].copy = !borrow;
        }
    }

    /// The label of a lowered loop.
    pub(crate) fn loop_label(&mut self, label: Option<Lifetime>, span: Span) -> Lifetime {
        label.unwrap_or_else(|| {
            let name = self.fresh("loop", span);
            Lifetime {
                apostrophe: span,
                ident: name,
            }
        })
    }
}

/// The `i` of `for (i, x) in iterable.enumerate()`.
fn numbered<'p>(pat: &'p Pat, iterable: &Expr) -> Option<&'p syn::Ident> {
    let enumerated = match strip_parens(iterable) {
        Expr::MethodCall(call) => call.method == "enumerate",
        // As it is written anew.
        Expr::Call(call) => matches!(&*call.func, Expr::Path(path)
            if path.path.segments.last().is_some_and(|last| last.ident == "enumerate")),
        _ => false,
    };
    match pat {
        Pat::Tuple(tuple) if enumerated => match tuple.elems.first() {
            Some(Pat::Ident(number)) => Some(&number.ident),
            _ => None,
        },
        _ => None,
    }
}

/// What gives the next item, if more may be given.
fn limited(next: Expr, limits: &[syn::Ident]) -> Expr {
    limits.iter().fold(
        next,
        |next, left| parse_quote!(if #left == 0 { ::core::option::Option::None } else { #next }),
    )
}

/// Jumps in a block of passes: out of the loop they leave the outer loop, to its next pass they stay in the block.
struct JumpsOut<'l> {
    label: &'l Lifetime,
}

impl VisitMut for JumpsOut<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Break(jump) if jump.label.is_none() => jump.label = Some(self.label.clone()),
            Expr::Continue(jump) if jump.label.as_ref() == Some(self.label) => jump.label = None,
            _ => {}
        }
        syn::visit_mut::visit_expr_mut(self, expr);
    }
}
