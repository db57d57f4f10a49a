//! Ends leases when their time is up.

use std::{sync::Arc, time::Instant};

use super::shared::Shared;

/// Sleeps until the next lease expires, ends it, and so on until the name service stops.
pub(super) async fn run(shared: Arc<Shared>) {
    loop {
        let next = shared.read(|store| store.next_expiry());
        let expiry = async {
            match next {
                Some(next) => tokio::time::sleep_until(next.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = shared.stop.cancelled() => return,
            () = shared.granted.notified() => {}
            () = expiry => {
                for lease in shared.write(|store| store.expire(Instant::now())) {
                    tracing::debug!(lease, "a lease has expired");
                }
            }
        }
    }
}
