//! Connections to the other parts, and what their answers mean as errors.

use std::{error::Error, future::Future, time::Duration};

use hicam_protocol::{
    checkpoint::checkpoint_store_client::CheckpointStoreClient,
    management::management_client::ManagementClient, naming::NamingError,
    remex::remex_client::RemexClient, transport,
};
use tonic::{Code, Status, transport::Channel};

use crate::error::{MimanError, Result};

/// For short questions: a part that does not answer within this time is called silent.
pub(crate) const QUESTION: Duration = Duration::from_secs(3);

/// One JSON document or list may be large; the peers are the cluster's own parts.
const LARGEST_MESSAGE: usize = 1 << 30;

/// The daemon of a host.
pub(crate) async fn remex(host: &str, address: &str) -> Result<RemexClient<Channel>> {
    Ok(RemexClient::new(
        connect(format!("host `{host}`"), address).await?,
    ))
}

/// The management service of a server.
pub(crate) async fn management(server: &str, address: &str) -> Result<ManagementClient<Channel>> {
    let channel = connect(format!("server `{server}`"), address).await?;
    Ok(ManagementClient::new(channel).max_decoding_message_size(LARGEST_MESSAGE))
}

/// The checkpoint server of a class.
pub(crate) async fn store(class: &str, address: &str) -> Result<CheckpointStoreClient<Channel>> {
    let channel = connect(format!("the checkpoint server of class `{class}`"), address).await?;
    Ok(CheckpointStoreClient::new(channel).max_decoding_message_size(LARGEST_MESSAGE))
}

async fn connect(part: String, address: &str) -> Result<Channel> {
    transport::connect(address)
        .await
        .map_err(|source| MimanError::Unreachable {
            part,
            address: address.to_owned(),
            source: source.into(),
        })
}

/// Turns a status into an error that says what was being done; the remote part's own words are kept as they are.
pub(crate) fn failed(action: impl Into<String>) -> impl FnOnce(Status) -> MimanError {
    move |status| {
        let message = match status.message() {
            "" => status.code().description().to_owned(),
            message => message.trim_end().to_owned(),
        };
        MimanError::Remote {
            action: action.into(),
            retryable: is_retryable(status.code()),
            message: if is_broken_connection(&status) {
                "the connection broke before the answer came; what became of it is shown by `miman servers`".to_owned()
            } else {
                message
            },
        }
    }
}

fn is_retryable(code: Code) -> bool {
    matches!(
        code,
        Code::Unavailable | Code::DeadlineExceeded | Code::Aborted | Code::Cancelled
    )
}

/// Whether the status was made by this side's transport: one that the peer has sent has no cause here.
fn is_broken_connection(status: &Status) -> bool {
    status.source().is_some()
}

/// Turns an error of the name service into ours; `endpoints` are those that were tried.
pub(crate) fn naming(endpoints: &str, error: NamingError) -> MimanError {
    match error {
        NamingError::UnknownServer { server } => MimanError::UnknownServer { server },
        NamingError::NameTaken { class, name, uuid } => MimanError::NameTaken {
            server: format!("{class}/{name}"),
            uuid,
        },
        NamingError::Unavailable { .. } | NamingError::TimedOut { .. } => {
            MimanError::NameServiceDown {
                endpoints: endpoints.to_owned(),
                source: error.into(),
            }
        }
        other => MimanError::NameService {
            retryable: other.is_retryable(),
            cause: chain(&other),
        },
    }
}

/// An error with its causes, in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !text.ends_with(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = error.source();
    }
    text
}

/// `future`, within `limit`.
pub(crate) async fn within<T>(
    limit: Duration,
    what: impl FnOnce() -> String,
    future: impl Future<Output = T>,
) -> Result<T> {
    tokio::time::timeout(limit, future)
        .await
        .map_err(|_| MimanError::TimedOut {
            what: what(),
            seconds: limit.as_secs(),
        })
}
