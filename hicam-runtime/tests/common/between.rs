//! A destination of a migration that stands before a real one and loses or refuses what the test wants.

use super::management;
use hicam_protocol::{
    management::{
        CheckpointReport, CheckpointServerRequest, CommitMigrationReply, CommitMigrationRequest,
        CompareSchemaReply, CompareSchemaRequest, DescribeRequest, DiscardServerReply,
        DiscardServerRequest, ListThreadsReply, ListThreadsRequest, MigrateServerRequest,
        MigrationReport, ReceiveStateReply, RestoreServerRequest, ServerDescription,
        SetIntervalRequest, StartServerRequest, StateChunk, StopServerReply, StopServerRequest,
        management_client::ManagementClient,
        management_server::{Management, ManagementServer},
    },
    transport,
};
use tokio_stream::StreamExt as _;
use tonic::{Request, Response, Status, Streaming, transport::Channel};

/// What goes wrong between source and destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The state is not taken in.
    Refused,
    /// The commit never reaches the destination.
    CommitLost,
    /// The destination commits, but its answer never reaches the source.
    AnswerLost,
}

pub struct Between {
    fault: Fault,
    real: ManagementClient<Channel>,
}

/// Starts it before the process at `real`; answers its own address.
pub async fn start(fault: Fault, real: &str) -> String {
    let bound = transport::bind("127.0.0.1:0", false).await.unwrap();
    let address = bound.url();
    let between = Between {
        fault,
        real: management(real).await,
    };
    let server = tonic::transport::Server::builder().add_service(ManagementServer::new(between));
    tokio::spawn(server.serve_with_incoming(bound.incoming));
    address
}

fn lost<T>() -> Result<Response<T>, Status> {
    Err(Status::unavailable("lost on the way"))
}

#[tonic::async_trait]
impl Management for Between {
    async fn describe(
        &self,
        request: Request<DescribeRequest>,
    ) -> Result<Response<ServerDescription>, Status> {
        self.real.clone().describe(request.into_inner()).await
    }

    async fn compare_schema(
        &self,
        request: Request<CompareSchemaRequest>,
    ) -> Result<Response<CompareSchemaReply>, Status> {
        self.real.clone().compare_schema(request.into_inner()).await
    }

    async fn receive_state(
        &self,
        request: Request<Streaming<StateChunk>>,
    ) -> Result<Response<ReceiveStateReply>, Status> {
        if self.fault == Fault::Refused {
            return Err(Status::resource_exhausted("no room here"));
        }
        let chunks: Vec<_> = request.into_inner().collect::<Result<_, _>>().await?;
        let chunks = tokio_stream::iter(chunks);
        self.real.clone().receive_state(chunks).await
    }

    async fn commit_migration(
        &self,
        request: Request<CommitMigrationRequest>,
    ) -> Result<Response<CommitMigrationReply>, Status> {
        if self.fault == Fault::AnswerLost {
            let mut real = self.real.clone();
            real.commit_migration(request.into_inner()).await?;
        }
        lost()
    }

    async fn discard_server(
        &self,
        _: Request<DiscardServerRequest>,
    ) -> Result<Response<DiscardServerReply>, Status> {
        lost()
    }

    async fn start_server(
        &self,
        _: Request<StartServerRequest>,
    ) -> Result<Response<ServerDescription>, Status> {
        lost()
    }

    async fn restore_server(
        &self,
        _: Request<RestoreServerRequest>,
    ) -> Result<Response<ServerDescription>, Status> {
        lost()
    }

    async fn stop_server(
        &self,
        _: Request<StopServerRequest>,
    ) -> Result<Response<StopServerReply>, Status> {
        lost()
    }

    async fn checkpoint_server(
        &self,
        _: Request<CheckpointServerRequest>,
    ) -> Result<Response<CheckpointReport>, Status> {
        lost()
    }

    async fn set_interval(
        &self,
        _: Request<SetIntervalRequest>,
    ) -> Result<Response<ServerDescription>, Status> {
        lost()
    }

    async fn list_threads(
        &self,
        _: Request<ListThreadsRequest>,
    ) -> Result<Response<ListThreadsReply>, Status> {
        lost()
    }

    async fn migrate_server(
        &self,
        _: Request<MigrateServerRequest>,
    ) -> Result<Response<MigrationReport>, Status> {
        lost()
    }
}
