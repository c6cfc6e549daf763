//! Dates as HTTP writes them: `Sat, 21 Nov 2026 10:00:00 GMT`.
//!
//! Knows no clock.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The last second that has a date of four digits.
const LAST: u64 = 253_402_300_799;

/// A date, written; good for a second.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HttpDate {
    text: [u8; HttpDate::LENGTH],
}

impl HttpDate {
    /// Bytes of every date.
    pub const LENGTH: usize = 29;

    /// The date of a time; what lies before 1970 or after 9999 is moved there.
    pub fn at(time: SystemTime) -> HttpDate {
        let seconds = seconds(time).min(LAST);
        let time = UNIX_EPOCH + Duration::from_secs(seconds);
        let mut text = [b' '; HttpDate::LENGTH];
        text.copy_from_slice(httpdate::fmt_http_date(time).as_bytes());
        HttpDate { text }
    }

    /// As bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.text
    }
}

impl fmt::Display for HttpDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.text))
    }
}

impl fmt::Debug for HttpDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Reads a date in any of the three forms that HTTP has had.
pub fn parse(text: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(text).ok()
}

/// Whole seconds since 1970, which is all of a time that a date says.
pub fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_and_read() {
        let time = UNIX_EPOCH + Duration::from_secs(784_111_777);
        let date = HttpDate::at(time);
        assert_eq!(date.to_string(), "Sun, 06 Nov 1994 08:49:37 GMT");
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(parse(text), Some(time), "{text}");
        }
        assert_eq!(parse("tomorrow"), None);
    }

    #[test]
    fn times_without_a_date_get_the_nearest() {
        let late = UNIX_EPOCH + Duration::from_secs(LAST + 1);
        assert_eq!(
            HttpDate::at(late).to_string(),
            "Fri, 31 Dec 9999 23:59:59 GMT"
        );
        let early = UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(
            HttpDate::at(early).to_string(),
            "Thu, 01 Jan 1970 00:00:00 GMT"
        );
    }
}
