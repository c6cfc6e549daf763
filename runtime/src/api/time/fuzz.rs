//! A body for a fuzzer: layouts, texts and moments that no test thought of.

use super::calendar::Fields;
use super::format::format;
use super::instant::Instant;
use super::location::Location;
use super::parse::parse;

/// Writes and reads by any layout. What a layout says all of reads back the same.
///
/// The input is three numbers (seconds, nanoseconds, minutes east of UTC: 8, 4 and 2 bytes), then a layout, a line feed
/// and a text.
pub fn layout(bytes: &[u8]) {
    let Some((seconds, bytes)) = bytes.split_first_chunk() else {
        return;
    };
    let Some((nanos, bytes)) = bytes.split_first_chunk() else {
        return;
    };
    let Some((minutes, bytes)) = bytes.split_first_chunk() else {
        return;
    };
    let seconds = i64::from_le_bytes(*seconds);
    let nanos = u32::from_le_bytes(*nanos) % 1_000_000_000;
    let minutes = i16::from_le_bytes(*minutes);
    let (layout, text) = match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (bytes, &[][..]),
    };
    let zone = |minutes| Location::Fixed(String::new(), 60 * i32::from(minutes));
    let berlin = || Location::named("Europe/Berlin").expect("bundled");
    for location in [Location::Utc, berlin(), zone(minutes)] {
        if let Some(at) = Instant::new(seconds.into(), nanos) {
            let text = format(layout, at, &location);
            let _ = parse(layout, &text, location.clone());
            stays(at, &location, seconds);
        }
        if let Ok((at, location)) = parse(layout, text, location) {
            format(layout, at, &location);
        }
    }
    // Years 0 to 9999, and offsets of less than a day.
    let at = Instant {
        seconds: seconds.rem_euclid(315_569_520_000) - 62_167_132_800,
        nanos,
    };
    for location in [Location::Utc, berlin(), zone(minutes % 1_440)] {
        same(b"2006-01-02T15:04:05.999999999Z07:00:00", at, &location);
        same(
            b"Monday, January _2 3:04:05.000000000pm 2006 -070000",
            at,
            &location,
        );
        same(b"20060102150405,999999999Z070000", at, &location);
    }
}

/// What was written in a year of four digits is read again.
fn same(layout: &[u8], at: Instant, location: &Location) {
    if (0..=9_999).contains(&location.civil(at).year) {
        let text = format(layout, at, location);
        let read = parse(layout, &text, Location::Utc).map(|(at, _)| at);
        assert_eq!(read, Ok(at), "{}", String::from_utf8_lossy(&text));
    }
}

/// Calendars answer what they were asked, or that it is too far.
fn stays(at: Instant, location: &Location, number: i64) {
    let shown = location.civil(at);
    let fields = Fields {
        year: shown.year.into(),
        month: shown.month().into(),
        day: shown.day().into(),
        hour: shown.hour().into(),
        minute: shown.minute().into(),
        second: shown.second().into(),
        nano: at.nanos.into(),
    };
    if let Some(again) = location.instant(&fields) {
        assert_eq!(location.civil(again), shown);
    }
    let far = i128::from(number);
    location.moved(at, far, far, far);
    for unit in [number, number.wrapping_neg(), number >> 20] {
        let (cut, near) = (at.truncated(unit), at.rounded(unit));
        if let (Some(cut), Some(near)) = (cut, near) {
            assert!(cut <= at && near >= cut && at.since(cut) < unit.max(1));
        }
    }
}
