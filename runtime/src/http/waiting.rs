//! What a session waits for, and for how long it may.
//!
//! Knows nothing of what it waits with, nor of what happens when it has waited too long.

use std::time::Duration;

use crate::app::Timeouts;
use crate::clock::Moment;

/// How long a client that was refused may send nothing before it is cut; it may not have seen why yet.
const SILENCE: Duration = Duration::from_secs(2);

/// How long such a client may go on sending.
const LINGER: Duration = Duration::from_secs(30);

/// How long a client may have sent its last byte before it counts as one that has left: one that only says that it sends
/// no more still reads an answer that comes soon.
const HALF_CLOSED: Duration = Duration::from_secs(1);

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum For {
    /// A request, of which nothing has come.
    Request,
    /// The rest of a request, from the client.
    Rest,
    /// The answer, from us, and that the client takes it.
    Answer,
    /// That the client closes, too.
    Close,
}

/// For what, and since when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    what: For,
    since: Moment,
    /// When the client last gave a sign of life, where that matters.
    sign: Moment,
    /// Whether the client has said that it sends no more.
    half_closed: bool,
}

impl Waiting {
    /// For a first request.
    pub fn new(now: Moment) -> Waiting {
        Waiting {
            what: For::Request,
            since: now,
            sign: now,
            half_closed: false,
        }
    }

    /// This is what is waited for now. The time counts from the change.
    pub fn is_for(&mut self, what: For, now: Moment) {
        if self.what != what {
            self.restart(what, now);
        }
    }

    /// From now on this is waited for, perhaps once more.
    pub fn restart(&mut self, what: For, now: Moment) {
        (self.what, self.since, self.sign) = (what, now, now);
    }

    /// The client has sent or taken something.
    pub fn sign_of_life(&mut self, now: Moment) {
        self.sign = now;
    }

    /// The client sends no more.
    pub fn half_close(&mut self, now: Moment) {
        if !self.half_closed {
            (self.half_closed, self.sign) = (true, now);
        }
    }

    /// Whether the client sends no more.
    pub fn is_half_closed(&self) -> bool {
        self.half_closed
    }

    /// What has taken too long, if it has. `is_written`: the client has taken all that there is for it.
    pub fn overdue(&self, now: Moment, timeouts: &Timeouts, is_written: bool) -> Option<For> {
        let over = |since: Moment, limit: Duration| !limit.is_zero() && now.since(since) >= limit;
        let is_over = match self.what {
            For::Request => over(self.since, timeouts.idle),
            For::Rest => over(self.since, timeouts.read),
            For::Answer => over(self.since, timeouts.write),
            For::Close => over(self.sign, SILENCE) || over(self.since, LINGER),
        };
        if is_over {
            return Some(self.what);
        }
        // Who does not take what there is for it is there: of one that has left, the system would say so.
        let has_left = self.half_closed && is_written && over(self.sign, HALF_CLOSED);
        has_left.then_some(For::Close)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUTS: Timeouts = Timeouts {
        read: Duration::from_secs(10),
        write: Duration::from_secs(20),
        idle: Duration::from_secs(40),
    };

    fn at(seconds: u64) -> Moment {
        Moment(0).after(Duration::from_secs(seconds))
    }

    fn overdue(waiting: &Waiting, seconds: u64) -> Option<For> {
        waiting.overdue(at(seconds), &TIMEOUTS, true)
    }

    #[test]
    fn each_thing_is_waited_for_as_long_as_it_may_take() {
        for (what, limit) in [(For::Request, 40), (For::Rest, 10), (For::Answer, 20)] {
            let mut waiting = Waiting::new(at(100));
            waiting.restart(what, at(100));
            assert_eq!(overdue(&waiting, 99 + limit), None, "{what:?}");
            assert_eq!(overdue(&waiting, 100 + limit), Some(what));
        }
    }

    #[test]
    fn no_limit_is_none() {
        let mut waiting = Waiting::new(at(0));
        let none = Timeouts {
            read: Duration::ZERO,
            write: Duration::ZERO,
            idle: Duration::ZERO,
        };
        for what in [For::Request, For::Rest, For::Answer] {
            waiting.restart(what, at(0));
            assert_eq!(waiting.overdue(at(1_000_000), &none, true), None);
        }
        waiting.restart(For::Close, at(0));
        assert_eq!(waiting.overdue(at(2), &none, true), Some(For::Close));
    }

    #[test]
    fn the_time_counts_from_the_change() {
        let mut waiting = Waiting::new(at(0));
        waiting.is_for(For::Rest, at(30));
        waiting.is_for(For::Rest, at(35));
        assert_eq!(overdue(&waiting, 39), None);
        assert_eq!(overdue(&waiting, 40), Some(For::Rest));
        waiting.restart(For::Rest, at(39));
        assert_eq!(overdue(&waiting, 48), None);
    }

    #[test]
    fn a_client_that_is_refused_may_send_for_a_while() {
        let mut waiting = Waiting::new(at(0));
        waiting.is_for(For::Close, at(0));
        for second in 1..30 {
            assert_eq!(overdue(&waiting, second), None);
            waiting.sign_of_life(at(second));
        }
        assert_eq!(overdue(&waiting, 30), Some(For::Close));
    }

    #[test]
    fn a_client_that_sends_no_more_has_left_unless_it_takes_what_there_is() {
        let mut waiting = Waiting::new(at(0));
        waiting.is_for(For::Answer, at(0));
        waiting.half_close(at(5));
        assert_eq!(waiting.overdue(at(6), &TIMEOUTS, false), None);
        assert_eq!(waiting.overdue(at(6), &TIMEOUTS, true), Some(For::Close));
        waiting.sign_of_life(at(6));
        assert_eq!(waiting.overdue(at(6), &TIMEOUTS, true), None);
        waiting.half_close(at(7));
        assert_eq!(waiting.overdue(at(7), &TIMEOUTS, true), Some(For::Close));
    }
}
