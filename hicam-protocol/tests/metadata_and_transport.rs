//! Headers and addresses as they come from outside.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use hicam_protocol::{
    metadata::{self, CallIdentity, MetadataError, NotServing},
    transport::{self, TransportError},
};
use http::{HeaderMap, HeaderValue};

#[test]
fn a_call_identity_is_read_as_it_was_written() {
    let mut headers = HeaderMap::new();
    assert_eq!(CallIdentity::read(&headers), Ok(None));
    let identity = CallIdentity {
        client: "c0ffee".to_owned(),
        request: u64::MAX,
        ack: 7,
    };
    identity.write(&mut headers).unwrap();
    identity.write(&mut headers).unwrap();
    assert_eq!(headers.len(), 3);
    assert_eq!(CallIdentity::read(&headers), Ok(Some(identity)));
}

#[test]
fn the_age_of_a_request_is_read_as_it_was_written() {
    let mut headers = HeaderMap::new();
    assert_eq!(metadata::age(&headers), Ok(Duration::ZERO));
    metadata::set_age(&mut headers, Duration::from_micros(61_500_999));
    assert_eq!(metadata::age(&headers), Ok(Duration::from_millis(61_500)));
    metadata::set_age(&mut headers, Duration::MAX);
    assert_eq!(metadata::age(&headers), Ok(Duration::from_millis(u64::MAX)));
    headers.insert(metadata::AGE_MS, HeaderValue::from_static("old"));
    assert!(matches!(
        metadata::age(&headers),
        Err(MetadataError::Invalid { .. })
    ));
}

#[test]
fn a_malformed_call_identity_is_refused() {
    let headers = |pairs: &[(&'static str, &str)]| -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    http::HeaderName::from_static(name),
                    HeaderValue::from_bytes(value.as_bytes()).unwrap(),
                )
            })
            .collect()
    };
    let read = |pairs: &[(&'static str, &str)]| CallIdentity::read(&headers(pairs));
    let long = "x".repeat(200);
    assert!(matches!(
        read(&[("hicam-client", "c")]),
        Err(MetadataError::Missing { .. })
    ));
    for (client, request, ack) in [
        ("", "1", "0"),
        (long.as_str(), "1", "0"),
        ("é", "1", "0"),
        ("c", "0", "0"),
        ("c", "-1", "0"),
        ("c", "99999999999999999999", "0"),
        ("c", "1", "x"),
    ] {
        let pairs = [
            ("hicam-client", client),
            ("hicam-request", request),
            ("hicam-ack", ack),
        ];
        let refused = read(&pairs);
        assert!(
            matches!(refused, Err(MetadataError::Invalid { .. })),
            "{pairs:?}: {refused:?}"
        );
    }
}

#[test]
fn pending_and_moved_travel_in_a_status() {
    for answer in [
        NotServing::Pending {
            retry_after: Duration::from_millis(20),
        },
        NotServing::Moved {
            address: "http://127.0.0.1:4000".to_owned(),
            epoch: 9,
        },
    ] {
        let status = answer.to_status();
        assert_eq!(status.code(), tonic::Code::Unavailable);
        assert!(status.metadata().contains_key(metadata::GRPC_PUSHBACK));
        assert_eq!(NotServing::from_status(&status), Some(answer));
    }
    assert_eq!(
        NotServing::from_status(&tonic::Status::unavailable("other")),
        None
    );
    let mut headers = HeaderMap::new();
    headers.insert(metadata::STATUS, HeaderValue::from_static("asleep"));
    assert!(NotServing::read(&headers).is_err());
    // An address that is no header value is left to be resolved again, not panicked on.
    let odd = NotServing::Moved {
        address: "http://\n".to_owned(),
        epoch: 1,
    };
    assert!(matches!(
        NotServing::from_status(&odd.to_status()),
        Some(NotServing::Moved { address, .. }) if address.is_empty()
    ));
}

#[tokio::test]
async fn only_loopback_is_listened_on_unasked() {
    for open in ["0.0.0.0:0", "192.0.2.1:80", "[::]:0"] {
        let refused = transport::check_listen(open, false).unwrap_err();
        assert!(
            refused.to_string().contains("--insecure-listen"),
            "{refused}"
        );
        assert!(transport::check_listen(open, true).is_ok());
    }
    for nonsense in ["", "localhost", "127.0.0.1", "example.org:1", "localhost:x"] {
        let refused = transport::check_listen(nonsense, true).unwrap_err();
        assert!(matches!(
            refused,
            TransportError::InvalidListenAddress { .. }
        ));
    }
    for local in ["127.0.0.1:0", "localhost:0"] {
        let bound = transport::bind(local, false).await.unwrap();
        assert_ne!(bound.address.port(), 0);
        let taken = transport::bind(&bound.address.to_string(), false).await;
        assert!(matches!(taken, Err(TransportError::Listen { .. })));
    }
    assert!(matches!(
        transport::bind("0.0.0.0:0", true).await,
        Err(TransportError::Wildcard { .. })
    ));
}

#[tokio::test]
async fn connecting_to_nothing_fails_promptly() {
    let free = transport::bind("127.0.0.1:0", false).await.unwrap().url();
    let refused = transport::connect(&free).await.unwrap_err();
    assert!(
        refused.is_retryable() && refused.to_string().contains(&free),
        "{refused}"
    );
    let nonsense = transport::connect("not an address").await.unwrap_err();
    assert!(!nonsense.is_retryable(), "{nonsense}");
}
