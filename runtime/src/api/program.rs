//! A process's program: the VM, its coroutines and their one wait, as a body that workers step.
//!
//! Letters and timers are turned into grants to the coroutines that wait; what is granted runs, first in, first out,
//! until all wait again or the slice is over. Knows nothing of workers.

use std::sync::Arc;

use crate::clock::Moment;
use crate::error::Error;
use crate::lua::{Doom, Kept, Preparation, Progress, Vm};
use crate::payload::Payload;
use crate::process::{Body, Exit, Step, Turn};
use crate::request::Exchange;
use crate::size::Size;

use super::channel::{Channel, Source};
use super::handed::Handed;
use super::host::Own;
use super::timers::{Target, Timer};
use super::{Code, Context, Host, Identity, OnReturn, SpareVm};

/// A program, from its spawn to its end.
pub struct Program {
    stage: Stage,
    host: Host,
    /// Present if it is a function.
    function: Option<Function>,
}

/// What is known of a program that is a function.
struct Function {
    to: Arc<dyn OnReturn>,
    /// Whether it has returned, and what still runs are its coroutines.
    has_returned: bool,
}

enum Stage {
    /// Spawned; the VM is made by the worker that takes the first step.
    New {
        code: Code,
        arguments: Payload,
        memory_limit: usize,
    },
    /// It runs.
    Running(Vm<Host>),
    /// It is over.
    Ended {
        /// Whether its top level had run.
        started: bool,
    },
}

impl Program {
    /// A program that will run `code` with the encoded arguments, in a VM of at most `memory_limit` bytes.
    pub fn new(
        code: Code,
        arguments: Payload,
        identity: Arc<Identity>,
        memory_limit: usize,
    ) -> Program {
        Program {
            stage: Stage::New {
                code,
                arguments,
                memory_limit,
            },
            host: Host::new(identity),
            function: None,
        }
    }

    /// A function that runs in a VM which may have served others; `arguments` are encoded.
    pub fn in_spare(spare: SpareVm, arguments: Payload, identity: Arc<Identity>) -> Program {
        let SpareVm {
            mut vm,
            next_channel,
        } = spare;
        vm.begin_again(arguments);
        let mut host = Host::new(identity);
        host.next_channel = next_channel;
        Program {
            stage: Stage::Running(vm),
            host,
            function: None,
        }
    }

    /// Makes it a function: its end is not that of its program, if that has coroutines. `to` is told when it returns.
    pub fn set_function(&mut self, to: Arc<dyn OnReturn>) {
        self.function = Some(Function {
            to,
            has_returned: false,
        });
    }

    /// Gives it a request to answer.
    pub fn set_exchange(&mut self, exchange: Exchange) {
        self.host.set_exchange(exchange);
    }

    /// Says what it finds in the module `ctx`, and hands on.
    pub fn set_context(&mut self, context: Option<Arc<Context>>) {
        self.host.set_context(context);
    }

    /// Makes the template of an entry, unless that was tried before, by running its top level here and now: before its
    /// first process is spawned.
    ///
    /// # Errors
    /// What the top level fails with, or that the method is missing.
    pub fn prepare(code: &Code, identity: &Arc<Identity>) -> Result<Preparation, Error> {
        code.prepare(|| Host::for_template(identity.clone()))
    }

    /// Whether its top level has run.
    pub fn has_started(&self) -> bool {
        match &self.stage {
            Stage::New { .. } => false,
            Stage::Running(vm) => vm.has_booted(),
            Stage::Ended { started } => *started,
        }
    }

    /// The VM, made now if it is the first step.
    fn start(&mut self) -> Result<(), Error> {
        if let Stage::New {
            code,
            arguments,
            memory_limit,
        } = &mut self.stage
        {
            let mut vm = Vm::new(code, std::mem::take(arguments), *memory_limit)?;
            if self.function.is_some() {
                vm.repeat();
            }
            self.stage = Stage::Running(vm);
        }
        Ok(())
    }

    /// Runs what is ready until nothing is, or the slice is over.
    fn run_ready(&mut self) -> Step {
        let Stage::Running(vm) = &mut self.stage else {
            unreachable!("a program that runs has a VM")
        };
        while let Some(task) = self.host.tasks.next() {
            match vm.run_task(task, &mut self.host) {
                Progress::Waits if self.host.upgrade().is_some() => return self.upgrade(),
                Progress::Waits => {}
                Progress::Yields => {
                    self.host.tasks.ready(task);
                    return Step::Ready;
                }
                Progress::Interrupted => {
                    self.host.tasks.ready_first(task);
                    return Step::Ready;
                }
                Progress::Returned if task == 0 => match &mut self.function {
                    None => return Step::Exit(ended(vm)),
                    Some(function) => {
                        let exit = function.returned(vm, &mut self.host);
                        if !self.host.tasks.any_spawned() {
                            return self.end_function(&exit);
                        }
                        function.to.on_return(&exit, None);
                    }
                },
                Progress::Returned => {
                    self.host.tasks.end(task);
                    let has_returned = |function: &Function| function.has_returned;
                    if self.function.as_ref().is_some_and(has_returned)
                        && !self.host.tasks.any_spawned()
                    {
                        return Step::Exit(Exit::Normal(Payload::default()));
                    }
                }
                Progress::Failed(error) => {
                    let exit = Exit::Failed(Arc::new(error));
                    self.host.finish_exchange(vm, &exit);
                    return Step::Exit(exit);
                }
                Progress::Doomed { why, after } => {
                    let exit = doomed(why, after, vm);
                    self.host.finish_exchange(vm, &exit);
                    return Step::Exit(exit);
                }
            }
        }
        if self.host.is_deadlocked() {
            let text = format!(
                "deadlock: all coroutines blocked with no pending operations (threads={})",
                self.host.tasks.count()
            );
            let exit = failed_at(text, vm);
            self.host.finish_exchange(vm, &exit);
            return Step::Exit(exit);
        }
        Step::Wait(self.host.timers.earliest())
    }

    /// Ends a function of which nothing runs any more as soon as it has returned: its VM can serve another call.
    fn end_function(&mut self, exit: &Exit) -> Step {
        let started = Stage::Ended { started: true };
        if let (Stage::Running(mut vm), Some(function)) =
            (std::mem::replace(&mut self.stage, started), &self.function)
        {
            // What listened to a topic is of a mailbox that closes.
            vm.let_go(Kept::Listeners);
            let next_channel = self.host.next_channel;
            // What it was upgraded to is another program.
            let is_own = !self.host.is_upgraded();
            let spare = is_own.then_some(SpareVm { vm, next_channel });
            function.to.on_return(exit, spare);
        }
        Step::Exit(Exit::Normal(Payload::default()))
    }

    /// Lets another program take over, with what this one was sent and has not received.
    fn upgrade(&mut self) -> Step {
        let (Stage::Running(vm), Some(wanted)) = (&self.stage, self.host.rare().upgrade.take())
        else {
            unreachable!("a program that runs asked for it")
        };
        let memory_limit = vm.memory_limit();
        let (code, identity) = match self.host.system().program(&wanted.entry) {
            Ok(program) => program,
            Err(error) => return Step::Exit(not_upgraded("create", error)),
        };
        self.host.start_over(identity);
        self.host.rare().upgraded = true;
        self.stage = Stage::New {
            code,
            arguments: wanted.arguments,
            memory_limit,
        };
        Step::Ready
    }

    /// Fires the timers that are due.
    fn fire(&mut self) {
        let Stage::Running(vm) = &mut self.stage else {
            return;
        };
        let now = self.host.now;
        while let Some(timer) = self.host.timers.take_due(now) {
            match timer.target {
                Target::Task(task) => self.host.tasks.wake(task),
                Target::Channel(number, arming) => {
                    let channel = vm.kept_in::<Channel>(Kept::Channels, number);
                    self.host.strike(channel, timer, arming);
                }
            }
        }
    }
}

impl Function {
    /// It has returned: answers its request, and says what whoever called is to be told.
    fn returned(&mut self, vm: &mut Vm<Host>, host: &mut Host) -> Exit {
        self.has_returned = true;
        let exit = ended(vm);
        host.finish_exchange(vm, &exit);
        vm.drop_results();
        exit
    }
}

impl Own {
    /// A channel's timer has struck. The channel is gone if the program let go of it.
    fn strike(&mut self, channel: Option<&mut Channel>, timer: Timer, arming: u32) {
        let wall = self.identity.system.wall(timer.at);
        let Some(channel) = channel else { return };
        let Source::Timer(strikes) = &mut channel.source else {
            return;
        };
        if strikes.arming != arming {
            return;
        }
        strikes.strike(wall);
        if let Some(at) = strikes.next_after(timer.at, self.now) {
            self.timers.arm(Timer { at, ..timer });
        }
        if let Some(receiver) = self.tasks.receiver(channel.number)
            && let Some(at) = strikes.take()
        {
            self.tasks.hand(receiver, Handed::Strike(at));
        }
        if strikes.closes() {
            channel.closed = true;
            self.tasks.close(channel.number);
        }
    }

    /// Whether all tasks wait for channels that only each other could send to, and nothing can come from outside.
    fn is_deadlocked(&self) -> bool {
        self.timers.earliest() == Moment::NEVER
            && !self.mail.is_subscribed()
            && !self.is_calling()
            && !self.process().is_linked()
    }
}

/// The exit of a program that returned.
fn ended(vm: &mut Vm<Host>) -> Exit {
    match vm.result() {
        Ok(result) => Exit::Normal(result),
        Err(error) => Exit::Failed(Arc::new(error)),
    }
}

/// The exit of a program that could not take over.
fn not_upgraded(what: &str, mut error: Error) -> Exit {
    error.message = format!("upgrade: {what} failed: {}", error.message);
    Exit::Failed(Arc::new(error))
}

/// A failure of the runtime's wording, with where the program is.
fn failed_at(text: impl Into<String>, vm: &Vm<Host>) -> Exit {
    let mut error = Error::new(crate::error::kind::INTERNAL, text);
    error.retryable = None;
    error.stack = vm.trace();
    Exit::Failed(Arc::new(error))
}

/// The exit of a VM that can't go on. `after`: the error that had ended its program, when its variables were being closed.
fn doomed(why: Doom, after: Option<Box<Error>>, vm: &Vm<Host>) -> Exit {
    let text = match why {
        Doom::OverCap => {
            let limit = Size(vm.memory_limit() as u64);
            format!("out of memory: the process needs more than its limit of {limit}")
        }
        Doom::Stuck => "a native call did not return in time: the Lua function that it called can't be interrupted \
                        there"
            .to_owned(),
        Doom::Panicked => "a function of the runtime panicked".to_owned(),
        Doom::Killed | Doom::None => return Exit::killed("process terminated"),
    };
    let Some(before) = after else {
        return failed_at(text, vm);
    };
    let mut error = Error::new(
        crate::error::kind::INTERNAL,
        format!("{text} (in a `__close`, after: {before})"),
    );
    error.retryable = None;
    error.stack = before.stack;
    Exit::Failed(Arc::new(error))
}

impl Body for Program {
    fn step(&mut self, turn: Turn<'_>) -> Step {
        self.host.now = turn.now;
        if self.host.process.is_none() {
            self.host.process = Some(turn.process.clone());
        }
        match self.start() {
            Ok(()) => {}
            Err(error) if self.host.is_upgraded() => {
                return Step::Exit(not_upgraded("create", error));
            }
            Err(error) => return Step::Exit(Exit::Failed(Arc::new(error))),
        }
        self.host.take_letters();
        if let Stage::Running(vm) = &mut self.stage {
            self.host.forget_promises(vm);
            vm.begin_step(turn.now);
        }
        self.fire();
        let mut step = self.run_ready();
        if let Step::Exit(exit) = &mut step {
            let started = self.has_started();
            if let Exit::Failed(error) = exit
                && self.host.is_upgraded()
                && !started
            {
                *exit = not_upgraded("init", Error::clone(error));
            }
            self.stage = Stage::Ended { started };
            // The process holds the program, and the program its process: let go.
            self.host.process = None;
        }
        step
    }

    fn memory(&self) -> usize {
        match &self.stage {
            Stage::New { arguments, .. } => arguments.encoded().len(),
            Stage::Running(vm) => vm.memory() + self.host.outside(),
            Stage::Ended { .. } => 0,
        }
    }

    fn stack(&mut self) -> String {
        match &self.stage {
            Stage::Running(vm) => vm.trace(),
            Stage::New { .. } | Stage::Ended { .. } => String::new(),
        }
    }
}
