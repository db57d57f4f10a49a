//! A server class with its types erased: how its state is made, captured, restored and served.

use super::{
    core::Core,
    layer::{ConformistLayer, Inner},
};
use futures::future::BoxFuture;
use hicam_state::{Capture, ClassSchema, DecodeError, EncodeError, Restore, State, Value};
use http::{Request, Response};
use std::{collections::HashMap, convert::Infallible, marker::PhantomData, sync::Arc};
use tonic::{body::Body, server::NamedService, service::RoutesBuilder};
use tower::{Service, util::BoxCloneSyncService};

/// A server's own data, of a class with a name; `#[hicam::conformist(class = "…")]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a conformist server",
    label = "this type has no class name",
    note = "put `#[hicam::conformist(class = \"…\")]` on the impl of its tonic service trait"
)]
pub trait Conformist: State + Send + Sync {
    /// The class's name, as in `class/name`.
    const CLASS: &'static str;

    /// What the class's state looks like.
    fn schema() -> ClassSchema {
        ClassSchema::of::<Self>(Self::CLASS)
    }
}

/// Where in a server's life a user's own code can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Every thread is parked; the state is about to be captured.
    BeforeCapture,
    /// The state has been restored; no thread has gone on yet.
    AfterRestore,
    /// The process is about to exit.
    Stop,
}

/// A class that servers can be made of.
pub(crate) trait Class: Send + Sync {
    fn name(&self) -> &'static str;
    fn schema(&self) -> ClassSchema;
    fn fresh(&self) -> Arc<dyn Instance>;
    fn restore(&self, globals: &Value, restore: &Restore)
    -> Result<Arc<dyn Instance>, DecodeError>;
    /// Puts the services behind their layers on the tonic server.
    fn mount(&self, core: &Arc<Core>, routes: &mut RoutesBuilder);
    fn services(&self) -> Vec<&'static str>;
}

/// One server's state and the services on it.
pub(crate) trait Instance: Send + Sync {
    fn capture(&self, cut: &mut Capture) -> Result<Value, EncodeError>;
    /// The state as a shared object, if anything captured points to it.
    fn capture_shared(&self, cut: &mut Capture) -> Result<Option<Value>, EncodeError>;
    /// The service of this method's path.
    fn service(&self, method: &str) -> Option<Inner>;
    fn run_hooks(&self, moment: Moment) -> BoxFuture<'static, ()>;
}

type Hook<T> = Arc<dyn Fn(Arc<T>) -> BoxFuture<'static, ()> + Send + Sync>;

/// What a user has said about a class before it runs.
pub(crate) struct Definition<T> {
    services: Vec<Box<dyn Mount<T>>>,
    hooks: Vec<(Moment, Hook<T>)>,
}

impl<T: Conformist> Definition<T> {
    pub(crate) fn new() -> Self {
        Self {
            services: Vec::new(),
            hooks: Vec::new(),
        }
    }

    pub(crate) fn add_service<S, F>(&mut self, make: F)
    where
        F: Fn(Arc<T>) -> S + Send + Sync + 'static,
        S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>
            + NamedService
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        self.services.push(Box::new(ServiceOf {
            make,
            service: PhantomData,
        }));
    }

    pub(crate) fn add_hook<F, R>(&mut self, moment: Moment, hook: F)
    where
        F: Fn(Arc<T>) -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        self.hooks
            .push((moment, Arc::new(move |state| Box::pin(hook(state)))));
    }

    /// The whole class, with the function that makes the first state of a fresh server.
    pub(crate) fn complete(
        self,
        initial: impl Fn() -> T + Send + Sync + 'static,
    ) -> impl Class + 'static {
        Complete {
            definition: self,
            initial: Box::new(initial),
        }
    }

    fn instance(&self, state: Arc<T>) -> Arc<dyn Instance> {
        let services = self.services.iter();
        Arc::new(InstanceOf {
            services: services
                .map(|service| (service.name(), service.build(&state)))
                .collect(),
            hooks: self.hooks.clone(),
            state,
        })
    }
}

/// A [`Definition`] that also says how the first state is made.
struct Complete<T> {
    definition: Definition<T>,
    initial: Box<dyn Fn() -> T + Send + Sync>,
}

impl<T: Conformist> Class for Complete<T> {
    fn name(&self) -> &'static str {
        T::CLASS
    }

    fn schema(&self) -> ClassSchema {
        T::schema()
    }

    fn fresh(&self) -> Arc<dyn Instance> {
        self.definition.instance(Arc::new((self.initial)()))
    }

    fn restore(
        &self,
        globals: &Value,
        restore: &Restore,
    ) -> Result<Arc<dyn Instance>, DecodeError> {
        let state = if restore.is_shared(globals) {
            restore.value::<Arc<T>>(globals)?
        } else {
            Arc::new(restore.value::<T>(globals)?)
        };
        Ok(self.definition.instance(state))
    }

    fn mount(&self, core: &Arc<Core>, routes: &mut RoutesBuilder) {
        for service in &self.definition.services {
            service.mount(core, routes);
        }
    }

    fn services(&self) -> Vec<&'static str> {
        let services = self.definition.services.iter();
        services.map(|service| service.name()).collect()
    }
}

trait Mount<T>: Send + Sync {
    fn name(&self) -> &'static str;
    fn mount(&self, core: &Arc<Core>, routes: &mut RoutesBuilder);
    fn build(&self, state: &Arc<T>) -> Inner;
}

struct ServiceOf<F, S> {
    make: F,
    service: PhantomData<fn() -> S>,
}

impl<T, F, S> Mount<T> for ServiceOf<F, S>
where
    F: Fn(Arc<T>) -> S + Send + Sync + 'static,
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>
        + NamedService
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send + 'static,
{
    fn name(&self) -> &'static str {
        S::NAME
    }

    fn mount(&self, core: &Arc<Core>, routes: &mut RoutesBuilder) {
        routes.add_service(ConformistLayer::<S>::new(Arc::clone(core)));
    }

    fn build(&self, state: &Arc<T>) -> Inner {
        BoxCloneSyncService::new((self.make)(Arc::clone(state)))
    }
}

struct InstanceOf<T> {
    state: Arc<T>,
    services: HashMap<&'static str, Inner>,
    hooks: Vec<(Moment, Hook<T>)>,
}

impl<T: Conformist> Instance for InstanceOf<T> {
    fn capture(&self, cut: &mut Capture) -> Result<Value, EncodeError> {
        cut.value(&*self.state)
    }

    fn capture_shared(&self, cut: &mut Capture) -> Result<Option<Value>, EncodeError> {
        if cut.knows(&self.state) {
            cut.value(&self.state).map(Some)
        } else {
            Ok(None)
        }
    }

    fn service(&self, method: &str) -> Option<Inner> {
        let name = method.strip_prefix('/')?.split('/').next()?;
        self.services.get(name).cloned()
    }

    fn run_hooks(&self, moment: Moment) -> BoxFuture<'static, ()> {
        let hooks: Vec<_> = self
            .hooks
            .iter()
            .filter(|(at, _)| *at == moment)
            .map(|(_, hook)| hook(Arc::clone(&self.state)))
            .collect();
        Box::pin(async move {
            for hook in hooks {
                hook.await;
            }
        })
    }
}
