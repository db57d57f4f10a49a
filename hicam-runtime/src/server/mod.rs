//! The server side of the runtime: a user's tonic services under a thread monitor, captured, restored and moved.
//!
//! - `gate`: the one lock: admission, thread monitor, reply table; `clients` says whom it has forgotten; `layer` puts it before the user's services,
//!   `thread` inside their handlers; `tasks` runs what these spawn.
//! - `quiesce`, `capture`, `checkpointing`: from a running server to a stable checkpoint.
//! - `token`, `lifecycle`, `migration`: who may run the server, and how that passes on.
//! - `management`: the gRPC service through which all of this is asked for.

mod calls;
mod capture;
mod check;
mod checkpointing;
mod class;
mod clients;
mod core;
mod error;
mod gate;
mod layer;
mod lifecycle;
mod management;
mod migration;
mod options;
mod quiesce;
mod reply;
mod running;
mod store;
mod tasks;
pub mod thread;
mod token;

use class::{Definition, Moment};
use http::{Request, Response};
use std::{convert::Infallible, fmt, sync::Arc};
use tonic::{body::Body, server::NamedService};

pub use self::core::Phase;
pub use class::Conformist;
pub use error::ServerError;
pub use options::{
    DEFAULT_FORGET_CLIENTS, DEFAULT_INTERVAL, DEFAULT_QUIESCE, Durability, Role, ServerOptions,
};
pub use reply::{Header, StoredReply};
pub use running::Running;

/// A server process of class `T` that is about to run: its services, its first state, its hooks.
///
/// `#[hicam::main(T)]` makes one and gives it to the user's `main`.
///
/// ```text
/// #[hicam::main(Bank)]
/// async fn main(server: hicam::Server<Bank>) -> anyhow::Result<()> {
///     server.service(bank_server::BankServer::from_arc).run().await
/// }
/// ```
pub struct Server<T, I = FromDefault> {
    options: ServerOptions,
    definition: Definition<T>,
    initial: I,
    descriptors: Vec<&'static [u8]>,
}

/// The first state of a server that is started fresh is `T::default()`.
#[derive(Clone, Copy, Debug, Default)]
pub struct FromDefault;

/// The first state of a server that is started fresh is what a function makes.
#[derive(Clone, Copy, Debug)]
pub struct FromFunction<F>(F);

/// How the first state of a fresh server is made.
#[diagnostic::on_unimplemented(
    message = "the first state of `{T}` is not given",
    note = "implement `Default` for `{T}`, or call `server.state_with(|| …)`"
)]
pub trait Initial<T>: Send + Sync + 'static {
    /// Makes it.
    fn make(&self) -> T;
}

impl<T: Default> Initial<T> for FromDefault {
    fn make(&self) -> T {
        T::default()
    }
}

impl<T, F: Fn() -> T + Send + Sync + 'static> Initial<T> for FromFunction<F> {
    fn make(&self) -> T {
        (self.0)()
    }
}

impl<T, I> fmt::Debug for Server<T, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl<T: Conformist> Server<T> {
    /// A server process with these settings.
    #[must_use]
    pub fn new(options: ServerOptions) -> Self {
        Self {
            options,
            definition: Definition::new(),
            initial: FromDefault,
            descriptors: Vec::new(),
        }
    }
}

impl<T: Conformist, I> Server<T, I> {
    /// Adds a tonic service over the server's state, such as `BankServer::from_arc`.
    ///
    /// The closure is called once the state is known: at a fresh start, after a restore, after a migration. Calls of
    /// streaming methods work where request and response stream are finite; they are kept whole in memory.
    #[must_use]
    pub fn service<S, F>(mut self, make: F) -> Self
    where
        F: Fn(Arc<T>) -> S + Send + Sync + 'static,
        S: tower::Service<Request<Body>, Response = Response<Body>, Error = Infallible>
            + NamedService
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        self.definition.add_service(make);
        self
    }

    /// Makes the state of a fresh server by this function instead of `T::default()`.
    #[must_use]
    pub fn state_with<F: Fn() -> T + Send + Sync + 'static>(
        self,
        make: F,
    ) -> Server<T, FromFunction<F>> {
        Server {
            options: self.options,
            definition: self.definition,
            initial: FromFunction(make),
            descriptors: self.descriptors,
        }
    }

    /// Runs before each capture, when every call is parked: empties what must not be in two processes.
    #[must_use]
    pub fn before_capture<F, R>(mut self, hook: F) -> Self
    where
        F: Fn(Arc<T>) -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        self.definition.add_hook(Moment::BeforeCapture, hook);
        self
    }

    /// Runs after a restore or migration, before any call goes on: seeds generators anew, drops cached credentials.
    #[must_use]
    pub fn after_restore<F, R>(mut self, hook: F) -> Self
    where
        F: Fn(Arc<T>) -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        self.definition.add_hook(Moment::AfterRestore, hook);
        self
    }

    /// Runs when the server is stopped, after its final checkpoint; not when it moves, for it goes on then.
    #[must_use]
    pub fn on_stop<F, R>(mut self, hook: F) -> Self
    where
        F: Fn(Arc<T>) -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        self.definition.add_hook(Moment::Stop, hook);
        self
    }

    /// Adds an encoded `FileDescriptorSet` of the user's services to gRPC reflection.
    #[must_use]
    pub fn reflect(mut self, descriptor_set: &'static [u8]) -> Self {
        self.descriptors.push(descriptor_set);
        self
    }

    /// Listens and becomes what the options say; signals are left alone.
    ///
    /// # Errors
    /// [`ServerError`] when it cannot listen, reach the name service, or start.
    pub async fn start(self) -> Result<Running, ServerError>
    where
        I: Initial<T>,
    {
        let initial = self.initial;
        let class = self.definition.complete(move || initial.make());
        running::start(self.options, Box::new(class), self.descriptors).await
    }

    /// Serves until the server is stopped, has moved, or SIGTERM or SIGINT comes; SIGUSR1 takes a checkpoint.
    ///
    /// # Errors
    /// Those of [`start`](Self::start), and whatever ended the server against its will.
    pub async fn run(self) -> anyhow::Result<()>
    where
        I: Initial<T>,
    {
        let running = self.start().await?;
        running.wait_with_signals().await?;
        Ok(())
    }
}
