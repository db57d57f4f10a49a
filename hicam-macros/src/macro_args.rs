//! The effects of macro invocations: their arguments where they are expressions, else whatever their tokens mention.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, Macro, Pat, Token};

use crate::ir::{Fx, How};
use crate::scope::Builder;

const AWAITS: &str = "`.await` inside a macro is not supported, because it is not known when the macro evaluates it: bind the value \
                      with `let` before";

/// Macros that take their arguments by reference.
pub(crate) const FORMAT: &[&str] = &[
    "print",
    "println",
    "eprint",
    "eprintln",
    "format",
    "write",
    "writeln",
    "panic",
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "unreachable",
    "trace",
    "debug",
    "info",
    "warn",
    "error",
    "format_args",
    "matches",
    "anyhow",
    "bail",
    "ensure",
    "eyre",
    "todo",
    "unimplemented",
];
/// Macros that take their arguments by value.
pub(crate) const BY_VALUE: &[&str] = &["vec", "dbg"];

impl Builder {
    fn tokens(&mut self, tokens: TokenStream, how: How, fx: &mut Vec<Fx>) {
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    fx.extend(self.resolve(&ident).map(|var| Fx::Use(var, how)))
                }
                TokenTree::Group(group) => self.tokens(group.stream(), how, fx),
                TokenTree::Literal(literal) => {
                    self.format_captures(&literal.to_string(), &[], literal.span(), fx)
                }
                TokenTree::Punct(_) => {}
            }
        }
    }

    /// `{name}` and `{name:…}` in what may be a format string.
    fn format_captures(
        &mut self,
        literal: &str,
        given: &[String],
        span: proc_macro2::Span,
        fx: &mut Vec<Fx>,
    ) {
        for name in captured_names(literal) {
            if given.contains(&name) {
                continue;
            }
            let ident = Ident::new(&name, span);
            fx.extend(self.resolve(&ident).map(|var| Fx::Use(var, How::Place)));
        }
    }

    pub(crate) fn macro_tokens(&mut self, mac: &mut Macro, fx: &mut Vec<Fx>) {
        let name = mac
            .path
            .segments
            .last()
            .map(|segment| segment.ident.to_string())
            .unwrap_or_default();
        let how = if FORMAT.contains(&name.as_str()) {
            How::Place
        } else {
            How::Maybe
        };
        let by_value = BY_VALUE.contains(&name.as_str());
        let rewrites = needs_rewriting(mac.tokens.clone());
        if name == "vec"
            && let Ok(mut repeated) = syn::parse2::<Repeated>(mac.tokens.clone())
        {
            for part in [&mut repeated.value, &mut repeated.count] {
                if self.waits(part) {
                    self.errors.at(&*mac, AWAITS);
                }
                self.expr(part, How::Move, fx);
            }
            let Repeated { value, count } = repeated;
            mac.tokens = quote!(#value; #count);
            return;
        }
        let parsed = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(mac.tokens.clone());
        let Ok(mut args) = parsed else {
            if rewrites {
                self.errors.at(mac, "`.await`, `?`, `return`, `break` or `continue` inside a macro whose syntax is its own is not supported: call a function \
                     there, and put what it is to do into that");
            }
            return self.tokens(mac.tokens.clone(), how, fx);
        };
        let given: Vec<String> = args
            .iter()
            .filter_map(|arg| match arg {
                Expr::Assign(named) => Some(named.left.to_token_stream().to_string()),
                _ => None,
            })
            .collect();
        for arg in &mut args {
            // `name = value` of a format macro.
            let value = match arg {
                Expr::Assign(named) => &mut *named.right,
                arg => arg,
            };
            if let Expr::Lit(literal) = value {
                self.format_captures(
                    &literal.to_token_stream().to_string(),
                    &given,
                    literal.span(),
                    fx,
                );
            } else {
                self.expr(value, if by_value { How::Move } else { how }, fx);
            }
        }
        if rewrites {
            if args.iter().any(|arg| self.waits(arg)) {
                self.errors.at(&*mac, AWAITS);
            }
            mac.tokens = args.to_token_stream();
        }
    }
}

/// `value; count`
pub(crate) struct Repeated {
    pub(crate) value: Expr,
    pub(crate) count: Expr,
}

impl Parse for Repeated {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let value = input.parse()?;
        input.parse::<Token![;]>()?;
        let count = input.parse()?;
        Ok(Repeated { value, count })
    }
}

/// `value, pattern if guard`, of `matches!` and those named after it.
pub(crate) struct Matches {
    pub(crate) value: Expr,
    pub(crate) pat: Pat,
    pub(crate) guard: Option<(Token![if], Expr)>,
    pub(crate) rest: TokenStream,
}

impl Matches {
    pub(crate) fn of(mac: &Macro) -> Option<Matches> {
        let last = mac.path.segments.last()?;
        let parse = |input: ParseStream<'_>| {
            let value = input.parse()?;
            input.parse::<Token![,]>()?;
            let pat = Pat::parse_multi_with_leading_vert(input)?;
            let guard = match input.parse::<Option<Token![if]>>()? {
                Some(token) => Some((token, input.parse()?)),
                None => None,
            };
            let rest = input.parse()?;
            Ok(Matches {
                value,
                pat,
                guard,
                rest,
            })
        };
        let named = last.ident.to_string().ends_with("matches");
        named.then(|| parse.parse2(mac.tokens.clone()).ok())?
    }
}

impl ToTokens for Matches {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Matches {
            value,
            pat,
            guard,
            rest,
        } = self;
        tokens.extend(quote!(#value, #pat));
        if let Some((token, guard)) = guard {
            tokens.extend(quote!(#token #guard));
        }
        tokens.extend(rest.clone());
    }
}

/// The variables that a format string names, widths and precisions too: `{value:width$.precision$}`.
pub(crate) fn captured_names(literal: &str) -> Vec<String> {
    if !literal.contains('"') {
        return Vec::new();
    }
    let mut names = Vec::new();
    for part in literal.replace("{{", "").split('{').skip(1) {
        let argument = part.split('}').next().unwrap_or_default();
        let (name, spec) = argument.split_once(':').unwrap_or((argument, ""));
        let counts = spec.split('$').rev().skip(1).filter_map(|count| {
            count
                .rsplit(|c: char| !c.is_alphanumeric() && c != '_')
                .next()
        });
        let found = counts
            .chain([name.trim()])
            .filter(|name| *name == "self" || syn::parse_str::<Ident>(name).is_ok());
        names.extend(found.map(str::to_owned));
    }
    names
}

fn any_token(tokens: TokenStream, matches: &impl Fn(&TokenTree) -> bool) -> bool {
    tokens.into_iter().any(|token| {
        matches(&token)
            || matches!(&token, TokenTree::Group(group) if any_token(group.stream(), matches))
    })
}

pub(crate) fn contains_await(tokens: TokenStream) -> bool {
    any_token(
        tokens,
        &|token| matches!(token, TokenTree::Ident(ident) if ident == "await"),
    )
}

fn needs_rewriting(tokens: TokenStream) -> bool {
    any_token(tokens, &|token| match token {
        TokenTree::Ident(ident) => ["await", "return", "break", "continue"]
            .iter()
            .any(|word| ident == word),
        TokenTree::Punct(punct) => punct.as_char() == '?',
        _ => false,
    })
}

/// What the code of a macro's definition may name outside of it: no parameters, fields, paths or what it declares by `let`.
pub(crate) fn free_names(tokens: TokenStream, found: &mut Vec<Ident>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let punct = |at: Option<usize>, wanted: char| {
        let token = at.and_then(|at| tokens.get(at));
        matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
    };
    let word = |at: Option<usize>, wanted: &str| {
        let token = at.and_then(|at| tokens.get(at));
        matches!(token, Some(TokenTree::Ident(ident)) if ident == wanted)
    };
    let mut declared: Vec<Ident> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let (before, second) = (at.checked_sub(1), at.checked_sub(2));
        match token {
            TokenTree::Ident(ident) => {
                let let_mut = word(before, "mut") && word(second, "let");
                let field = punct(before, '.') && !punct(second, '.');
                let path = punct(before, ':') && punct(second, ':') || punct(Some(at + 1), ':');
                if word(before, "let") || let_mut {
                    declared.push(ident.clone());
                }
                if !(punct(before, '$') || field || path || declared.contains(ident)) {
                    found.push(ident.clone());
                }
            }
            TokenTree::Group(group) => {
                let mut inner = Vec::new();
                free_names(group.stream(), &mut inner);
                inner.retain(|name| !declared.contains(name));
                found.extend(inner);
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}
