//! The checkpoint servers that run on this host: one for each class in the whole cluster.

use std::sync::Arc;

use hicam_protocol::{remex, transport};

use crate::{
    core::Core,
    error::{RemexError, Result},
    names,
    processes::{Kind, Launch, Life},
};

impl Core {
    /// Runs the class's checkpoint server here, unless one runs anywhere.
    pub(crate) async fn start_checkpoint_server(
        self: Arc<Self>,
        request: remex::StartCheckpointServerRequest,
    ) -> Result<remex::StartCheckpointServerReply> {
        self.check_running()?;
        let class = &request.class;
        names::check("class", class)?;
        let key = format!("checkpoint-server {class}");
        let _operation = self.operations.begin(
            &key,
            &format!("for the checkpoints of {class}"),
            "starting it",
        )?;
        if let Some(address) = self.running_checkpoint_server(class).await? {
            return Ok(remex::StartCheckpointServerReply {
                address,
                already_running: true,
            });
        }
        let binary = self.classes.find(class, "")?;
        let store = if request.store.is_empty() {
            let store = self.dir.join("checkpoints");
            tokio::fs::create_dir_all(&store)
                .await
                .map_err(RemexError::io("create", &store))?;
            store.into_os_string()
        } else {
            request.store.into()
        };
        let mut arguments = self.arguments(["checkpoint-server"]);
        arguments.push("--store".into());
        arguments.push(store);
        if request.keep != 0 {
            arguments.push("--keep".into());
            arguments.push(request.keep.to_string().into());
        }
        let launch = Launch {
            kind: Kind::CheckpointServer,
            binary,
            arguments,
            environment: self.environment(),
            server: None,
            place: None,
        };
        let (process, ready) = self.processes.start(launch).await?;
        tracing::info!(class, process = %process.id, address = %ready.address, "checkpoint server started");
        Ok(remex::StartCheckpointServerReply {
            address: ready.address,
            already_running: false,
        })
    }

    /// Where the class's checkpoint server answers, here or on another host.
    async fn running_checkpoint_server(&self, class: &str) -> Result<Option<String>> {
        for process in self.processes.list() {
            if process.kind == Kind::CheckpointServer
                && process.class == class
                && let Life::Ready(ready) = process.life()
            {
                return Ok(Some(ready.address));
            }
        }
        let Some(advert) = self.naming.checkpoint_server(class).await? else {
            return Ok(None);
        };
        // The advert of one that has died stays until its lease expires.
        let answers = transport::connect(&advert.address).await.is_ok();
        Ok(answers.then_some(advert.address))
    }
}
