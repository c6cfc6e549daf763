//! The zone of a date that is being read: what it was called, its offset, or nothing.
//!
//! Knows nothing of the date's other parts.

use super::Wrong;
use super::reader::Reader;
use crate::api::time::calendar::Fields;
use crate::api::time::instant::Instant;
use crate::api::time::layout::Offset;
use crate::api::time::location::Location;

/// What was read of a zone.
#[derive(Default)]
pub(super) struct Zone {
    /// Whether it is UTC, whatever else was read.
    is_utc: bool,
    /// Seconds east of UTC.
    offset: Option<i32>,
    name: String,
}

impl Zone {
    /// Reads what a zone is called.
    pub(super) fn read_name(&mut self, reader: &mut Reader<'_>) -> Result<(), Wrong> {
        if let Some(rest) = reader.rest.strip_prefix(b"UTC") {
            self.is_utc = true;
            reader.rest = rest;
            return Ok(());
        }
        let name = name_length(reader.rest).and_then(|length| reader.take(length));
        self.name = String::from_utf8_lossy(name.ok_or(Wrong::Unlike)?).into_owned();
        Ok(())
    }

    /// Reads an offset.
    pub(super) fn read_offset(
        &mut self,
        reader: &mut Reader<'_>,
        how: Offset,
    ) -> Result<(), Wrong> {
        if how.zulu && reader.take_byte(b'Z').is_some() {
            self.is_utc = true;
            return Ok(());
        }
        let sign = reader.take(1).ok_or(Wrong::Unlike)?;
        let mut parts = [0; 3];
        for (place, part) in parts[..how.parts].iter_mut().enumerate() {
            if how.colons && place > 0 {
                reader.take_byte(b':').ok_or(Wrong::Unlike)?;
            }
            *part = reader.digits(2).ok_or(Wrong::Unlike)?;
        }
        // Some write an hour as 60 minutes, and a day as 24 hours.
        let ranges = [
            (24, "time zone offset hour"),
            (60, "time zone offset minute"),
            (60, "time zone offset second"),
        ];
        for (part, (most, what)) in parts.iter().zip(ranges) {
            if *part > most {
                return Err(Wrong::OutOfRange(what));
            }
        }
        let [hours, minutes, seconds] = parts;
        let offset = (hours * 3_600 + minutes * 60 + seconds) as i32;
        self.offset = Some(match sign {
            b"+" => offset,
            b"-" => -offset,
            _ => return Err(Wrong::Unlike),
        });
        Ok(())
    }

    /// The instant at which clocks in this zone show the fields, and the location that a time there has: `location`, if
    /// its clocks show the same.
    pub(super) fn place(self, fields: &Fields, location: Location) -> Option<(Instant, Location)> {
        if self.is_utc {
            return Some((Location::Utc.instant(fields)?, Location::Utc));
        }
        let shown = Location::Utc.instant(fields)?;
        let earlier = |offset: i32| {
            let seconds = i128::from(shown.seconds) - i128::from(offset);
            Instant::new(seconds, shown.nanos)
        };
        if let Some(offset) = self.offset {
            let at = earlier(offset)?;
            let is_same = location.offset(at.seconds) == offset
                && (self.name.is_empty() || location.abbreviation(at.seconds) == self.name);
            return Some(match is_same {
                true => (at, location),
                false => (at, Location::Fixed(self.name, offset)),
            });
        }
        if self.name.is_empty() {
            return Some((location.instant(fields)?, location));
        }
        if let Some(offset) = location.offset_called(&self.name, shown.seconds) {
            return Some((earlier(offset)?, location));
        }
        // Nobody knows how far east it is: the clock is taken for one of UTC, which only keeps its name.
        let offset = hours_from_gmt(&self.name) * 3_600;
        Some((shown, Location::Fixed(self.name, offset)))
    }
}

/// The hours in `GMT+3`; 0 for any other name.
fn hours_from_gmt(name: &str) -> i32 {
    let hours = name.strip_prefix("GMT").map(str::parse);
    hours.and_then(Result::ok).unwrap_or(0)
}

/// How much of the text is the name of a zone: three to five capitals that end in `T`, or three others, `GMT` with hours,
/// hours alone, and a few names that are like no other.
fn name_length(text: &[u8]) -> Option<usize> {
    if text.starts_with(b"ChST") || text.starts_with(b"MeST") {
        return Some(4);
    }
    if let Some(hours) = text.strip_prefix(b"GMT") {
        return Some(3 + hours_length(hours).unwrap_or(0));
    }
    if text.len() < 3 {
        return None;
    }
    if let b'+' | b'-' = text[0] {
        return hours_length(text);
    }
    let capitals = text.iter().take_while(|byte| byte.is_ascii_uppercase());
    match capitals.take(6).count() {
        3 => Some(3),
        4 if text[3] == b'T' || text.starts_with(b"WITA") => Some(4),
        5 if text[4] == b'T' => Some(5),
        _ => None,
    }
}

/// The most hours in the name of a zone.
const MOST_HOURS: i64 = 23;

/// How long a sign and hours behind it are.
fn hours_length(text: &[u8]) -> Option<usize> {
    let (b'+' | b'-', digits) = text.split_first()? else {
        return None;
    };
    let count = digits
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let hours = std::str::from_utf8(&digits[..count]).ok()?.parse::<i64>();
    (hours.ok()? <= MOST_HOURS).then_some(1 + count)
}
