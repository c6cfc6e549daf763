//! A timer wheel: things that come out when their moment has come.
//!
//! Six levels of 64 slots, a slot a list through a slab, a bit mask a level. Pure: knows neither clock nor lock nor
//! thread, nor what it holds.

use std::mem;

use crate::clock::Moment;
use crate::process::Slab;

/// Length of a tick, as a power of two of nanoseconds: 524 µs. A tick is how much later than asked an entry may come
/// out, never earlier. Guessed: half the aim for a ticker's lateness; shorter means more wake-ups of an idle worker.
const TICK_BITS: u32 = 19;
const SLOT_BITS: u32 = 6;
const SLOTS: usize = 1 << SLOT_BITS;
const LEVELS: usize = 6;
/// Ticks that the wheel spans, 417 days. What is later is put at the end and looked at again then.
const SPAN: u64 = 1 << (SLOT_BITS * LEVELS as u32);
const NIL: u32 = u32::MAX;

/// Names an entry of a wheel; never reused, so that a stale key finds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimerKey {
    /// Place in the slab.
    pub index: u32,
    /// How often the place had been used before.
    pub generation: u32,
}

/// Entries with a deadline each.
#[derive(Debug)]
pub struct TimerWheel<T> {
    entries: Slab<Entry<T>>,
    /// Ticks up to which everything has come out.
    elapsed: u64,
    levels: [Level; LEVELS],
}

#[derive(Debug)]
struct Entry<T> {
    item: T,
    /// Tick at which it comes out. May be later than its slot says: then it moves when the slot's turn comes.
    deadline: u64,
    /// Level and slot it is linked into.
    slot: u16,
    previous: u32,
    next: u32,
}

#[derive(Clone, Copy, Debug)]
struct Level {
    /// Which slots hold entries.
    occupied: u64,
    heads: [u32; SLOTS],
}

impl<T> Default for TimerWheel<T> {
    fn default() -> Self {
        TimerWheel::new()
    }
}

impl<T> TimerWheel<T> {
    /// An empty wheel at the clock's start.
    pub fn new() -> TimerWheel<T> {
        TimerWheel {
            entries: Slab::new(),
            elapsed: 0,
            levels: [Level {
                occupied: 0,
                heads: [NIL; SLOTS],
            }; LEVELS],
        }
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Adds an entry. A deadline that has passed comes out with the next tick.
    pub fn insert(&mut self, deadline: Moment, item: T) -> TimerKey {
        let deadline = tick_at_or_after(deadline);
        let vacancy = self.entries.vacancy(0);
        let entry = Entry {
            item,
            deadline,
            slot: 0,
            previous: NIL,
            next: NIL,
        };
        self.entries.insert(vacancy, entry);
        self.link(vacancy.index);
        TimerKey {
            index: vacancy.index,
            generation: vacancy.generation as u32,
        }
    }

    /// Gives an entry the same or a later deadline, which costs next to nothing: it stays where it is linked. False if
    /// it has come out, was cancelled, or would have to come out earlier than it is linked for.
    #[must_use]
    pub fn postpone(&mut self, key: TimerKey, deadline: Moment) -> bool {
        let tick = tick_at_or_after(deadline);
        match self.find(key) {
            Some(entry) if tick >= entry.deadline => {
                entry.deadline = tick;
                true
            }
            _ => false,
        }
    }

    /// Takes an entry out; `None` if it has come out already.
    pub fn cancel(&mut self, key: TimerKey) -> Option<T> {
        self.find(key)?;
        self.unlink(key.index);
        self.release(key.index)
    }

    /// Appends to `due` whatever has its moment at or before `now`, in the order of ticks.
    pub fn expire(&mut self, now: Moment, due: &mut Vec<T>) {
        let now = now.0 >> TICK_BITS;
        while let Some((level, slot, tick)) = self.next_slot() {
            if tick > now {
                break;
            }
            // Time never seems to go back: a slot of an upper level begins where its span begins.
            self.elapsed = self.elapsed.max(tick);
            let mut index = mem::replace(&mut self.levels[level].heads[slot], NIL);
            self.levels[level].occupied &= !(1 << slot);
            while index != NIL {
                let entry = self.entry(index);
                let next = entry.next;
                if entry.deadline <= self.elapsed {
                    due.extend(self.release(index));
                } else {
                    self.link(index);
                }
                index = next;
            }
        }
        self.elapsed = self.elapsed.max(now);
    }

    /// The moment at which to call [`TimerWheel::expire`] next: that of the earliest entry, or an earlier one at which
    /// entries move to a finer level.
    pub fn next(&self) -> Option<Moment> {
        self.next_slot()
            .map(|(_, _, tick)| Moment(tick << TICK_BITS))
    }

    fn next_slot(&self) -> Option<(usize, usize, u64)> {
        // The finest occupied level has the earliest slot: a level's entries lie within one slot of the level above.
        self.levels
            .iter()
            .enumerate()
            .find(|(_, level)| level.occupied != 0)
            .map(|(index, level)| {
                let shift = SLOT_BITS * index as u32;
                let here = (self.elapsed >> shift) % SLOTS as u64;
                let ahead = u64::from(level.occupied.rotate_right(here as u32).trailing_zeros());
                let slot = (here + ahead) as usize % SLOTS;
                let tick = ((self.elapsed >> shift) + ahead) << shift;
                (index, slot, tick)
            })
    }

    fn find(&mut self, key: TimerKey) -> Option<&mut Entry<T>> {
        let (_, generation) = self.entries.get(key.index)?;
        // Cut to 32 bits: to be mistaken, a place must have been used 2^32 times while a process kept a stale key.
        if generation as u32 != key.generation {
            return None;
        }
        self.entries.get_mut(key.index)
    }

    fn entry(&mut self, index: u32) -> &mut Entry<T> {
        self.entries
            .get_mut(index)
            .expect("what is linked is there")
    }

    fn release(&mut self, index: u32) -> Option<T> {
        self.entries.remove(index).map(|entry| entry.item)
    }

    /// Links an entry into the slot for its deadline: the level is that of the highest digit in which the deadline
    /// differs from what has elapsed.
    fn link(&mut self, index: u32) {
        let deadline = self.entry(index).deadline;
        // One slot of the top level less than the span, or the slot would be the one where `elapsed` is.
        let furthest = self.elapsed + SPAN - SPAN / SLOTS as u64;
        let tick = deadline.clamp(self.elapsed + 1, furthest);
        let differing = (self.elapsed ^ tick) | (SLOTS as u64 - 1);
        let level = ((u64::BITS - 1 - differing.leading_zeros()) / SLOT_BITS) as usize;
        let level = level.min(LEVELS - 1);
        let slot = (tick >> (SLOT_BITS * level as u32)) as usize % SLOTS;

        let head = mem::replace(&mut self.levels[level].heads[slot], index);
        self.levels[level].occupied |= 1 << slot;
        if head != NIL {
            self.entry(head).previous = index;
        }
        let entry = self.entry(index);
        entry.slot = (level * SLOTS + slot) as u16;
        entry.previous = NIL;
        entry.next = head;
    }

    fn unlink(&mut self, index: u32) {
        let Entry {
            slot,
            previous,
            next,
            ..
        } = *self.entry(index);
        if next != NIL {
            self.entry(next).previous = previous;
        }
        if previous != NIL {
            self.entry(previous).next = next;
            return;
        }
        let level = &mut self.levels[slot as usize / SLOTS];
        level.heads[slot as usize % SLOTS] = next;
        if next == NIL {
            level.occupied &= !(1 << (slot as usize % SLOTS));
        }
    }
}

fn tick_at_or_after(moment: Moment) -> u64 {
    (moment.0 >> TICK_BITS) + u64::from(moment.0 & ((1 << TICK_BITS) - 1) != 0)
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn tick(tick: u64) -> Moment {
        Moment(tick << TICK_BITS)
    }

    fn expire<T>(wheel: &mut TimerWheel<T>, now: Moment) -> Vec<T> {
        let mut due = Vec::new();
        wheel.expire(now, &mut due);
        due
    }

    #[test]
    fn nothing_comes_out_early_and_nothing_later_than_a_tick() {
        let mut wheel = TimerWheel::new();
        wheel.insert(Moment(1_000_000_000), "second");
        assert_eq!(expire(&mut wheel, Moment(999_999_999)), Vec::<&str>::new());
        assert_eq!(
            expire(
                &mut wheel,
                Moment(1_000_000_000).after(std::time::Duration::from_nanos(1 << TICK_BITS))
            ),
            ["second"]
        );
        assert_eq!(wheel.len(), 0);
        assert_eq!(wheel.next(), None);
    }

    #[test]
    fn all_distances_come_out_at_their_tick() {
        for begin in [0, 1, 62, 63, 64, 4095, 1 << 30, (1 << 36) - 5] {
            for shift in 0..40 {
                for distance in [
                    (1_u64 << shift).saturating_sub(1).max(1),
                    1 << shift,
                    (1 << shift) + 1,
                ] {
                    let mut wheel = TimerWheel::new();
                    expire::<()>(&mut wheel, tick(begin));
                    wheel.insert(tick(begin + distance), ());
                    // Go from one moment that the wheel names to the next, as a worker does.
                    let mut now = tick(begin);
                    while let Some(next) = wheel.next() {
                        assert!(next > now, "stands still at {now:?}");
                        assert!(next <= tick(begin + distance), "late: {begin} + {distance}");
                        now = next;
                        let due = expire(&mut wheel, now);
                        assert_eq!(!due.is_empty(), now == tick(begin + distance));
                    }
                    assert_eq!(now, tick(begin + distance));
                }
            }
        }
    }

    #[test]
    fn a_long_jump_brings_all_in_order() {
        let mut wheel = TimerWheel::new();
        let deadlines = [70_000, 3, 64, 65, 4096, 5, 1 << 25];
        for deadline in deadlines {
            wheel.insert(tick(deadline), deadline);
        }
        let mut sorted = deadlines;
        sorted.sort_unstable();
        assert_eq!(expire(&mut wheel, tick(1 << 26)), sorted);
    }

    #[test]
    fn cancelled_is_gone() {
        let mut wheel = TimerWheel::new();
        let keys: Vec<_> = (1..1000).map(|n| wheel.insert(tick(n * 7), n)).collect();
        for key in &keys {
            assert!(wheel.cancel(*key).is_some());
            assert!(wheel.cancel(*key).is_none());
        }
        assert_eq!(
            (wheel.len(), wheel.next(), wheel.entries.len()),
            (0, None, 0)
        );
        let fresh = wheel.insert(tick(1), 0);
        assert!(!keys.contains(&fresh), "a stale key must find nothing");
    }

    #[test]
    fn postponed_comes_out_once_at_the_later_moment() {
        let mut wheel = TimerWheel::new();
        let key = wheel.insert(tick(10), "a");
        assert!(wheel.postpone(key, tick(10)) && wheel.postpone(key, tick(500)));
        assert!(!wheel.postpone(key, tick(499)), "not earlier");
        assert!(expire(&mut wheel, tick(499)).is_empty());
        assert_eq!(expire(&mut wheel, tick(500)), ["a"]);
        assert!(!wheel.postpone(key, tick(600)), "it has come out");
    }

    #[test]
    fn what_is_past_comes_out_with_the_next_tick() {
        let mut wheel = TimerWheel::new();
        expire::<&str>(&mut wheel, tick(100));
        wheel.insert(tick(3), "past");
        assert_eq!(wheel.next(), Some(tick(101)));
        assert_eq!(expire(&mut wheel, tick(101)), ["past"]);
    }
}
