//! Where the server is: the binding in the name service, watched, and what the server itself says.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use hicam_protocol::naming::{Binding, NameService};
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// What is known of the server's place.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// Where it serves; `None` while it is withdrawn or down.
    pub(super) binding: Option<Binding>,
    /// Grows each time the server is known to serve at a place, also the same one as before.
    pub(super) version: u64,
    /// The highest epoch heard of.
    epoch: u64,
    /// The epoch that the name service last advertised.
    advertised: u64,
}

impl Known {
    /// News of the name service. Returns whether anything has changed.
    fn advertised(&mut self, news: Option<Binding>) -> bool {
        match news {
            Some(binding) if binding.epoch < self.epoch => false,
            Some(binding) => {
                self.advertised = binding.epoch;
                self.serves(binding)
            }
            // The withdrawal of an epoch that the server has left behind already is old news.
            None if self.epoch > self.advertised => false,
            None => self.binding.take().is_some(),
        }
    }

    fn serves(&mut self, binding: Binding) -> bool {
        if self.binding.as_ref() == Some(&binding) {
            return false;
        }
        self.epoch = binding.epoch;
        self.binding = Some(binding);
        self.version += 1;
        true
    }
}

/// Where the server is, kept up to date.
#[derive(Debug)]
pub(super) struct Whereabouts {
    known: Arc<watch::Sender<Known>>,
    source: Option<Source>,
}

#[derive(Debug)]
struct Source {
    names: NameService,
    uuid: String,
    watcher: AbortHandle,
}

impl Whereabouts {
    /// A place that only the server itself can correct.
    pub(super) fn fixed(binding: Binding) -> Self {
        let mut known = Known::default();
        known.serves(binding);
        Self {
            known: Arc::new(watch::Sender::new(known)),
            source: None,
        }
    }

    /// The place that the name service tells, followed by a task until this is dropped.
    pub(super) fn watched(names: NameService, uuid: String, first: Option<Binding>) -> Self {
        let mut known = Known::default();
        known.advertised(first);
        let known = Arc::new(watch::Sender::new(known));
        let watcher = tokio::spawn(follow(Arc::clone(&known), names.clone(), uuid.clone()));
        Self {
            known,
            source: Some(Source {
                names,
                uuid,
                watcher: watcher.abort_handle(),
            }),
        }
    }

    /// The server's UUID, if it was looked up.
    pub(super) fn uuid(&self) -> Option<&str> {
        self.source.as_ref().map(|source| source.uuid.as_str())
    }

    pub(super) fn known(&self) -> Known {
        self.known.borrow().clone()
    }

    /// The server says that it is there now. Returns whether that is news.
    pub(super) fn moved(&self, binding: Binding) -> bool {
        self.known
            .send_if_modified(|known| binding.epoch >= known.epoch && known.serves(binding))
    }

    /// Waits until the server serves at a place that is news since `version`, for at most `limit`.
    pub(super) async fn news(&self, version: u64, limit: Duration) {
        let mut known = self.known.subscribe();
        let news = known.wait_for(|known| known.binding.is_some() && known.version > version);
        // Either way the caller looks at what is known now.
        let _elapsed = tokio::time::timeout(limit, news).await;
    }

    /// Waits until a later epoch than this serves.
    pub(super) async fn superseded(&self, epoch: u64) {
        let mut known = self.known.subscribe();
        let later = known.wait_for(|known| known.binding.is_some() && known.epoch > epoch);
        if later.await.is_err() {
            // The sender lives as long as `self`.
            std::future::pending().await
        }
    }

    /// Asks the name service itself, in case its news are late.
    pub(super) async fn look_up(&self) {
        let Some(source) = &self.source else {
            return;
        };
        let before = self.known().version;
        match source.names.binding(&source.uuid).await {
            Ok(binding) => {
                self.known.send_if_modified(|known| {
                    // News that came meanwhile are newer than this answer.
                    known.version == before && known.advertised(binding)
                });
            }
            Err(error) => {
                tracing::debug!(server = source.uuid, %error, "cannot look the server up");
            }
        }
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        self.watcher.abort();
    }
}

async fn follow(known: Arc<watch::Sender<Known>>, names: NameService, uuid: String) {
    let mut bindings = names.watch_binding(&uuid);
    while let Some(news) = bindings.next().await {
        match news {
            Ok(binding) => {
                tracing::trace!(server = uuid, ?binding, "binding");
                known.send_if_modified(|known| known.advertised(binding));
            }
            // The watch goes on by itself; meanwhile the last known place is as good as any.
            Err(error) => {
                tracing::debug!(server = uuid, %error, "the name service is not available")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str, epoch: u64) -> Binding {
        Binding {
            address: address.to_owned(),
            epoch,
        }
    }

    #[test]
    fn old_news_change_nothing() {
        let mut known = Known::default();
        assert!(known.advertised(Some(at("a", 1))));
        assert!(!known.advertised(Some(at("a", 1))));
        // The server itself was faster than the name service.
        assert!(known.serves(at("b", 2)));
        assert!(!known.advertised(None), "that was epoch 1");
        assert!(!known.advertised(Some(at("a", 1))));
        assert_eq!(known.binding, Some(at("b", 2)));
        assert!(!known.advertised(Some(at("b", 2))));
        assert!(known.advertised(None));
        assert_eq!(known.binding, None);
        let version = known.version;
        assert!(
            known.advertised(Some(at("b", 2))),
            "back after a checkpoint"
        );
        assert_eq!(known.version, version + 1);
    }
}
