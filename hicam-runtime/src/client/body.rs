//! The message of a call, held so that it can be sent again.

use std::pin::pin;
use std::time::Duration;

use bytes::{Buf as _, Bytes, BytesMut};
use http_body_util::BodyExt as _;
use tonic::Status;
use tonic::body::Body;

/// A gRPC message begins with a compression flag and its length in 32 bits, big-endian.
const PREFIX: usize = 5;

/// How long after its one message a unary request may take to end.
const END: Duration = Duration::from_secs(1);

/// Receives the one message of a unary call from the client's own code.
///
/// # Errors
/// `UNIMPLEMENTED` for a stream of messages; the caller's own error if its body fails.
pub(super) async fn receive(body: Body) -> Result<Bytes, Status> {
    let mut body = pin!(body);
    let mut message = Bytes::new();
    loop {
        let complete = is_complete(&message)?;
        let frame = if complete {
            match tokio::time::timeout(END, body.frame()).await {
                Ok(frame) => frame,
                Err(_) => return Err(streams()),
            }
        } else {
            body.frame().await
        };
        match frame {
            None if complete => return Ok(message),
            None => return Err(streams()),
            Some(frame) => {
                let Ok(data) = frame?.into_data() else {
                    continue;
                };
                if message.is_empty() {
                    message = data;
                } else {
                    let mut joined = BytesMut::from(message);
                    joined.extend_from_slice(&data);
                    message = joined.freeze();
                }
            }
        }
    }
}

/// Whether all of the one message is there.
fn is_complete(message: &Bytes) -> Result<bool, Status> {
    if message.len() < PREFIX {
        return Ok(false);
    }
    let mut length = message.slice(1..PREFIX);
    let expected = PREFIX as u64 + u64::from(length.get_u32());
    match (message.len() as u64).cmp(&expected) {
        std::cmp::Ordering::Less => Ok(false),
        std::cmp::Ordering::Equal => Ok(true),
        std::cmp::Ordering::Greater => Err(streams()),
    }
}

fn streams() -> Status {
    Status::unimplemented(
        "a call through a HiCaM channel has one request message: streamed requests are not supported; \
         make one call for each message",
    )
}
