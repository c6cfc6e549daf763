//! The timers of one process: what is due, in order.
//!
//! A heap that a process with one timer does not allocate. Knows nothing of channels or of the scheduler's wheel.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::clock::Moment;

/// What a timer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A task that sleeps.
    Task(u32),
    /// A channel, and which arming of it: an older one is stale.
    Channel(u32, u32),
}

/// One armed timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timer {
    /// When it is due.
    pub at: Moment,
    /// What it is for.
    pub target: Target,
}

/// The armed timers of a process, earliest first.
#[derive(Debug, Default)]
pub enum Timers {
    /// None.
    #[default]
    None,
    /// One: what most processes have.
    One(Timer),
    /// A heap.
    #[allow(clippy::box_collection, reason = "a word less in every process")]
    Many(Box<BinaryHeap<Reverse<Timer>>>),
}

impl Timers {
    /// Arms a timer.
    pub fn arm(&mut self, timer: Timer) {
        *self = match std::mem::take(self) {
            Timers::None => Timers::One(timer),
            Timers::One(other) => Timers::Many(Box::new([timer, other].map(Reverse).into())),
            Timers::Many(mut heap) => {
                heap.push(Reverse(timer));
                Timers::Many(heap)
            }
        };
    }

    /// Bytes that the heap takes.
    pub fn bytes(&self) -> usize {
        match self {
            Timers::None | Timers::One(_) => 0,
            Timers::Many(heap) => heap.capacity() * size_of::<Timer>(),
        }
    }

    /// When the earliest is due; [`Moment::NEVER`] without one.
    pub fn earliest(&self) -> Moment {
        match self {
            Timers::None => Moment::NEVER,
            Timers::One(timer) => timer.at,
            Timers::Many(heap) => heap.peek().map_or(Moment::NEVER, |timer| timer.0.at),
        }
    }

    /// Takes the earliest, if it is due.
    pub fn take_due(&mut self, now: Moment) -> Option<Timer> {
        if self.earliest() > now {
            return None;
        }
        match self {
            Timers::None => None,
            Timers::One(timer) => {
                let timer = *timer;
                *self = Timers::None;
                Some(timer)
            }
            Timers::Many(heap) => {
                let timer = heap.pop().map(|timer| timer.0);
                if heap.is_empty() {
                    *self = Timers::None;
                }
                timer
            }
        }
    }

    /// How many are armed, stale ones included.
    pub fn len(&self) -> usize {
        match self {
            Timers::None => 0,
            Timers::One(_) => 1,
            Timers::Many(heap) => heap.len(),
        }
    }

    /// Drops those that `keep` doesn't keep.
    pub fn retain(&mut self, mut keep: impl FnMut(&Timer) -> bool) {
        match self {
            Timers::None => {}
            Timers::One(timer) => {
                if !keep(timer) {
                    *self = Timers::None;
                }
            }
            Timers::Many(heap) => {
                heap.retain(|timer| keep(&timer.0));
                heap.shrink_to(2 * heap.len());
                if heap.is_empty() {
                    *self = Timers::None;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timer(at: u64) -> Timer {
        Timer {
            at: Moment(at),
            target: Target::Task(at as u32),
        }
    }

    #[test]
    fn timers_come_in_order_and_not_before_their_time() {
        let mut timers = Timers::default();
        assert_eq!(timers.earliest(), Moment::NEVER);
        for at in [30, 10, 20] {
            timers.arm(timer(at));
        }
        assert_eq!((timers.earliest(), timers.len()), (Moment(10), 3));
        assert_eq!(timers.take_due(Moment(9)), None);
        let due = std::iter::from_fn(|| timers.take_due(Moment(25)));
        assert_eq!(due.collect::<Vec<_>>(), [timer(10), timer(20)]);
        assert_eq!((timers.earliest(), timers.len()), (Moment(30), 1));
    }

    #[test]
    fn what_is_not_kept_is_gone() {
        let mut timers = Timers::default();
        (1..=100).for_each(|at| timers.arm(timer(at)));
        timers.retain(|timer| timer.at.0 == 50);
        assert_eq!((timers.earliest(), timers.len()), (Moment(50), 1));
        timers.retain(|_| false);
        assert_eq!(timers.len(), 0);
    }
}
