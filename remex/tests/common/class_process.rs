//! A process that answers as a class's does, made of the test program itself: it serves `Management`.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use hicam_protocol::{
    management::{
        self as wire, Phase, ServerDescription,
        management_server::{Management, ManagementServer},
    },
    remex::{ReportReadyRequest, remex_client::RemexClient},
    transport,
};
use tonic::{Request, Response, Status, Streaming};

/// A test that fails must not leave its processes behind for long.
const LIFE: Duration = Duration::from_secs(60);

/// The test of the current program that is [`run`].
pub(crate) const ENTRY: &str = "as_class_process";

/// The binary of a class whose processes are this test program; `settings` are shell assignments for them.
pub(crate) fn class(class: &str, settings: &str) -> Vec<u8> {
    let program = std::env::current_exe().unwrap();
    let serve = format!(
        "export CLASS={class} {settings}\nexec '{}' {ENTRY} --exact --ignored --nocapture",
        program.display()
    );
    super::class(class, &serve)
}

/// What `ENTRY` does: without the environment that a daemon gives to its processes nothing.
pub(crate) async fn run() {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let (process, class) = (variable("HICAM_PROCESS"), variable("CLASS"));
    if process.is_empty() {
        return;
    }
    let bound = transport::bind("127.0.0.1:0", false).await.unwrap();
    let address = bound.url();
    let server = Server {
        description: Arc::new(Mutex::new(ServerDescription {
            class: class.clone(),
            phase: Phase::Standby.into(),
            address: address.clone(),
            process: process.clone(),
            ..Default::default()
        })),
        stop: variable("STOP"),
    };
    let serving = tonic::transport::Server::builder()
        .add_service(ManagementServer::new(server))
        .serve_with_incoming(bound.incoming);
    let serving = tokio::spawn(serving);
    let report = ReportReadyRequest {
        process,
        address,
        pid: std::process::id(),
        class,
        schema_fingerprint: String::new(),
    };
    let mut remex = RemexClient::connect(variable("HICAM_REPORT_TO"))
        .await
        .unwrap();
    remex.report_ready(report).await.unwrap();
    let _ = tokio::time::timeout(LIFE, serving).await;
}

#[derive(Clone)]
struct Server {
    description: Arc<Mutex<ServerDescription>>,
    /// `refuse`: it goes on; `lose`: it exits without an answer; else it exits after its answer.
    stop: String,
}

type Answer<T> = Result<Response<T>, Status>;

fn never<T>() -> Answer<T> {
    Err(Status::unimplemented("not part of these tests"))
}

#[tonic::async_trait]
impl Management for Server {
    async fn describe(&self, _: Request<wire::DescribeRequest>) -> Answer<ServerDescription> {
        Ok(Response::new(self.description.lock().unwrap().clone()))
    }

    async fn compare_schema(
        &self,
        _: Request<wire::CompareSchemaRequest>,
    ) -> Answer<wire::CompareSchemaReply> {
        never()
    }

    async fn start_server(
        &self,
        request: Request<wire::StartServerRequest>,
    ) -> Answer<ServerDescription> {
        let request = request.into_inner();
        let mut description = self.description.lock().unwrap();
        description.uuid = request.uuid;
        description.name = request.name;
        description.epoch = request.expected_epoch + 1;
        description.set_phase(Phase::Serving);
        Ok(Response::new(description.clone()))
    }

    async fn stop_server(
        &self,
        _: Request<wire::StopServerRequest>,
    ) -> Answer<wire::StopServerReply> {
        match self.stop.as_str() {
            "refuse" => Err(Status::unavailable("the vault is locked")),
            "lose" => std::process::exit(0),
            _ => {
                tokio::spawn(async {
                    // Its answer leaves first.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    std::process::exit(0)
                });
                Ok(Response::new(wire::StopServerReply { checkpoint: 0 }))
            }
        }
    }

    async fn restore_server(
        &self,
        _: Request<wire::RestoreServerRequest>,
    ) -> Answer<ServerDescription> {
        never()
    }

    async fn checkpoint_server(
        &self,
        _: Request<wire::CheckpointServerRequest>,
    ) -> Answer<wire::CheckpointReport> {
        never()
    }

    async fn set_interval(
        &self,
        _: Request<wire::SetIntervalRequest>,
    ) -> Answer<ServerDescription> {
        never()
    }

    async fn list_threads(
        &self,
        _: Request<wire::ListThreadsRequest>,
    ) -> Answer<wire::ListThreadsReply> {
        never()
    }

    async fn migrate_server(
        &self,
        _: Request<wire::MigrateServerRequest>,
    ) -> Answer<wire::MigrationReport> {
        never()
    }

    async fn receive_state(
        &self,
        _: Request<Streaming<wire::StateChunk>>,
    ) -> Answer<wire::ReceiveStateReply> {
        never()
    }

    async fn commit_migration(
        &self,
        _: Request<wire::CommitMigrationRequest>,
    ) -> Answer<wire::CommitMigrationReply> {
        never()
    }

    async fn discard_server(
        &self,
        _: Request<wire::DiscardServerRequest>,
    ) -> Answer<wire::DiscardServerReply> {
        never()
    }
}
