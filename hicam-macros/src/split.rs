//! Variables whose parts are moved one by one: liveness is per place. After `consume(pair.0)`, `pair.1` may be alive while
//! `pair` is not whole, and a value that is not whole cannot be captured. Where a variable is only ever named by its
//! fields, these become variables of their own:
//!
//! ```text
//! let pair = make();
//! consume(pair.0).await; consume(pair.1).await;
//! ```
//! →
//! ```text
//! let pair = make();
//! let (mut pair_0, mut pair_1) = (pair.0, pair.1);
//! consume(pair_0).await; consume(pair_1).await;
//! ```

use std::collections::{BTreeMap, HashMap};

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident};
use syn::ext::IdentExt;
use syn::visit::Visit;
use syn::visit_mut::VisitMut;
use syn::{Block, Expr, ExprField, Local, Macro, Member, Pat, Stmt, parse_quote};

/// Splits `variables` in a body in which every variable has a name of its own; one that is named as a whole stays. `shown` has the
/// names by which checkpoints show variables, and is told those of the parts: `pair.0`.
pub(crate) fn split(
    body: &mut Block,
    variables: &[Ident],
    parameters: &[Ident],
    shown: &mut HashMap<String, String>,
) {
    for variable in variables {
        let mut mentions = Mentions {
            variable,
            fields: BTreeMap::new(),
            whole: false,
            declared: false,
        };
        mentions.visit_block(body);
        let parameter = parameters.contains(variable);
        if mentions.whole || mentions.fields.is_empty() || !parameter && !mentions.declared {
            continue;
        }
        let fields = mentions.fields;
        Replace {
            variable,
            fields: &fields,
        }
        .visit_block_mut(body);
        let whole = variable.unraw().to_string();
        let whole = shown.get(&whole).cloned().unwrap_or(whole);
        for (member, own) in fields.values() {
            let part = format!("{whole}.{}", member.to_token_stream());
            shown.insert(own.unraw().to_string(), part);
        }
        let own = fields.values().map(|(_, own)| own);
        let members = fields.values().map(|(member, _)| member);
        // In one statement: between two, the variable would have to rest without some of its parts.
        let take: Stmt = parse_quote!(let (#(mut #own,)*) = (#(#variable.#members,)*););
        if parameter {
            body.stmts.insert(0, take);
        } else {
            let mut insert = Insert {
                variable,
                take: Some(take),
            };
            insert.visit_block_mut(body);
        }
    }
}

type Fields = BTreeMap<String, (Member, Ident)>;

/// How a variable is named.
struct Mentions<'v> {
    variable: &'v Ident,
    fields: Fields,
    whole: bool,
    /// By a `let` of its own.
    declared: bool,
}

impl<'ast> Visit<'ast> for Mentions<'_> {
    fn visit_expr_field(&mut self, field: &'ast ExprField) {
        if matches!(&*field.base, Expr::Path(path) if path.path.is_ident(self.variable)) {
            let member = field.member.to_token_stream().to_string();
            let own = format_ident!("{}_{}", self.variable, member, span = self.variable.span());
            self.fields.insert(member, (field.member.clone(), own));
        } else {
            syn::visit::visit_expr_field(self, field);
        }
    }
    fn visit_local(&mut self, local: &'ast Local) {
        self.declared |= declares(local, self.variable);
        syn::visit::visit_local(self, local);
    }
    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        self.whole |= path.path.is_ident(self.variable);
    }
    // A macro's tokens say nothing of how it uses them.
    fn visit_macro(&mut self, mac: &'ast Macro) {
        match crate::strict_macros::Arguments::of(mac) {
            Some(arguments) => {
                arguments
                    .evaluated
                    .iter()
                    .for_each(|argument| self.visit_expr(argument));
                self.whole |= mentions_captured(mac, self.variable)
                    || crate::signature::mentions(&arguments.rest, self.variable);
            }
            None => self.whole |= crate::signature::mentions(&mac.tokens, self.variable),
        }
    }
}

/// `let variable = …;`, `let (…, variable, …) = (…);`
fn declares(local: &Local, variable: &Ident) -> bool {
    let is_variable = |pat: &Pat| matches!(pat, Pat::Ident(pat) if pat.by_ref.is_none() && pat.ident == *variable);
    let Some(init) = local.init.as_ref().filter(|init| init.diverge.is_none()) else {
        return false;
    };
    match (crate::scope::split_type(&local.pat).0, &*init.expr) {
        (Pat::Tuple(pats), Expr::Tuple(_)) => pats.elems.iter().any(is_variable),
        (pat, _) => is_variable(pat),
    }
}

fn mentions_captured(mac: &Macro, variable: &Ident) -> bool {
    fn any(tokens: TokenStream, variable: &Ident) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Literal(literal) => crate::macro_args::captured_names(&literal.to_string())
                .iter()
                .any(|name| variable == name),
            TokenTree::Group(group) => any(group.stream(), variable),
            _ => false,
        })
    }
    any(mac.tokens.clone(), variable)
}

struct Replace<'v> {
    variable: &'v Ident,
    fields: &'v Fields,
}

impl VisitMut for Replace<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Field(field) = expr
            && matches!(&*field.base, Expr::Path(path) if path.path.is_ident(self.variable))
            && let Some((_, own)) = self.fields.get(&field.member.to_token_stream().to_string())
        {
            let own = Ident::new(&own.to_string(), self.variable.span());
            *expr = parse_quote!(#own);
            return;
        }
        syn::visit_mut::visit_expr_mut(self, expr);
    }
    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        visit_arguments(self, mac);
    }
}

/// Visits what a macro of the standard library evaluates.
fn visit_arguments(visitor: &mut impl VisitMut, mac: &mut Macro) {
    if let Some(mut arguments) = crate::strict_macros::Arguments::of(mac) {
        let evaluated = arguments.evaluated.iter_mut();
        evaluated.for_each(|argument| visitor.visit_expr_mut(argument));
        mac.tokens = arguments.into_tokens();
    }
}

/// Puts the new variables behind the declaration of the one that is split.
struct Insert<'v> {
    variable: &'v Ident,
    take: Option<Stmt>,
}

impl VisitMut for Insert<'_> {
    fn visit_block_mut(&mut self, block: &mut Block) {
        let declares =
            |stmt: &Stmt| matches!(stmt, Stmt::Local(local) if declares(local, self.variable));
        if let Some(at) = block.stmts.iter().position(declares)
            && let Some(take) = self.take.take()
        {
            block.stmts.insert(at + 1, take);
            return;
        }
        syn::visit_mut::visit_block_mut(self, block);
    }
    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        visit_arguments(self, mac);
    }
}
