//! Moments on the runtime's monotonic clock, and the clock itself.
//!
//! Knows nothing of calendars or time zones: that is the Lua module `time`.

use std::time::{Duration, Instant};

/// A moment: nanoseconds since the runtime's clock was started. Never goes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub u64);

impl Moment {
    /// A moment that never comes (584 years after the start).
    pub const NEVER: Moment = Moment(u64::MAX);

    /// The moment `duration` later, or [`Moment::NEVER`].
    pub fn after(self, duration: Duration) -> Moment {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        Moment(self.0.saturating_add(nanos))
    }

    /// How long from `earlier` until this moment; zero if this moment is the earlier one.
    pub fn since(self, earlier: Moment) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

/// Reads the present moment. Copies agree with each other.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: Instant,
}

impl Clock {
    /// A clock that starts now.
    pub fn start() -> Clock {
        Clock {
            start: Instant::now(),
        }
    }

    /// The present moment.
    pub fn now(&self) -> Moment {
        Moment(self.start.elapsed().as_nanos() as u64)
    }
}
