//! The coroutines of one process: which runs, which are ready, which wait for what.
//!
//! First in, first out, inside the process's step; the scheduler knows nothing of them. A process with one coroutine
//! allocates nothing for this. Knows nothing of Lua, nor of what is in a channel.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;
use slab::Slab;
use smallvec::SmallVec;

/// Names a task of a process: 0 is the one that runs `main`.
pub type Task = u32;

/// Names a channel of a process.
pub type ChannelNumber = u32;

/// What a task waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The channel.
    pub channel: ChannelNumber,
    /// Who waits.
    pub task: Task,
    /// Which of the task's cases this is, from 1.
    pub case: u32,
    /// The number under which a sender left its value; 0 for a receiver.
    pub offer: u32,
}

/// What a task gets for its waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Which of its cases it was.
    pub case: u32,
    /// What happened to that case.
    pub what: Granted,
}

/// What happened to the case that was waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granted {
    /// There is a value for the task in the channel, and nobody else may take it.
    Value,
    /// The value that it offered was taken.
    Sent,
    /// The channel was closed.
    Closed,
    /// The time has come.
    Time,
}

/// Where one task is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// It runs, or is in the queue of those that are ready.
    #[default]
    Awake,
    /// It waits.
    Waiting,
    /// It was granted something and is in the queue; the channel (0: none) has a value set aside for it.
    Granted(Grant, ChannelNumber),
}

/// The coroutines of one process.
#[derive(Debug)]
pub struct Tasks {
    /// The one that runs.
    current: Task,
    main: Place,
    main_is_ready: bool,
    /// Tasks that were granted a value and have not taken it yet.
    aside: u32,
    waits: Waits,
    /// Present once the process has spawned a coroutine.
    spawned: Option<Box<Spawned>>,
}

#[derive(Debug, Default)]
struct Spawned {
    /// Under their number less one.
    places: Slab<Place>,
    /// All that are ready, the main task included, in order.
    ready: VecDeque<Task>,
}

impl Default for Tasks {
    fn default() -> Self {
        Tasks {
            current: 0,
            main: Place::Awake,
            main_is_ready: true,
            aside: 0,
            waits: Waits::default(),
            spawned: None,
        }
    }
}

impl Tasks {
    /// The task that runs.
    pub fn current(&self) -> Task {
        self.current
    }

    /// How many tasks there are.
    pub fn count(&self) -> usize {
        1 + self
            .spawned
            .as_ref()
            .map_or(0, |spawned| spawned.places.len())
    }

    /// Takes the next task that is ready, and makes it the one that runs.
    pub fn next(&mut self) -> Option<Task> {
        let task = match &mut self.spawned {
            Some(spawned) => spawned.ready.pop_front()?,
            None => std::mem::take(&mut self.main_is_ready).then_some(0)?,
        };
        self.current = task;
        Some(task)
    }

    /// Puts a task at the end of the queue.
    pub fn ready(&mut self, task: Task) {
        match &mut self.spawned {
            Some(spawned) => spawned.ready.push_back(task),
            None => self.main_is_ready = true,
        }
    }

    /// Makes a new task, which is not in the queue yet; answers its number.
    pub fn spawn(&mut self) -> Task {
        let main_is_ready = std::mem::take(&mut self.main_is_ready);
        let spawned = self.spawned.get_or_insert_default();
        if main_is_ready {
            spawned.ready.push_back(0);
        }
        spawned.places.insert(Place::Awake) as Task + 1
    }

    /// Forgets a task that has ended.
    pub fn end(&mut self, task: Task) {
        if let Some(spawned) = &mut self.spawned {
            spawned.places.remove(task as usize - 1);
        }
    }

    fn place(&mut self, task: Task) -> &mut Place {
        match task {
            0 => &mut self.main,
            _ => {
                let spawned = self
                    .spawned
                    .as_mut()
                    .expect("only spawned tasks have a number");
                &mut spawned.places[task as usize - 1]
            }
        }
    }

    /// Notes that the running task waits for a case. All of its cases are noted before it yields.
    pub fn wait(&mut self, channel: ChannelNumber, case: u32, offer: u32) {
        let task = self.current;
        self.waits.add(Wait {
            channel,
            task,
            case,
            offer,
        });
        *self.place(task) = Place::Waiting;
    }

    /// Notes that the running task waits for time alone.
    pub fn wait_for_time(&mut self) {
        let task = self.current;
        *self.place(task) = Place::Waiting;
    }

    /// What the running task was granted, if it was: its waits are withdrawn, and what was set aside is its own.
    pub fn take_grant(&mut self) -> Option<Grant> {
        let task = self.current;
        match *self.place(task) {
            Place::Granted(grant, _) => {
                *self.place(task) = Place::Awake;
                self.aside -= u32::from(grant.what == Granted::Value);
                Some(grant)
            }
            Place::Awake | Place::Waiting => None,
        }
    }

    /// Grants something to a task if it waits; it is ready then, and its waits are withdrawn.
    pub fn grant(&mut self, task: Task, grant: Grant, channel: ChannelNumber) -> bool {
        if *self.place(task) != Place::Waiting {
            return false;
        }
        *self.place(task) = Place::Granted(grant, channel);
        self.aside += u32::from(grant.what == Granted::Value);
        self.waits.withdraw(task);
        self.ready(task);
        true
    }

    /// Grants a value that has just come into `channel` to the task that has waited longest to receive from it.
    /// False if none waits.
    pub fn grant_value(&mut self, channel: ChannelNumber) -> bool {
        let Some(wait) = self.waits.first(channel, false) else {
            return false;
        };
        self.grant(
            wait.task,
            Grant {
                case: wait.case,
                what: Granted::Value,
            },
            channel,
        )
    }

    /// The longest-waiting sender on `channel`: its value is taken, and it is ready. Answers its offer.
    pub fn take_offer(&mut self, channel: ChannelNumber) -> Option<u32> {
        let wait = self.waits.first(channel, true)?;
        self.grant(
            wait.task,
            Grant {
                case: wait.case,
                what: Granted::Sent,
            },
            0,
        );
        Some(wait.offer)
    }

    /// Tells all who wait for `channel` that it was closed. Answers the offers that nobody took.
    pub fn close(&mut self, channel: ChannelNumber) -> Vec<u32> {
        let mut offers = Vec::new();
        for sending in [false, true] {
            while let Some(wait) = self.waits.first(channel, sending) {
                if wait.offer != 0 {
                    offers.push(wait.offer);
                }
                self.grant(
                    wait.task,
                    Grant {
                        case: wait.case,
                        what: Granted::Closed,
                    },
                    0,
                );
            }
        }
        offers
    }

    /// Whether a task waits to receive from `channel`.
    pub fn has_receiver(&self, channel: ChannelNumber) -> bool {
        self.waits.first(channel, false).is_some()
    }

    /// Values in `channel` that are set aside for tasks that have not run yet.
    pub fn set_aside(&self, channel: ChannelNumber) -> usize {
        let aside = |place: &Place| matches!(place, Place::Granted(Grant { what: Granted::Value, .. }, from) if *from == channel);
        if self.aside == 0 {
            return 0;
        }
        let others = self
            .spawned
            .iter()
            .flat_map(|spawned| spawned.places.iter());
        usize::from(aside(&self.main)) + others.filter(|(_, place)| aside(place)).count()
    }
}

/// Waits that a scan finds faster than a map would.
const FEW: usize = 8;

/// Who waits for which channel, in the order in which they came.
#[derive(Debug)]
enum Waits {
    /// A handful, as in nearly every process: no allocation for a select over two.
    Few(SmallVec<[Wait; 2]>),
    Many(Box<Many>),
}

#[derive(Debug, Default)]
struct Many {
    by_channel: FxHashMap<ChannelNumber, VecDeque<Wait>>,
    by_task: FxHashMap<Task, Vec<ChannelNumber>>,
}

impl Default for Waits {
    fn default() -> Self {
        Waits::Few(SmallVec::new())
    }
}

impl Waits {
    fn add(&mut self, wait: Wait) {
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

    fn first(&self, channel: ChannelNumber, sending: bool) -> Option<Wait> {
        let fits = |wait: &&Wait| wait.channel == channel && (wait.offer != 0) == sending;
        match self {
            Waits::Few(list) => list.iter().find(fits).copied(),
            Waits::Many(many) => many.by_channel.get(&channel)?.iter().find(fits).copied(),
        }
    }

    fn withdraw(&mut self, task: Task) {
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

    const CHANNEL: ChannelNumber = 7;

    fn waiting(tasks: &mut Tasks, task: Task, offer: u32) {
        while tasks.next() != Some(task) {}
        tasks.wait(CHANNEL, 1, offer);
    }

    #[test]
    fn the_main_task_is_ready_once() {
        let mut tasks = Tasks::default();
        assert_eq!((tasks.next(), tasks.next()), (Some(0), None));
    }

    #[test]
    fn a_new_task_runs_before_its_spawner_goes_on() {
        let mut tasks = Tasks::default();
        tasks.next();
        let new = tasks.spawn();
        tasks.ready(new);
        tasks.ready(tasks.current());
        assert_eq!(
            (tasks.next(), tasks.next(), tasks.next()),
            (Some(new), Some(0), None)
        );
    }

    #[test]
    fn receivers_are_served_in_the_order_in_which_they_came() {
        let mut tasks = Tasks::default();
        tasks.next();
        let new = tasks.spawn();
        tasks.ready(new);
        tasks.wait(CHANNEL, 3, 0);
        waiting(&mut tasks, new, 0);
        assert!(tasks.grant_value(CHANNEL));
        assert_eq!(tasks.set_aside(CHANNEL), 1);
        assert!(tasks.grant_value(CHANNEL));
        assert!(!tasks.grant_value(CHANNEL));
        assert_eq!(tasks.next(), Some(0));
        assert_eq!(
            tasks.take_grant(),
            Some(Grant {
                case: 3,
                what: Granted::Value
            })
        );
        assert_eq!(tasks.set_aside(CHANNEL), 1);
        assert_eq!(tasks.next(), Some(new));
    }

    #[test]
    fn a_grant_withdraws_the_other_cases() {
        let mut tasks = Tasks::default();
        tasks.next();
        for case in 1..=20 {
            tasks.wait(CHANNEL + case, case, 0);
        }
        assert!(tasks.grant_value(CHANNEL + 20));
        assert!((1..=20).all(|case| !tasks.has_receiver(CHANNEL + case)));
    }

    #[test]
    fn closing_tells_receivers_and_senders() {
        let mut tasks = Tasks::default();
        tasks.next();
        let new = tasks.spawn();
        tasks.ready(new);
        tasks.wait(CHANNEL, 1, 5);
        waiting(&mut tasks, new, 0);
        assert_eq!(tasks.close(CHANNEL), vec![5]);
        assert_eq!(tasks.next(), Some(new));
        assert_eq!(tasks.take_grant().unwrap().what, Granted::Closed);
        assert_eq!(tasks.next(), Some(0));
    }

    #[test]
    fn who_has_been_granted_is_not_granted_again() {
        let mut tasks = Tasks::default();
        tasks.next();
        tasks.wait(CHANNEL, 1, 0);
        assert!(tasks.grant_value(CHANNEL));
        assert!(!tasks.grant(
            0,
            Grant {
                case: 0,
                what: Granted::Time
            },
            0
        ));
    }
}
