//! Connections to the processes of this host and to the daemons of others, every question bounded in time.

use std::{future::Future, time::Duration};

use hicam_protocol::{
    management::{self, management_client::ManagementClient},
    remex::remex_client::RemexClient,
    transport,
};
use tonic::{Response, Status, transport::Channel};

use crate::error::chain;

/// Connects to the management service of a server process.
pub(crate) async fn management(address: &str) -> Result<ManagementClient<Channel>, Status> {
    Ok(ManagementClient::new(connect(address).await?))
}

/// Connects to a daemon.
pub(crate) async fn remex(address: &str) -> Result<RemexClient<Channel>, Status> {
    Ok(RemexClient::new(connect(address).await?))
}

/// What the server process at `address` is now.
pub(crate) async fn describe(
    address: &str,
    limit: Duration,
) -> Result<management::ServerDescription, Status> {
    within(limit, async {
        management(address)
            .await?
            .describe(management::DescribeRequest {})
            .await
    })
    .await
}

/// The answer to a call, or `DEADLINE_EXCEEDED` when there is none in time.
pub(crate) async fn within<T>(
    limit: Duration,
    call: impl Future<Output = Result<Response<T>, Status>>,
) -> Result<T, Status> {
    match tokio::time::timeout(limit, call).await {
        Ok(answer) => answer.map(Response::into_inner),
        Err(_) => Err(Status::deadline_exceeded(format!(
            "there was no answer within {limit:?}"
        ))),
    }
}

async fn connect(address: &str) -> Result<Channel, Status> {
    transport::connect(address)
        .await
        .map_err(|error| Status::unavailable(chain(&error)))
}
