//! Reading a date by a layout.
//!
//! Forgives what dates in the wild differ in: capitals in names, more blanks, a fraction of a second that the layout
//! doesn't have. Knows nothing of Lua.

mod reader;
mod zone;

use super::calendar::{Fields, days_in, is_leap};
use super::instant::Instant;
use super::layout::{self, Element};
use super::location::Location;
use reader::Reader;
use zone::Zone;

use std::fmt;

/// Why a text is no date of a layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// At `rest` there should be what the layout has as `element`.
    Unlike {
        /// The part of the layout.
        element: Vec<u8>,
        /// What the text has from there on.
        rest: Vec<u8>,
    },
    /// A number is larger or smaller than it can be.
    OutOfRange(&'static str),
    /// There is more than the layout has.
    Extra(Vec<u8>),
    /// The day of the year is another day than the one of the month, or in another month.
    OtherDay(&'static str),
    /// An instant that is too far away.
    TooFar,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ParseError::Unlike { element, rest } => {
                write!(f, "{} doesn't fit {}", Shown(rest), Shown(element))
            }
            ParseError::OutOfRange(what) => write!(f, "{what} out of range"),
            ParseError::Extra(rest) => write!(f, "extra text {}", Shown(rest)),
            ParseError::OtherDay(what) => write!(f, "day of the year does not match {what}"),
            ParseError::TooFar => f.write_str("time out of range"),
        }
    }
}

impl std::error::Error for ParseError {}

/// Bytes in quotes for an error's text, the first of them if they are many.
pub struct Shown<'a>(pub &'a [u8]);

/// Bytes that an error shows of a text.
const MOST_SHOWN: usize = 64;

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.0[..self.0.len().min(MOST_SHOWN)];
        let dots = if shown.len() < self.0.len() {
            "…"
        } else {
            ""
        };
        write!(f, "{:?}{dots}", String::from_utf8_lossy(shown))
    }
}

/// Reads `value` by `layout`. Without a zone in it the date is one of `location`.
///
/// # Errors
/// Why it is no date of that layout.
pub fn parse(
    layout: &[u8],
    value: &[u8],
    location: Location,
) -> Result<(Instant, Location), ParseError> {
    let mut found = Found::default();
    let mut reader = Reader { rest: value };
    let mut rest = layout;
    loop {
        let piece = layout::first(rest);
        let before = reader;
        if !reader.skip(piece.literal) {
            return Err(ParseError::Unlike {
                element: piece.literal.to_vec(),
                rest: before.rest.to_vec(),
            });
        }
        let Some((element, written)) = piece.element else {
            break;
        };
        rest = piece.rest;
        let before = reader;
        found
            .read(element, &mut reader, rest)
            .map_err(|wrong| match wrong {
                Wrong::Unlike => ParseError::Unlike {
                    element: written.to_vec(),
                    rest: before.rest.to_vec(),
                },
                Wrong::OutOfRange(what) => ParseError::OutOfRange(what),
            })?;
    }
    if !reader.rest.is_empty() {
        return Err(ParseError::Extra(reader.rest.to_vec()));
    }
    let zone = std::mem::take(&mut found.zone);
    zone.place(&found.fields()?, location)
        .ok_or(ParseError::TooFar)
}

/// What is wrong with the text where an element is read.
enum Wrong {
    Unlike,
    OutOfRange(&'static str),
}

/// What was read so far.
#[derive(Default)]
struct Found {
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    year_day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nano: i64,
    /// Whether the hour is one of the afternoon, if that was said.
    afternoon: Option<bool>,
    zone: Zone,
}

impl Found {
    /// Reads one element; `following` is the layout behind it.
    fn read(
        &mut self,
        element: Element,
        reader: &mut Reader<'_>,
        following: &[u8],
    ) -> Result<(), Wrong> {
        match element {
            Element::Year => self.year = reader.digits(4).ok_or(Wrong::Unlike)?,
            Element::ShortYear => {
                let year = reader.signed(2).ok_or(Wrong::Unlike)?;
                self.year = year + if year >= CENTURY { 1_900 } else { 2_000 };
            }
            Element::MonthName => self.month = Some(reader.month(false).ok_or(Wrong::Unlike)?),
            Element::ShortMonthName => self.month = Some(reader.month(true).ok_or(Wrong::Unlike)?),
            Element::Month(width) => {
                self.month = Some(reader.within(width, 1..=12, "month")?);
            }
            Element::WeekdayName => reader.weekday(false).ok_or(Wrong::Unlike)?,
            Element::ShortWeekdayName => reader.weekday(true).ok_or(Wrong::Unlike)?,
            Element::Day(width) => {
                self.day = Some(reader.number(width).ok_or(Wrong::Unlike)?);
            }
            Element::YearDay(width) => {
                self.year_day = Some(reader.year_day(width).ok_or(Wrong::Unlike)?);
            }
            Element::Hour => self.hour = reader.within(layout::Width::Any, 0..=23, "hour")?,
            Element::Hour12(width) => self.hour = reader.within(width, 0..=12, "hour")?,
            Element::Minute(width) => self.minute = reader.within(width, 0..=59, "minute")?,
            Element::Second(width) => {
                self.second = reader.within(width, 0..=59, "second")?;
                let has_own = matches!(
                    layout::first(following).element,
                    Some((Element::Fraction(_), _))
                );
                if !has_own {
                    self.nano = reader.any_fraction().unwrap_or(self.nano);
                }
            }
            Element::Half { upper } => {
                self.afternoon = Some(reader.half(upper).ok_or(Wrong::Unlike)?);
            }
            Element::Abbreviation => self.zone.read_name(reader)?,
            Element::Offset(how) => self.zone.read_offset(reader, how)?,
            Element::Fraction(how) if how.trimmed => {
                self.nano = reader.any_fraction().unwrap_or(self.nano);
            }
            Element::Fraction(how) => self.nano = reader.fraction(how.digits)?,
        }
        Ok(())
    }

    /// The date and time of day that was read.
    fn fields(&self) -> Result<Fields, ParseError> {
        let hour = match self.afternoon {
            Some(true) if self.hour < 12 => self.hour + 12,
            Some(false) if self.hour == 12 => 0,
            _ => self.hour,
        };
        let (month, day) = match self.year_day {
            Some(year_day) => self.day_of_year(year_day)?,
            None => (self.month.unwrap_or(1), self.day.unwrap_or(1)),
        };
        if day < 1 || day > days_in(self.year, month) {
            return Err(ParseError::OutOfRange("day"));
        }
        Ok(Fields {
            year: self.year.into(),
            month: month.into(),
            day: day.into(),
            hour: hour.into(),
            minute: self.minute.into(),
            second: self.second.into(),
            nano: self.nano.into(),
        })
    }

    /// Month and day of a day of the year, which must be those that were read besides.
    fn day_of_year(&self, year_day: i64) -> Result<(i64, i64), ParseError> {
        let days = if is_leap(self.year) { 366 } else { 365 };
        if year_day < 1 || year_day > days {
            return Err(ParseError::OutOfRange("day of the year"));
        }
        let (mut month, mut day) = (1, year_day);
        while day > days_in(self.year, month) {
            day -= days_in(self.year, month);
            month += 1;
        }
        if self.month.is_some_and(|read| read != month) {
            return Err(ParseError::OtherDay("the month"));
        }
        if self.day.is_some_and(|read| read != day) {
            return Err(ParseError::OtherDay("the day"));
        }
        Ok((month, day))
    }
}

/// From which on a year of two digits is one of the 20th century.
const CENTURY: i64 = 69;
