//! The caller's deadline, as gRPC carries it.

use std::time::Duration;

use http::HeaderMap;

/// gRPC's request header with the time the caller gives the call.
const TIMEOUT: &str = "grpc-timeout";

/// Takes the caller's time limit out of the request headers; `None` if there is none that makes sense.
///
/// It is not passed on: the server would cancel a call that it has begun and that a later attempt asks for.
pub(super) fn take(headers: &mut HeaderMap) -> Option<Duration> {
    parse(headers.remove(TIMEOUT)?.to_str().ok()?)
}

/// At most eight digits and a unit.
fn parse(text: &str) -> Option<Duration> {
    let unit = text.chars().last()?;
    let digits = text.strip_suffix(unit)?;
    if digits.len() > 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let amount: u64 = digits.parse().ok()?;
    match unit {
        'H' => Some(Duration::from_secs(amount * 3600)),
        'M' => Some(Duration::from_secs(amount * 60)),
        'S' => Some(Duration::from_secs(amount)),
        'm' => Some(Duration::from_millis(amount)),
        'u' => Some(Duration::from_micros(amount)),
        'n' => Some(Duration::from_nanos(amount)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_grpc_allows() {
        assert_eq!(parse("2H"), Some(Duration::from_secs(7200)));
        assert_eq!(parse("99999999n"), Some(Duration::from_nanos(99_999_999)));
        assert_eq!(parse("250m"), Some(Duration::from_millis(250)));
        for wrong in ["", "S", "1", "1s", "123456789S", "-1S", "1é"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
