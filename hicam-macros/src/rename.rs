//! Each variable of a function gets a name of its own: where one hides another, the transformation still has to name
//! both. The first of a name keeps it; `x` declared again is `x__2` in the generated code and `x@2` in a checkpoint.

use std::collections::{HashMap, HashSet};

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{
    Block, Expr, FieldPat, FieldValue, Local, Macro, Member, Pat, Signature, Stmt, Token,
    parse_quote,
};

use crate::macro_args::{FORMAT, Matches, Repeated, captured_names};
use crate::patterns;
use crate::signature::OWN_SELF;

/// What the variables of a body are called.
#[derive(Default)]
pub(crate) struct Called {
    /// The names by which checkpoints show those that were renamed.
    pub(crate) shown: HashMap<String, String>,
    /// All identifiers of the body.
    used: HashSet<String>,
    /// What cannot be renamed.
    pub(crate) refused: Vec<syn::Error>,
}

impl Called {
    /// What a name is in the source, where others may have it too.
    pub(crate) fn written(&self, ident: &Ident) -> String {
        let name = ident.to_string();
        let shown = self.shown.get(&name).unwrap_or(&name);
        shown.split('@').next().unwrap_or_default().to_owned()
    }

    /// A name for a variable that has another one's value, as if the user had declared it again.
    pub(crate) fn again(&mut self, ident: &Ident) -> Ident {
        let (plain, written) = (ident.unraw(), self.written(ident));
        let mut number = 2;
        let (own, shown) = loop {
            let (own, shown) = (format!("{plain}__{number}"), format!("{written}@{number}"));
            let known = self.shown.values().any(|known| *known == shown);
            if !known && !self.used.contains(&own) && !self.shown.contains_key(&own) {
                break (own, shown);
            }
            number += 1;
        };
        self.shown.insert(own.clone(), shown);
        Ident::new(&own, ident.span())
    }
}

/// Renames the variables of a body whose parameters are `parameters`.
pub(crate) fn rename(body: &mut Block, parameters: &[Ident]) -> Called {
    let mut names = Names {
        known: Some(HashSet::new()),
        ..Names::default()
    };
    names.taken(body.to_token_stream());
    names.scopes.push(HashMap::new());
    for parameter in parameters {
        names.declare(parameter);
        if parameter == OWN_SELF
            && let Some(scope) = names.scopes.last_mut()
        {
            // Format strings still say `{self}`.
            scope.insert("self".to_owned(), parameter.clone());
        }
    }
    names.visit_block_mut(body);
    Called {
        shown: names.shown,
        used: names.used,
        refused: names.errors,
    }
}

/// Gives variables other names in a block that takes them over.
pub(crate) fn substitute(block: &mut Block, names: &[(Ident, Ident)]) {
    let scope = names
        .iter()
        .map(|(from, to)| (from.to_string(), to.clone()))
        .collect();
    let mut substitution = Names {
        scopes: vec![scope],
        ..Names::default()
    };
    substitution.visit_block_mut(block);
}

/// Gives parameters that look like constants (`n: &[u32], N: usize`) names that do not.
pub(crate) fn lower_parameters(sig: &Signature, block: &Block) -> (Signature, Block) {
    struct Lower(Vec<(Ident, Ident)>);
    impl VisitMut for Lower {
        fn visit_pat_ident_mut(&mut self, pat: &mut syn::PatIdent) {
            if patterns::is_upper(&pat.ident) {
                let own = format_ident!("__{}", pat.ident, span = pat.ident.span());
                let ident = std::mem::replace(&mut pat.ident, own.clone());
                self.0.push((ident, own));
            }
            syn::visit_mut::visit_pat_ident_mut(self, pat);
        }
        fn visit_field_pat_mut(&mut self, field: &mut FieldPat) {
            if matches!(&*field.pat, Pat::Ident(_)) && field.colon_token.is_none() {
                field.colon_token = Some(Default::default());
            }
            self.visit_pat_mut(&mut field.pat);
        }
        fn visit_type_mut(&mut self, _: &mut syn::Type) {}
        fn visit_generics_mut(&mut self, _: &mut syn::Generics) {}
        fn visit_expr_mut(&mut self, _: &mut Expr) {}
    }
    let (mut sig, mut block) = (sig.clone(), block.clone());
    let mut lower = Lower(Vec::new());
    let mut inputs = std::mem::take(&mut sig.inputs);
    inputs
        .iter_mut()
        .for_each(|input| lower.visit_fn_arg_mut(input));
    sig.inputs = inputs;
    if !lower.0.is_empty() {
        substitute(&mut block, &lower.0);
    }
    (sig, block)
}

/// Whether a pattern must always match.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Irrefutable,
    Refutable,
}

#[derive(Default)]
struct Names {
    /// From innermost to outermost, last first: what each name stands for.
    scopes: Vec<HashMap<String, Ident>>,
    /// How often each name has been declared.
    declared: HashMap<String, usize>,
    /// All identifiers of the body.
    used: HashSet<String>,
    shown: HashMap<String, String>,
    /// What is asked of the compiler before the current statement: whether names in patterns are what they look like.
    asked: Vec<Stmt>,
    /// The names of which it has been asked; nothing where it has been before.
    known: Option<HashSet<String>>,
    errors: Vec<syn::Error>,
}

impl Names {
    fn taken(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    self.used.insert(ident.to_string());
                }
                TokenTree::Group(group) => self.taken(group.stream()),
                _ => {}
            }
        }
    }

    fn declare(&mut self, ident: &Ident) -> Ident {
        let name = ident.to_string();
        let plain = name.strip_prefix("r#").unwrap_or(&name).to_owned();
        // From here on, what begins in upper case is a constant.
        let upper = patterns::is_upper(ident);
        let count = self.declared.entry(name.clone()).or_default();
        *count += 1;
        let number = *count;
        let own = if number == 1 && !upper {
            ident.clone()
        } else {
            let mut text = match (upper, number) {
                (true, 1) => format!("__{plain}"),
                (true, _) => format!("__{plain}__{number}"),
                (false, _) => format!("{plain}__{number}"),
            };
            while self.used.contains(&text) {
                text.push('_');
            }
            let shown = match number {
                1 => plain,
                _ => format!("{plain}@{number}"),
            };
            self.shown.insert(text.clone(), shown);
            Ident::new(&text, ident.span())
        };
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name, own.clone());
        }
        own
    }

    fn is_new(&mut self, ident: &Ident) -> bool {
        let known = self.known.as_mut();
        known.is_some_and(|known| known.insert(ident.to_string()))
    }

    fn resolve(&self, name: &str) -> Option<&Ident> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name))
    }

    /// The name of a variable, if it is another than the user's.
    fn renamed(&self, ident: &Ident) -> Option<Ident> {
        let own = self.resolve(&ident.to_string())?;
        (own != ident).then(|| Ident::new(&own.to_string(), ident.span()))
    }

    fn scoped(&mut self, inside: impl FnOnce(&mut Self)) {
        self.scopes.push(HashMap::new());
        inside(self);
        self.scopes.pop();
    }

    /// Declares what a pattern binds; a guard is in the scope of that.
    fn declare_pattern(&mut self, pat: &mut Pat, form: Form) {
        for ident in patterns::constants(pat) {
            // A constant cannot be hidden by a variable, nor can it stand where a pattern must always match.
            if form == Form::Irrefutable || self.resolve(&ident.to_string()).is_some() {
                self.declare(&ident);
            } else if patterns::is_constant_name(&ident) && self.is_new(&ident) {
                self.asked
                    .push(parse_quote!(const _: fn() = || { let _ = &#ident; };));
            }
        }
        for binding in patterns::bindings(pat) {
            let ident = binding.ident;
            let plain = binding.by_ref.is_none() && !binding.mutable;
            let own = self.declare(&ident);
            // Under another name, a constant would match everything.
            if form == Form::Refutable && plain && own != ident && self.is_new(&ident) {
                self.asked
                    .push(parse_quote!(const _: fn() = || { let #ident @ _ = (); };));
            }
        }
        RenamePattern { names: self }.visit_pat_mut(pat);
    }

    /// A condition: each `let` of a chain is in the scope of those before it.
    fn condition(&mut self, cond: &mut Expr) {
        match cond {
            Expr::Let(binding) => {
                self.visit_expr_mut(&mut binding.expr);
                self.declare_pattern(&mut binding.pat, Form::Refutable);
            }
            Expr::Binary(binary) if matches!(binary.op, syn::BinOp::And(_)) => {
                self.condition(&mut binary.left);
                self.condition(&mut binary.right);
            }
            Expr::Paren(paren) => self.condition(&mut paren.expr),
            cond => self.visit_expr_mut(cond),
        }
    }

    fn tokens(&mut self, tokens: TokenStream) -> TokenStream {
        let mut renamed = Vec::new();
        let all: Vec<TokenTree> = tokens.into_iter().collect();
        let is = |at: Option<usize>, char: char| {
            let token = at.and_then(|at| all.get(at));
            matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == char)
        };
        for (at, token) in all.iter().cloned().enumerate() {
            // A field, not the end of a range.
            let is_field = is(at.checked_sub(1), '.') && !is(at.checked_sub(2), '.');
            // A macro, not `!=`.
            let is_macro = is(Some(at + 1), '!') && !is(Some(at + 2), '=');
            let names_something = is_field || is_macro || is(Some(at + 1), ':');
            renamed.push(match token {
                TokenTree::Ident(ident) if !names_something => {
                    TokenTree::Ident(self.renamed(&ident).unwrap_or(ident))
                }
                TokenTree::Group(group) => {
                    let stream = self.tokens(group.stream());
                    let mut inner = proc_macro2::Group::new(group.delimiter(), stream);
                    inner.set_span(group.span());
                    TokenTree::Group(inner)
                }
                TokenTree::Literal(literal) => {
                    self.ambiguous(&literal.to_string(), literal.span());
                    TokenTree::Literal(literal)
                }
                token => token,
            });
        }
        renamed.into_iter().collect()
    }

    /// `{name}` in a macro that may not be a format macro, of a variable that has another name by now.
    fn ambiguous(&mut self, literal: &str, span: proc_macro2::Span) {
        for name in captured_names(literal) {
            if self.renamed(&Ident::new(&name, span)).is_some() {
                self.refuse(&name, span);
            }
        }
    }

    fn refuse(&mut self, name: &str, span: proc_macro2::Span) {
        self.errors.push(syn::Error::new(
            span,
            format!(
                "what `{name}` is in a macro that is not known cannot be seen, and there is more than one variable of this name: \
                 call them by different names"
            ),
        ));
    }

    /// `name = own` for each `{name}` of a format string that stands for another variable by now.
    fn captures(&mut self, mac: &Macro, arguments: &mut Punctuated<Expr, Token![,]>) {
        if !is_named(mac, FORMAT) {
            for argument in arguments.iter() {
                match argument {
                    Expr::Lit(literal) => {
                        let text = literal.to_token_stream().to_string();
                        self.ambiguous(&text, literal.span());
                    }
                    Expr::Assign(named) => {
                        if let Expr::Path(path) = &*named.left
                            && let Some(name) = path.path.get_ident()
                            && self.renamed(name).is_some()
                        {
                            self.refuse(&name.to_string(), name.span());
                        }
                    }
                    _ => {}
                }
            }
            return;
        }
        let mut named: Vec<Expr> = Vec::new();
        let mut given = HashSet::new();
        for argument in arguments.iter() {
            if let Expr::Assign(assign) = argument {
                given.insert(assign.left.to_token_stream().to_string());
            }
        }
        for argument in arguments.iter() {
            let Expr::Lit(literal) = argument else {
                continue;
            };
            for name in captured_names(&literal.to_token_stream().to_string()) {
                let ident = Ident::new(&name, proc_macro2::Span::call_site());
                if let Some(own) = self.renamed(&ident)
                    && given.insert(name)
                {
                    let own = Ident::new(&own.to_string(), proc_macro2::Span::call_site());
                    named.push(parse_quote!(#ident = #own));
                }
            }
        }
        arguments.extend(named);
    }
}

impl VisitMut for Names {
    fn visit_block_mut(&mut self, block: &mut Block) {
        self.scoped(|this| {
            for mut stmt in std::mem::take(&mut block.stmts) {
                let outer = std::mem::take(&mut this.asked);
                this.visit_stmt_mut(&mut stmt);
                block.stmts.append(&mut this.asked);
                block.stmts.push(stmt);
                this.asked = outer;
            }
        });
    }

    fn visit_local_mut(&mut self, local: &mut Local) {
        if let Some(init) = &mut local.init {
            self.visit_expr_mut(&mut init.expr);
            if let Some((_, diverge)) = &mut init.diverge {
                self.visit_expr_mut(diverge);
            }
        }
        let init = local.init.as_ref();
        let form = match init.is_some_and(|init| init.diverge.is_some()) {
            true => Form::Refutable,
            false => Form::Irrefutable,
        };
        self.declare_pattern(&mut local.pat, form);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Path(path) if path.qself.is_none() => {
                if let Some(ident) = path.path.get_ident()
                    && let Some(own) = self.renamed(ident)
                {
                    path.path = own.into();
                }
            }
            Expr::If(branch) => {
                self.scoped(|this| {
                    this.condition(&mut branch.cond);
                    this.visit_block_mut(&mut branch.then_branch);
                });
                if let Some((_, otherwise)) = &mut branch.else_branch {
                    self.visit_expr_mut(otherwise);
                }
            }
            Expr::While(repeat) => self.scoped(|this| {
                this.condition(&mut repeat.cond);
                this.visit_block_mut(&mut repeat.body);
            }),
            Expr::ForLoop(repeat) => {
                self.visit_expr_mut(&mut repeat.expr);
                self.scoped(|this| {
                    this.declare_pattern(&mut repeat.pat, Form::Irrefutable);
                    this.visit_block_mut(&mut repeat.body);
                });
            }
            Expr::Match(choice) => {
                self.visit_expr_mut(&mut choice.expr);
                for arm in &mut choice.arms {
                    self.scoped(|this| {
                        this.declare_pattern(&mut arm.pat, Form::Refutable);
                        this.visit_expr_mut(&mut arm.body);
                    });
                }
            }
            Expr::Closure(closure) => self.scoped(|this| {
                for input in &mut closure.inputs {
                    this.declare_pattern(input, Form::Irrefutable);
                }
                this.visit_expr_mut(&mut closure.body);
            }),
            Expr::Macro(invocation) => self.visit_macro_mut(&mut invocation.mac),
            expr => syn::visit_mut::visit_expr_mut(self, expr),
        }
    }

    fn visit_field_value_mut(&mut self, field: &mut FieldValue) {
        self.visit_expr_mut(&mut field.expr);
        // `S { x }` is `S { x: x__2 }` by now.
        if let (Member::Named(name), Expr::Path(path)) = (&field.member, &field.expr)
            && field.colon_token.is_none()
            && !path.path.is_ident(name)
        {
            field.colon_token = Some(Default::default());
        }
    }

    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        // A text.
        if is_named(mac, &["stringify"]) {
            return;
        }
        if let Some(mut matches) = Matches::of(mac) {
            self.visit_expr_mut(&mut matches.value);
            self.scoped(|this| {
                this.declare_pattern(&mut matches.pat, Form::Refutable);
                if let Some((_, guard)) = &mut matches.guard {
                    this.visit_expr_mut(guard);
                }
            });
            matches.rest = self.tokens(matches.rest);
            mac.tokens = quote!(#matches);
            return;
        }
        if let Ok(mut repeated) = syn::parse2::<Repeated>(mac.tokens.clone()) {
            self.visit_expr_mut(&mut repeated.value);
            self.visit_expr_mut(&mut repeated.count);
            let Repeated { value, count } = repeated;
            mac.tokens = quote!(#value; #count);
            return;
        }
        let parse = Punctuated::<Expr, Token![,]>::parse_terminated;
        match parse.parse2(mac.tokens.clone()) {
            Ok(mut arguments) => {
                let written = mac.tokens.clone();
                for argument in &mut arguments {
                    match argument {
                        // `name = value` of a format macro.
                        Expr::Assign(named) => self.visit_expr_mut(&mut named.right),
                        argument => self.visit_expr_mut(argument),
                    }
                }
                self.captures(mac, &mut arguments);
                mac.tokens = quote!(#arguments);
                // It says what it has asserted.
                if is_named(mac, &["assert", "debug_assert"])
                    && arguments.len() == 1
                    && mac.tokens.to_string() != written.to_string()
                {
                    mac.tokens = quote!(#arguments, "{}", ::core::concat!("assertion failed: ", ::core::stringify!(#written)));
                }
            }
            Err(_) => mac.tokens = self.tokens(mac.tokens.clone()),
        }
    }

    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        if !matches!(stmt, Stmt::Item(_)) {
            syn::visit_mut::visit_stmt_mut(self, stmt);
        }
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

fn is_named(mac: &Macro, names: &[&str]) -> bool {
    let last = mac.path.segments.last();
    last.is_some_and(|last| names.iter().any(|name| last.ident == name))
}

/// The names of a pattern that has been declared.
struct RenamePattern<'n> {
    names: &'n mut Names,
}

impl VisitMut for RenamePattern<'_> {
    fn visit_pat_mut(&mut self, pat: &mut Pat) {
        match pat {
            Pat::Ident(binding) => {
                if let Some((_, inner)) = &mut binding.subpat {
                    self.visit_pat_mut(inner);
                }
                if let Some(own) = self.names.renamed(&binding.ident) {
                    binding.ident = own;
                }
            }
            Pat::Guard(guarded) => {
                self.visit_pat_mut(&mut guarded.pat);
                self.names.visit_expr_mut(&mut guarded.guard);
            }
            pat => syn::visit_mut::visit_pat_mut(self, pat),
        }
    }

    fn visit_field_pat_mut(&mut self, field: &mut FieldPat) {
        self.visit_pat_mut(&mut field.pat);
        // `S { x }` is `S { x: x__2 }` by now.
        if let (Member::Named(name), Pat::Ident(binding)) = (&field.member, &*field.pat)
            && field.colon_token.is_none()
            && binding.ident != *name
        {
            field.colon_token = Some(Default::default());
        }
    }

    // Constants in patterns.
    fn visit_expr_mut(&mut self, _: &mut Expr) {}
}
