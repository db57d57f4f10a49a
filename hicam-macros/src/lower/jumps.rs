//! Jumps out of a stretch of code.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Expr;
use syn::visit_mut::VisitMut;

use super::Lower;
use crate::control::JUMP;
use crate::ir::{Mark, VarId};

/// Completes the jumps out of a stretch of code: what it has taken and the target needs is put back.
pub(super) struct Jumps<'j, 'b> {
    pub(super) lower: &'j mut Lower<'b>,
    pub(super) taken: &'j [VarId],
}

impl VisitMut for Jumps<'_, '_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        syn::visit_mut::visit_expr_mut(self, expr);
        if let Expr::Macro(invocation) = expr
            && invocation.mac.path.is_ident(JUMP)
            && let Ok((mark, jump)) = parse_jump(&invocation.mac)
        {
            *expr = self.complete(mark, jump);
        }
    }

    fn visit_stmt_mut(&mut self, stmt: &mut syn::Stmt) {
        // In a macro's arguments, which are parsed again, a jump that is a statement is a macro that is one.
        if let syn::Stmt::Macro(invocation) = stmt
            && invocation.mac.path.is_ident(JUMP)
        {
            let mac = &invocation.mac;
            *stmt = syn::Stmt::Expr(syn::parse_quote!(#mac), Some(Default::default()));
        }
        syn::visit_mut::visit_stmt_mut(self, stmt);
    }

    fn visit_macro_mut(&mut self, mac: &mut syn::Macro) {
        use syn::parse::Parser as _;
        type Args = syn::punctuated::Punctuated<Expr, syn::Token![,]>;
        // Jumps inside the arguments of the user's own macros.
        if !mac.path.is_ident(JUMP)
            && mac.tokens.to_string().contains(JUMP)
            && let Ok(mut args) = Args::parse_terminated.parse2(mac.tokens.clone())
        {
            args.iter_mut().for_each(|arg| self.visit_expr_mut(arg));
            mac.tokens = quote!(#args);
        }
    }
}

impl Jumps<'_, '_> {
    fn complete(&mut self, mark: Mark, mut jump: Expr) -> Expr {
        // The jump's value may itself contain a jump.
        syn::visit_mut::visit_expr_mut(self, &mut jump);
        let lower = &mut *self.lower;
        let mut puts = TokenStream::new();
        let Some(made) = lower.body.jumps.iter().find(|jump| jump.mark == mark) else {
            return jump;
        };
        let held = lower.held.iter();
        let left: Vec<VarId> = held
            .filter(|(_, first)| made.target < *first)
            .map(|(var, _)| *var)
            .collect();
        for &var in self.taken.iter().chain(&left) {
            if lower.live.at_mark(mark, var) {
                puts.extend(lower.put(var));
            } else if lower.endings.outlives(var, made.target) {
                puts.extend(lower.leave(var, mark, left.contains(&var)));
            }
        }
        if puts.is_empty() {
            return jump;
        }
        // The jump's value is computed before the variables are given back.
        if let Expr::Break(jump) = &mut jump
            && let Some(value) = jump.expr.take()
        {
            jump.expr = Some(syn::parse_quote!(__hicam_broken));
            return syn::parse_quote!({ let __hicam_broken = #value; #puts #jump });
        }
        syn::parse_quote!({ #puts #jump })
    }
}

fn parse_jump(mac: &syn::Macro) -> syn::Result<(Mark, Expr)> {
    mac.parse_body_with(|input: syn::parse::ParseStream<'_>| {
        let mark: syn::LitInt = input.parse()?;
        input.parse::<syn::Token![;]>()?;
        Ok((mark.base10_parse()?, input.parse()?))
    })
}
