//! The request and response headers by which a conformist client and server agree on what a call is.
//!
//! Everything works on [`http::HeaderMap`]. A tonic `MetadataMap` gives one by `as_ref()` and `as_mut()`.

use std::time::Duration;

use http::{HeaderMap, HeaderValue};

/// Request: the client's identity, a UUID.
pub const CLIENT: &str = "hicam-client";
/// Request: the number of the call, counted by the client from 1; the same when the call is issued again.
pub const REQUEST: &str = "hicam-request";
/// Request: every call of this client with a number up to this one has been answered and the answer received.
pub const ACK: &str = "hicam-ack";
/// Request: how long ago it was first sent, in milliseconds; absent when that is now. A server that has forgotten a
/// client knows by it what cannot have been there before.
pub const AGE_MS: &str = "hicam-age-ms";
/// Request: the UUID of the server it is meant for, when the client has looked it up: a port may have been taken
/// over by another server.
pub const SERVER: &str = "hicam-server";
/// Response status: [`PENDING`] or [`MOVED`].
pub const STATUS: &str = "hicam-status";
/// Response status: when to try again, in milliseconds.
pub const RETRY_AFTER_MS: &str = "hicam-retry-after-ms";
/// Response status: the server's new address, with [`MOVED`].
pub const ADDRESS: &str = "hicam-address";
/// Response: the epoch of the execution that answered.
pub const EPOCH: &str = "hicam-epoch";
/// Response status: gRPC's own retry pushback in milliseconds, for clients without the HiCaM library.
pub const GRPC_PUSHBACK: &str = "grpc-retry-pushback-ms";

/// Value of [`STATUS`]: the server is withdrawn for a moment; the call has not been executed.
pub const PENDING: &str = "pending";
/// Value of [`STATUS`]: the server runs at [`ADDRESS`] now; issue the same request number there.
pub const MOVED: &str = "moved";

const LONGEST_CLIENT_ID: usize = 128;

/// A header of HiCaM's that is there but says nothing sensible.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// The value is not of the header's type.
    #[error("header `{name}` is not {expected}: {value:?}")]
    Invalid {
        /// The header.
        name: &'static str,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        value: String,
    },
    /// The header must come together with others that are there.
    #[error("header `{missing}` is missing beside `{present}`")]
    Missing {
        /// The header that is missing.
        missing: &'static str,
        /// The header that calls for it.
        present: &'static str,
    },
}

impl From<MetadataError> for tonic::Status {
    fn from(error: MetadataError) -> Self {
        Self::invalid_argument(error.to_string())
    }
}

/// Who makes a call and which of its calls it is: with it, a call issued again is known to be the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CallIdentity {
    /// The client's UUID.
    pub client: String,
    /// The number of the call, from 1.
    pub request: u64,
    /// Every call up to this number has been answered and the answer received. 0: none.
    pub ack: u64,
}

impl CallIdentity {
    /// Reads the identity from request headers; `None` when the caller is a plain gRPC client.
    ///
    /// # Errors
    /// [`MetadataError`] when the headers are there but malformed or incomplete.
    pub fn read(headers: &HeaderMap) -> Result<Option<Self>, MetadataError> {
        let Some(client) = text(headers, CLIENT)? else {
            return Ok(None);
        };
        if client.is_empty() || client.len() > LONGEST_CLIENT_ID {
            return Err(MetadataError::Invalid {
                name: CLIENT,
                expected: "a client id of 1 to 128 characters",
                value: client.to_owned(),
            });
        }
        let request = number(headers, REQUEST)?.ok_or(MetadataError::Missing {
            missing: REQUEST,
            present: CLIENT,
        })?;
        if request == 0 {
            return Err(MetadataError::Invalid {
                name: REQUEST,
                expected: "a number from 1",
                value: "0".to_owned(),
            });
        }
        Ok(Some(Self {
            client: client.to_owned(),
            request,
            ack: number(headers, ACK)?.unwrap_or(0),
        }))
    }

    /// Writes the identity into request headers, replacing what was there.
    ///
    /// # Errors
    /// [`MetadataError::Invalid`] when the client id cannot be a header value.
    pub fn write(&self, headers: &mut HeaderMap) -> Result<(), MetadataError> {
        headers.insert(CLIENT, value(CLIENT, &self.client)?);
        headers.insert(REQUEST, HeaderValue::from(self.request));
        headers.insert(ACK, HeaderValue::from(self.ack));
        Ok(())
    }
}

/// Why a server does not take a call now. In both cases it has not been executed by the one that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotServing {
    /// Withdrawn for a checkpoint or a migration: issue the call again after a while.
    Pending {
        /// When to try again.
        retry_after: Duration,
    },
    /// Execution has passed to another process: issue the same request number there.
    Moved {
        /// `http://host:port` of the server now; empty when not known: resolve it again.
        address: String,
        /// The epoch there.
        epoch: u64,
    },
}

impl NotServing {
    /// Reads the answer from the headers or trailers of a response; `None` when they do not say so.
    ///
    /// # Errors
    /// [`MetadataError`] when `hicam-status` is there but unknown or incomplete.
    pub fn read(headers: &HeaderMap) -> Result<Option<Self>, MetadataError> {
        match text(headers, STATUS)? {
            None => Ok(None),
            Some(PENDING) => Ok(Some(Self::Pending {
                retry_after: Duration::from_millis(number(headers, RETRY_AFTER_MS)?.unwrap_or(0)),
            })),
            Some(MOVED) => Ok(Some(Self::Moved {
                address: text(headers, ADDRESS)?.unwrap_or_default().to_owned(),
                epoch: epoch(headers)?.unwrap_or(0),
            })),
            Some(other) => Err(MetadataError::Invalid {
                name: STATUS,
                expected: "`pending` or `moved`",
                value: other.to_owned(),
            }),
        }
    }

    /// Reads the answer from a status; `None` when it does not say so, or not understandably.
    #[must_use]
    pub fn from_status(status: &tonic::Status) -> Option<Self> {
        Self::read(status.metadata().as_ref()).ok().flatten()
    }

    /// Writes the answer into response headers, with gRPC's own retry pushback for other clients.
    ///
    /// # Errors
    /// [`MetadataError::Invalid`] when the address cannot be a header value.
    pub fn write(&self, headers: &mut HeaderMap) -> Result<(), MetadataError> {
        match self {
            Self::Pending { retry_after } => {
                // A pushback of 0 is allowed; one that does not fit would switch the retry off.
                let millis = u32::try_from(retry_after.as_millis()).unwrap_or(u32::MAX);
                headers.insert(STATUS, HeaderValue::from_static(PENDING));
                headers.insert(RETRY_AFTER_MS, HeaderValue::from(millis));
                headers.insert(GRPC_PUSHBACK, HeaderValue::from(millis));
            }
            Self::Moved { address, epoch } => {
                headers.insert(STATUS, HeaderValue::from_static(MOVED));
                headers.insert(ADDRESS, value(ADDRESS, address)?);
                headers.insert(EPOCH, HeaderValue::from(*epoch));
                headers.insert(GRPC_PUSHBACK, HeaderValue::from(0_u32));
            }
        }
        Ok(())
    }

    /// The answer as a gRPC status: `UNAVAILABLE` with the headers as metadata.
    #[must_use]
    pub fn to_status(&self) -> tonic::Status {
        let message = match self {
            Self::Pending { .. } => "migration pending: not executed, try again".to_owned(),
            Self::Moved { address, .. } => {
                format!("the server has moved to {address}: issue the request again there")
            }
        };
        let mut headers = HeaderMap::new();
        if let Err(error) = self.write(&mut headers) {
            // An address that is no header value is left out: the client resolves the server again.
            tracing::warn!(%error, "the new address of a moved server cannot be told");
        }
        tonic::Status::with_metadata(
            tonic::Code::Unavailable,
            message,
            tonic::metadata::MetadataMap::from_headers(headers),
        )
    }
}

/// Reads how long ago a request was first sent; zero if that is now.
///
/// # Errors
/// [`MetadataError::Invalid`] when it is not a number.
pub fn age(headers: &HeaderMap) -> Result<Duration, MetadataError> {
    Ok(Duration::from_millis(number(headers, AGE_MS)?.unwrap_or(0)))
}

/// Writes how long ago a request was first sent, which says that it is issued again.
pub fn set_age(headers: &mut HeaderMap, age: Duration) {
    let millis = u64::try_from(age.as_millis()).unwrap_or(u64::MAX);
    headers.insert(AGE_MS, HeaderValue::from(millis));
}

/// Reads the epoch of the execution that answered.
///
/// # Errors
/// [`MetadataError::Invalid`] when it is not a number.
pub fn epoch(headers: &HeaderMap) -> Result<Option<u64>, MetadataError> {
    number(headers, EPOCH)
}

/// Writes the epoch of the execution that answers.
pub fn set_epoch(headers: &mut HeaderMap, epoch: u64) {
    headers.insert(EPOCH, HeaderValue::from(epoch));
}

fn text<'h>(headers: &'h HeaderMap, name: &'static str) -> Result<Option<&'h str>, MetadataError> {
    let Some(value) = headers.get(name) else {
        return Ok(None);
    };
    value
        .to_str()
        .map(Some)
        .map_err(|_| MetadataError::Invalid {
            name,
            expected: "visible ASCII",
            value: String::from_utf8_lossy(value.as_bytes()).into_owned(),
        })
}

fn number(headers: &HeaderMap, name: &'static str) -> Result<Option<u64>, MetadataError> {
    let Some(text) = text(headers, name)? else {
        return Ok(None);
    };
    text.parse().map(Some).map_err(|_| MetadataError::Invalid {
        name,
        expected: "an unsigned 64-bit number",
        value: text.to_owned(),
    })
}

fn value(name: &'static str, text: &str) -> Result<HeaderValue, MetadataError> {
    HeaderValue::from_str(text).map_err(|_| MetadataError::Invalid {
        name,
        expected: "visible ASCII",
        value: text.to_owned(),
    })
}
