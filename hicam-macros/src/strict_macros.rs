//! Macros of the standard library whose arguments are expressions that are all evaluated, left to right: points inside
//! of them are points of the function. `bail!` and `ensure!` hide a `return`, so they are written out; so are those of
//! `assertions`.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{Expr, Macro, Path, Stmt, Token, parse_quote};

use crate::assertions;
use crate::concurrent;
use crate::errors::Errors;
use crate::ir::{Fx, Item, Statement};
use crate::macro_args::BY_VALUE;
use crate::operands::Role;
use crate::scope::Builder;

/// How many of a macro's arguments are evaluated whenever it is; `None` for a macro that is not known.
fn evaluated(mac: &Macro) -> Option<usize> {
    let name = mac.path.segments.last()?.ident.to_string();
    match name.as_str() {
        "print" | "println" | "eprint" | "eprintln" | "format" | "write" | "writeln" | "panic"
        | "vec" | "todo" | "unimplemented" | "unreachable" | "anyhow" | "dbg" => Some(usize::MAX),
        // The message is put together only when they fail.
        "assert" | "matches" => Some(1),
        "assert_eq" | "assert_ne" => Some(2),
        _ => None,
    }
}

/// A macro's arguments: those that are always evaluated, and how the macro is made again from them.
pub(crate) struct Arguments {
    pub(crate) evaluated: Vec<Expr>,
    separator: TokenStream,
    /// What is not always evaluated.
    pub(crate) rest: TokenStream,
}

impl Arguments {
    pub(crate) fn of(mac: &Macro) -> Option<Arguments> {
        let most = evaluated(mac)?;
        let parse = |input: ParseStream<'_>| {
            let mut arguments = Arguments {
                evaluated: Vec::new(),
                separator: quote!(,),
                rest: TokenStream::new(),
            };
            while !input.is_empty() && arguments.evaluated.len() < most {
                arguments.evaluated.push(input.parse()?);
                if input.peek(Token![;]) {
                    input.parse::<Token![;]>()?;
                    arguments.separator = quote!(;);
                } else if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            arguments.rest = input.parse()?;
            Ok(arguments)
        };
        parse.parse2(mac.tokens.clone()).ok()
    }

    /// Writes a macro anew with other arguments.
    fn each(mac: &mut Macro, write: impl FnMut(&mut Expr)) {
        if let Some(mut arguments) = Arguments::of(mac) {
            arguments.evaluated.iter_mut().for_each(write);
            mac.tokens = arguments.into_tokens();
        }
    }

    pub(crate) fn into_tokens(self) -> TokenStream {
        let Arguments {
            evaluated,
            separator,
            rest,
        } = self;
        let mut tokens = TokenStream::new();
        for (at, argument) in evaluated.iter().enumerate() {
            if at > 0 {
                separator.to_tokens(&mut tokens);
            }
            argument.to_tokens(&mut tokens);
        }
        if !rest.is_empty() {
            tokens.extend(quote!(, #rest));
        }
        tokens
    }
}

impl Builder {
    /// A macro with points in its arguments: those up to the last one with points go into variables.
    pub(crate) fn strict_macro(
        &mut self,
        mut mac: Macro,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) -> Expr {
        if let Some(mut arguments) = Arguments::of(&mac) {
            let role = match mac.path.segments.last() {
                Some(last) if BY_VALUE.iter().any(|name| last.ident == name) => Role::Value,
                _ => Role::Place,
            };
            let last = arguments
                .evaluated
                .iter()
                .rposition(|argument| self.has_points(argument));
            for (at, argument) in arguments.evaluated.iter_mut().enumerate() {
                if last.is_none_or(|last| at > last) {
                    break;
                }
                // `name = value` of a format macro.
                let value = match argument {
                    Expr::Assign(named) => &mut *named.right,
                    argument => argument,
                };
                if self.has_points(value) {
                    let taken = std::mem::replace(value, parse_quote!(()));
                    *value = if last == Some(at) {
                        self.in_place(taken, items, fx)
                    } else {
                        self.part(taken, items, fx)
                    };
                } else if !self.is_stable(value, role) {
                    let temp = self.fresh("operand", value.span());
                    let taken = std::mem::replace(value, parse_quote!(#temp));
                    let stmt = parse_quote!(let mut #temp = #taken;);
                    self.simple(Statement::Part(stmt), items, fx);
                }
            }
            mac.tokens = arguments.into_tokens();
        }
        parse_quote!(#mac)
    }
}

/// Writes out the macros that return from the function or evaluate awaits only sometimes, and makes expressions of statements that are macros.
pub(crate) fn write_out(block: &mut syn::Block, errors: &mut Errors) {
    WriteOut { errors }.visit_block_mut(block);
    Texts.visit_block_mut(block);
}

/// `f(format!("{}", made().await.name))` → `f({ let text = format!(…); text })`: what such a macro borrows of temporaries ends
/// with it, and not with the statement that it is in.
struct Texts;

impl VisitMut for Texts {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        let Expr::Macro(invocation) = expr else {
            return syn::visit_mut::visit_expr_mut(self, expr);
        };
        self.visit_macro_mut(&mut invocation.mac);
        if ends_its_temporaries(&invocation.mac) && awaits(invocation.mac.tokens.clone()) {
            *expr = parse_quote!({
                let __hicam_text = #invocation;
                __hicam_text
            });
        }
    }
    fn visit_local_mut(&mut self, local: &mut syn::Local) {
        match &mut local.init {
            // It ends with the `let`, too.
            Some(init) if init.diverge.is_none() => match &mut *init.expr {
                Expr::Macro(invocation) => self.visit_macro_mut(&mut invocation.mac),
                value => self.visit_expr_mut(value),
            },
            _ => syn::visit_mut::visit_local_mut(self, local),
        }
    }
    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        match stmt {
            Stmt::Expr(Expr::Macro(invocation), Some(_)) => {
                self.visit_macro_mut(&mut invocation.mac);
            }
            stmt => syn::visit_mut::visit_stmt_mut(self, stmt),
        }
    }
    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        Arguments::each(mac, |argument| self.visit_expr_mut(argument));
    }
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

fn ends_its_temporaries(mac: &Macro) -> bool {
    let name = mac.path.segments.last();
    name.is_some_and(|name| {
        let names = ["format", "anyhow", "print", "println", "eprint", "eprintln"];
        names.iter().any(|known| name.ident == known)
    })
}

fn awaits(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "await",
        TokenTree::Group(group) => awaits(group.stream()),
        _ => false,
    })
}

struct WriteOut<'e> {
    errors: &'e mut Errors,
}

impl WriteOut<'_> {
    fn written(&mut self, mac: &Macro) -> Option<Expr> {
        let written = returning(mac)
            .or_else(|| assertions::written(mac))
            .map(Ok)
            .or_else(|| concurrent::written(mac))?;
        Some(written.unwrap_or_else(|error| {
            self.errors.push(error);
            parse_quote!(::core::unreachable!())
        }))
    }
}

impl VisitMut for WriteOut<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Macro(invocation) = expr
            && let Some(written) = self.written(&invocation.mac)
        {
            *expr = written;
        }
        match expr {
            // Their `return`s are their own.
            Expr::Closure(_) | Expr::Async(_) => {}
            expr => syn::visit_mut::visit_expr_mut(self, expr),
        }
    }
    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        // At the end of a block a macro in braces is its value.
        if let Some(last @ Stmt::Macro(_)) = block.stmts.last_mut()
            && let Stmt::Macro(invocation) = last
            && invocation.semi_token.is_none()
        {
            let value = Expr::Macro(syn::ExprMacro {
                attrs: invocation.attrs.clone(),
                mac: invocation.mac.clone(),
            });
            *last = Stmt::Expr(value, None);
        }
        syn::visit_mut::visit_block_mut(self, block);
    }
    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        if let Stmt::Macro(invocation) = stmt {
            let mac = &invocation.mac;
            let expr = self.written(mac).or_else(|| {
                evaluated(mac).map(|_| {
                    Expr::Macro(syn::ExprMacro {
                        attrs: invocation.attrs.clone(),
                        mac: mac.clone(),
                    })
                })
            });
            if let Some(expr) = expr {
                // In braces a macro is a statement without a semicolon too.
                let braced = matches!(mac.delimiter, syn::MacroDelimiter::Brace(_));
                let semi = invocation.semi_token.or(braced.then(Default::default));
                *stmt = Stmt::Expr(expr, semi);
            }
        }
        syn::visit_mut::visit_stmt_mut(self, stmt);
    }
    // Such macros may be in the arguments of others.
    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        Arguments::each(mac, |argument| self.visit_expr_mut(argument));
    }
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

/// `bail!(…)` and `ensure!(…)` of anyhow and eyre.
fn returning(mac: &Macro) -> Option<Expr> {
    let name = mac.path.segments.last()?.ident.to_string();
    let error = error_macro(&mac.path)?;
    let tokens = &mac.tokens;
    match name.as_str() {
        "bail" => Some(parse_quote!(return ::core::result::Result::Err(#error!(#tokens)))),
        "ensure" => {
            let parse = Punctuated::<Expr, Token![,]>::parse_terminated;
            let arguments = parse.parse2(tokens.clone()).ok()?;
            let mut arguments = arguments.into_iter();
            let condition = arguments.next()?;
            let message: Vec<Expr> = arguments.collect();
            let failed = format!("Condition failed: `{}`", condition.to_token_stream());
            let value = if message.is_empty() {
                quote!(#error!(#failed))
            } else {
                quote!(#error!(#(#message),*))
            };
            Some(parse_quote! {
                if !(#condition) {
                    return ::core::result::Result::Err(#value);
                }
            })
        }
        _ => None,
    }
}

/// The macro that makes an error, of the crate whose `bail!` or `ensure!` this is.
fn error_macro(path: &Path) -> Option<TokenStream> {
    let mut segments = path.segments.iter().rev().skip(1);
    match segments.next() {
        None => Some(quote!(::anyhow::anyhow)),
        Some(krate) if krate.ident == "anyhow" => Some(quote!(::anyhow::anyhow)),
        Some(krate) if krate.ident == "eyre" => Some(quote!(::eyre::eyre)),
        Some(krate) if krate.ident == "color_eyre" => Some(quote!(::color_eyre::eyre::eyre)),
        Some(_) => None,
    }
}
