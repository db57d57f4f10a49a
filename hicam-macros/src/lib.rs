//! HiCaM's source transformation: the attributes a user writes. Use them through the crate `hicam`.
//!
//! The pipeline is *parse* ([`conformist`], [`migratable`], [`function`], [`signature`]) → *cut* ([`build`], [`normal`],
//! [`constructs`], [`effects`]: the body as [`ir`]) → *analyse* ([`liveness`], [`classify`]) → *lower* ([`lower`]). Every stage reports
//! all the errors it finds.

mod build;
mod classify;
mod conformist;
mod constructs;
mod derive_state;
mod effects;
mod errors;
mod function;
mod ir;
mod liveness;
mod lower;
mod macro_args;
mod main_attr;
mod migratable;
mod normal;
mod patterns;
mod scope;
mod signature;
#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test may fail")]
mod tests;

use proc_macro::TokenStream;

/// Makes the `impl` of a tonic service trait conformist: its calls can be checkpointed, restored and moved while they
/// run.
///
/// `class` names the kind of server (lower-case letters, digits, `-`, `_`). Unary RPCs only.
///
/// ```ignore
/// #[hicam::conformist(class = "bank")]
/// #[tonic::async_trait]
/// impl bank_server::Bank for Bank { … }
/// ```
#[proc_macro_attribute]
pub fn conformist(args: TokenStream, input: TokenStream) -> TokenStream {
    match syn::parse(args) {
        Ok(args) => conformist::expand(&args, input.into()).into(),
        Err(error) => function::with_errors(proc_macro2::TokenStream::from(input), error).into(),
    }
}

/// Makes an `async fn`, or all of an `impl` block's, migratable: a call of it can be captured wherever it is suspended.
///
/// Migration points are entry to the function, every `.await`, and the head of every loop. `points = "awaits"` leaves
/// out those of loops. What is alive across a point must be capturable: a type with `#[derive(hicam::State)]`, serde's
/// `Serialize + DeserializeOwned`, a prost message, or a standard type of these.
///
/// ```ignore
/// #[hicam::migratable]
/// async fn apply(bank: &Bank, entry: Entry, log: &mut Vec<u64>) -> Result<i64, Status> { … }
/// ```
#[proc_macro_attribute]
pub fn migratable(args: TokenStream, input: TokenStream) -> TokenStream {
    match syn::parse(args) {
        Ok(args) => migratable::expand(args, input.into()).into(),
        Err(error) => function::with_errors(proc_macro2::TokenStream::from(input), error).into(),
    }
}

/// Makes a function the `main` of a conformist server's binary, with the subcommands `serve`, `checkpoint-server` and
/// `schema`.
///
/// Arguments: the server's type; `durability = "periodic"` (default) or `"replies"`; `interval = "5s"` between
/// automatic checkpoints.
///
/// ```ignore
/// #[hicam::main(Bank, durability = "replies")]
/// async fn main(server: hicam::Server<Bank>) -> anyhow::Result<()> {
///     server.service(bank_server::BankServer::from_arc).run().await
/// }
/// ```
#[proc_macro_attribute]
pub fn main(args: TokenStream, input: TokenStream) -> TokenStream {
    match syn::parse(args) {
        Ok(args) => main_attr::expand(&args, input.into()).into(),
        Err(error) => function::with_errors(proc_macro2::TokenStream::from(input), error).into(),
    }
}

/// Implements `hicam::State`: the type's values can be captured and restored, field by field.
///
/// `#[hicam(skip)]` on a field restores it by `Default`; `#[hicam(rebuild = path)]` by calling a function. A type that
/// implements `Drop` is refused, because an early drop could be observed.
#[proc_macro_derive(State, attributes(hicam))]
pub fn derive_state(input: TokenStream) -> TokenStream {
    derive_state::expand(syn::parse_macro_input!(input as syn::DeriveInput)).into()
}
