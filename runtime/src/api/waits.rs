//! Who waits for which channel, in the order in which they came.
//!
//! Knows nothing of what a task is granted, nor of where it is.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;
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

/// Waits by what is asked for.
#[derive(Debug, Default)]
pub struct Many {
    by_channel: FxHashMap<ChannelNumber, VecDeque<Wait>>,
    by_task: FxHashMap<Task, Vec<ChannelNumber>>,
}

impl Default for Waits {
    fn default() -> Self {
        Waits::Few(SmallVec::new())
    }
}

impl Waits {
    /// Adds a wait, behind all others for its channel.
    pub fn add(&mut self, wait: Wait) {
        match self {
            Waits::Few(list) if list.len() < FEW => list.push(wait),
            Waits::Few(list) => {
                let mut many = Box::<Many>::default();
                list.drain(..).for_each(|wait| many.add(wait));
                many.add(wait);
                *self = Waits::Many(many);
            }
            Waits::Many(many) => many.add(wait),
        }
    }

    /// The oldest wait of those who send to a channel, or of those who receive from it.
    pub fn first(&self, channel: ChannelNumber, sends: bool) -> Option<Wait> {
        let fits = |wait: &&Wait| wait.channel == channel && wait.sends == sends;
        match self {
            Waits::Few(list) => list.iter().find(fits).copied(),
            Waits::Many(many) => many.by_channel.get(&channel)?.iter().find(fits).copied(),
        }
    }

    /// Drops all waits of a task.
    pub fn withdraw(&mut self, task: Task) {
        match self {
            Waits::Few(list) => list.retain(|wait| wait.task != task),
            Waits::Many(many) => {
                many.withdraw(task);
                if many.by_task.is_empty() {
                    *self = Waits::default();
                }
            }
        }
    }
}

impl Many {
    fn add(&mut self, wait: Wait) {
        self.by_channel
            .entry(wait.channel)
            .or_default()
            .push_back(wait);
        self.by_task
            .entry(wait.task)
            .or_default()
            .push(wait.channel);
    }

    fn withdraw(&mut self, task: Task) {
        for channel in self.by_task.remove(&task).unwrap_or_default() {
            if let Some(queue) = self.by_channel.get_mut(&channel) {
                queue.retain(|wait| wait.task != task);
                if queue.is_empty() {
                    self.by_channel.remove(&channel);
                }
            }
        }
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
}
