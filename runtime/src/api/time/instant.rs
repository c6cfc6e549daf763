//! An instant: seconds since 1970 in UTC, and nanoseconds.
//!
//! Knows no zones and no calendar.

/// Nanoseconds in a second.
const NANOS: i64 = 1_000_000_000;

/// An instant on the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant {
    /// Seconds since 1970, rounded down; at most [`FARTHEST`] either way.
    pub seconds: i64,
    /// Nanoseconds beyond them.
    pub nanos: u32,
}

/// Seconds from 1970 to the last instant, and to the first; 146 thousand million years. What is left of 64 bits is room
/// for the offset of any zone.
const FARTHEST: i64 = 1 << 62;

/// The first of January of year 1 in UTC: what a time is that nobody has set.
const ZERO: Instant = Instant {
    seconds: -62_135_596_800,
    nanos: 0,
};

impl Instant {
    /// So many seconds and nanoseconds after 1970 began; `None` if that is too far.
    pub fn new(seconds: i128, nanos: u32) -> Option<Instant> {
        let seconds = i64::try_from(seconds).ok()?;
        (seconds.unsigned_abs() <= FARTHEST.unsigned_abs()).then_some(Instant { seconds, nanos })
    }

    /// So many nanoseconds after 1970 began.
    pub fn from_nanos(nanos: i64) -> Instant {
        Instant {
            seconds: nanos.div_euclid(NANOS),
            nanos: nanos.rem_euclid(NANOS) as u32,
        }
    }

    /// Nanoseconds since 1970, where 64 bits can hold them: from 1677 to 2262.
    pub fn to_nanos(self) -> Option<i64> {
        i64::try_from(self.total()).ok()
    }

    fn total(self) -> i128 {
        i128::from(self.seconds) * i128::from(NANOS) + i128::from(self.nanos)
    }

    fn from_total(nanos: i128) -> Option<Instant> {
        let rest = nanos.rem_euclid(NANOS.into()) as u32;
        Instant::new(nanos.div_euclid(NANOS.into()), rest)
    }

    /// So many nanoseconds later; `None` if that is too far.
    pub fn after(self, nanos: i64) -> Option<Instant> {
        Instant::from_total(self.total() + i128::from(nanos))
    }

    /// Nanoseconds since `earlier`; as many as there can be if there are more.
    pub fn since(self, earlier: Instant) -> i64 {
        let nanos = self.total() - earlier.total();
        nanos.clamp(i64::MIN.into(), i64::MAX.into()) as i64
    }

    /// Whether it is the first of January of year 1.
    pub fn is_zero(self) -> bool {
        self == ZERO
    }

    /// The last multiple of `unit` nanoseconds, counted from year 1; the instant itself if that is no unit.
    pub fn truncated(self, unit: i64) -> Option<Instant> {
        if unit <= 0 {
            return Some(self);
        }
        Instant::from_total(self.total() - self.beyond(unit))
    }

    /// The nearest multiple of `unit` nanoseconds, counted from year 1, the later of two; the instant itself if that is
    /// no unit.
    pub fn rounded(self, unit: i64) -> Option<Instant> {
        if unit <= 0 {
            return Some(self);
        }
        let beyond = self.beyond(unit);
        let up = if 2 * beyond < i128::from(unit) {
            0
        } else {
            i128::from(unit)
        };
        Instant::from_total(self.total() - beyond + up)
    }

    /// Nanoseconds since the last multiple of `unit`.
    fn beyond(self, unit: i64) -> i128 {
        (self.total() - ZERO.total()).rem_euclid(unit.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_beyond_the_farthest_is_none() {
        let last = Instant::new(FARTHEST.into(), 0).unwrap();
        assert_eq!(last.after(NANOS), None);
        assert_eq!(last.after(-NANOS).map(|at| at.seconds), Some(FARTHEST - 1));
        assert_eq!(Instant::new(i128::from(FARTHEST) + 1, 0), None);
        assert_eq!(Instant::new(i128::MIN, 0), None);
        let first = Instant::new(-i128::from(FARTHEST), 0).unwrap();
        assert_eq!(first.truncated(i64::MAX), None);
        assert_eq!((last.since(first), first.since(last)), (i64::MAX, i64::MIN));
        assert_eq!(last.to_nanos(), None);
    }

    #[test]
    fn nanoseconds_come_back() {
        for nanos in [0, 1, -1, NANOS, -NANOS, i64::MAX, i64::MIN] {
            assert_eq!(Instant::from_nanos(nanos).to_nanos(), Some(nanos));
        }
        assert!(ZERO.is_zero() && !Instant::from_nanos(0).is_zero());
    }
}
