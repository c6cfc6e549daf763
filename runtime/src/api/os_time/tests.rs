//! Dates and times in several zones.

use super::*;

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").expect("bundled")
}

fn text(format: &str, seconds: i64, zone: &TimeZone) -> String {
    match date(format.as_bytes(), seconds, zone) {
        Ok(Answer::Text(text)) => String::from_utf8(text).unwrap(),
        other => panic!("{other:?}"),
    }
}

fn fields(seconds: i64, zone: &TimeZone) -> Fields {
    match date(b"*t", seconds, zone) {
        Ok(Answer::Fields(fields)) => fields,
        other => panic!("{other:?}"),
    }
}

/// Wednesday, 5 June 2024, 07:08:09 in UTC.
const SUMMER: i64 = 1_717_571_289;

#[test]
fn formats_the_listed_specifiers() {
    let zone = berlin();
    assert_eq!(text("%c", SUMMER, &zone), "Wed Jun  5 09:08:09 2024");
    assert_eq!(text("!%c", SUMMER, &zone), "Wed Jun  5 07:08:09 2024");
    assert_eq!(
        text("%a %A %b %B %d", SUMMER, &zone),
        "Wed Wednesday Jun June 05"
    );
    assert_eq!(
        text("%H %I %j %m %M %p %S", SUMMER, &zone),
        "09 09 157 06 08 AM 09"
    );
    assert_eq!(
        text("%U %w %W %x %X %y %Y", SUMMER, &zone),
        "22 3 23 06/05/24 09:08:09 24 2024"
    );
    assert_eq!(text("%Z %z %%", SUMMER, &zone), "CEST +0200 %");
    assert_eq!(text("!%Z %z", SUMMER, &zone), "UTC +0000");
    assert_eq!(text("!%I %p", 0, &zone), "12 AM");
    assert_eq!(text("!%I %p", 13 * 3_600, &zone), "01 PM");
    assert_eq!(text("a %q é %", SUMMER, &zone), "a %q é %");
    assert_eq!(text("", SUMMER, &zone), "");
    assert_eq!(
        text("!%Y-%m-%dT%H:%M:%SZ", -1, &zone),
        "1969-12-31T23:59:59Z"
    );
}

#[test]
fn weeks_are_counted_as_c_counts_them() {
    // 1 January 2023 was a Sunday, 1 January 2024 a Monday.
    assert_eq!(text("!%U %W", 1_672_531_200, &TimeZone::UTC), "01 00");
    assert_eq!(text("!%U %W", 1_704_067_200, &TimeZone::UTC), "00 01");
    assert_eq!(
        text("!%U %W %j", 1_703_980_800, &TimeZone::UTC),
        "53 52 365"
    );
}

#[test]
fn tables_know_daylight_saving_time() {
    let summer = fields(SUMMER, &berlin());
    assert_eq!((summer.year, summer.month, summer.day), (2024, 6, 5));
    assert_eq!((summer.hour, summer.min, summer.sec), (9, 8, 9));
    assert_eq!((summer.wday, summer.yday, summer.isdst), (4, 157, true));
    let half_a_year = 182 * DAY;
    assert!(!fields(SUMMER + half_a_year, &berlin()).isdst);
    assert!(!fields(SUMMER, &TimeZone::UTC).isdst);
}

fn given(fields: Fields) -> Given {
    Given {
        year: Some(fields.year),
        month: Some(fields.month),
        day: Some(fields.day),
        hour: Some(fields.hour),
        min: Some(fields.min),
        sec: Some(fields.sec),
        isdst: Some(fields.isdst),
    }
}

#[test]
fn time_undoes_date() {
    for name in ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"] {
        let zone = TimeZone::get(name).expect("bundled");
        // Steps of 31 minutes and a bit through a year meet both changes of the clock.
        for step in 0..17_000 {
            let seconds = 1_704_067_200 + step * 1_861;
            assert_eq!(time(&given(fields(seconds, &zone)), 0, &zone), Ok(seconds));
        }
    }
}

#[test]
fn missing_fields_are_todays_and_midnight() {
    let utc = &TimeZone::UTC;
    let midnight = SUMMER - SUMMER % DAY;
    assert_eq!(time(&Given::default(), SUMMER, utc), Ok(midnight));
    let new_year = Given {
        month: Some(1),
        day: Some(1),
        ..Given::default()
    };
    assert_eq!(time(&new_year, SUMMER, utc), Ok(1_704_067_200));
}

#[test]
fn fields_out_of_range_carry_over() {
    let utc = &TimeZone::UTC;
    let at = |year, month, day, sec| {
        let given = Given {
            year: Some(year),
            month: Some(month),
            day: Some(day),
            sec: Some(sec),
            ..Given::default()
        };
        time(&given, 0, utc)
    };
    assert_eq!(at(2023, 13, 1, 0), Ok(1_704_067_200));
    assert_eq!(at(2024, 0, 32, 0), Ok(1_704_067_200));
    assert_eq!(at(2024, 1, 0, DAY), Ok(1_704_067_200));
    assert_eq!(at(1970, 1, 1, -1), Ok(-1));
    assert_eq!(
        at(1 << 40, 1, 1, 0),
        Err(TimeError::FieldOutOfBound("year"))
    );
    assert_eq!(at(100_000, 1, 1, 0), Err(TimeError::NoTime));
    assert_eq!(at(2024, 1, i64::from(i32::MAX), 0), Err(TimeError::NoTime));
}

#[test]
fn moments_beyond_the_calendar_are_errors() {
    let no_date = Err(TimeError::NoDate);
    assert_eq!(date(b"%c", i64::MAX, &TimeZone::UTC), no_date);
    assert_eq!(date(b"*t", i64::MIN, &TimeZone::UTC), no_date);
    let words = "date result cannot be represented in this installation";
    assert_eq!(TimeError::NoDate.to_string(), words);
}

#[test]
fn a_skipped_hour_counts_from_before_the_change() {
    let given = Given {
        year: Some(2024),
        month: Some(3),
        day: Some(31),
        hour: Some(2),
        min: Some(30),
        ..Given::default()
    };
    let seconds = time(&given, 0, &berlin()).expect("a time");
    assert_eq!(text("%H:%M", seconds, &berlin()), "03:30");
}
