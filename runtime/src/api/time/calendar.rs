//! The calendar: seconds since 1970 as year, month, day and time of day, and back.
//!
//! Gregorian in all years, those before 1582 too. Knows no zones and no clock.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

/// Seconds after which the calendar repeats itself, days of the week included: 400 years.
pub const CYCLE: i64 = 146_097 * 86_400;

/// Years in a cycle.
const CYCLE_YEARS: i64 = 400;

/// The year that seconds are counted from.
const EPOCH: i64 = 1970;

/// What a calendar and a clock show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// The year; the one before year 1 is year 0.
    pub year: i64,
    /// The same in the cycle that begins with 1970, all that crates know of.
    shown: DateTime,
}

impl Civil {
    /// So many seconds after 1970 began.
    pub fn of(seconds: i64) -> Civil {
        let within = Timestamp::from_second(seconds.rem_euclid(CYCLE)).expect("1970 to 2370");
        let shown = Offset::UTC.to_datetime(within);
        Civil {
            year: i64::from(shown.year()) + CYCLE_YEARS * seconds.div_euclid(CYCLE),
            shown,
        }
    }

    /// 1 to 12.
    pub fn month(&self) -> i64 {
        self.shown.month().into()
    }

    /// 1 to 31.
    pub fn day(&self) -> i64 {
        self.shown.day().into()
    }

    /// 0 to 23.
    pub fn hour(&self) -> i64 {
        self.shown.hour().into()
    }

    /// 0 to 59.
    pub fn minute(&self) -> i64 {
        self.shown.minute().into()
    }

    /// 0 to 59.
    pub fn second(&self) -> i64 {
        self.shown.second().into()
    }

    /// Days since Sunday.
    pub fn weekday(&self) -> i64 {
        self.shown.weekday().to_sunday_zero_offset().into()
    }

    /// 1 to 366.
    pub fn year_day(&self) -> i64 {
        self.shown.day_of_year().into()
    }
}

/// A date and a time of day as a program gives them. Any field may be out of its range: the 32nd of January is the first
/// of February.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// Any.
    pub year: i128,
    /// 1 is January.
    pub month: i128,
    /// 1 is the first.
    pub day: i128,
    /// Hours.
    pub hour: i128,
    /// Minutes.
    pub minute: i128,
    /// Seconds.
    pub second: i128,
    /// Nanoseconds.
    pub nano: i128,
}

impl Fields {
    /// Seconds since 1970 began, and nanoseconds beyond them.
    pub fn seconds(&self) -> (i128, u32) {
        let months = self.month - 1;
        let years = self.year + months.div_euclid(12) - i128::from(EPOCH);
        let year = years.rem_euclid(CYCLE_YEARS.into()) + i128::from(EPOCH);
        let month = months.rem_euclid(12) + 1;
        let first = Date::new(year as i16, month as i8, 1).expect("a month of 1970 to 2369");
        let first = DateTime::from_parts(first, Time::midnight());
        let first = Offset::UTC.to_timestamp(first).expect("1970 to 2369");
        let seconds = years.div_euclid(CYCLE_YEARS.into()) * i128::from(CYCLE)
            + i128::from(first.as_second())
            + (self.day - 1) * 86_400
            + self.hour * 3_600
            + self.minute * 60
            + self.second
            + self.nano.div_euclid(1_000_000_000);
        (seconds, self.nano.rem_euclid(1_000_000_000) as u32)
    }
}

/// Whether the year has a 29th of February.
pub fn is_leap(year: i64) -> bool {
    year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0)
}

/// How many days a month (1 to 12) of the year has.
pub fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(seconds: i64) -> (i64, [i64; 7]) {
        let civil = Civil::of(seconds);
        let clock = [civil.hour(), civil.minute(), civil.second()];
        let [hour, minute, second] = clock;
        let (month, day) = (civil.month(), civil.day());
        let (weekday, year_day) = (civil.weekday(), civil.year_day());
        (
            civil.year,
            [month, day, hour, minute, second, weekday, year_day],
        )
    }

    #[test]
    fn seconds_are_shown_as_dates_in_all_years() {
        for (seconds, date) in [
            (0, (1970, [1, 1, 0, 0, 0, 4, 1])),
            (-1, (1969, [12, 31, 23, 59, 59, 3, 365])),
            (951_782_400, (2000, [2, 29, 0, 0, 0, 2, 60])),
            (-62_135_596_800, (1, [1, 1, 0, 0, 0, 1, 1])),
            (-62_135_596_801, (0, [12, 31, 23, 59, 59, 0, 366])),
            (253_402_300_799, (9999, [12, 31, 23, 59, 59, 5, 365])),
            (253_402_300_800, (10_000, [1, 1, 0, 0, 0, 6, 1])),
        ] {
            assert_eq!(shown(seconds), date);
        }
    }

    #[test]
    fn dates_are_seconds_again() {
        for step in -2_000..2_000 {
            let seconds = step * 987_654_321;
            let civil = Civil::of(seconds);
            let fields = Fields {
                year: civil.year.into(),
                month: civil.month().into(),
                day: civil.day().into(),
                hour: civil.hour().into(),
                minute: civil.minute().into(),
                second: civil.second().into(),
                nano: 0,
            };
            assert_eq!(fields.seconds(), (seconds.into(), 0));
            assert!(civil.day() <= days_in(civil.year, civil.month()));
        }
    }

    #[test]
    fn fields_out_of_range_carry_over() {
        let at = |year, month, day, nano| Fields {
            year,
            month,
            day,
            nano,
            ..Fields::default()
        };
        assert_eq!(at(1970, 1, 1, -1).seconds(), (-1, 999_999_999));
        assert_eq!(at(1969, 13, 1, 0).seconds(), (0, 0));
        assert_eq!(at(1970, 0, 32, 0).seconds(), (0, 0));
        let far = i128::from(i64::MAX);
        assert!(at(far, far, far, far).seconds().0 > far);
        assert!(at(-far, -far, -far, -far).seconds().0 < -far);
    }
}
