//! The Lease service.

use std::{sync::Arc, time::Instant};

use etcd_client::proto::{
    PbLeaseGrantRequest, PbLeaseGrantResponse, PbLeaseKeepAliveRequest, PbLeaseKeepAliveResponse,
    PbLeaseLeasesRequest, PbLeaseLeasesResponse, PbLeaseRevokeRequest, PbLeaseRevokeResponse,
    PbLeaseService, PbLeaseStatus, PbLeaseTimeToLiveRequest, PbLeaseTimeToLiveResponse,
};
use futures::stream::{BoxStream, StreamExt as _};
use tonic::{Request, Response, Status, Streaming};

use super::{
    shared::Shared,
    store::{Store, StoreError},
};

pub(super) struct LeaseService {
    shared: Arc<Shared>,
}

impl LeaseService {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        Self {
            shared: Arc::clone(shared),
        }
    }
}

/// A random positive id that no lease has.
fn choose_id(store: &Store) -> i64 {
    loop {
        let (high, _) = uuid::Uuid::new_v4().as_u64_pair();
        let id = (high >> 1).cast_signed();
        if id != 0 && !store.has_lease(id) {
            return id;
        }
    }
}

fn renew(shared: &Shared, id: i64) -> PbLeaseKeepAliveResponse {
    shared.write(|store| PbLeaseKeepAliveResponse {
        header: Some(shared.header(store)),
        id,
        // 0 tells that there is no such lease.
        ttl: store.keep_alive(id, Instant::now()).unwrap_or(0),
    })
}

#[tonic::async_trait]
impl PbLeaseService for LeaseService {
    type LeaseKeepAliveStream = BoxStream<'static, Result<PbLeaseKeepAliveResponse, Status>>;

    async fn lease_grant(
        &self,
        request: Request<PbLeaseGrantRequest>,
    ) -> Result<Response<PbLeaseGrantResponse>, Status> {
        let request = request.into_inner();
        let response = self.shared.write(|store| {
            let id = match request.id {
                0 => choose_id(store),
                id => id,
            };
            let ttl = store.grant(id, request.ttl, Instant::now())?;
            Ok::<_, StoreError>(PbLeaseGrantResponse {
                header: Some(self.shared.header(store)),
                id,
                ttl,
                error: String::new(),
            })
        })?;
        self.shared.granted.notify_one();
        Ok(Response::new(response))
    }

    async fn lease_revoke(
        &self,
        request: Request<PbLeaseRevokeRequest>,
    ) -> Result<Response<PbLeaseRevokeResponse>, Status> {
        let id = request.get_ref().id;
        let response = self.shared.write(|store| {
            store.revoke(id)?;
            Ok::<_, StoreError>(PbLeaseRevokeResponse {
                header: Some(self.shared.header(store)),
            })
        })?;
        Ok(Response::new(response))
    }

    async fn lease_keep_alive(
        &self,
        request: Request<Streaming<PbLeaseKeepAliveRequest>>,
    ) -> Result<Response<Self::LeaseKeepAliveStream>, Status> {
        let shared = Arc::clone(&self.shared);
        let stop = shared.stop.clone().cancelled_owned();
        let answers = request
            .into_inner()
            .map(move |request| request.map(|request| renew(&shared, request.id)))
            .take_until(stop);
        Ok(Response::new(answers.boxed()))
    }

    async fn lease_time_to_live(
        &self,
        request: Request<PbLeaseTimeToLiveRequest>,
    ) -> Result<Response<PbLeaseTimeToLiveResponse>, Status> {
        let request = request.into_inner();
        let response = self.shared.read(|store| {
            let header = Some(self.shared.header(store));
            match store.remaining(request.id, Instant::now()) {
                None => PbLeaseTimeToLiveResponse {
                    header,
                    id: request.id,
                    ttl: -1,
                    ..PbLeaseTimeToLiveResponse::default()
                },
                Some(remaining) => PbLeaseTimeToLiveResponse {
                    header,
                    id: request.id,
                    ttl: remaining.left,
                    granted_ttl: remaining.granted,
                    keys: if request.keys {
                        remaining.keys
                    } else {
                        Vec::new()
                    },
                },
            }
        });
        Ok(Response::new(response))
    }

    async fn lease_leases(
        &self,
        _request: Request<PbLeaseLeasesRequest>,
    ) -> Result<Response<PbLeaseLeasesResponse>, Status> {
        let response = self.shared.read(|store| PbLeaseLeasesResponse {
            header: Some(self.shared.header(store)),
            leases: store
                .leases()
                .into_iter()
                .map(|id| PbLeaseStatus { id })
                .collect(),
        });
        Ok(Response::new(response))
    }
}
