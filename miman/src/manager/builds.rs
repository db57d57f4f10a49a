//! Other builds of a class: whether one can go on from a captured state, and moving a running server into one.

use std::path::Path;

use futures::{StreamExt as _, stream};
use hicam_protocol::{
    class_binary,
    remex::{CheckStateHeader, CheckStateRequest, check_state_request::Part},
};
use tokio::process::Command;

use super::Manager;
use crate::{
    error::{MimanError, Result},
    rpc,
    view::{Check, Migration},
};

/// Bytes in one message; gRPC allows 4 MiB.
const CHUNK: usize = 1 << 20;

impl Manager {
    /// Moves a running server, with its calls in progress, into another build of its class: on the host it is on, or on
    /// another. Its clients notice nothing.
    ///
    /// The binary is installed first, on every host whose processor it is for, and becomes the one with which servers of
    /// the class are started.
    ///
    /// # Errors
    /// As [`Manager::install`] and [`Manager::migrate`]; [`MimanError::Remote`] if the build cannot go on with the running
    /// server's state: the server goes on in the build that it is in.
    pub async fn upgrade(
        &self,
        server: &str,
        binary: &Path,
        host: Option<&str>,
    ) -> Result<Migration> {
        let running = self.locate(server).await?;
        let destination = self.host(host.unwrap_or(&running.host)).await?;
        let binary = self
            .read_binary(binary, Some(&running.record.class))
            .await?;
        binary.check_host(&destination)?;
        self.install_binary(&binary).await?;
        self.move_to(running, destination, binary.hash).await
    }

    /// Whether a binary on this machine can go on from a checkpoint: the name of a file, or `SERVER` or `SERVER@SEQUENCE` for a
    /// stored one.
    ///
    /// # Errors
    /// [`MimanError::NotExecutable`], [`MimanError::NotAClass`], [`MimanError::File`]; as [`Manager::fetch_checkpoint`];
    /// [`MimanError::Remote`] if the binary does not say.
    pub async fn check(&self, binary: &Path, checkpoint: &str) -> Result<Check> {
        let state = self.state(checkpoint).await?;
        let binary = super::classes::check_executable(binary)?;
        self.observer
            .step(format!("having {} take in the state", binary.display()));
        let action = format!("checking {checkpoint} with {}", binary.display());
        let failed = |message: String| MimanError::Remote {
            action: action.clone(),
            message,
            retryable: false,
        };
        let answer = async {
            class_binary::Check::begin(Command::new(&binary))?
                .answer(&state)
                .await
        };
        let answer = answer.await.map_err(|error| failed(error.to_string()))?;
        read_report(answer.report.as_bytes())
            .map_err(|_| failed(format!("it ended with {}", answer.ended)))
    }

    /// Whether a migration of a running server to a host would find a build there that can go on with its state. A
    /// checkpoint is taken; the server goes on where it is.
    ///
    /// # Errors
    /// As [`Manager::migrate`] before it begins, [`Manager::checkpoint`] and [`Manager::fetch_checkpoint`].
    pub async fn migrate_dry_run(&self, server: &str, host: &str) -> Result<Check> {
        let running = self.locate(server).await?;
        let name = running.record.full_name();
        let destination = self.host(host).await?;
        super::hosts::check_room(&destination)?;
        if running.host == destination.host {
            return Err(MimanError::AlreadyThere {
                server: name,
                host: running.host,
            });
        }
        let source = self.advert(&running.host).await?;
        let taken = self.checkpoint(&running.record.uuid).await?;
        let state = self
            .fetch_checkpoint(&running.record.uuid, taken.sequence)
            .await?;
        self.observer
            .step(format!("having {host} take in the state of {name}"));
        let header = CheckStateRequest {
            part: Some(Part::Header(CheckStateHeader {
                class: running.record.class.clone(),
                hash: running.record.hash.clone(),
                source: source.address.clone(),
            })),
        };
        let state = bytes::Bytes::from(state);
        let data = stream::iter((0..state.len()).step_by(CHUNK)).map(move |start| {
            let end = state.len().min(start + CHUNK);
            CheckStateRequest {
                part: Some(Part::Data(state.slice(start..end))),
            }
        });
        let action = format!("checking whether `{name}` can move to host `{host}`");
        let reply = rpc::remex(&destination.host, &destination.address)
            .await?
            .check_state(stream::iter([header]).chain(data))
            .await
            .map_err(rpc::failed(action.clone()))?
            .into_inner();
        read_report(reply.report.as_bytes()).map_err(|error| MimanError::Remote {
            action,
            message: format!("its report is something else ({error})"),
            retryable: false,
        })
    }

    /// The bytes of a checkpoint that a user has named.
    async fn state(&self, checkpoint: &str) -> Result<Vec<u8>> {
        let file = Path::new(checkpoint);
        if file.is_file() {
            return tokio::fs::read(file)
                .await
                .map_err(|cause| MimanError::File {
                    action: "read",
                    path: file.to_owned(),
                    cause,
                });
        }
        let (server, sequence) = match checkpoint.rsplit_once('@') {
            Some((server, sequence)) => match sequence.parse() {
                Ok(sequence) => (server, sequence),
                Err(_) => (checkpoint, 0),
            },
            None => (checkpoint, 0),
        };
        self.fetch_checkpoint(server, sequence).await
    }
}

fn read_report(report: &[u8]) -> serde_json::Result<Check> {
    serde_json::from_slice(report)
}
