//! A finished call's answer as bytes: what the reply table keeps and what every connection is answered from.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;
use prost::Message as _;
use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tonic::Status;

/// One header or trailer of an answer.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Header {
    /// Lower-case name.
    #[prost(string, tag = "1")]
    pub name: String,
    /// Value as it travels; binary metadata is base64 here.
    #[prost(bytes = "vec", tag = "2")]
    pub value: Vec<u8>,
}

/// The whole answer to one call: headers, the message with its gRPC framing, and trailers.
///
/// An answer without message carries its status in `headers` (trailers-only) or in `trailers`, as the handler's
/// service produced it.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct StoredReply {
    /// Response headers.
    #[prost(message, repeated, tag = "1")]
    pub headers: Vec<Header>,
    /// Response body: length-prefixed gRPC messages.
    #[prost(bytes = "bytes", tag = "2")]
    pub body: Bytes,
    /// Response trailers.
    #[prost(message, repeated, tag = "3")]
    pub trailers: Vec<Header>,
}

impl StoredReply {
    /// Collects a service's response. A body that breaks off becomes an `INTERNAL` status.
    pub async fn collect(response: http::Response<tonic::body::Body>) -> Self {
        let (parts, body) = response.into_parts();
        match body.collect().await {
            Ok(collected) => {
                let trailers = collected.trailers().map(to_rows).unwrap_or_default();
                Self {
                    headers: to_rows(&parts.headers),
                    body: collected.to_bytes(),
                    trailers,
                }
            }
            Err(status) => Self::from_status(&status),
        }
    }

    /// The answer that carries this status and no message.
    pub fn from_status(status: &Status) -> Self {
        let response: http::Response<tonic::body::Body> = status.clone().into_http();
        Self {
            headers: to_rows(response.headers()),
            body: Bytes::new(),
            trailers: Vec::new(),
        }
    }

    /// Bytes for the reply table of a checkpoint.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.encode_to_vec()
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// When the bytes are not those of a stored reply.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, prost::DecodeError> {
        Self::decode(bytes)
    }

    /// The HTTP response a connection is answered with.
    pub fn to_response(self: &Arc<Self>) -> http::Response<tonic::body::Body> {
        let body = ReplayBody {
            reply: Arc::clone(self),
            step: 0,
        };
        let mut response = http::Response::new(if body.is_end_stream() {
            tonic::body::Body::empty()
        } else {
            tonic::body::Body::new(body)
        });
        *response.headers_mut() = to_map(&self.headers);
        response
    }
}

fn to_rows(map: &HeaderMap) -> Vec<Header> {
    map.iter()
        .map(|(name, value)| Header {
            name: name.as_str().to_owned(),
            value: value.as_bytes().to_vec(),
        })
        .collect()
}

fn to_map(rows: &[Header]) -> HeaderMap {
    rows.iter()
        .filter_map(|row| {
            let name = HeaderName::from_bytes(row.name.as_bytes()).ok()?;
            let value = HeaderValue::from_bytes(&row.value).ok()?;
            Some((name, value))
        })
        .collect()
}

/// The body of a stored reply: one data frame, then the trailers.
struct ReplayBody {
    reply: Arc<StoredReply>,
    step: u8,
}

impl Body for ReplayBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.step == 0 {
            self.step = 1;
            if !self.reply.body.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(self.reply.body.clone()))));
            }
        }
        if self.step == 1 {
            self.step = 2;
            if !self.reply.trailers.is_empty() {
                let trailers = to_map(&self.reply.trailers);
                return Poll::Ready(Some(Ok(Frame::trailers(trailers))));
            }
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        let data_left = self.step == 0 && !self.reply.body.is_empty();
        let trailers_left = self.step < 2 && !self.reply.trailers.is_empty();
        !data_left && !trailers_left
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}
