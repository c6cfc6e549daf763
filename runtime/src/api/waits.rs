//! Who waits for which channel, in the order in which they came.
//!
//! Knows nothing of what a task is granted, nor of where it is.

use rustc_hash::FxHashMap;
use slab::Slab;
use smallvec::SmallVec;

use super::tasks::{ChannelNumber, Task};

/// What a task waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The channel.
    pub channel: ChannelNumber,
    /// Who waits.
    pub task: Task,
    /// Which of the task's cases this is, from 1.
    pub case: u32,
    /// Whether the task sends: it has left its value in the channel.
    pub sends: bool,
}

/// Waits that a scan finds faster than a map would.
const FEW: usize = 8;

/// The waits of all tasks of a process.
#[derive(Debug)]
pub enum Waits {
    /// A handful, as in nearly every process: no allocation for a select over two.
    Few(SmallVec<[Wait; 2]>),
    /// More.
    Many(Box<Many>),
}

impl Default for Waits {
    fn default() -> Self {
        Waits::Few(SmallVec::new())
    }
}

impl Waits {
    /// Makes room for `count` more, so that a large select finds it at once.
    pub fn expect(&mut self, count: usize) {
        if count > FEW {
            self.many().expect(count);
        }
    }

    /// Adds a wait, behind all others for its channel.
    pub fn add(&mut self, wait: Wait) {
        match self {
            Waits::Few(list) if list.len() < FEW => list.push(wait),
            _ => self.many().add(wait),
        }
    }

    fn many(&mut self) -> &mut Many {
        if let Waits::Few(list) = self {
            let mut many = Box::<Many>::default();
            list.drain(..).for_each(|wait| many.add(wait));
            *self = Waits::Many(many);
        }
        match self {
            Waits::Many(many) => many,
            Waits::Few(_) => unreachable!("they are many now"),
        }
    }

    /// The oldest wait of those who send to a channel, or of those who receive from it.
    pub fn first(&self, channel: ChannelNumber, sends: bool) -> Option<Wait> {
        match self {
            Waits::Few(list) => list
                .iter()
                .find(|wait| wait.channel == channel && wait.sends == sends)
                .copied(),
            Waits::Many(many) => many.first(channel, sends),
        }
    }

    /// Drops all waits of a task.
    pub fn withdraw(&mut self, task: Task) {
        match self {
            Waits::Few(list) => list.retain(|wait| wait.task != task),
            Waits::Many(many) => {
                many.withdraw(task);
                if many.links.is_empty() {
                    *self = Waits::default();
                }
            }
        }
    }

    /// Bytes that they take beside themselves.
    pub fn bytes(&self) -> usize {
        match self {
            Waits::Few(list) if list.spilled() => list.capacity() * size_of::<Wait>(),
            Waits::Few(_) => 0,
            Waits::Many(many) => many.bytes(),
        }
    }
}

/// Waits by what is asked for: each is a link of two chains, that of who waits for the same and that of its task. So to
/// find the first and to drop one takes as long among ten thousand as among ten.
#[derive(Debug, Default)]
pub struct Many {
    links: Slab<Link>,
    queues: FxHashMap<Side, Ends>,
    /// The last wait of each task that waits.
    tasks: FxHashMap<Task, usize>,
}

/// One side of a channel: those who send to it, or those who receive from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Side(u64);

impl Side {
    fn new(channel: ChannelNumber, sends: bool) -> Side {
        Side(u64::from(channel) << 1 | u64::from(sends))
    }
}

/// Where the chain of a side begins and ends.
#[derive(Clone, Copy, Debug)]
struct Ends {
    first: usize,
    last: usize,
}

#[derive(Debug)]
struct Link {
    wait: Wait,
    /// Who came before it, and who behind it, to the same side of the channel.
    before: Option<usize>,
    behind: Option<usize>,
    /// The same task's wait before this one.
    also: Option<usize>,
}

impl Many {
    fn expect(&mut self, count: usize) {
        self.links.reserve(count);
        self.queues.reserve(count);
    }

    fn first(&self, channel: ChannelNumber, sends: bool) -> Option<Wait> {
        let ends = self.queues.get(&Side::new(channel, sends))?;
        Some(self.links[ends.first].wait)
    }

    fn add(&mut self, wait: Wait) {
        let new = self.links.vacant_key();
        let side = Side::new(wait.channel, wait.sends);
        let only = Ends {
            first: new,
            last: new,
        };
        let ends = self.queues.entry(side).or_insert(only);
        let before = (ends.last != new).then_some(ends.last);
        ends.last = new;
        if let Some(before) = before {
            self.links[before].behind = Some(new);
        }
        let also = self.tasks.insert(wait.task, new);
        self.links.insert(Link {
            wait,
            before,
            behind: None,
            also,
        });
    }

    fn withdraw(&mut self, task: Task) {
        let mut next = self.tasks.remove(&task);
        while let Some(place) = next {
            let link = self.links.remove(place);
            self.unchain(&link);
            next = link.also;
        }
    }

    /// Joins what was before and behind a link that is gone.
    fn unchain(&mut self, link: &Link) {
        if let Some(before) = link.before {
            self.links[before].behind = link.behind;
        }
        if let Some(behind) = link.behind {
            self.links[behind].before = link.before;
        }
        let side = Side::new(link.wait.channel, link.wait.sends);
        match (link.before, link.behind) {
            (None, None) => drop(self.queues.remove(&side)),
            (None, Some(first)) => self.ends(side).first = first,
            (Some(last), None) => self.ends(side).last = last,
            (Some(_), Some(_)) => {}
        }
    }

    fn ends(&mut self, side: Side) -> &mut Ends {
        self.queues.get_mut(&side).expect("others wait for it")
    }

    fn bytes(&self) -> usize {
        self.links.capacity() * size_of::<Link>()
            + self.queues.capacity() * size_of::<(Side, Ends)>()
            + self.tasks.capacity() * size_of::<(Task, usize)>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(task: Task, channel: ChannelNumber, sends: bool) -> Wait {
        Wait {
            channel,
            task,
            case: 1,
            sends,
        }
    }

    #[test]
    fn few_and_many_keep_the_order_in_which_tasks_came() {
        for count in [3, 30] {
            let mut waits = Waits::default();
            for task in 1..=count {
                waits.add(wait(task, 7, false));
                waits.add(wait(task, 8, true));
            }
            for task in 1..=count {
                assert_eq!(waits.first(7, false), Some(wait(task, 7, false)));
                assert_eq!(waits.first(8, true), Some(wait(task, 8, true)));
                assert_eq!((waits.first(7, true), waits.first(8, false)), (None, None));
                waits.withdraw(task);
            }
            assert!(matches!(waits, Waits::Few(list) if list.is_empty()));
        }
    }

    #[test]
    fn waits_come_and_go_at_the_front_the_middle_and_the_end_as_in_a_plain_list() {
        let mut waits = Waits::default();
        let mut plain: Vec<Wait> = Vec::new();
        // Every task waits on both sides of several channels, and on one of them twice.
        let all_of = |task| {
            let channels = [task % 3, 9, 9, task % 5];
            channels.map(|channel| [wait(task, channel, false), wait(task, channel, true)])
        };
        let add = |waits: &mut Waits, plain: &mut Vec<Wait>, task| {
            for wait in all_of(task).concat() {
                waits.add(wait);
                plain.push(wait);
            }
        };
        for task in 0..40 {
            add(&mut waits, &mut plain, task);
        }
        assert!(waits.bytes() >= plain.len() * size_of::<Wait>());
        for step in 0..160 {
            // 17 and 40 have no common divisor: each of forty steps is another task's, in no order. Now and then it is the
            // last that came.
            let task = match plain.last() {
                Some(last) if step % 4 == 3 => last.task,
                _ => step * 17 % 40,
            };
            waits.withdraw(task);
            plain.retain(|wait| wait.task != task);
            if step < 120 && step % 3 > 0 {
                add(&mut waits, &mut plain, step * 7 % 40);
            }
            for channel in 0..10 {
                for sends in [false, true] {
                    let oldest = plain
                        .iter()
                        .find(|wait| wait.channel == channel && wait.sends == sends);
                    assert_eq!(waits.first(channel, sends), oldest.copied());
                }
            }
        }
        (0..40).for_each(|task| waits.withdraw(task));
        assert_eq!(waits.bytes(), 0);
    }
}
