//! What closures and `async` blocks take of the variables that they mention.
//!
//! With `move` they take places, not variables: of `move || user.name.len()` only the field. So a variable is surely taken
//! where the code mentions it as a whole, and in no other case.

use std::collections::HashSet;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::Visit;
use syn::{Expr, Local, Macro, Pat};

use crate::ir::{Fx, How, VarId};
use crate::macro_args::{FORMAT, captured_names};
use crate::patterns;
use crate::scope::Builder;

impl Builder {
    /// A closure or async block: it may use what it mentions, whenever it runs. Its own jumps, `return`s and `?`s stay.
    pub(crate) fn captures(&mut self, expr: &Expr, fx: &mut Vec<Fx>) {
        let (inputs, body, moves) = match expr {
            Expr::Closure(closure) => (
                closure.inputs.iter().collect(),
                (*closure.body).clone(),
                closure.capture.is_some(),
            ),
            Expr::Async(block) => {
                let block_expr = syn::ExprBlock {
                    attrs: Vec::new(),
                    label: None,
                    block: block.block.clone(),
                };
                (Vec::new(), Expr::Block(block_expr), block.capture.is_some())
            }
            _ => return,
        };
        let declared = self.vars.len();
        let (jumps, errors) = (
            std::mem::take(&mut self.jumps),
            std::mem::take(&mut self.errors),
        );
        // What a closure gives back it moves out; a part of something may be copied.
        let how = match &body {
            Expr::Path(_) => How::Move,
            _ => How::Place,
        };
        let mut inside = Vec::new();
        self.scoped(|this| {
            for input in inputs {
                this.declare_pattern(input, &mut inside);
            }
            this.expr(&mut body.clone(), how, &mut inside);
        });
        (self.jumps, self.errors) = (jumps, errors);
        let (mut moved, mut surely) = (vec![false; self.vars.len()], vec![false; self.vars.len()]);
        crate::classify::find_moves(&inside, &mut moved);
        crate::classify::find_sure_moves(&inside, &mut surely);
        let whole = self.taken_whole(expr);
        for var in crate::build::mentions(&inside, declared) {
            let how = if surely[var] || moves && whole.contains(&var) {
                How::Move
            } else if moves || moved[var] {
                How::Maybe
            } else {
                How::Place
            };
            fx.push(Fx::Use(var, how));
        }
    }

    /// The variables that code surely takes as a whole, if it takes what it mentions.
    pub(crate) fn taken_whole(&mut self, code: &Expr) -> HashSet<VarId> {
        let mut whole = Whole::default();
        whole.visit_expr(code);
        let Whole { mentioned, bound } = whole;
        let names = mentioned.into_iter();
        names
            .filter(|name| !bound.contains(&name.to_string()))
            .filter_map(|name| self.resolve(&name))
            .collect()
    }
}

/// Finds names that stand for whole variables.
#[derive(Default)]
struct Whole {
    mentioned: Vec<proc_macro2::Ident>,
    /// The code's own variables.
    bound: HashSet<String>,
}

impl Whole {
    /// What is taken apart by a pattern: of a variable perhaps only a part, or nothing.
    fn scrutinee(&mut self, expr: &Expr) {
        match expr {
            Expr::Path(_) => {}
            Expr::Paren(paren) => self.scrutinee(&paren.expr),
            expr => self.visit_expr(expr),
        }
    }

    fn tokens(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        let mut after_dot = false;
        while let Some(token) = tokens.next() {
            let dot = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '.');
            match token {
                TokenTree::Ident(ident) if !after_dot => {
                    let part = matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == '.');
                    if !part {
                        self.mentioned.push(ident);
                    }
                }
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Literal(literal) => {
                    let names = captured_names(&literal.to_string()).into_iter();
                    let names = names.map(|name| proc_macro2::Ident::new(&name, literal.span()));
                    self.mentioned.extend(names);
                }
                _ => {}
            }
            after_dot = dot;
        }
    }
}

impl<'ast> Visit<'ast> for Whole {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Path(path) => self.mentioned.extend(path.path.get_ident().cloned()),
            Expr::Field(field) if matches!(&*field.base, Expr::Path(_)) => {}
            Expr::Match(choice) => {
                self.scrutinee(&choice.expr);
                choice.arms.iter().for_each(|arm| self.visit_arm(arm));
            }
            Expr::Let(binding) => {
                self.scrutinee(&binding.expr);
                self.visit_pat(&binding.pat);
            }
            Expr::Assign(assign) => {
                match &*assign.left {
                    Expr::Path(_) => self.visit_expr(&assign.right),
                    left => {
                        self.scrutinee(&assign.right);
                        self.visit_expr(left);
                    }
                };
            }
            expr => syn::visit::visit_expr(self, expr),
        }
    }
    fn visit_local(&mut self, local: &'ast Local) {
        self.visit_pat(&local.pat);
        let Some(init) = &local.init else { return };
        match &local.pat {
            Pat::Ident(ident) if ident.subpat.is_none() => self.visit_expr(&init.expr),
            _ => self.scrutinee(&init.expr),
        }
        if let Some((_, diverge)) = &init.diverge {
            self.visit_expr(diverge);
        }
    }
    fn visit_pat(&mut self, pat: &'ast Pat) {
        let names = patterns::bindings(pat).into_iter();
        self.bound
            .extend(names.map(|binding| binding.ident.to_string()));
        syn::visit::visit_pat(self, pat);
    }
    fn visit_macro(&mut self, mac: &'ast Macro) {
        let name = mac.path.segments.last();
        // Of what others make of their tokens nothing is known, and `matches!` takes a place apart.
        let known = name.is_some_and(|name| {
            name.ident == "vec"
                || name.ident == "dbg"
                || name.ident != "matches" && FORMAT.iter().any(|known| name.ident == known)
        });
        if known {
            self.tokens(mac.tokens.clone());
        }
    }
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}
