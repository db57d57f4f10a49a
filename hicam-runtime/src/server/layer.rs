//! The tower service that stands before every user service: admits, registers and deduplicates calls.

use super::{
    calls::{Call, Outcome},
    core::Core,
    gate::Admission,
    reply::StoredReply,
    thread::ThreadHandle,
};
use crate::transform::task;
use bytes::Bytes;
use futures::{FutureExt as _, future::BoxFuture};
use hicam_protocol::metadata::{self, CallIdentity, NotServing, set_epoch};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full, Limited};
use std::{
    convert::Infallible,
    marker::PhantomData,
    panic::AssertUnwindSafe,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};
use tokio::sync::watch;
use tonic::{Status, body::Body, server::NamedService};
use tower::{Service, ServiceExt as _, util::BoxCloneSyncService};

/// A user's service with its type erased.
pub(crate) type Inner = BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>;

/// A request larger than this is refused before it is executed. Services have lower limits of their own.
const MAX_REQUEST_BYTES: usize = 256 << 20;

/// Stands in for service `S` on the tonic server, from before there is a state to build `S` with.
pub(crate) struct ConformistLayer<S> {
    core: Arc<Core>,
    service: PhantomData<fn() -> S>,
}

impl<S> ConformistLayer<S> {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self {
            core,
            service: PhantomData,
        }
    }
}

impl<S> Clone for ConformistLayer<S> {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.core))
    }
}

impl<S: NamedService> NamedService for ConformistLayer<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<Request<Body>> for ConformistLayer<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let core = Arc::clone(&self.core);
        Box::pin(async move {
            Ok(match answer(core, request).await {
                Ok(response) => response,
                Err(status) => status.into_http(),
            })
        })
    }
}

async fn answer(core: Arc<Core>, request: Request<Body>) -> Result<Response<Body>, Status> {
    let received = Instant::now();
    let identity = CallIdentity::read(request.headers())?;
    let age = metadata::age(request.headers())?;
    let method = request.uri().path().to_owned();
    if meant_for_another(&core, request.headers()) {
        return Err(super::calls::pending().to_status());
    }
    // Received whole before the call is registered: a connection that breaks before leaves no trace.
    let (parts, body) = request.into_parts();
    let body = Limited::new(body, MAX_REQUEST_BYTES)
        .collect()
        .await
        .map_err(|error| Status::cancelled(format!("{method}: request not received: {error}")))?
        .to_bytes();
    let mut outcome = loop {
        let age = age + received.elapsed();
        match core.gate.admit(identity.as_ref(), age, &method) {
            Admission::Fresh(call, outcome) => {
                let request = Request::from_parts(parts, body);
                spawn(&core, call, request, None);
                break outcome;
            }
            Admission::Attached(outcome) => break outcome,
            Admission::Wait(mut door) => {
                if door.changed().await.is_err() {
                    return Err(super::calls::pending().to_status());
                }
            }
            Admission::Refused(not_serving) => return Err(not_serving.to_status()),
            Admission::Forgotten => {
                return Err(Status::failed_precondition(format!(
                    "{method}: this request was first sent {age:.1?} ago and is not known here; its client was not \
                     heard of for so long that its calls were forgotten, so it may have been executed and is not \
                     executed again; find out whether it was, and if not, make the call anew"
                )));
            }
            Admission::Acknowledged(acked) => {
                return Err(Status::failed_precondition(format!(
                    "{method}: this client has acknowledged every answer up to number {acked}, \
                     so the answer is no longer kept; use a new request number"
                )));
            }
        }
    };
    match settled(&mut outcome).await {
        Outcome::Finished(reply) => {
            let mut response = reply.to_response();
            if identity.is_some() {
                set_epoch(response.headers_mut(), core.epoch());
            }
            Ok(response)
        }
        Outcome::Refused(not_serving) if identity.is_some() => Err(not_serving.to_status()),
        Outcome::Refused(not_serving) => Err(started_elsewhere(&not_serving)),
        Outcome::Running => Err(super::calls::pending().to_status()),
    }
}

/// The address may have been another server's before: its clients are told to look again, and nothing is executed.
fn meant_for_another(core: &Core, headers: &http::HeaderMap) -> bool {
    let meant = headers
        .get(metadata::SERVER)
        .and_then(|uuid| uuid.to_str().ok());
    let own = core.identity().uuid.clone();
    meant.is_some_and(|meant| !own.is_empty() && meant != own)
}

/// A plain client cannot name its call again, and another attempt would execute it a second time.
fn started_elsewhere(not_serving: &NotServing) -> Status {
    let mut status = not_serving.to_status();
    status.metadata_mut().insert(
        metadata::GRPC_PUSHBACK,
        tonic::metadata::MetadataValue::from_static("-1"),
    );
    status
}

async fn settled(outcome: &mut watch::Receiver<Outcome>) -> Outcome {
    match outcome
        .wait_for(|outcome| !matches!(outcome, Outcome::Running))
        .await
    {
        Ok(outcome) => outcome.clone(),
        Err(_) => Outcome::Running,
    }
}

/// Executes a registered call in a task of the server's own, so that a client that goes away does not cancel it.
pub(crate) fn spawn(
    core: &Arc<Core>,
    call: Arc<Call>,
    mut request: Request<Bytes>,
    restored: Option<crate::transform::SavedFrames>,
) {
    let gate = Arc::clone(&core.gate);
    let handle = ThreadHandle::new(Arc::clone(&gate), Arc::clone(&call), restored);
    request.extensions_mut().insert(handle);
    let service = core.service_of(&call.method);
    let spawner = Arc::clone(&gate);
    let thread = async move {
        let reply = match service {
            Some(service) => {
                let request = request.map(|bytes| Body::new(Full::new(bytes)));
                let run = async move {
                    match service.oneshot(request).await {
                        Ok(response) => StoredReply::collect(response).await,
                        Err(never) => match never {},
                    }
                };
                AssertUnwindSafe(run)
                    .catch_unwind()
                    .await
                    .unwrap_or_else(|_| {
                        tracing::error!(call = call.describe(), "the handler panicked");
                        StoredReply::from_status(&Status::internal(format!(
                            "the handler of {} panicked",
                            call.method
                        )))
                    })
            }
            None => StoredReply::from_status(&Status::unimplemented(format!(
                "this build has no service for {}",
                call.method
            ))),
        };
        gate.finish(&call, reply);
    };
    tokio::spawn(task::within(spawner, thread));
}

/// The request by which the handler of a restored thread is entered again: it ignores the message, because it resumes.
pub(crate) fn resume_request(method: &str) -> Result<Request<Bytes>, http::Error> {
    // An uncompressed gRPC message of length 0.
    const EMPTY_MESSAGE: &[u8] = &[0; 5];
    Request::builder()
        .method(http::Method::POST)
        .version(http::Version::HTTP_2)
        .uri(method)
        .header(http::header::CONTENT_TYPE, "application/grpc")
        .header("te", "trailers")
        .body(Bytes::from_static(EMPTY_MESSAGE))
}
