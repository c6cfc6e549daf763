//! What a timer's channel holds: whether it is armed, and the strikes that nobody has received yet.
//!
//! Pure: time comes as an argument. Knows nothing of Lua, nor of where armed timers are kept.

use crate::clock::Moment;

/// What a timer's channel holds.
#[derive(Clone, Copy, Debug)]
pub struct Strikes {
    kind: Kind,
    /// Which arming is the valid one; an older one in the heap is stale.
    pub arming: u32,
    armed: bool,
    pending: u8,
    /// When the oldest pending strike was, on the wall clock.
    first: i64,
    /// Nanoseconds between strikes; 0 for one that strikes once.
    period: u64,
}

/// What sort of timer it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Strikes once, and its channel is closed then.
    After,
    /// Strikes once each time it is armed.
    Timer,
    /// Strikes again and again.
    Ticker,
}

/// Strikes that a ticker keeps for a program that is late; more are dropped.
const TICKER_BUFFER: u8 = 16;

impl Strikes {
    /// A timer that was just armed, for the first time, to strike in so many nanoseconds.
    pub(super) fn new(kind: Kind, nanos: u64) -> Strikes {
        Strikes {
            kind,
            arming: 0,
            armed: true,
            pending: 0,
            first: 0,
            period: if kind == Kind::Ticker { nanos } else { 0 },
        }
    }

    /// Whether a timer in the heap with this arming is still needed.
    pub(super) fn needs(self, arming: u32) -> bool {
        self.armed && self.arming == arming
    }

    /// Notes a strike; drops it if too many are pending.
    pub fn strike(&mut self, wall: i64) {
        let room = if self.kind == Kind::Ticker {
            TICKER_BUFFER
        } else {
            1
        };
        self.armed = self.kind == Kind::Ticker;
        if self.pending == 0 {
            self.first = wall;
        }
        self.pending = room.min(self.pending + 1);
    }

    /// Takes the oldest pending strike; answers when it was, on the wall clock.
    pub fn take(&mut self) -> Option<i64> {
        self.pending = self.pending.checked_sub(1)?;
        let at = self.first;
        self.first = at.saturating_add_unsigned(self.period);
        Some(at)
    }

    /// Whether the channel closes with its first strike.
    pub fn closes(self) -> bool {
        self.kind == Kind::After
    }

    /// When it strikes again after `at`; strikes that were missed by `now` are left out.
    pub fn next_after(self, at: Moment, now: Moment) -> Option<Moment> {
        if self.kind != Kind::Ticker {
            return None;
        }
        let missed = now.0.saturating_sub(at.0) / self.period;
        Some(Moment(
            at.0.saturating_add((missed + 1).saturating_mul(self.period)),
        ))
    }

    /// Disarms it; what is pending stays. Answers whether it was armed.
    #[must_use]
    pub(super) fn stop(&mut self) -> bool {
        self.arming = self.arming.wrapping_add(1);
        std::mem::take(&mut self.armed)
    }

    /// Whether it strikes again and again.
    pub(super) fn is_ticker(self) -> bool {
        self.kind == Kind::Ticker
    }

    /// Arms it anew, to strike in so many nanoseconds; what is pending is dropped. Answers whether it was armed.
    #[must_use]
    pub(super) fn reset(&mut self, nanos: u64) -> bool {
        self.arming = self.arming.wrapping_add(1);
        self.pending = 0;
        if self.kind == Kind::Ticker {
            self.period = nanos;
        }
        std::mem::replace(&mut self.armed, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_program_finds_the_oldest_strikes_and_no_more_than_are_kept() {
        let mut ticker = Strikes::new(Kind::Ticker, 10);
        (0..20).for_each(|tick| ticker.strike(10 * tick));
        let kept: Vec<_> = std::iter::from_fn(|| ticker.take()).collect();
        assert_eq!(kept.len(), usize::from(TICKER_BUFFER));
        assert_eq!(kept[..2], [0, 10]);
        let mut timer = Strikes::new(Kind::Timer, 10);
        timer.strike(10);
        timer.strike(20);
        assert_eq!((timer.take(), timer.take()), (Some(10), None));
    }

    #[test]
    fn a_ticker_leaves_out_what_it_missed_and_others_strike_once() {
        let ticker = Strikes::new(Kind::Ticker, 10);
        assert_eq!(ticker.next_after(Moment(10), Moment(10)), Some(Moment(20)));
        assert_eq!(ticker.next_after(Moment(10), Moment(39)), Some(Moment(40)));
        let timer = Strikes::new(Kind::Timer, 10);
        assert_eq!(timer.next_after(Moment(10), Moment(39)), None);
    }

    #[test]
    fn stopping_and_arming_anew_make_the_last_arming_stale() {
        let mut timer = Strikes::new(Kind::Timer, 10);
        assert!(timer.needs(0) && timer.stop() && !timer.needs(0));
        assert!(!timer.stop() && !timer.reset(10));
        assert!(timer.needs(timer.arming) && !timer.needs(timer.arming - 1));
        timer.strike(10);
        assert!(!timer.reset(10));
        assert_eq!(timer.take(), None);
    }
}
