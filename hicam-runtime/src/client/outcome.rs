//! What one attempt at a call came to.

use std::time::Duration;

use bytes::Bytes;
use hicam_protocol::metadata::NotServing;
use hicam_protocol::naming::Binding;
use http::{HeaderMap, Response, StatusCode};
use http_body_util::{BodyExt as _, Collected, Full};
use tonic::body::Body;
use tonic::{Code, Status};

/// What one attempt at a call came to.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The server has answered.
    Answer(Response<Body>),
    /// Not executed: come back after a while.
    Pending(Duration),
    /// The server is elsewhere; the address is empty if it is not known where.
    Moved(Binding),
    /// Nobody knows whether it was executed.
    Broken(String),
    /// Another process has become the server.
    Superseded,
}

/// Interprets a response that has been received whole.
pub(super) fn interpret(head: http::response::Parts, body: Collected<Bytes>) -> Outcome {
    let trailers = body.trailers().cloned();
    let status = status(&head.headers, trailers.as_ref());
    if let Some(not_serving) = status.as_ref().and_then(refusal) {
        return match not_serving {
            NotServing::Pending { retry_after } => Outcome::Pending(retry_after),
            NotServing::Moved { address, epoch } => Outcome::Moved(Binding { address, epoch }),
        };
    }
    if head.status == StatusCode::OK && status.is_none() {
        return Outcome::Broken("the response ended before its status".to_owned());
    }
    let body = Full::new(body.to_bytes()).with_trailers(std::future::ready(trailers.map(Ok)));
    Outcome::Answer(Response::from_parts(head, Body::new(body)))
}

/// A response without a message has its status among the headers.
fn status(headers: &HeaderMap, trailers: Option<&HeaderMap>) -> Option<Status> {
    trailers
        .and_then(Status::from_header_map)
        .or_else(|| Status::from_header_map(headers))
}

/// The user's own service may answer `UNAVAILABLE` as well: that is an answer.
fn refusal(status: &Status) -> Option<NotServing> {
    if status.code() != Code::Unavailable {
        return None;
    }
    NotServing::from_status(status)
}
