//! Durations as people write them: `500ms`, `1s`, `2m`, `off`.

use std::time::Duration;

/// The interval of automatic checkpoints as it is written on a command line: a number with `ms`, `s`, `m` or `h`, or
/// `off` (also `0`) for none.
///
/// # Errors
/// The text says what is expected.
///
/// ```
/// use std::time::Duration;
/// assert_eq!(miman::parse_interval("1500ms"), Ok(Some(Duration::from_millis(1500))));
/// assert_eq!(miman::parse_interval("off"), Ok(None));
/// assert!(miman::parse_interval("soon").is_err());
/// ```
pub fn parse_interval(text: &str) -> Result<Option<Duration>, String> {
    let text = text.trim();
    if text == "off" || text == "0" {
        return Ok(None);
    }
    let duration = parse_duration(text)?;
    if duration.is_zero() {
        return Ok(None);
    }
    if u32::try_from(duration.as_millis()).is_err() {
        return Err(format!("`{text}` is too long: at most 1193h"));
    }
    Ok(Some(duration))
}

fn parse_duration(text: &str) -> Result<Duration, String> {
    let expected = || format!("`{text}` is not a duration: write 500ms, 1s, 2m or 1h (or off)");
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .ok_or_else(expected)?;
    let (number, unit) = text.split_at(digits);
    let number: f64 = number.parse().map_err(|_| expected())?;
    let milliseconds = match unit {
        "ms" => 1.0,
        "s" => 1000.0,
        "m" => 60_000.0,
        "h" => 3_600_000.0,
        _ => return Err(expected()),
    };
    Duration::try_from_secs_f64(number * milliseconds / 1000.0).map_err(|_| expected())
}

/// An interval in milliseconds as the protocol carries it: 0 means none.
pub(crate) fn to_wire(interval: Option<Duration>) -> u32 {
    interval.map_or(0, |interval| {
        u32::try_from(interval.as_millis()).unwrap_or(u32::MAX)
    })
}

/// The inverse of [`parse_interval`], for tables.
///
/// ```
/// assert_eq!(miman::show_interval(1000), "1s");
/// assert_eq!(miman::show_interval(1500), "1500ms");
/// assert_eq!(miman::show_interval(0), "off");
/// ```
#[must_use]
pub fn show_interval(milliseconds: u32) -> String {
    match milliseconds {
        0 => "off".to_owned(),
        ms if ms % 60_000 == 0 => format!("{}m", ms / 60_000),
        ms if ms % 1000 == 0 => format!("{}s", ms / 1000),
        ms => format!("{ms}ms"),
    }
}
