//! The Watch service.
//!
//! Watchers are not sent events, they fetch them: each has a position in the store's history and is woken
//! when there is a new revision. A slow client costs no memory; one that falls behind the history kept
//! is told *compacted*.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use etcd_client::{
    WatchFilterType,
    proto::{
        PbResponseHeader, PbWatchRequest, PbWatchRequestUnion, PbWatchResponse, PbWatchService,
    },
};
use futures::StreamExt as _;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use super::{
    shared::Shared,
    store::{Filter, KeyRange, StoreError},
};

// Of one response; a revision is never split.
const EVENTS_PER_RESPONSE: usize = 1000;
const RESPONSES_IN_FLIGHT: usize = 16;
const PROGRESS_INTERVAL: Duration = Duration::from_secs(60);
// What etcd answers with where there is no watcher.
const NO_WATCHER: i64 = -1;

pub(super) struct WatchService {
    shared: Arc<Shared>,
}

impl WatchService {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        Self {
            shared: Arc::clone(shared),
        }
    }
}

#[tonic::async_trait]
impl PbWatchService for WatchService {
    type WatchStream = ReceiverStream<Result<PbWatchResponse, Status>>;

    async fn watch(
        &self,
        request: Request<Streaming<PbWatchRequest>>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let (responses, receiver) = mpsc::channel(RESPONSES_IN_FLIGHT);
        let session = Session {
            shared: Arc::clone(&self.shared),
            responses,
            watchers: BTreeMap::new(),
        };
        tokio::spawn(session.run(request.into_inner()));
        Ok(Response::new(ReceiverStream::new(receiver)))
    }
}

/// The client is gone or the name service stops.
struct Closed;

struct Watcher {
    filter: Filter,
    next: i64,
    progress_notify: bool,
}

/// What a client asks to watch.
struct Creation {
    id: i64,
    start: i64,
    filter: Filter,
    progress_notify: bool,
}

/// One watch stream with its watchers.
struct Session {
    shared: Arc<Shared>,
    responses: mpsc::Sender<Result<PbWatchResponse, Status>>,
    watchers: BTreeMap<i64, Watcher>,
}

impl Session {
    async fn run(mut self, mut requests: Streaming<PbWatchRequest>) {
        let mut revisions = self.shared.revisions();
        let mut progress = tokio::time::interval(PROGRESS_INTERVAL);
        progress.reset();
        let stop = self.shared.stop.clone();
        loop {
            let handled = tokio::select! {
                () = stop.cancelled() => return,
                () = self.responses.closed() => return,
                request = requests.next() => match request {
                    Some(Ok(request)) => self.handle(request).await,
                    Some(Err(_)) | None => return,
                },
                // The sender lives in `shared`, which this session holds.
                _ = revisions.changed() => self.pump_all().await,
                _ = progress.tick() => self.notify_progress().await,
            };
            if handled.is_err() {
                return;
            }
        }
    }

    async fn handle(&mut self, request: PbWatchRequest) -> Result<(), Closed> {
        match request.request_union {
            Some(PbWatchRequestUnion::CreateRequest(request)) => {
                let wants = |filter: WatchFilterType| !request.filters.contains(&(filter as i32));
                self.create(Creation {
                    id: request.watch_id,
                    start: request.start_revision,
                    filter: Filter {
                        range: KeyRange::new(&request.key, &request.range_end),
                        puts: wants(WatchFilterType::NoPut),
                        deletes: wants(WatchFilterType::NoDelete),
                        prev_kv: request.prev_kv,
                    },
                    progress_notify: request.progress_notify,
                })
                .await
            }
            Some(PbWatchRequestUnion::CancelRequest(request)) => {
                if self.watchers.remove(&request.watch_id).is_none() {
                    return Ok(());
                }
                self.send(PbWatchResponse {
                    header: Some(self.header()),
                    watch_id: request.watch_id,
                    canceled: true,
                    ..PbWatchResponse::default()
                })
                .await
            }
            Some(PbWatchRequestUnion::ProgressRequest(_)) => {
                // The answer means that everything up to its revision has been sent.
                self.pump_all().await?;
                let revision = self.watchers.values().map(|watcher| watcher.next - 1).min();
                let mut header = self.header();
                header.revision = revision.unwrap_or(header.revision).min(header.revision);
                self.send(PbWatchResponse {
                    header: Some(header),
                    watch_id: NO_WATCHER,
                    ..PbWatchResponse::default()
                })
                .await
            }
            None => Ok(()),
        }
    }

    async fn create(&mut self, creation: Creation) -> Result<(), Closed> {
        let refusal = if self.watchers.contains_key(&creation.id) && creation.id != 0 {
            Some("etcdserver: duplicate watch ID provided on the WatchStream")
        } else if creation.filter.range == KeyRange::Empty {
            Some("mvcc: watcher range is empty")
        } else {
            None
        };
        let header = self.header();
        if let Some(reason) = refusal {
            return self
                .send(PbWatchResponse {
                    header: Some(header),
                    watch_id: NO_WATCHER,
                    created: true,
                    canceled: true,
                    cancel_reason: reason.to_owned(),
                    ..PbWatchResponse::default()
                })
                .await;
        }
        let id = match creation.id {
            0 => (0..)
                .find(|id| !self.watchers.contains_key(id))
                .unwrap_or(0),
            id => id,
        };
        let next = if creation.start > 0 {
            creation.start
        } else {
            header.revision + 1
        };
        self.watchers.insert(
            id,
            Watcher {
                filter: creation.filter,
                next,
                progress_notify: creation.progress_notify,
            },
        );
        self.send(PbWatchResponse {
            header: Some(header),
            watch_id: id,
            created: true,
            ..PbWatchResponse::default()
        })
        .await?;
        self.pump(id).await
    }

    async fn pump_all(&mut self) -> Result<(), Closed> {
        let ids: Vec<i64> = self.watchers.keys().copied().collect();
        for id in ids {
            self.pump(id).await?;
        }
        Ok(())
    }

    /// Sends a watcher everything that it has not seen.
    async fn pump(&mut self, id: i64) -> Result<(), Closed> {
        while let Some(watcher) = self.watchers.get_mut(&id) {
            let (header, compacted, events) = self.shared.read(|store| {
                (
                    self.shared.header(store),
                    store.compacted(),
                    store.events(&watcher.filter, watcher.next, EVENTS_PER_RESPONSE),
                )
            });
            let response = PbWatchResponse {
                header: Some(header),
                watch_id: id,
                ..PbWatchResponse::default()
            };
            match events {
                Ok((events, next)) => {
                    watcher.next = next;
                    let done = next > header.revision;
                    if !events.is_empty() {
                        self.send(PbWatchResponse { events, ..response }).await?;
                    }
                    if done {
                        return Ok(());
                    }
                }
                Err(error) => {
                    self.watchers.remove(&id);
                    let compact_revision = match error {
                        StoreError::Compacted => compacted,
                        _ => 0,
                    };
                    self.send(PbWatchResponse {
                        canceled: true,
                        compact_revision,
                        cancel_reason: error.to_string(),
                        ..response
                    })
                    .await?;
                }
            }
        }
        Ok(())
    }

    async fn notify_progress(&mut self) -> Result<(), Closed> {
        self.pump_all().await?;
        let positions: Vec<(i64, i64)> = self
            .watchers
            .iter()
            .filter(|(_, watcher)| watcher.progress_notify)
            .map(|(id, watcher)| (*id, watcher.next - 1))
            .collect();
        for (id, position) in positions {
            let mut header = self.header();
            header.revision = header.revision.min(position);
            self.send(PbWatchResponse {
                header: Some(header),
                watch_id: id,
                ..PbWatchResponse::default()
            })
            .await?;
        }
        Ok(())
    }

    fn header(&self) -> PbResponseHeader {
        self.shared.read(|store| self.shared.header(store))
    }

    async fn send(&self, response: PbWatchResponse) -> Result<(), Closed> {
        tokio::select! {
            () = self.shared.stop.cancelled() => Err(Closed),
            sent = self.responses.send(Ok(response)) => sent.map_err(|_| Closed),
        }
    }
}
