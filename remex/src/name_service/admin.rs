//! The parts of the Maintenance and Cluster services that tools ask for.

use std::sync::Arc;

use etcd_client::{
    AlarmAction,
    proto::{
        PbAlarmRequest, PbAlarmResponse, PbClusterService, PbDefragmentRequest,
        PbDefragmentResponse, PbDowngradeRequest, PbDowngradeResponse, PbHashKvRequest,
        PbHashKvResponse, PbHashRequest, PbHashResponse, PbMaintenanceService, PbMember,
        PbMemberAddRequest, PbMemberAddResponse, PbMemberListRequest, PbMemberListResponse,
        PbMemberPromoteRequest, PbMemberPromoteResponse, PbMemberRemoveRequest,
        PbMemberRemoveResponse, PbMemberUpdateRequest, PbMemberUpdateResponse, PbMoveLeaderRequest,
        PbMoveLeaderResponse, PbSnapshotRequest, PbSnapshotResponse, PbStatusRequest,
        PbStatusResponse,
    },
};
use futures::stream::BoxStream;
use tonic::{Request, Response, Status};

use super::shared::{RAFT_TERM, Shared};

// The version of etcd's API that is served.
const API_VERSION: &str = "3.4.0";

type Answer<T> = Result<Response<T>, Status>;

pub(super) struct AdminService {
    shared: Arc<Shared>,
}

impl AdminService {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        Self {
            shared: Arc::clone(shared),
        }
    }
}

fn unsupported<T>(what: &str) -> Answer<T> {
    Err(Status::unimplemented(format!(
        "HiCaM's embedded name service has no {what}: use a real etcd"
    )))
}

#[tonic::async_trait]
impl PbMaintenanceService for AdminService {
    type SnapshotStream = BoxStream<'static, Result<PbSnapshotResponse, Status>>;

    async fn status(&self, _request: Request<PbStatusRequest>) -> Answer<PbStatusResponse> {
        let (header, size) = self
            .shared
            .read(|store| (self.shared.header(store), store.size()));
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        let index = header.revision.unsigned_abs();
        Ok(Response::new(PbStatusResponse {
            header: Some(header),
            version: API_VERSION.to_owned(),
            db_size: size,
            db_size_in_use: size,
            leader: self.shared.member_id,
            raft_index: index,
            raft_applied_index: index,
            raft_term: RAFT_TERM,
            ..PbStatusResponse::default()
        }))
    }

    async fn alarm(&self, request: Request<PbAlarmRequest>) -> Answer<PbAlarmResponse> {
        if request.get_ref().action != AlarmAction::Get as i32 {
            return unsupported("alarms");
        }
        Ok(Response::new(PbAlarmResponse {
            header: Some(self.shared.read(|store| self.shared.header(store))),
            alarms: Vec::new(),
        }))
    }

    async fn defragment(&self, _: Request<PbDefragmentRequest>) -> Answer<PbDefragmentResponse> {
        unsupported("defragmentation")
    }

    async fn hash(&self, _: Request<PbHashRequest>) -> Answer<PbHashResponse> {
        unsupported("hashes")
    }

    async fn hash_kv(&self, _: Request<PbHashKvRequest>) -> Answer<PbHashKvResponse> {
        unsupported("hashes")
    }

    async fn snapshot(&self, _: Request<PbSnapshotRequest>) -> Answer<Self::SnapshotStream> {
        unsupported("snapshots")
    }

    async fn move_leader(&self, _: Request<PbMoveLeaderRequest>) -> Answer<PbMoveLeaderResponse> {
        unsupported("other members")
    }

    async fn downgrade(&self, _: Request<PbDowngradeRequest>) -> Answer<PbDowngradeResponse> {
        unsupported("downgrades")
    }
}

#[tonic::async_trait]
impl PbClusterService for AdminService {
    async fn member_list(&self, _: Request<PbMemberListRequest>) -> Answer<PbMemberListResponse> {
        Ok(Response::new(PbMemberListResponse {
            header: Some(self.shared.read(|store| self.shared.header(store))),
            members: vec![PbMember {
                id: self.shared.member_id,
                name: "hicam-embedded".to_owned(),
                ..PbMember::default()
            }],
        }))
    }

    async fn member_add(&self, _: Request<PbMemberAddRequest>) -> Answer<PbMemberAddResponse> {
        unsupported("other members")
    }

    async fn member_remove(
        &self,
        _: Request<PbMemberRemoveRequest>,
    ) -> Answer<PbMemberRemoveResponse> {
        unsupported("other members")
    }

    async fn member_update(
        &self,
        _: Request<PbMemberUpdateRequest>,
    ) -> Answer<PbMemberUpdateResponse> {
        unsupported("other members")
    }

    async fn member_promote(
        &self,
        _: Request<PbMemberPromoteRequest>,
    ) -> Answer<PbMemberPromoteResponse> {
        unsupported("other members")
    }
}
