//! Tells others that the checkpoint server is there: a leased record in the name service, and a report to the remex.

use std::time::Duration;

use hicam_protocol::naming::{CheckpointServerAdvert, Lease, NameService, NamingError};
use tokio_util::sync::CancellationToken;

use crate::error::chain;

/// How long the advert outlives a checkpoint server that has died.
const LEASE: Duration = Duration::from_secs(5);

/// Between attempts while the name service cannot be reached.
const RETRY: Duration = Duration::from_millis(500);

/// Advertises under every class until `stop`, with a new lease whenever the old one is lost.
///
/// The first advert is made before this returns, so that a wrong address of the name service is an error at once.
///
/// # Errors
/// The name service cannot be reached or refuses the record.
pub(crate) async fn advertise(
    names: NameService,
    classes: Vec<String>,
    advert: CheckpointServerAdvert,
    stop: CancellationToken,
) -> Result<tokio::task::JoinHandle<()>, NamingError> {
    let lease = put(&names, &classes, &advert).await?;
    Ok(tokio::spawn(keep(names, classes, advert, stop, lease)))
}

async fn put(
    names: &NameService,
    classes: &[String],
    advert: &CheckpointServerAdvert,
) -> Result<Lease, NamingError> {
    let lease = names.lease(LEASE).await?;
    for class in classes {
        names
            .advertise_checkpoint_server(class, advert, &lease)
            .await?;
    }
    Ok(lease)
}

async fn keep(
    names: NameService,
    classes: Vec<String>,
    advert: CheckpointServerAdvert,
    stop: CancellationToken,
    mut lease: Lease,
) {
    loop {
        let lost = tokio::select! {
            () = stop.cancelled() => {
                // Otherwise it would be looked for until the lease runs out.
                if let Err(error) = lease.revoke().await {
                    tracing::debug!(error = chain(&error), "the advert stays until its lease runs out");
                }
                return;
            }
            lost = lease.lost() => lost,
        };
        tracing::warn!(%lost, "advertising the checkpoint server again");
        lease = loop {
            match put(&names, &classes, &advert).await {
                Ok(lease) => break lease,
                Err(error) => tracing::warn!(
                    error = chain(&error),
                    "cannot advertise the checkpoint server"
                ),
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(RETRY) => {}
            }
        };
    }
}
