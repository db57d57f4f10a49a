//! After a daemon was killed: finding the processes that it has left running, so that they can be managed again.

use std::sync::Arc;

use futures::future::join_all;
use hicam_protocol::management::Phase;
use rustix::process::Signal;

use crate::{
    core::Core,
    error::{Result, chain},
    peers,
    processes::{Kind, Ready, Record, Role, Running},
};

impl Core {
    /// Takes over what an earlier daemon in this directory has left running, and forgets what has ended.
    pub(crate) async fn recover(self: &Arc<Self>) -> Result<()> {
        let mut found = Vec::new();
        for record in self.processes.records()? {
            match (record.find(), record.ready.clone()) {
                (Some(running), Some(ready)) => found.push((record, running, ready)),
                (Some(running), None) => {
                    // Whoever wanted it does not wait for it any more, and it can report to nobody.
                    if let Err(error) = running.send(Signal::KILL) {
                        tracing::debug!(process = %record.id, %error, "a process that was being started is not killed");
                    }
                    self.processes.bury(&record);
                }
                (None, _) => self.processes.bury(&record),
            }
        }
        join_all(
            found
                .into_iter()
                .map(|(record, running, ready)| self.take_over(record, running, ready)),
        )
        .await;
        Ok(())
    }

    async fn take_over(self: &Arc<Self>, record: Record, running: Running, ready: Ready) {
        let (place, role) = match record.kind {
            // It may be more than the capacity of today; what runs is not stopped for that.
            Kind::Server => (
                self.places.clone().try_acquire_owned().ok(),
                self.role_of(&record, &ready).await,
            ),
            Kind::CheckpointServer => (None, Role::Serving),
        };
        let uuid = record.uuid.clone();
        let process = self.processes.adopt(record, ready, role, running, place);
        tracing::info!(process = %process.id, pid = process.pid(), kind = ?process.kind, ?role, "found running");
        if process.kind == Kind::CheckpointServer {
            return;
        }
        let core = self.clone();
        match role {
            Role::Serving => {}
            // Its migration may still be committed; if it is not, nobody else discards it.
            Role::Standby => {
                self.tracker
                    .spawn(async move { core.supervise(String::new(), uuid, process).await });
            }
            Role::Moved => {
                self.tracker
                    .spawn(async move { process.reap(core.timing.stop).await });
            }
        }
    }

    /// What the process itself says that it is.
    async fn role_of(&self, record: &Record, ready: &Ready) -> Role {
        match peers::describe(&ready.address, self.timing.question).await {
            Ok(described) if described.process == record.id => match described.phase() {
                Phase::Standby | Phase::Unspecified => Role::Standby,
                Phase::Moved => Role::Moved,
                Phase::Serving | Phase::Withdrawn | Phase::Stopping | Phase::Fenced => {
                    Role::Serving
                }
            },
            // It hangs. As a server it is not discarded, and can be killed by whoever decides that.
            Ok(described) => {
                tracing::warn!(process = %record.id, address = %ready.address, found = %described.process, "another process answers at its address");
                Role::Serving
            }
            Err(status) => {
                tracing::warn!(process = %record.id, address = %ready.address, error = %chain(&status), "a process that was left running does not answer");
                Role::Serving
            }
        }
    }
}
