//! The coroutines of one process: which runs, which are ready, which wait for what.
//!
//! First in, first out, inside the process's step; the scheduler knows nothing of them. A process with one coroutine
//! allocates nothing for this. Knows nothing of Lua, nor of what is in a channel: a value comes here once it has left it.

use std::collections::VecDeque;
use std::mem;

use slab::Slab;

use crate::process::Exit;

use super::handed::Handed;
use super::waits::{Wait, Waits};

/// Names a task of a process: 0 is the one that runs `main`.
pub type Task = u32;

/// Names a channel of a process.
pub type ChannelNumber = u32;

/// What a task gets for its waiting.
#[derive(Debug)]
pub struct Grant {
    /// Which of its cases it was.
    pub case: u32,
    /// What happened to that case.
    pub what: Granted,
}

/// What happened to the case that was waited for.
#[derive(Debug)]
pub enum Granted {
    /// A value came, which nobody else can take any more.
    Value(Handed),
    /// The value that it offered was taken.
    Sent,
    /// The channel was closed.
    Closed,
    /// The time has come.
    Time,
    /// The call that it waited for came to this.
    Reply(Box<Exit>),
}

/// Where one task is.
#[derive(Debug, Default)]
enum Place {
    /// It runs, or is in the queue of those that are ready.
    #[default]
    Awake,
    /// It waits.
    Waiting,
    /// It was granted something and is in the queue.
    Granted(Grant),
}

/// The coroutines of one process.
#[derive(Debug)]
pub struct Tasks {
    /// The one that runs.
    current: Task,
    main: Place,
    main_is_ready: bool,
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

    /// Whether there is any that was spawned.
    pub fn any_spawned(&self) -> bool {
        let spawned = self.spawned.as_ref();
        spawned.is_some_and(|spawned| !spawned.places.is_empty())
    }

    /// Bytes that they take beside themselves.
    pub fn bytes(&self) -> usize {
        let spawned = self.spawned.as_ref().map_or(0, |spawned| {
            spawned.places.capacity() * size_of::<Place>()
                + spawned.ready.capacity() * size_of::<Task>()
        });
        self.waits.bytes() + spawned
    }

    /// Takes the next task that is ready, and makes it the one that runs.
    pub fn next(&mut self) -> Option<Task> {
        let task = match &mut self.spawned {
            Some(spawned) => spawned.ready.pop_front()?,
            None => mem::take(&mut self.main_is_ready).then_some(0)?,
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

    /// Puts a task before all others: it was interrupted, and programs count on it that tasks take turns only where they
    /// wait.
    pub fn ready_first(&mut self, task: Task) {
        match &mut self.spawned {
            Some(spawned) => spawned.ready.push_front(task),
            None => self.main_is_ready = true,
        }
    }

    /// Makes a new task, which is not in the queue yet; answers its number.
    pub fn spawn(&mut self) -> Task {
        let main_is_ready = mem::take(&mut self.main_is_ready);
        let spawned = self.spawned.get_or_insert_with(|| {
            // Most who spawn a coroutine spawn one.
            Box::new(Spawned {
                places: Slab::with_capacity(1),
                ready: VecDeque::with_capacity(2),
            })
        });
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

    /// Makes room for so many cases that the running task is about to wait for.
    pub fn expect_waits(&mut self, count: usize) {
        self.waits.expect(count);
    }

    /// Notes that the running task waits for a case. All of its cases are noted before it yields.
    pub fn wait(&mut self, channel: ChannelNumber, case: u32, sends: bool) {
        let task = self.current;
        self.waits.add(Wait {
            channel,
            task,
            case,
            sends,
        });
        *self.place(task) = Place::Waiting;
    }

    /// Notes that the running task waits for no channel: for time, or for a reply.
    pub fn wait_for_none(&mut self) {
        let task = self.current;
        *self.place(task) = Place::Waiting;
    }

    /// What the running task was granted, if it was.
    pub fn take_grant(&mut self) -> Option<Grant> {
        let place = self.place(self.current);
        match mem::take(place) {
            Place::Granted(grant) => Some(grant),
            other => {
                *place = other;
                None
            }
        }
    }

    /// Grants something to a task that waits; it is ready then, and its waits are withdrawn.
    fn grant(&mut self, task: Task, case: u32, what: Granted) {
        let place = self.place(task);
        // What is granted must not take the place of what was granted before: a value would be lost.
        assert!(matches!(place, Place::Waiting), "only who waits is granted");
        *place = Place::Granted(Grant { case, what });
        self.waits.withdraw(task);
        self.ready(task);
    }

    /// Tells a task that the time has come, if it waits.
    pub fn wake(&mut self, task: Task) {
        if let Place::Waiting = self.place(task) {
            self.grant(task, 0, Granted::Time);
        }
    }

    /// Gives a task the reply to the call that it waits for.
    pub fn reply(&mut self, task: Task, exit: Exit) {
        self.grant(task, 0, Granted::Reply(Box::new(exit)));
    }

    /// What tasks were handed and have not received.
    pub fn into_granted(self) -> Vec<Handed> {
        let spawned = self
            .spawned
            .map(|spawned| spawned.places)
            .unwrap_or_default();
        let places = spawned.into_iter().map(|(_, place)| place);
        let handed = |place| match place {
            Place::Granted(Grant {
                what: Granted::Value(value),
                ..
            }) => Some(value),
            Place::Granted(_) | Place::Awake | Place::Waiting => None,
        };
        places.chain([self.main]).filter_map(handed).collect()
    }

    /// The task that has waited longest to receive from `channel`.
    pub fn receiver(&self, channel: ChannelNumber) -> Option<Receiver> {
        self.waits.first(channel, false).map(Receiver)
    }

    /// Hands a value, which has left the channel, to a receiver.
    pub fn hand(&mut self, Receiver(wait): Receiver, value: Handed) {
        self.grant(wait.task, wait.case, Granted::Value(value));
    }

    /// Who has waited longest to send to `channel` is ready: the caller takes the value that it left there.
    pub fn take_sender(&mut self, channel: ChannelNumber) -> Option<Wait> {
        let wait = self.waits.first(channel, true)?;
        self.grant(wait.task, wait.case, Granted::Sent);
        Some(wait)
    }

    /// Tells all who wait for `channel` that it was closed. Answers the senders, whose values nobody took.
    pub fn close(&mut self, channel: ChannelNumber) -> Vec<Wait> {
        let mut senders = Vec::new();
        for sends in [false, true] {
            while let Some(wait) = self.waits.first(channel, sends) {
                if sends {
                    senders.push(wait);
                }
                self.grant(wait.task, wait.case, Granted::Closed);
            }
        }
        senders
    }
}

/// Who waits to receive. Not to be kept: what else happens may grant the task something.
#[derive(Clone, Copy, Debug)]
pub struct Receiver(Wait);

impl Receiver {
    /// The task.
    pub fn task(self) -> Task {
        self.0.task
    }
}

#[cfg(test)]
mod tests;
