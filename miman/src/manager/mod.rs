//! [`Manager`]: one function for each thing that can be done to a cluster.

mod builds;
mod checkpoints;
mod classes;
mod deploy;
mod hosts;
mod migrate;
mod servers;

use hicam_protocol::naming::{NameService, NamingError, ServerRecord};

pub use self::{
    deploy::{DeployRequest, StoreRequest},
    servers::StartRequest,
};
use crate::{
    error::{MimanError, Result},
    progress::Observer,
    rpc,
};

/// A cluster, as seen through its name service; cheap to clone.
///
/// A `server` argument is a UUID, `class/name`, or the class alone if it has exactly one server.
/// Nothing here decides whether or where a server should run: that is a policy's matter.
#[derive(Clone)]
pub struct Manager {
    names: NameService,
    observer: Observer,
}

impl std::fmt::Debug for Manager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Manager")
            .field("endpoints", &self.names.endpoints())
            .finish_non_exhaustive()
    }
}

impl Manager {
    /// Connects to the name service at `endpoints`, comma-separated, such as `http://127.0.0.1:2379`.
    ///
    /// # Errors
    /// [`MimanError::NameServiceDown`]; [`MimanError::NameService`] for endpoints that are none.
    pub async fn connect(endpoints: &str) -> Result<Self> {
        let names = NameService::connect(endpoints)
            .await
            .map_err(|error| rpc::naming(endpoints, error))?;
        Ok(Self {
            names,
            observer: Observer::default(),
        })
    }

    /// The same manager; its long operations tell `observer` how they get on.
    #[must_use]
    pub fn observed(mut self, observer: Observer) -> Self {
        self.observer = observer;
        self
    }

    /// The name service, for what this library has no function for.
    #[must_use]
    pub fn names(&self) -> &NameService {
        &self.names
    }

    fn naming(&self) -> impl Fn(NamingError) -> MimanError + '_ {
        |error| rpc::naming(self.names.endpoints(), error)
    }

    /// The record of the server that `server` means.
    ///
    /// # Errors
    /// [`MimanError::UnknownServer`], [`MimanError::AmbiguousServer`]; the name service's errors.
    pub async fn resolve(&self, server: &str) -> Result<ServerRecord> {
        let is_class = !server.contains('/') && uuid::Uuid::try_parse(server).is_err();
        if !is_class {
            return match self.names.resolve(server).await {
                // What cannot be a name is not the name of any server.
                Err(NamingError::InvalidName { .. }) => Err(MimanError::UnknownServer {
                    server: server.to_owned(),
                }),
                other => other.map_err(self.naming()),
            };
        }
        let mut of_class: Vec<_> = self
            .names
            .servers()
            .await
            .map_err(self.naming())?
            .into_iter()
            .filter(|record| record.class == server)
            .collect();
        match (of_class.pop(), of_class.is_empty()) {
            (Some(record), true) => Ok(record),
            (Some(record), false) => {
                of_class.push(record);
                let mut servers: Vec<_> = of_class.iter().map(ServerRecord::full_name).collect();
                servers.sort();
                Err(MimanError::AmbiguousServer {
                    class: server.to_owned(),
                    servers,
                })
            }
            (None, _) => Err(MimanError::UnknownServer {
                server: server.to_owned(),
            }),
        }
    }
}
