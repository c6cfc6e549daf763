//! Writing a date by a layout.
//!
//! Knows nothing of Lua, nor of what else a layout is for.

use std::fmt;
use std::io::Write;

use crate::api::os_time::{MONTHS, WEEKDAYS};

use super::calendar::Civil;
use super::instant::Instant;
use super::layout::{self, Element, Fraction, MOST_DIGITS, Offset, Width};
use super::location::Location;

/// The layout of `tostring(t)`.
pub const FULL: &[u8] = b"2006-01-02 15:04:05.999999999 -0700 MST";

/// The instant by the layout, as clocks show it at the location.
pub fn format(layout: &[u8], at: Instant, location: &Location) -> Vec<u8> {
    let shown = Shown {
        at,
        location,
        civil: location.civil(at),
    };
    let mut out = Vec::with_capacity(layout.len() + 8);
    let mut rest = layout;
    while !rest.is_empty() {
        let piece = layout::first(rest);
        out.extend_from_slice(piece.literal);
        if let Some((element, _)) = piece.element {
            shown.append(&mut out, element);
        }
        rest = piece.rest;
    }
    out
}

/// What clocks show.
struct Shown<'a> {
    at: Instant,
    location: &'a Location,
    civil: Civil,
}

impl Shown<'_> {
    fn append(&self, out: &mut Vec<u8>, element: Element) {
        let civil = &self.civil;
        let month_name = MONTHS[civil.month() as usize - 1];
        let day_name = WEEKDAYS[civil.weekday() as usize];
        match element {
            Element::Year => put_number(out, civil.year, Width::Zeros, 4),
            Element::ShortYear => put_number(out, (civil.year % 100).abs(), Width::Zeros, 2),
            Element::MonthName => out.extend_from_slice(month_name.as_bytes()),
            Element::ShortMonthName => out.extend_from_slice(&month_name.as_bytes()[..3]),
            Element::Month(width) => put_number(out, civil.month(), width, 2),
            Element::WeekdayName => out.extend_from_slice(day_name.as_bytes()),
            Element::ShortWeekdayName => out.extend_from_slice(&day_name.as_bytes()[..3]),
            Element::Day(width) => put_number(out, civil.day(), width, 2),
            Element::YearDay(width) => put_number(out, civil.year_day(), width, 3),
            Element::Hour => put_number(out, civil.hour(), Width::Zeros, 2),
            Element::Hour12(width) => put_number(out, (civil.hour() + 11) % 12 + 1, width, 2),
            Element::Minute(width) => put_number(out, civil.minute(), width, 2),
            Element::Second(width) => put_number(out, civil.second(), width, 2),
            Element::Half { upper } => out.extend_from_slice(match (civil.hour() < 12, upper) {
                (true, true) => b"AM",
                (true, false) => b"am",
                (false, true) => b"PM",
                (false, false) => b"pm",
            }),
            Element::Abbreviation => self.append_abbreviation(out),
            Element::Offset(how) => put_offset(out, self.offset(), how),
            Element::Fraction(how) => put_fraction(out, self.at.nanos, how),
        }
    }

    fn offset(&self) -> i32 {
        self.location.offset(self.at.seconds)
    }

    /// What the zone is called, or its offset if it has no name.
    fn append_abbreviation(&self, out: &mut Vec<u8>) {
        let name = self.location.abbreviation(self.at.seconds);
        if !name.is_empty() {
            return out.extend_from_slice(name.as_bytes());
        }
        let how = Offset {
            zulu: false,
            colons: false,
            parts: 2,
        };
        put_offset(out, self.offset(), how);
    }
}

fn put_number(out: &mut Vec<u8>, value: i64, width: Width, digits: usize) {
    let digits = digits + usize::from(value < 0);
    match width {
        Width::Any => put(out, format_args!("{value}")),
        Width::Zeros => put(out, format_args!("{value:0digits$}")),
        Width::Blanks => put(out, format_args!("{value:digits$}")),
    }
}

/// Hours, minutes and seconds; what is smaller than the last of them is cut off.
fn put_offset(out: &mut Vec<u8>, offset: i32, how: Offset) {
    if how.zulu && offset == 0 {
        return out.push(b'Z');
    }
    let unit = [3_600, 60, 1][how.parts - 1];
    // Less than a minute is no negative offset, unless seconds are written.
    let is_negative = offset <= -unit.min(60);
    out.push(if is_negative { b'-' } else { b'+' });
    let seconds = offset.unsigned_abs();
    let parts = [seconds / 3_600, seconds / 60 % 60, seconds % 60];
    for (place, part) in parts[..how.parts].iter().enumerate() {
        if how.colons && place > 0 {
            out.push(b':');
        }
        put(out, format_args!("{part:02}"));
    }
}

fn put_fraction(out: &mut Vec<u8>, nanos: u32, how: Fraction) {
    let start = out.len();
    out.push(how.separator);
    put(out, format_args!("{nanos:09}"));
    out.truncate(start + 1 + how.digits.min(MOST_DIGITS));
    if how.trimmed {
        while out.last() == Some(&b'0') {
            out.pop();
        }
        if out.len() == start + 1 {
            out.pop();
        }
    }
}

fn put(out: &mut Vec<u8>, text: fmt::Arguments<'_>) {
    // Writing to a vector can't fail.
    let _ = out.write_fmt(text);
}
