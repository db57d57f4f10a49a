//! The daemon's gRPC service: each request is handed to the part that does it.

use std::sync::Arc;

use hicam_protocol::remex::{self, remex_server::Remex};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use crate::{core::Core, migration, processes::Ready, transfer};

type Answer<T> = Result<Response<T>, Status>;

/// The gRPC service of the daemon.
pub(crate) struct Service {
    core: Arc<Core>,
}

impl Service {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { core }
    }
}

#[tonic::async_trait]
impl Remex for Service {
    type FetchClassStream = ReceiverStream<Result<remex::FetchClassReply, Status>>;
    type MigrateServerStream = ReceiverStream<Result<remex::MigrationProgress, Status>>;

    async fn describe(&self, _: Request<remex::DescribeRequest>) -> Answer<remex::HostDescription> {
        Ok(Response::new(self.core.description()))
    }

    async fn install_class(
        &self,
        request: Request<Streaming<remex::InstallClassRequest>>,
    ) -> Answer<remex::InstallClassReply> {
        self.core.check_running()?;
        let already_there = transfer::receive(&self.core.classes, request.into_inner()).await?;
        self.core.changed.notify_one();
        Ok(Response::new(remex::InstallClassReply { already_there }))
    }

    async fn fetch_class(
        &self,
        request: Request<remex::FetchClassRequest>,
    ) -> Answer<Self::FetchClassStream> {
        let request = request.into_inner();
        let installed = self.core.classes.find(&request.class, &request.hash)?;
        Ok(Response::new(transfer::send(installed).await?))
    }

    async fn start_server(
        &self,
        request: Request<remex::StartServerRequest>,
    ) -> Answer<remex::ServerProcess> {
        let operation = self.core.clone().start_server(request.into_inner());
        let started = self.core.detached(operation).await?;
        self.core.changed.notify_one();
        Ok(Response::new(started))
    }

    async fn stop_server(
        &self,
        request: Request<remex::StopServerRequest>,
    ) -> Answer<remex::StopServerReply> {
        let operation = self.core.clone().stop_server(request.into_inner());
        let stopped = self.core.detached(operation).await?;
        self.core.changed.notify_one();
        Ok(Response::new(stopped))
    }

    async fn list_servers(
        &self,
        _: Request<remex::ListServersRequest>,
    ) -> Answer<remex::ListServersReply> {
        let servers = self.core.list_servers().await;
        Ok(Response::new(remex::ListServersReply { servers }))
    }

    async fn start_checkpoint_server(
        &self,
        request: Request<remex::StartCheckpointServerRequest>,
    ) -> Answer<remex::StartCheckpointServerReply> {
        let operation = self
            .core
            .clone()
            .start_checkpoint_server(request.into_inner());
        Ok(Response::new(self.core.detached(operation).await?))
    }

    async fn migrate_server(
        &self,
        request: Request<remex::MigrateServerRequest>,
    ) -> Answer<Self::MigrateServerStream> {
        let progress: migration::Progress = self
            .core
            .clone()
            .migrate_server(request.into_inner())
            .await?;
        Ok(Response::new(ReceiverStream::new(progress)))
    }

    async fn check_state(
        &self,
        request: Request<Streaming<remex::CheckStateRequest>>,
    ) -> Answer<remex::CheckStateReply> {
        self.core.check_running()?;
        let reply = self.core.check_state(request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn prepare_migration(
        &self,
        request: Request<remex::PrepareMigrationRequest>,
    ) -> Answer<remex::PrepareMigrationReply> {
        // Not detached: a source that goes away does not want it any more.
        let reply = self
            .core
            .clone()
            .prepare_migration(request.into_inner())
            .await?;
        Ok(Response::new(reply))
    }

    async fn abort_migration(
        &self,
        request: Request<remex::AbortMigrationRequest>,
    ) -> Answer<remex::AbortMigrationReply> {
        let operation = self.core.clone().abort_migration(request.into_inner());
        Ok(Response::new(self.core.detached(operation).await?))
    }

    async fn report_ready(
        &self,
        request: Request<remex::ReportReadyRequest>,
    ) -> Answer<remex::ReportReadyReply> {
        let request = request.into_inner();
        let ready = Ready {
            address: request.address,
            class: request.class,
            schema_fingerprint: request.schema_fingerprint,
        };
        self.core.processes.report(&request.process, ready)?;
        Ok(Response::new(remex::ReportReadyReply {}))
    }
}
