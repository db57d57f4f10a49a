//! The management service: what remex, miman and the source of a migration ask of this process.

use super::{
    checkpointing,
    core::{Core, Phase},
    error::{Result as ServerResult, ServerError},
    gate::{Gate, Stand},
    lifecycle, migration, token,
};
use crate::transform::task::Live;
use hicam_protocol::management::{
    CheckpointReport, CheckpointServerRequest, CommitMigrationReply, CommitMigrationRequest,
    CompareSchemaReply, CompareSchemaRequest, DescribeRequest, DiscardServerReply,
    DiscardServerRequest, ListThreadsReply, ListThreadsRequest, MigrateServerRequest,
    MigrationReport, ReceiveStateReply, RestoreServerRequest, ServerDescription,
    SetIntervalRequest, StartServerRequest, StateChunk, StopServerReply, StopServerRequest, Thread,
    management_server,
};
use hicam_state::ClassSchema;
use std::{sync::Arc, time::Duration};
use tonic::{Request, Response, Status, Streaming};

/// Serves `hicam.management.v1.Management` for one server process.
pub(crate) struct Management {
    core: Arc<Core>,
}

impl Management {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// Does something in a task of its own: a caller that goes away must not leave it half done.
    async fn run<T, F, R>(&self, what: &'static str, work: F) -> Result<Response<T>, Status>
    where
        F: FnOnce(Arc<Core>) -> R,
        R: Future<Output = ServerResult<T>> + Send + 'static,
        T: Send + 'static,
    {
        let task = tokio::spawn(work(Arc::clone(&self.core)));
        let done = task.await.unwrap_or(Err(ServerError::Interrupted { what }));
        match done {
            Ok(value) => Ok(Response::new(value)),
            Err(error) => {
                tracing::warn!(error = error.chain(), "{what} failed");
                Err(error.into())
            }
        }
    }
}

#[tonic::async_trait]
impl management_server::Management for Management {
    async fn describe(
        &self,
        _: Request<DescribeRequest>,
    ) -> Result<Response<ServerDescription>, Status> {
        Ok(Response::new(self.core.describe()))
    }

    async fn compare_schema(
        &self,
        request: Request<CompareSchemaRequest>,
    ) -> Result<Response<CompareSchemaReply>, Status> {
        let theirs = ClassSchema::from_bytes(&request.into_inner().schema)
            .map_err(|error| Status::invalid_argument(format!("no schema: {error}")))?;
        let differences = self.core.class.schema().differences_to(&theirs);
        let differences = differences.iter().map(ToString::to_string).collect();
        Ok(Response::new(CompareSchemaReply { differences }))
    }

    async fn start_server(
        &self,
        request: Request<StartServerRequest>,
    ) -> Result<Response<ServerDescription>, Status> {
        let request = request.into_inner();
        self.run("starting", |core| async move {
            lifecycle::start(&core, request).await?;
            Ok(core.describe())
        })
        .await
    }

    async fn restore_server(
        &self,
        request: Request<RestoreServerRequest>,
    ) -> Result<Response<ServerDescription>, Status> {
        let request = request.into_inner();
        self.run("restoring", |core| async move {
            lifecycle::restore(&core, request).await?;
            Ok(core.describe())
        })
        .await
    }

    async fn stop_server(
        &self,
        request: Request<StopServerRequest>,
    ) -> Result<Response<StopServerReply>, Status> {
        let discard = request.into_inner().discard;
        self.run("stopping", move |core| async move {
            let checkpoint = lifecycle::stop(&core, discard).await?;
            // The gRPC server still sends the answers to calls that it has.
            core.exit(None);
            Ok(StopServerReply { checkpoint })
        })
        .await
    }

    async fn checkpoint_server(
        &self,
        _: Request<CheckpointServerRequest>,
    ) -> Result<Response<CheckpointReport>, Status> {
        self.run("taking a checkpoint", |core| async move {
            core.require(Phase::Serving, "only a serving server can be captured")?;
            checkpointing::checkpoint(&core).await
        })
        .await
    }

    async fn set_interval(
        &self,
        request: Request<SetIntervalRequest>,
    ) -> Result<Response<ServerDescription>, Status> {
        let interval = Duration::from_millis(request.into_inner().interval_ms.into());
        self.core.identity().interval = interval;
        self.core.interval_changes.send_replace(());
        if self.core.phase() != Phase::Standby {
            token::update_record(&self.core);
        }
        Ok(Response::new(self.core.describe()))
    }

    async fn list_threads(
        &self,
        _: Request<ListThreadsRequest>,
    ) -> Result<Response<ListThreadsReply>, Status> {
        let threads = self.core.gate.list();
        Ok(Response::new(ListThreadsReply { threads }))
    }

    async fn migrate_server(
        &self,
        request: Request<MigrateServerRequest>,
    ) -> Result<Response<MigrationReport>, Status> {
        let request = request.into_inner();
        self.run("migrating", |core| async move {
            let report = migration::migrate(&core, request).await?;
            core.exit(None);
            Ok(report)
        })
        .await
    }

    async fn receive_state(
        &self,
        request: Request<Streaming<StateChunk>>,
    ) -> Result<Response<ReceiveStateReply>, Status> {
        let chunks = request.into_inner();
        self.run("taking in a server", |core| async move {
            migration::receive(&core, chunks).await
        })
        .await
    }

    async fn commit_migration(
        &self,
        request: Request<CommitMigrationRequest>,
    ) -> Result<Response<CommitMigrationReply>, Status> {
        let request = request.into_inner();
        self.run("taking over a server", |core| async move {
            migration::commit(&core, request).await
        })
        .await
    }

    async fn discard_server(
        &self,
        request: Request<DiscardServerRequest>,
    ) -> Result<Response<DiscardServerReply>, Status> {
        let request = request.into_inner();
        self.run("discarding", |core| async move {
            migration::discard(&core, request).await?;
            Ok(DiscardServerReply {})
        })
        .await
    }
}

impl Gate {
    /// The active threads, calls and then tasks, and the calls that only wait for their answer's release.
    pub(crate) fn list(&self) -> Vec<Thread> {
        let tables = self.tables();
        let active = tables.active.values().map(|active| {
            let (state, stack) = match &active.stand {
                Stand::Running => ("running", active.position.describe().into_iter().collect()),
                Stand::Parked { frames, .. } => ("parked", frames.describe()),
            };
            (&active.call, state, stack)
        });
        let tasks = tables.tasks.live().map(task_row);
        let replying = tables
            .unreleased_calls()
            .map(|call| (call, "replying", Vec::new()));
        active
            .chain(replying)
            .map(|(call, state, stack)| Thread {
                client: call.client.clone().unwrap_or_default(),
                request: call.request,
                method: call.method.clone(),
                running_ms: u64::try_from(call.started.elapsed().as_millis()).unwrap_or(u64::MAX),
                state: state.to_owned(),
                stack,
                task: false,
            })
            .chain(tasks)
            .collect()
    }
}

/// A task as a thread: its number stands where that of a request would, and its function where a method would.
fn task_row(task: &Live) -> Thread {
    let (state, stack) = match task.frames() {
        None => ("running", task.position().into_iter().collect()),
        Some(frames) => ("parked", frames.describe()),
    };
    Thread {
        client: String::new(),
        request: task.number(),
        method: task.runs().to_string(),
        running_ms: u64::try_from(task.started().elapsed().as_millis()).unwrap_or(u64::MAX),
        state: state.to_owned(),
        stack,
        task: true,
    }
}
