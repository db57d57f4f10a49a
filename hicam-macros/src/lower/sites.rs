//! How an awaited operand is driven with a stack: called first, or resumed.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Expr;

use crate::ir::Driven;
use crate::iterables::strip_parens;

/// An awaited operand's place.
pub(super) struct Site {
    pub(super) driven: Driven,
    /// Has the operand's type.
    pub(super) tag: Ident,
    /// A `&mut Stack`.
    pub(super) stack: TokenStream,
    pub(super) span: Span,
    /// It is a variable that is captured, which a call cannot be.
    pub(super) captured: bool,
}

impl Site {
    /// The user's place, but our own names.
    fn span(&self) -> Span {
        self.span.resolved_at(Span::call_site())
    }

    /// The flow of an operand that is called first.
    ///
    /// The whole call is one expression, so that its temporaries live as long as in the source. It has the span of the
    /// `.await`, so that what rustc says about the call points there.
    pub(super) fn fresh(&self, operand: &Expr) -> TokenStream {
        match self.parts(operand) {
            None => self.drive(&self.typed(operand)),
            Some((limit, operand)) => {
                let limit = self.limit(limit);
                let drive = self.drive_pinned(&self.typed(operand));
                self.limited(quote!({ #limit __hicam_limit }), &drive)
            }
        }
    }

    /// As `fresh`, in two parts: what is evaluated, and the flow.
    pub(super) fn fresh_parts(&self, operand: &Expr) -> (TokenStream, TokenStream) {
        match self.parts(operand) {
            None => {
                let value = self.typed(operand);
                (
                    quote!(let __hicam_operand = #value;),
                    self.drive(&quote!(__hicam_operand)),
                )
            }
            Some((limit, operand)) => {
                let limit = self.limit(limit);
                let value = self.typed(operand);
                (
                    quote!(#limit let __hicam_operand = #value;),
                    self.limited(
                        quote!(__hicam_limit),
                        &self.drive_pinned(&quote!(__hicam_operand)),
                    ),
                )
            }
        }
    }

    /// The flow of an operand that is resumed; made again from `resume`.
    pub(super) fn resumed(&self, operand: &Expr, resume: &[Expr]) -> TokenStream {
        if self.driven == Driven::Again {
            return self.fresh(operand);
        }
        let (tag, stack) = (&self.tag, &self.stack);
        let resumer = format_ident!("resumer{}", resume.len(), span = self.span);
        // What is given is asked of the call's own tag, under the name that arguments know it by.
        let named = (tag != "__hicam_tag").then(|| quote!(let __hicam_tag = #tag;));
        let limited = self.parts(operand);
        let made = limited.map_or(operand, |(_, operand)| operand);
        let call = match strip_parens(made) {
            Expr::Call(_) | Expr::MethodCall(_) => {
                quote_spanned!(self.span()=> { #named (&&#tag).#resumer()(#(#resume),*) })
            }
            _ if self.captured => quote_spanned!(self.span()=> (&&#tag).refused()),
            _ => quote_spanned!(self.span()=> (&&#tag).made_elsewhere()),
        };
        if limited.is_none() {
            return self.drive(&call);
        }
        let limited = self.limited(quote!(__hicam_limit), &self.drive_pinned(&call));
        quote! {
            match ::hicam::__private::Limit::resumed(&mut *#stack) {
                ::core::option::Option::Some(__hicam_limit) => #limited,
                ::core::option::Option::None => ::hicam::__private::Flow::Suspended,
            }
        }
    }

    /// The limit of an operand's time, and the operand.
    fn parts<'e>(&self, operand: &'e Expr) -> Option<(&'e syn::ExprCall, &'e Expr)> {
        match operand {
            Expr::Call(call) if matches!(self.driven, Driven::After | Driven::Until) => {
                Some((call, &call.args[1]))
            }
            _ => None,
        }
    }

    /// The operand as an option, with its type fixed.
    fn typed(&self, operand: &Expr) -> TokenStream {
        let tag = &self.tag;
        match self.driven {
            Driven::Again => quote_spanned!(self.span()=> ::core::option::Option::Some(#operand)),
            _ => quote_spanned!(self.span()=> #tag.of(#operand)),
        }
    }

    fn drive_pinned(&self, option: &TokenStream) -> TokenStream {
        let stack = &self.stack;
        quote_spanned!(self.span()=> (&mut &mut ::hicam::__private::Site(#option)).drive(&mut *#stack))
    }

    fn drive(&self, option: &TokenStream) -> TokenStream {
        let drive = self.drive_pinned(option);
        quote_spanned!(self.span()=> #drive.await)
    }

    /// The time is counted from here. The user's function must be tokio's: it is not called itself.
    fn limit(&self, call: &syn::ExprCall) -> TokenStream {
        let (function, limit) = (&call.func, &call.args[0]);
        let (make, example) = if self.driven == Driven::After {
            (quote!(after), quote!(::core::time::Duration::ZERO))
        } else {
            (quote!(at), quote!(::hicam::__private::now()))
        };
        quote_spanned! {self.span()=>
            let _ = || ::hicam::__private::is_timeout(#function(#example, ::core::future::ready(())));
            let __hicam_limit = ::hicam::__private::Limit::#make(#limit);
        }
    }

    fn limited(&self, limit: TokenStream, drive: &TokenStream) -> TokenStream {
        let stack = &self.stack;
        quote_spanned! {self.span()=> {
            let __hicam_limit = #limit;
            let __hicam_flow = __hicam_limit.hold(#drive).await;
            __hicam_limit.ended(__hicam_flow, &mut *#stack)
        }}
    }
}
