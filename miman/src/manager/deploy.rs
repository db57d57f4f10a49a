//! Deployment: a binary becomes a server that runs, with a checkpoint server for its class.

use std::path::{Path, PathBuf};

use hicam_protocol::{remex::StartCheckpointServerRequest, transport};

use super::{Manager, StartRequest};
use crate::{
    error::{MimanError, Result},
    rpc,
    view::{CheckpointServer, Deployment, Host},
};

/// What to deploy, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeployRequest {
    /// The class's binary.
    pub binary: PathBuf,
    /// The class that it must say it is; none: whichever it says.
    pub class: Option<String>,
    /// The server's name; empty: `main`.
    pub name: String,
    /// The host to start it on; none: the one with the least to do.
    pub host: Option<String>,
    /// The interval of automatic checkpoints: none leaves it to the binary, `Some(None)` switches them off.
    pub interval: Option<Option<std::time::Duration>>,
    /// The class's checkpoint server, if it is not running yet.
    pub store: StoreRequest,
}

/// How to run a class's checkpoint server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoreRequest {
    /// The host; none: one that the server itself is not on, if there is any.
    pub host: Option<String>,
    /// Where it keeps checkpoints: a directory, `file:…`, `s3://…` or `memory:`; none: the host's default.
    pub store: Option<String>,
    /// How many checkpoints of each server it keeps; none: its default.
    pub keep: Option<u32>,
}

impl Manager {
    /// Installs a binary on every host whose processor it is for, starts its class's checkpoint server when none runs,
    /// and starts a server.
    ///
    /// # Errors
    /// Those of [`Manager::install`], [`Manager::start_checkpoint_server`] and [`Manager::start`]. What can be
    /// checked beforehand is: after such an error nothing has been changed.
    pub async fn deploy(&self, request: &DeployRequest) -> Result<Deployment> {
        let binary = self
            .read_binary(&request.binary, request.class.as_deref())
            .await?;
        let start = StartRequest {
            class: binary.class.clone(),
            name: if request.name.is_empty() {
                "main".to_owned()
            } else {
                request.name.clone()
            },
            host: request.host.clone(),
            interval: request.interval,
        };
        self.check_name_is_free(&start.class, &start.name).await?;
        if let Some(host) = &request.host {
            let host = self.host(host).await?;
            super::hosts::check_room(&host)?;
            binary.check_host(&host)?;
        }
        if let Some(host) = &request.store.host {
            self.advert(host).await?;
        }
        let installed = self.install_binary(&binary).await?;
        let host = self.room_for(&start.class, start.host.as_deref()).await?;
        let checkpoint_server = self
            .checkpoint_server_for(&start.class, &request.store, Some(&host.host))
            .await?;
        let started = self
            .start(&StartRequest {
                host: Some(host.host),
                ..start
            })
            .await?;
        Ok(Deployment {
            started,
            installed,
            checkpoint_server,
        })
    }

    /// Starts a class's checkpoint server unless one is running.
    ///
    /// # Errors
    /// [`MimanError::OtherStore`] if one is running and stores somewhere else than `request` says;
    /// [`MimanError::ClassNotInstalled`], [`MimanError::UnknownHost`]; the host's refusal, such as a store that is
    /// read-only.
    pub async fn start_checkpoint_server(
        &self,
        class: &str,
        request: &StoreRequest,
    ) -> Result<CheckpointServer> {
        self.checkpoint_server_for(class, request, None).await
    }

    async fn checkpoint_server_for(
        &self,
        class: &str,
        request: &StoreRequest,
        server_on: Option<&str>,
    ) -> Result<CheckpointServer> {
        let store = request
            .store
            .as_deref()
            .map(absolute_store)
            .transpose()?
            .unwrap_or_default();
        let running = self
            .names
            .checkpoint_server(class)
            .await
            .map_err(self.naming())?;
        // The advert of one that has died stays until its lease runs out.
        let running = match running {
            Some(advert) if transport::connect(&advert.address).await.is_ok() => Some(advert),
            _ => None,
        };
        if let Some(advert) = running {
            if !store.is_empty() && !same_store(&store, &advert.store) {
                return Err(MimanError::OtherStore {
                    class: class.to_owned(),
                    host: advert.host,
                    store: advert.store,
                });
            }
            return Ok(CheckpointServer {
                class: class.to_owned(),
                address: advert.address,
                host: advert.host,
                store: advert.store,
                already_running: true,
            });
        }
        let host = self
            .checkpoint_host(class, request.host.as_deref(), server_on)
            .await?;
        self.observer.step(format!(
            "starting the checkpoint server of {class} on {}",
            host.host
        ));
        let reply = rpc::remex(&host.host, &host.address)
            .await?
            .start_checkpoint_server(StartCheckpointServerRequest {
                class: class.to_owned(),
                store: store.clone(),
                keep: request.keep.unwrap_or(0),
            })
            .await
            .map_err(rpc::failed(format!(
                "starting the checkpoint server of class `{class}` on host `{}`",
                host.host
            )))?
            .into_inner();
        let advert = self
            .names
            .checkpoint_server(class)
            .await
            .map_err(self.naming())?;
        Ok(CheckpointServer {
            class: class.to_owned(),
            address: reply.address,
            host: host.host,
            store: advert.map_or(store, |advert| advert.store),
            already_running: reply.already_running,
        })
    }

    /// The host asked for; else one other than the server's, so that losing that host does not lose both.
    async fn checkpoint_host(
        &self,
        class: &str,
        wanted: Option<&str>,
        server_on: Option<&str>,
    ) -> Result<Host> {
        if let Some(wanted) = wanted {
            let host = self.host(wanted).await?;
            super::hosts::check_class(&host, class)?;
            return Ok(host);
        }
        let hosts = self.hosts().await?;
        if hosts.is_empty() {
            return Err(MimanError::NoHosts);
        }
        hosts
            .into_iter()
            .filter(|host| host.state == "up" && super::hosts::check_class(host, class).is_ok())
            .min_by_key(|host| (Some(host.host.as_str()) == server_on, host.servers))
            .ok_or_else(|| MimanError::ClassNotInstalled {
                class: class.to_owned(),
                host: None,
            })
    }
}

/// A directory is made absolute here: the daemon that opens it has another current directory.
fn absolute_store(store: &str) -> Result<String> {
    if store.contains(':') {
        return Ok(store.to_owned());
    }
    let path = Path::new(store);
    std::path::absolute(path)
        .map(|path| path.display().to_string())
        .map_err(|cause| MimanError::File {
            action: "find",
            path: path.to_owned(),
            cause,
        })
}

fn same_store(a: &str, b: &str) -> bool {
    fn bare(store: &str) -> &str {
        store
            .strip_prefix("file://")
            .or_else(|| store.strip_prefix("file:"))
            .unwrap_or(store)
            .trim_end_matches('/')
    }
    bare(a) == bare(b)
}
