//! The KV service.

use std::sync::Arc;

use etcd_client::proto::{
    PbCompactionRequest, PbCompactionResponse, PbDeleteRequest, PbDeleteResponse, PbKvService,
    PbPutRequest, PbPutResponse, PbRangeRequest, PbRangeResponse, PbRangeStreamResponse,
    PbTxnRequest, PbTxnResponse,
};
use futures::stream::{self, BoxStream, StreamExt as _};
use tonic::{Request, Response, Status};

use super::{
    shared::Shared,
    store::{Store, StoreError},
};

type Answer<T> = Result<Response<T>, Status>;

pub(super) struct KvService {
    shared: Arc<Shared>,
}

impl KvService {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        Self {
            shared: Arc::clone(shared),
        }
    }

    fn read_range(&self, request: &PbRangeRequest) -> Result<PbRangeResponse, StoreError> {
        self.shared.read(|store| {
            let mut response = store.range(request)?;
            response.header = Some(self.shared.header(store));
            Ok(response)
        })
    }

    fn change<T>(
        &self,
        change: impl FnOnce(&mut Store) -> Result<T, StoreError>,
        header: impl FnOnce(&mut T) -> &mut Option<etcd_client::proto::PbResponseHeader>,
    ) -> Answer<T> {
        let response = self.shared.write(|store| {
            let mut response = change(store)?;
            *header(&mut response) = Some(self.shared.header(store));
            Ok::<T, StoreError>(response)
        })?;
        Ok(Response::new(response))
    }
}

#[tonic::async_trait]
impl PbKvService for KvService {
    type RangeStreamStream = BoxStream<'static, Result<PbRangeStreamResponse, Status>>;

    async fn range(&self, request: Request<PbRangeRequest>) -> Answer<PbRangeResponse> {
        Ok(Response::new(self.read_range(request.get_ref())?))
    }

    async fn range_stream(
        &self,
        request: Request<PbRangeRequest>,
    ) -> Answer<Self::RangeStreamStream> {
        let response = PbRangeStreamResponse {
            range_response: Some(self.read_range(request.get_ref())?),
        };
        Ok(Response::new(stream::iter([Ok(response)]).boxed()))
    }

    async fn put(&self, request: Request<PbPutRequest>) -> Answer<PbPutResponse> {
        let request = request.into_inner();
        self.change(|store| store.put(request), |response| &mut response.header)
    }

    async fn delete_range(&self, request: Request<PbDeleteRequest>) -> Answer<PbDeleteResponse> {
        let request = request.into_inner();
        self.change(
            |store| store.delete(&request),
            |response| &mut response.header,
        )
    }

    async fn txn(&self, request: Request<PbTxnRequest>) -> Answer<PbTxnResponse> {
        let request = request.into_inner();
        self.change(|store| store.txn(request), |response| &mut response.header)
    }

    async fn compact(&self, request: Request<PbCompactionRequest>) -> Answer<PbCompactionResponse> {
        let revision = request.get_ref().revision;
        self.change(
            |store| {
                store
                    .compact(revision)
                    .map(|()| PbCompactionResponse::default())
            },
            |response| &mut response.header,
        )
    }
}
