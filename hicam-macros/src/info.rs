//! What the runtime is told of a function: its names, points and locals, and a fingerprint of its source.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::Signature;

use crate::classify::{Class, Classes};
use crate::function::Function;
use crate::ir::{Body, PointKind, VarId};
use crate::liveness::Liveness;

/// What the runtime is told of the function.
pub(crate) fn info(
    function: &Function<'_>,
    body: &Body,
    live: &Liveness,
    classes: &Classes,
    kept: &[VarId],
    lasting: &BTreeSet<VarId>,
) -> TokenStream {
    let name = function.name();
    let fingerprint = fingerprint(function);
    let (aliases, upgrade) = (
        function.evolution.aliases(),
        function.evolution.upgrade(function),
    );
    let captured = (0..body.vars.len()).filter(|&var| classes.of[var].is_captured());
    let locals = captured.chain(kept.iter().copied()).map(|var| {
        let (id, name) = (var as u16, &body.vars[var].name);
        quote!((#id, #name))
    });
    let points = (1..).zip(&body.points).map(|(id, point)| {
        let start = point.span.start();
        let (line, column, kind) = (
            start.line as u32,
            start.column as u32 + 1,
            point.kind.ident(),
        );
        let name = &point.name;
        // A frame at this point has all of these, and of those that are kept what is captured for its drop. In a call, what was
        // passed to it may be there too: a reference to something static stays where it is, a receiver if it is borrowed. So may
        // what no arm of a `match` has taken.
        let captured = |var| matches!(classes.of[var], Class::Slot { captured: true });
        let needs = point.in_scope.iter().filter(|&&var| {
            classes.of[var] == Class::Direct
                || captured(var) && live.at_point(id, var) && !classes.owned_in.contains(&(id, var))
        });
        let needs = needs.map(|&var| var as u16);
        let passed = point.in_scope.iter().filter(|&&var| {
            let gone = !live.at_point(id, var) || classes.owned_in.contains(&(id, var));
            let left = || {
                classes
                    .left
                    .iter()
                    .any(|&(from, left)| left == var && from <= id)
            };
            let kept = point.kind == PointKind::InCall || lasting.contains(&var) || left();
            captured(var) && gone && kept
        });
        let keeps = kept.iter().filter(|var| point.in_scope.contains(var));
        let keeps = keeps.chain(passed).map(|&var| var as u16);
        quote!(::hicam::__private::PointInfo {
            name: #name, line: #line, column: #column, kind: ::hicam::__private::PointKind::#kind,
            needs: &[#(#needs),*], keeps: &[#(#keeps),*],
        })
    });
    quote! {
        static __HICAM_INFO: ::hicam::__private::FnInfo = ::hicam::__private::FnInfo {
            name: ::core::concat!(::core::module_path!(), "::", #name),
            aliases: #aliases,
            file: ::core::file!(),
            fingerprint: #fingerprint,
            locals: &[#(#locals),*],
            points: &[#(#points),*],
            upgrade: #upgrade,
        };
    }
}

/// FNV-1a over the function's tokens but its name: the same for the same source, whatever its layout and the compiler's
/// version.
pub(crate) fn fingerprint(function: &Function<'_>) -> u64 {
    fn text(text: &str, hash: &mut u64) {
        for byte in text.bytes().chain([0]) {
            *hash = (*hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    fn mix(tokens: TokenStream, hash: &mut u64) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => {
                    text(&format!("{:?}", group.delimiter()), hash);
                    mix(group.stream(), hash);
                    text("end", hash);
                }
                token => text(&token.to_string(), hash),
            }
        }
    }
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let sig = Signature {
        ident: format_ident!("function"),
        ..function.sig.clone()
    };
    mix(sig.to_token_stream(), &mut hash);
    mix(function.block.to_token_stream(), &mut hash);
    hash
}
