//! The pure part of `os.date` and `os.time`: calendar fields of Unix seconds, and back.
//!
//! Knows no clock and no system: now and the local time zone are arguments.

#[cfg(test)]
mod tests;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::io::Write;

/// What `os.date` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Text by a format.
    Text(Vec<u8>),
    /// The table that `*t` asks for.
    Fields(Fields),
}

/// A moment's calendar fields, as Lua counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fields {
    /// 1970, …
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    /// 1 to 31.
    pub day: i64,
    /// 0 to 23.
    pub hour: i64,
    /// 0 to 59.
    pub min: i64,
    /// 0 to 59.
    pub sec: i64,
    /// 1 is Sunday.
    pub wday: i64,
    /// 1 is the first of January.
    pub yday: i64,
    /// Whether daylight saving time holds.
    pub isdst: bool,
}

/// What a program gave `os.time`. Any field may be out of its range: the 32nd of January is the first of February.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Default: this year.
    pub year: Option<i64>,
    /// Default: this month.
    pub month: Option<i64>,
    /// Default: today.
    pub day: Option<i64>,
    /// Default: 0.
    pub hour: Option<i64>,
    /// Default: 0.
    pub min: Option<i64>,
    /// Default: 0.
    pub sec: Option<i64>,
    /// Tells the two hours apart that a clock shows twice when it is set back; else without effect.
    pub isdst: Option<bool>,
}

/// A moment or date that can't be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeError {
    /// `os.date`: the moment lies outside the years that the calendar has.
    NoDate,
    /// `os.time`: the fields lie outside.
    NoTime,
    /// `os.time`: this field is far out of any range.
    FieldOutOfBound(&'static str),
}

impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = "in this installation";
        match self {
            TimeError::NoDate => write!(f, "date result cannot be represented {place}"),
            TimeError::NoTime => write!(f, "time result cannot be represented {place}"),
            TimeError::FieldOutOfBound(name) => write!(f, "field '{name}' is out-of-bound"),
        }
    }
}

impl std::error::Error for TimeError {}

/// The format of `os.date()`.
pub const DEFAULT_FORMAT: &[u8] = b"%c";

/// `os.date(format, seconds)`: a leading `!` asks for UTC instead of the `local` zone, `*t` for the fields.
pub fn date(format: &[u8], seconds: i64, local: &TimeZone) -> Result<Answer, TimeError> {
    let (zone, format) = match format.strip_prefix(b"!") {
        Some(format) => (&TimeZone::UTC, format),
        None => (local, format),
    };
    let moment = Moment::at(seconds, zone).ok_or(TimeError::NoDate)?;
    if format == b"*t" {
        return Ok(Answer::Fields(moment.fields()));
    }
    let mut out = Vec::with_capacity(format.len() * 2);
    moment.append(&mut out, format);
    Ok(Answer::Text(out))
}

/// `os.time(table)`: the Unix seconds of fields in the `local` zone; `now` is for those that are missing.
///
/// A time that a clock skips when it is set forward counts from before the change.
pub fn time(given: &Given, now: i64, local: &TimeZone) -> Result<i64, TimeError> {
    let today = Moment::at(now, local).ok_or(TimeError::NoTime)?.fields();
    let year = bounded("year", given.year, today.year)?;
    let months = bounded("month", given.month, today.month)? - 1;
    let days = bounded("day", given.day, today.day)? - 1;
    let seconds = bounded("hour", given.hour, 0)? * 3_600
        + bounded("min", given.min, 0)? * 60
        + bounded("sec", given.sec, 0)?;
    let year = i16::try_from(year + months.div_euclid(12)).map_err(|_| TimeError::NoTime)?;
    let month = months.rem_euclid(12) as i8 + 1;
    let first = Date::new(year, month, 1).map_err(|_| TimeError::NoTime)?;
    let seconds = days * DAY + seconds;
    let civil = DateTime::from_parts(first, Time::midnight())
        .checked_add(SignedDuration::from_secs(seconds))
        .map_err(|_| TimeError::NoTime)?;
    to_seconds(civil, given.isdst, local).ok_or(TimeError::NoTime)
}

const DAY: i64 = 86_400;

/// Fields are 32 bits wide in C, and Lua complains past that.
fn bounded(name: &'static str, given: Option<i64>, default: i64) -> Result<i64, TimeError> {
    match given {
        None => Ok(default),
        Some(value) if i32::try_from(value).is_ok() => Ok(value),
        Some(_) => Err(TimeError::FieldOutOfBound(name)),
    }
}

fn to_seconds(civil: DateTime, isdst: Option<bool>, zone: &TimeZone) -> Option<i64> {
    let offset = match zone.to_ambiguous_timestamp(civil).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset,
        AmbiguousOffset::Gap { before, .. } => before,
        AmbiguousOffset::Fold { before, after } => {
            let is_before = isdst.is_none_or(|isdst| holds_dst(civil, before, zone) == Some(isdst));
            if is_before { before } else { after }
        }
    };
    Some(offset.to_timestamp(civil).ok()?.as_second())
}

fn holds_dst(civil: DateTime, offset: Offset, zone: &TimeZone) -> Option<bool> {
    let timestamp = offset.to_timestamp(civil).ok()?;
    Some(zone.to_offset_info(timestamp).dst().is_dst())
}

/// A moment as the clocks of a zone show it.
struct Moment {
    civil: DateTime,
    offset: Offset,
    abbreviation: String,
    isdst: bool,
}

impl Moment {
    fn at(seconds: i64, zone: &TimeZone) -> Option<Moment> {
        let timestamp = Timestamp::from_second(seconds).ok()?;
        let info = zone.to_offset_info(timestamp);
        Some(Moment {
            civil: info.offset().to_datetime(timestamp),
            offset: info.offset(),
            abbreviation: info.abbreviation().to_owned(),
            isdst: info.dst().is_dst(),
        })
    }

    fn fields(&self) -> Fields {
        Fields {
            year: i64::from(self.civil.year()),
            month: i64::from(self.civil.month()),
            day: i64::from(self.civil.day()),
            hour: i64::from(self.civil.hour()),
            min: i64::from(self.civil.minute()),
            sec: i64::from(self.civil.second()),
            wday: i64::from(self.weekday()) + 1,
            yday: i64::from(self.civil.day_of_year()),
            isdst: self.isdst,
        }
    }

    /// Days since Sunday.
    fn weekday(&self) -> i8 {
        self.civil.weekday().to_sunday_zero_offset()
    }

    /// Appends what `format` says. A `%` before an unknown letter stands for itself.
    fn append(&self, out: &mut Vec<u8>, format: &[u8]) {
        let mut rest = format;
        while let Some(escape) = memchr::memchr(b'%', rest) {
            out.extend_from_slice(&rest[..escape]);
            rest = &rest[escape + 1..];
            match rest.split_first() {
                Some((letter, after)) => {
                    self.append_one(out, *letter);
                    rest = after;
                }
                None => out.push(b'%'),
            }
        }
        out.extend_from_slice(rest);
    }

    fn append_one(&self, out: &mut Vec<u8>, letter: u8) {
        let civil = &self.civil;
        let day_name = WEEKDAYS[self.weekday() as usize];
        let month_name = MONTHS[civil.month() as usize - 1];
        let hour_of_12 = (civil.hour() + 11) % 12 + 1;
        let half = if civil.hour() < 12 { "AM" } else { "PM" };
        match letter {
            b'a' => put(out, format_args!("{}", &day_name[..3])),
            b'A' => put(out, format_args!("{day_name}")),
            b'b' => put(out, format_args!("{}", &month_name[..3])),
            b'B' => put(out, format_args!("{month_name}")),
            b'c' => {
                self.append(out, b"%a %b ");
                put(out, format_args!("{:2}", civil.day()));
                self.append(out, b" %X %Y");
            }
            b'd' => put(out, format_args!("{:02}", civil.day())),
            b'H' => put(out, format_args!("{:02}", civil.hour())),
            b'I' => put(out, format_args!("{hour_of_12:02}")),
            b'j' => put(out, format_args!("{:03}", civil.day_of_year())),
            b'm' => put(out, format_args!("{:02}", civil.month())),
            b'M' => put(out, format_args!("{:02}", civil.minute())),
            b'p' => put(out, format_args!("{half}")),
            b'S' => put(out, format_args!("{:02}", civil.second())),
            b'U' => put(out, format_args!("{:02}", self.week_from(self.weekday()))),
            b'w' => put(out, format_args!("{}", self.weekday())),
            b'W' => {
                let since_monday = civil.weekday().to_monday_zero_offset();
                put(out, format_args!("{:02}", self.week_from(since_monday)));
            }
            b'x' => self.append(out, b"%m/%d/%y"),
            b'X' => self.append(out, b"%H:%M:%S"),
            b'y' => put(out, format_args!("{:02}", civil.year().rem_euclid(100))),
            b'Y' => put(out, format_args!("{}", civil.year())),
            b'z' => self.append_offset(out),
            b'Z' => put(out, format_args!("{}", self.abbreviation)),
            b'%' => out.push(b'%'),
            other => out.extend_from_slice(&[b'%', other]),
        }
    }

    fn append_offset(&self, out: &mut Vec<u8>) {
        let minutes = self.offset.seconds() / 60;
        let sign = if minutes < 0 { '-' } else { '+' };
        let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
        put(out, format_args!("{sign}{hours:02}{minutes:02}"));
    }

    /// The number of the week, where weeks begin on the day from which `since` days have passed; what comes before
    /// the year's first such day is week 0.
    fn week_from(&self, since: i8) -> i16 {
        (self.civil.day_of_year() + 6 - i16::from(since)) / 7
    }
}

fn put(out: &mut Vec<u8>, text: fmt::Arguments<'_>) {
    // Writing to a vector can't fail.
    let _ = out.write_fmt(text);
}

/// The days of the week, which begins with Sunday.
pub const WEEKDAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

/// The months.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
