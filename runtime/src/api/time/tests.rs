//! What Go answers: the tables in `corpus/`, which `corpus/generate.go` wrote with version 1.26.
//!
//! A line is a case, its fields separated by tabs. Bytes outside 32..126 and the backslash are written \xHH.

use super::calendar::Fields;
use super::format::format;
use super::instant::Instant;
use super::location::Location;
use super::parse::{ParseError, parse};
use crate::api::text::corpus::{cases, shown};
use crate::duration;

/// A case: its fields as text, and the fields themselves.
struct Case(Vec<Vec<u8>>);

impl Case {
    fn text(&self, place: usize) -> &str {
        std::str::from_utf8(&self.0[place]).expect("text")
    }

    fn number(&self, place: usize) -> i64 {
        self.text(place).parse().expect("a number")
    }

    fn instant(&self, place: usize) -> Instant {
        Instant {
            seconds: self.number(place),
            nanos: self.number(place + 1) as u32,
        }
    }

    /// A name of the database, or `fixed:NAME:OFFSET`.
    fn location(&self, place: usize) -> Location {
        let name = self.text(place);
        match name.strip_prefix("fixed:") {
            Some(fixed) => {
                let (name, offset) = fixed.rsplit_once(':').expect("an offset");
                Location::Fixed(name.to_owned(), offset.parse().expect("seconds"))
            }
            None => Location::named(name).expect("a location"),
        }
    }
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&shown(&self.0.join(&b'|')))
    }
}

fn table(text: &str) -> impl Iterator<Item = Case> + '_ {
    cases(text).map(Case)
}

#[test]
fn dates_are_written_as_go_writes_them() {
    for case in table(include_str!("corpus/format.txt")) {
        let written = format(&case.0[3], case.instant(0), &case.location(2));
        assert_eq!(shown(&written), shown(&case.0[4]), "{case}");
    }
}

/// An error in the words of the table.
fn told(error: &ParseError) -> String {
    match error {
        ParseError::Unlike { element, .. } => {
            format!("unlike {}", String::from_utf8_lossy(element))
        }
        ParseError::OutOfRange("day of the year") => "day-of-year out of range".to_owned(),
        ParseError::OutOfRange(what) => format!("{what} out of range"),
        ParseError::Extra(rest) => format!("extra {}", String::from_utf8_lossy(rest)),
        ParseError::OtherDay(what) => {
            format!("day-of-year does not match {}", &what["the ".len()..])
        }
        ParseError::TooFar => "too far".to_owned(),
    }
}

#[test]
fn dates_are_read_as_go_reads_them() {
    for case in table(include_str!("corpus/parse.txt")) {
        match parse(&case.0[0], &case.0[1], case.location(2)) {
            Err(error) => assert_eq!(told(&error), case.text(7), "{case}"),
            Ok((at, location)) => {
                assert_eq!(case.text(7), "", "{case}");
                assert_eq!(at, case.instant(3), "{case}");
                assert_eq!(
                    i64::from(location.offset(at.seconds)),
                    case.number(6),
                    "{case}"
                );
                // The location that was asked for, or else what the zone is called.
                match case.text(5) == case.text(2) {
                    true => assert_eq!(location.name(), case.text(5), "{case}"),
                    false => assert_eq!(location.abbreviation(at.seconds), case.text(5), "{case}"),
                }
            }
        }
    }
}

#[test]
fn fields_out_of_range_carry_over_as_in_go() {
    for case in table(include_str!("corpus/date.txt")) {
        let field = |place| i128::from(case.number(place));
        let fields = Fields {
            year: field(1),
            month: field(2),
            day: field(3),
            hour: field(4),
            minute: field(5),
            second: field(6),
            nano: field(7),
        };
        let location = case.location(0);
        let at = location.instant(&fields).expect("not too far");
        assert_eq!(at, case.instant(8), "{case}");
        let civil = location.civil(at);
        assert_eq!(civil.weekday(), case.number(10), "{case}");
        assert_eq!(civil.year_day(), case.number(11), "{case}");
    }
}

#[test]
fn dates_are_moved_as_in_go() {
    for case in table(include_str!("corpus/add_date.txt")) {
        let (location, at) = (case.location(0), case.instant(1));
        let [years, months, days] = [3, 4, 5].map(|place| case.number(place).into());
        let moved = location.moved(at, years, months, days);
        assert_eq!(moved, Some(case.instant(6)), "{case}");
    }
}

#[test]
fn instants_are_rounded_and_cut_off_as_in_go() {
    for case in table(include_str!("corpus/multiples.txt")) {
        let (at, unit) = (case.instant(0), case.number(2));
        assert_eq!(at.rounded(unit), Some(case.instant(3)), "{case}");
        assert_eq!(at.truncated(unit), Some(case.instant(5)), "{case}");
    }
}

#[test]
fn durations_are_read_and_written_as_in_go() {
    for case in table(include_str!("corpus/durations.txt")) {
        let Ok(text) = std::str::from_utf8(&case.0[0]) else {
            continue;
        };
        match duration::parse(text) {
            Err(_) => assert_eq!(case.text(1), "", "{case}"),
            Ok(nanos) => {
                assert_eq!(nanos.to_string(), case.text(1), "{case}");
                assert_eq!(duration::Written(nanos).to_string(), case.text(2), "{case}");
            }
        }
    }
}
