//! HiCaM's source transformation: the attributes a user writes. Use them through the crate `hicam`.
//!
//! The pipeline is *parse* ([`conformist`], [`migratable`], [`function`], [`signature`]) → *cut* ([`build`], [`normal`],
//! [`awaits`], [`matches`], [`effects`]: the body as [`ir`]) → *analyse* ([`liveness`], [`classify`]) → *lower* ([`lower`]).
//! Every stage reports all the errors it finds.

mod adapted;
mod arguments;
mod assertions;
mod awaits;
mod blocks;
mod body;
mod borrows;
mod build;
mod captures;
mod cheap;
mod choices;
mod classify;
mod concurrent;
mod conditional;
mod conformist;
mod control;
mod definition;
mod derive_state;
mod destructured;
mod effects;
mod endings;
mod errors;
mod evolution;
mod extended;
mod for_loops;
mod function;
mod guards;
mod heads;
mod impl_headers;
mod info;
mod intervals;
mod ir;
mod iterables;
mod leftovers;
mod liveness;
mod lower;
mod macro_args;
mod main_attr;
mod matches;
mod migratable;
mod normal;
mod operands;
mod owned_iterators;
mod patterns;
mod point_names;
mod rename;
mod scope;
mod sequence;
mod show;
mod signature;
#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test may fail")]
mod snapshots;
mod spelled_out;
mod split;
mod strict_macros;
#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test may fail")]
mod tests;
mod value_receivers;

use proc_macro::TokenStream;

/// Programs that are refused.
#[cfg(doctest)]
#[doc = include_str!("../tests/refused.md")]
struct Refused;

/// Makes the `impl` of a tonic service trait conformist: its calls can be checkpointed, restored and moved while they
/// run.
///
/// `class` names the kind of server (lower-case letters, digits, `-`, `_`). Unary RPCs only.
///
/// ```text
/// #[hicam::conformist(class = "bank")]
/// #[tonic::async_trait]
/// impl bank_server::Bank for Bank { … }
/// ```
#[proc_macro_attribute]
pub fn conformist(args: TokenStream, input: TokenStream) -> TokenStream {
    if let Some(split) = conditional::split("conformist", &args, &input) {
        return split;
    }
    match syn::parse(args) {
        Ok(args) => conformist::expand(&args, input.into()).into(),
        Err(error) => function::with_errors(proc_macro2::TokenStream::from(input), error).into(),
    }
}

/// Makes an `async fn`, or all of an `impl` block's, migratable: a call of it can be captured wherever it is suspended.
///
/// Migration points are entry to the function, every `.await`, and the head of every loop. `points = "awaits"` leaves
/// out those of loops, `points = "loops"` entry and those before awaits; `hicam::point().await` is one in any case, and
/// an annotated function that is called may be captured at its own. What is alive across a point must be capturable: a type with `#[derive(hicam::State)]`, serde's
/// `Serialize + DeserializeOwned`, a prost message, or a standard type of these.
///
/// ```
/// #[hicam::migratable]
/// async fn total(words: &[String], log: &mut Vec<usize>) -> usize {
///     let mut total = 0;
///     for word in words {
///         total += measure(word, log).await;
///     }
///     total
/// }
///
/// #[hicam::migratable]
/// async fn measure(word: &str, log: &mut Vec<usize>) -> usize {
///     log.push(word.len());
///     hicam::point().await;
///     word.chars().count()
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let words = ["größe".to_owned()];
/// let mut log = Vec::new();
/// assert_eq!(total(&words, &mut log).await, 5);
/// assert_eq!(log, [7]);
/// # });
/// ```
///
/// `hicam::spawn` begins a call that goes on beside the caller, and is captured with the server. `tokio::spawn` begins
/// something that is not: it ends with the process.
///
/// `HICAM_EXPAND=1 cargo build` shows what annotated functions become, in `target/hicam-expand`.
///
/// What cannot move to another process may not be alive across a point. Here it is a lock guard that is used later:
///
/// ```compile_fail,E0277
/// #[hicam::migratable]
/// async fn hold(count: &tokio::sync::Mutex<u32>) {
///     let mut guard = count.lock().await;
///     hicam::point().await;
///     *guard += 1;
/// }
/// ```
///
/// here one that would be released at the end of its scope:
///
/// ```compile_fail,E0080
/// #[hicam::migratable]
/// async fn hold(count: &tokio::sync::Mutex<u32>) {
///     let _guard = count.lock().await;
///     hicam::point().await;
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// hold(&tokio::sync::Mutex::new(0)).await;
/// # });
/// ```
///
/// or one that a path to a `return` leaves behind:
///
/// ```compile_fail,E0080
/// #[hicam::migratable]
/// async fn hold(count: &tokio::sync::Mutex<u32>, early: bool) {
///     let guard = count.lock().await;
///     if early {
///         hicam::point().await;
///         return;
///     }
///     drop(guard);
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// hold(&tokio::sync::Mutex::new(0), true).await;
/// # });
/// ```
///
/// or one that is released on some paths only:
///
/// ```compile_fail,E0080
/// #[hicam::migratable]
/// async fn hold(count: &tokio::sync::Mutex<u32>, early: bool) {
///     let guard = count.lock().await;
///     if early {
///         drop(guard);
///     }
///     hicam::point().await;
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// hold(&tokio::sync::Mutex::new(0), true).await;
/// # });
/// ```
///
/// or one without a name. A temporary lives until the end of its statement, which for the head of a `match`, an `if let`
/// or a `for` is where the whole of it ends:
///
/// ```compile_fail,E0277
/// # use std::sync::Mutex;
/// #[hicam::migratable]
/// async fn hold(queue: &Mutex<Vec<u32>>) -> u32 {
///     match queue.lock().unwrap().len() {
///         0 => { let mut n = 0; for _ in 0..3 { n += 1 } n }
///         n => n as u32,
///     }
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// hold(&Mutex::new(vec![1])).await;
/// # });
/// ```
///
/// ```compile_fail,E0277
/// # use std::sync::Mutex;
/// #[hicam::migratable]
/// async fn hold(queue: &Mutex<Vec<u32>>) -> u32 {
///     let mut sum = 0;
///     for n in queue.lock().unwrap().clone() { sum += n }
///     sum
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// hold(&Mutex::new(vec![1])).await;
/// # });
/// ```
///
/// ```compile_fail,E0080
/// # use std::sync::Mutex;
/// #[hicam::migratable]
/// async fn hold(queue: &Mutex<Vec<u32>>) -> u32 {
///     let mut n = 0;
///     if let Ok(_) = queue.try_lock() { for _ in 0..3 { n += 1 } }
///     n
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// hold(&Mutex::new(vec![1])).await;
/// # });
/// ```
///
/// and an argument's lives until the call has ended, and one of `a + f().await` until that has:
///
/// ```compile_fail,E0277
/// # use tokio::sync::Mutex;
/// # #[hicam::migratable]
/// # async fn wait(n: usize) -> usize { hicam::point().await; n }
/// #[hicam::migratable]
/// async fn hold(queue: &Mutex<Vec<u32>>) -> usize {
///     wait(queue.try_lock().unwrap().len()).await
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// hold(&Mutex::new(vec![1])).await;
/// # });
/// ```
///
/// ```compile_fail,E0080
/// # use std::sync::Arc;
/// # #[hicam::migratable]
/// # async fn wait(n: usize) -> usize { hicam::point().await; n }
/// #[hicam::migratable]
/// async fn hold(words: &Arc<Vec<u32>>) -> usize {
///     Arc::clone(words).len() + wait(Arc::strong_count(words)).await
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// hold(&Arc::new(vec![1])).await;
/// # });
/// ```
///
/// or what has been awaited, where something else is awaited after it:
///
/// ```compile_fail,E0080
/// # use std::sync::Arc;
/// # #[hicam::migratable]
/// # async fn words(n: u32) -> Arc<Vec<u32>> { hicam::point().await; Arc::new(vec![n]) }
/// #[hicam::migratable]
/// async fn hold() -> usize {
///     words(1).await.len() + words(2).await.len()
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// hold().await;
/// # });
/// ```
///
/// and one that a pattern only copies from, because its type has a drop of its own, until the end of the `match`:
///
/// ```compile_fail,E0080
/// # #[hicam::migratable]
/// # async fn wait(n: u32) -> u32 { hicam::point().await; n }
/// struct Lease {
///     id: u32,
/// }
/// impl Drop for Lease {
///     fn drop(&mut self) {}
/// }
/// #[hicam::migratable]
/// async fn hold(id: u32) -> u32 {
///     match Some(Lease { id }) {
///         Some(Lease { id }) => wait(id).await,
///         None => 0,
///     }
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// hold(1).await;
/// # });
/// ```
///
/// A branch of `select!` that its precondition disables holds its arguments to the end, too:
///
/// ```compile_fail,E0080
/// # use std::sync::Arc;
/// # #[hicam::migratable]
/// # async fn count(words: Arc<Vec<u32>>) -> usize { hicam::point().await; words.len() }
/// #[hicam::migratable]
/// async fn hold(words: &Arc<Vec<u32>>, wanted: bool) -> usize {
///     tokio::select! {
///         n = count(Arc::clone(words)), if wanted => n,
///         n = count(Arc::default()) => n,
///     }
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// hold(&Arc::new(vec![1]), false).await;
/// # });
/// ```
///
/// Before the edition of 2024 the temporaries at the end of a block live as long as those of the statement that it is in:
///
/// ```compile_fail,E0277,edition2021
/// # use std::sync::Mutex;
/// #[hicam::migratable]
/// async fn hold(queue: &Mutex<Vec<u32>>) -> u32 {
///     let mut sum = 0;
///     match { queue.lock().unwrap().len() } {
///         0 => {}
///         n => for _ in 0..n { sum += 1 }
///     }
///     sum
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// hold(&Mutex::new(vec![1])).await;
/// # });
/// ```
///
/// and after the block's variables. Where both can be seen, that is so in annotated functions too, or it is an error:
///
/// ```compile_fail,E0080,edition2021
/// # use std::sync::Arc;
/// # trait Seen { fn seen(&self) -> usize; }
/// # impl Seen for Arc<u64> { fn seen(&self) -> usize { Arc::strong_count(self) } }
/// #[hicam::migratable]
/// async fn count(value: &Arc<u64>) -> usize {
///     let held = Arc::clone(value);
///     hicam::point().await;
///     Arc::clone(&held).seen()
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// count(&Arc::new(1)).await;
/// # });
/// ```
///
/// Each of these works when the value that is needed is put into a variable before, or a reference is passed:
///
/// ```
/// # mod hicam { pub use ::hicam::*; }
/// # use std::sync::Mutex;
/// #[hicam::migratable]
/// async fn sum(queue: &Mutex<Vec<u32>>) -> u32 {
///     let mut sum = 0;
///     let numbers = queue.lock().unwrap().clone();
///     for n in numbers { sum += n }
///     sum
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// assert_eq!(sum(&Mutex::new(vec![1, 2])).await, 3);
/// # });
/// ```
///
/// An `Arc` is kept until the end of its scope, because a `Weak` may be upgraded until then. It is an error if code without a
/// migration point may have moved it before, on some paths only:
///
/// ```compile_fail,E0080
/// # use std::sync::Arc;
/// #[hicam::migratable]
/// async fn keep(early: bool) -> bool {
///     let keep = Arc::new(1u64);
///     let weak = Arc::downgrade(&keep);
///     if early {
///         drop(keep);
///     }
///     hicam::point().await;
///     weak.upgrade().is_some()
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// keep(true).await;
/// # });
/// ```
///
/// or may have replaced it:
///
/// ```compile_fail,E0080
/// # use std::sync::Arc;
/// # #[hicam::migratable]
/// # async fn wait(n: u64) -> u64 { hicam::point().await; n }
/// #[hicam::migratable]
/// async fn keep(mut keep: Arc<u64>, other: bool) -> u64 {
///     wait(if other { keep = Arc::new(2); drop(keep); 3 } else { 4 }).await
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// keep(Arc::new(1), true).await;
/// # });
/// ```
///
/// or if the last to use it is a method that may own it, which cannot be seen where it is called:
///
/// ```compile_fail,E0080
/// # use std::sync::Arc;
/// # trait Seen { fn seen(&self) -> usize; }
/// # impl Seen for Arc<u64> { fn seen(&self) -> usize { Arc::strong_count(self) } }
/// # fn held(value: &Arc<u64>) -> Arc<u64> { Arc::clone(value) }
/// #[hicam::migratable]
/// async fn keep(value: &Arc<u64>) -> usize {
///     let held = held(value);
///     hicam::point().await;
///     let seen = held.seen();
///     hicam::point().await;
///     seen
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// keep(&Arc::new(1)).await;
/// # });
/// ```
///
/// A macro of your own that declares a variable (`bind!(x, 1)` for `let x = 1`) is not looked into: mention that variable only
/// inside of the macro, or declare it with `let`. Places that are borrowed across a point are looked up again after a restore:
/// an `Index` or `Deref` of your own runs once more then.
///
/// A method whose name begins with `into_` is taken to own what it is called on, as it does by convention.
///
/// An `Rc` cannot leave its thread, and a function may go on in another after each `.await`. Between two it can be used, also
/// at points at the heads of loops, if what it points to has `hicam::State`:
///
/// ```
/// # mod hicam { pub use ::hicam::*; }
/// # use std::{cell::RefCell, rc::Rc};
/// #[derive(hicam::State)]
/// struct Node { value: u64, next: RefCell<Option<Rc<Node>>> }
///
/// #[hicam::migratable]
/// async fn go_round(steps: u64) -> u64 {
///     hicam::point().await;
///     let sum = {
///         let last = Rc::new(Node { value: 1, next: RefCell::new(None) });
///         let first = Rc::new(Node { value: 2, next: RefCell::new(Some(Rc::clone(&last))) });
///         *last.next.borrow_mut() = Some(Rc::clone(&first));
///         let (mut at, mut sum) = (Rc::clone(&first), 0);
///         for _ in 0..steps {
///             sum += at.value;
///             let next = at.next.borrow().clone();
///             at = next.unwrap_or_else(|| Rc::clone(&first));
///         }
///         last.next.take();
///         sum
///     };
///     hicam::point().await;
///     sum
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// // Entry, the explicit points, and the head of the loop four times.
/// assert_eq!(hicam::testing::every_point(|| go_round(3)).await.unwrap(), 7);
/// # });
/// ```
///
/// Where such a function is suspended, what only `Rc`s lead to is written down and made anew, so nobody else may hold a part of
/// it (a capture says so and is given up), and nothing in it may run code when it is dropped:
///
/// ```compile_fail,E0080
/// # mod hicam { pub use ::hicam::*; }
/// # use std::rc::Rc;
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Ticket(u64);
/// impl Drop for Ticket {
///     fn drop(&mut self) { println!("seen") }
/// }
/// #[derive(hicam::State)]
/// struct Order { ticket: Ticket }
///
/// #[hicam::migratable]
/// async fn count(n: u64) -> u64 {
///     let order = Rc::new(Order { ticket: Ticket(n) });
///     let mut count = 0;
///     for _ in 0..n {
///         count += Rc::strong_count(&order) as u64;
///     }
///     count
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// count(3).await;
/// # });
/// ```
///
/// A borrow cannot move either:
///
/// ```compile_fail
/// #[hicam::migratable]
/// async fn longest(words: Vec<String>) -> usize {
///     let longest = words.iter().max_by_key(|word| word.len());
///     hicam::point().await;
///     longest.map_or(0, |word| word.len())
/// }
/// ```
///
/// Calls at the same time, `tokio::join!`, `try_join!` and `select!`, and `tokio::time::timeout` around a call, are
/// captured where each of them stands; `tokio::time::sleep` with the time that remains. Whose turn it is when they go on
/// is not captured, as it is not promised by these macros: where one waits for nothing, another may come before the rest of
/// it. Any other future is waited for, or dropped and made again with `hicam::reissue`. In `select!` nothing would end such
/// a wait, so it must be one or the other:
///
/// ```
/// # use std::time::Duration;
/// #[hicam::migratable]
/// async fn serve(stop: &tokio::sync::Notify) -> &'static str {
///     tokio::select! {
///         () = work() => "done",
///         () = tokio::time::sleep(Duration::from_secs(3600)) => "too late",
///         () = hicam::reissue(|| stop.notified()) => "stopped",
///     }
/// }
/// # #[hicam::migratable]
/// # async fn work() {}
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// # let stop = tokio::sync::Notify::new();
/// # serve(&stop).await;
/// # });
/// ```
///
/// ```compile_fail,E0277
/// # #[hicam::migratable]
/// # async fn work() {}
/// #[hicam::migratable]
/// async fn serve(stop: &tokio::sync::Notify) -> &'static str {
///     tokio::select! {
///         () = work() => "done",
///         () = stop.notified() => "stopped",
///     }
/// }
/// ```
///
/// Two things no type tells: what is inside of a serde type, where the value may or may not have been moved; and what `..`
/// in a pattern leaves of a value that has no name (`match order() { Some(Order { id, .. }) => … }`). Both are taken to be data,
/// whose end nobody sees. Where that is not so, derive `hicam::State`, or bind the value with `let`.
///
/// A lock that is released before the point is fine:
///
/// ```
/// #[hicam::migratable]
/// async fn release(count: &tokio::sync::Mutex<u32>) {
///     let mut guard = count.lock().await;
///     *guard += 1;
///     drop(guard);
///     hicam::point().await;
///     *count.lock().await += 1;
///     hicam::point().await;
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// # let count = tokio::sync::Mutex::new(0);
/// # release(&count).await;
/// # assert_eq!(*count.lock().await, 2);
/// # });
/// ```
///
/// # When the function changes
///
/// A call that is in progress while a newer build takes over goes on where it stands if the function is the same. If it has
/// changed, `upgrade = path` names the function that says where, and `alias = "path"` a path that it had before. On the methods of
/// an `impl` these stand in `#[hicam(upgrade = …, alias = "…")]`. Without them the newer build is refused while the call
/// is in progress. The module `hicam::upgrade` has the details.
///
/// ```
/// # mod hicam { pub use ::hicam::*; }
/// use hicam::upgrade::{self, NewFrame, OldFrame};
///
/// #[hicam::migratable(upgrade = map_total)]
/// async fn total(words: Vec<String>, least: usize) -> usize {
///     let mut total = 0;
///     for word in words {
///         if word.len() >= least {
///             total += word.len();
///         }
///     }
///     total
/// }
///
/// /// It had no `least`.
/// fn map_total(old: &OldFrame<'_>) -> upgrade::Result {
///     Ok(NewFrame::at(old.point()).local("least", 0usize))
/// }
/// ```
#[proc_macro_attribute]
pub fn migratable(args: TokenStream, input: TokenStream) -> TokenStream {
    if let Some(split) = conditional::split("migratable", &args, &input) {
        return split;
    }
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
/// ```text
/// #[hicam::main(Bank, durability = "replies")]
/// async fn main(server: hicam::Server<Bank>) -> anyhow::Result<()> {
///     server.service(bank_server::BankServer::from_arc).run().await
/// }
/// ```
#[proc_macro_attribute]
pub fn main(args: TokenStream, input: TokenStream) -> TokenStream {
    match syn::parse(args) {
        Ok(args) => main_attr::expand(&args, input.into()).into(),
        Err(error) => main_attr::with_error(input.into(), error).into(),
    }
}

/// Implements `hicam::State`: the type's values can be captured and restored, field by field.
///
/// `#[hicam(skip)]` on a field restores it by `Default`; `#[hicam(rebuild = path)]` by calling a function. A type that
/// implements `Drop` is refused: implement `State` by hand for it.
///
/// A field's type has `State` itself, or it is a serde type, a protobuf message, a pointer to one or a standard container of
/// them; that is found by its type. Where such a type stands in a container *beside* one that has only `State`
/// (`HashMap<Uuid, Account>`), a serde type goes into `hicam::Serde`, and messages get the derive from the build script:
/// `tonic_prost_build::configure().type_attribute(".", "#[derive(hicam::State)]")`.
///
/// # When the type changes
///
/// A newer build restores what an older one captured, by the names of types, fields and variants:
///
/// - Fields and variants may be in another order; variants may be added.
/// - A field may be added if it says what it is where the captured state lacks it: `#[hicam(default)]` (its type's `Default`) or
///   `#[hicam(default = path)]` (what the function answers). `#[hicam(default)]` on a struct takes each such field from the struct's
///   `Default`.
/// - A field may be removed; what was captured of it is passed over.
/// - What is renamed says so: `#[hicam(alias = "…")]` on a type, field or variant is a name that it had before, and
///   `#[hicam(rename = "…")]` the name that it keeps in the state.
/// - An integer may become a wider one (or a signed one if that is wider), an `f32` an `f64`, a `T` an `Option<T>`; and any type what is
///   captured alike: `Box<T>`, `Mutex<T>`, an atomic, another kind of list, set or map.
///
/// Anything else is refused, with the type and the field, before a running server gives anything up. Types that are captured through
/// serde follow serde's rules (`#[serde(default)]`, `#[serde(alias = "…")]`), messages those of protobuf.
///
/// # Drops
///
/// A local that is never mentioned again is captured only if its drop can be observed, which the fields say. Types that
/// contain each other in a circle cannot ask each other (the compiler reports a cycle at `ON_DROP`): put
/// `#[hicam(plain)]` on one of them, which says that its drop only frees memory.
///
/// What an `Rc` points to is dropped and made again whenever a function that holds it is captured, also where the process goes
/// on: a field with `#[hicam(skip)]` or `#[hicam(rebuild = …)]` in it is made anew then. If such a field's drop may run code, or
/// that of a field that is captured through serde, which cannot be seen into, the type is refused behind an `Rc`, unless
/// `#[hicam(plain)]` says that it only frees memory.
#[proc_macro_derive(State, attributes(hicam))]
pub fn derive_state(input: TokenStream) -> TokenStream {
    derive_state::expand(syn::parse_macro_input!(input as syn::DeriveInput)).into()
}
