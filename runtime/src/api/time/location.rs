//! A location: which offset from UTC its clocks have at an instant, and what that is called.
//!
//! Knows nothing of Lua, nor of how dates are written.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::calendar::{CYCLE, Civil, Fields};
use super::instant::Instant;

/// A location.
#[derive(Clone, Debug)]
pub enum Location {
    /// UTC.
    Utc,
    /// Where the program runs.
    Local(TimeZone),
    /// One of the time zone database, and its name there.
    Named(TimeZone, String),
    /// A name that a program gave, and seconds east of UTC.
    Fixed(String, i32),
}

impl Location {
    /// Where the program runs: what the variable `TZ` says, else the system.
    pub fn local() -> Location {
        match TimeZone::system() {
            zone if zone.is_unknown() => Location::Local(TimeZone::UTC),
            zone => Location::Local(zone),
        }
    }

    /// The location of this name in the time zone database.
    pub fn named(name: &str) -> Option<Location> {
        match name {
            "UTC" => return Some(Location::Utc),
            "Local" => return Some(Location::local()),
            _ => {}
        }
        let zone = TimeZone::get(name).ok()?;
        // The database takes `europe/berlin` for `Europe/Berlin`; programs that rely on it would run on some systems only.
        let is_its_name = zone.iana_name() == Some(name) && !zone.is_unknown();
        is_its_name.then(|| Location::Named(zone, name.to_owned()))
    }

    /// What it is called: `UTC`, `Local`, its name in the database, or what the program calls it.
    pub fn name(&self) -> &str {
        match self {
            Location::Utc => "UTC",
            Location::Local(_) => "Local",
            Location::Named(_, name) | Location::Fixed(name, _) => name,
        }
    }

    fn zone(&self) -> Option<&TimeZone> {
        match self {
            Location::Local(zone) | Location::Named(zone, _) => Some(zone),
            Location::Utc | Location::Fixed(..) => None,
        }
    }

    /// Seconds east of UTC, so many seconds after 1970.
    pub fn offset(&self, seconds: i64) -> i32 {
        match self {
            Location::Utc => 0,
            Location::Fixed(_, offset) => *offset,
            Location::Local(zone) | Location::Named(zone, _) => {
                zone.to_offset(known(seconds)).seconds()
            }
        }
    }

    /// What that offset is called: `CEST`, `UTC`, `+03`; empty where it has no name.
    pub fn abbreviation(&self, seconds: i64) -> String {
        match self {
            Location::Utc => "UTC".to_owned(),
            Location::Fixed(name, _) => name.clone(),
            Location::Local(zone) | Location::Named(zone, _) => {
                let info = zone.to_offset_info(known(seconds));
                info.abbreviation().to_owned()
            }
        }
    }

    /// What calendar and clock show there.
    pub fn civil(&self, at: Instant) -> Civil {
        Civil::of(at.seconds + i64::from(self.offset(at.seconds)))
    }

    /// The instant at which calendar and clock show these fields there; `None` if it is too far.
    ///
    /// Where a clock is set forward past them, they count from before or after the change; where it is set back and shows
    /// them twice, it is one of the two.
    pub fn instant(&self, fields: &Fields) -> Option<Instant> {
        let (shown, nanos) = fields.seconds();
        let shown = Instant::new(shown, nanos)?.seconds;
        let near = self.offset(shown);
        let offset = self.offset(shown - i64::from(near));
        Instant::new(i128::from(shown) - i128::from(offset), nanos)
    }

    /// The instant at which clocks there show the same time of day, and the calendar so many years, months and days more.
    pub fn moved(&self, at: Instant, years: i128, months: i128, days: i128) -> Option<Instant> {
        let shown = self.civil(at);
        self.instant(&Fields {
            year: i128::from(shown.year) + years,
            month: i128::from(shown.month()) + months,
            day: i128::from(shown.day()) + days,
            hour: shown.hour().into(),
            minute: shown.minute().into(),
            second: shown.second().into(),
            nano: at.nanos.into(),
        })
    }

    /// Seconds east of UTC of what is called `name` here: where clocks show so many seconds after 1970, or else at any
    /// time.
    pub fn offset_called(&self, name: &str, shown: i64) -> Option<i32> {
        let Some(zone) = self.zone() else {
            return match self {
                Location::Fixed(own, offset) if own == name => Some(*offset),
                _ => None,
            };
        };
        let mut offsets: Vec<i32> = zone
            .preceding(known(LAST_CHANGE))
            .filter(|change| change.abbreviation() == name)
            .map(|change| change.offset().seconds())
            .collect();
        // Which holds before the first change, or always.
        if self.abbreviation(Timestamp::MIN.as_second()) == name {
            offsets.push(self.offset(Timestamp::MIN.as_second()));
        }
        offsets.reverse();
        let holds = |offset: &i32| self.abbreviation(shown - i64::from(*offset)) == name;
        match offsets.iter().copied().find(|offset| holds(offset)) {
            Some(offset) => Some(self.offset(shown - i64::from(offset))),
            None => offsets.first().copied(),
        }
    }
}

/// After this, in 2100, the changes of a clock repeat themselves: nothing new is called anything.
const LAST_CHANGE: i64 = 4_102_444_800;

/// The instant as the time zone database knows it. What is later than the year 9999 is like one or more cycles earlier.
fn known(seconds: i64) -> Timestamp {
    let last = Timestamp::MAX.as_second();
    let seconds = match seconds > last {
        true => last - CYCLE + (seconds - last).rem_euclid(CYCLE),
        false => seconds.max(Timestamp::MIN.as_second()),
    };
    Timestamp::from_second(seconds).expect("within what is known")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_has_exactly_one_name() {
        assert_eq!(
            Location::named("Europe/Berlin").unwrap().name(),
            "Europe/Berlin"
        );
        assert_eq!(Location::named("UTC").unwrap().name(), "UTC");
        for name in [
            "",
            "europe/berlin",
            "Nowhere/Town",
            "Etc/Unknown",
            "../etc/passwd",
            "/etc/localtime",
        ] {
            assert!(Location::named(name).is_none(), "{name}");
        }
    }

    #[test]
    fn clocks_change_in_the_far_future_as_they_do_now() {
        let berlin = Location::named("Europe/Berlin").unwrap();
        let july = Fields {
            year: 123_456,
            month: 7,
            day: 1,
            ..Fields::default()
        };
        let at = berlin.instant(&july).unwrap();
        assert_eq!(
            (
                berlin.offset(at.seconds),
                berlin.abbreviation(at.seconds).as_str()
            ),
            (7_200, "CEST")
        );
        assert_eq!(berlin.civil(at).month(), 7);
        assert!(berlin.offset(-(1 << 62)) < 3_600 && berlin.offset(1 << 62) >= 3_600);
    }
}
