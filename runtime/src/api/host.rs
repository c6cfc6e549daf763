//! The host state of every call from Lua: what one program has of the runtime.
//!
//! All of it belongs to a process, and is reached through [`Host`], which ends the preparation of a template instead: a
//! module can't forget to, whatever it adds to [`Own`]. Knows nothing of the modules.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use crate::clock::Moment;
use crate::dialect::types::Types;
use crate::error::Error;
use crate::lua::{self, Vm};
use crate::pid::Pid;
use crate::process::{Caller, Event, Exit, Letter, Process};
use crate::request::Exchange;
use crate::wake::Wake;

use super::calls::Waiter;
use super::context::Context;
use super::funcs::Promises;
use super::http::Answering;
use super::mail::{FIRST_CHANNEL, Mail};
use super::math::Random;
use super::process::Upgrade;
use super::rare::Rare;
use super::tasks::{ChannelNumber, Tasks};
use super::timers::Timers;
use super::{Identity, Syscalls};

/// What this layer keeps for a VM: the host state of every call.
pub struct Host {
    /// Whether there is no process: the VM is to be a template.
    prepares: bool,
    own: Own,
}

impl Host {
    /// For a process.
    pub(super) fn new(identity: Arc<Identity>) -> Host {
        Host {
            prepares: false,
            own: Own::new(identity),
        }
    }

    /// For the template of an entry.
    pub(super) fn for_template(identity: Arc<Identity>) -> Host {
        Host {
            prepares: true,
            own: Own::new(identity),
        }
    }

    /// Says what the process finds in the module `ctx`.
    pub(super) fn set_context(&mut self, context: Option<Arc<Context>>) {
        if context.is_some() {
            self.own.rare().context = context;
        }
    }

    /// Gives the process a request to answer.
    pub(super) fn set_exchange(&mut self, exchange: Exchange) {
        self.own.rare().exchange = Some(Box::new(Answering::new(exchange)));
    }

    /// Answers the request, if there is one, as far as the program did not: it has come to `exit`.
    pub(super) fn finish_exchange(&mut self, vm: &mut Vm<Host>, exit: &Exit) {
        let rare = self.own.rare.as_mut();
        if let Some(answering) = rare.and_then(|rare| rare.exchange.take()) {
            answering.finish(vm, exit);
        }
        // Its coroutines may go on for long, and many functions have nothing else there.
        if self.own.rare.as_ref().is_some_and(|rare| rare.is_empty()) {
            self.own.rare = None;
        }
    }

    /// Bytes that the process holds outside its VM, letters aside: these count in its mailbox.
    pub(super) fn outside(&self) -> usize {
        self.own.mail.bytes()
            + self.own.timers.bytes()
            + self.own.tasks.bytes()
            + self.own.promises().map_or(0, Promises::bytes)
            + self.own.context().map_or(0, |context| context.size())
            + self.own.exchange_bytes()
    }

    /// The types of the entry, which are the same for all its processes.
    pub(super) fn types(&self) -> &Types {
        &self.own.identity.types
    }

    /// The id of the entry, which is the same for all its processes.
    pub(super) fn entry(&self) -> &Arc<str> {
        &self.own.identity.entry
    }
}

impl Deref for Host {
    type Target = Own;

    /// What is the process's own. While a template is prepared this ends the preparation.
    fn deref(&self) -> &Own {
        if self.prepares {
            lua::refuse_preparation();
        }
        &self.own
    }
}

impl DerefMut for Host {
    /// As `deref`.
    fn deref_mut(&mut self) -> &mut Own {
        if self.prepares {
            lua::refuse_preparation();
        }
        &mut self.own
    }
}

/// What a process has of the runtime.
pub struct Own {
    pub(super) identity: Arc<Identity>,
    /// Set at the first step.
    pub(super) process: Option<Arc<Process>>,
    /// When the step under way began.
    pub(super) now: Moment,
    pub(super) tasks: Tasks,
    pub(super) mail: Mail,
    pub(super) timers: Timers,
    pub(super) next_channel: ChannelNumber,
    /// Timers that were still needed when they were last looked through.
    pub(super) live_timers: u32,
    rare: Option<Box<Rare>>,
    /// The process that the program sent to last: it mostly sends to it again.
    destination: Option<Box<Destination>>,
    pub(super) random: Random,
}

/// Where a program sent to.
struct Destination {
    /// As the program wrote it; empty for a name, which may be another's the next time.
    text: Box<[u8]>,
    /// Kept when it ends, until the program sends to another or is told.
    process: Arc<Process>,
}

impl Own {
    pub(super) fn new(identity: Arc<Identity>) -> Own {
        Own {
            identity,
            process: None,
            now: Moment(0),
            tasks: Tasks::default(),
            mail: Mail::default(),
            timers: Timers::default(),
            next_channel: FIRST_CHANNEL,
            live_timers: 0,
            rare: None,
            destination: None,
            random: Random::default(),
        }
    }

    /// Another program takes over: all that belonged to the one before is gone, but what it was sent.
    pub(super) fn start_over(&mut self, identity: Arc<Identity>) {
        let granted = std::mem::take(&mut self.tasks).into_granted();
        self.mail.take_back(granted);
        self.timers = Timers::default();
        self.live_timers = 0;
        self.rare().calls.forget();
        let unread = self.rare().promises.take();
        let unread = unread.map_or(0, |promises| promises.held());
        self.note_received(unread);
        self.next_channel = FIRST_CHANNEL;
        self.identity = identity;
    }

    pub(super) fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// What the process was started with, and hands on.
    pub(super) fn context(&self) -> Option<&Arc<Context>> {
        self.rare.as_ref()?.context.as_ref()
    }

    /// What its futures wait for, or got, if it has ever had one.
    pub(super) fn promises(&self) -> Option<&Promises> {
        self.rare.as_ref()?.promises.as_deref()
    }

    /// The same, to add to it.
    pub(super) fn promises_mut(&mut self) -> &mut Promises {
        self.rare().promises.get_or_insert_default()
    }

    /// The request that it answers, if it answers one.
    pub(super) fn answering(&mut self) -> Option<&mut Answering> {
        self.rare.as_mut()?.exchange.as_deref_mut()
    }

    /// Bytes of the request that it answers and of what it has said so far.
    fn exchange_bytes(&self) -> usize {
        let exchange = self.rare.as_ref().and_then(|rare| rare.exchange.as_ref());
        exchange.map_or(0, |answering| answering.bytes())
    }

    /// Whether it waits for a call that others answer.
    pub(super) fn is_calling(&self) -> bool {
        self.rare
            .as_ref()
            .is_some_and(|rare| !rare.calls.is_empty())
    }

    /// What it is to become, if it asked for that.
    pub(super) fn upgrade(&self) -> Option<&Upgrade> {
        self.rare.as_ref()?.upgrade.as_ref()
    }

    /// Whether it became what it is.
    pub(super) fn is_upgraded(&self) -> bool {
        self.rare.as_ref().is_some_and(|rare| rare.upgraded)
    }

    /// Whether the program said that it can be upgraded.
    pub(super) fn is_upgradable(&self) -> bool {
        self.rare.as_ref().is_some_and(|rare| rare.upgradable)
    }

    pub(super) fn system(&self) -> &dyn Syscalls {
        &*self.identity.system
    }

    pub(super) fn process(&self) -> &Arc<Process> {
        self.process.as_ref().expect("a program runs in a process")
    }

    pub(super) fn pid(&self) -> Pid {
        self.process().pid()
    }

    /// The text of a sender's pid. Asked for again and again where requests are answered.
    pub(super) fn sender_text(&mut self, pid: Pid) -> &str {
        if self.last_sender().is_none_or(|last| last.0 != pid) {
            let mut text = String::with_capacity(64);
            self.system().write_pid(pid, &mut text);
            self.rare().last_sender = Some((pid, text));
        }
        self.last_sender().map_or("", |last| &last.1)
    }

    fn last_sender(&self) -> Option<&(Pid, String)> {
        self.rare.as_ref()?.last_sender.as_ref()
    }

    /// The process that a text means.
    pub(super) fn resolve(&self, destination: &[u8]) -> Result<Pid, Error> {
        match self.last_sender() {
            Some(last) if last.1.as_bytes() == destination => Ok(last.0),
            _ => match std::str::from_utf8(destination) {
                Ok(text) => self.system().resolve(text),
                Err(_) => self.system().resolve(&String::from_utf8_lossy(destination)),
            },
        }
    }

    /// Finds the process that the program sends to, which is [`Own::destination`] then.
    pub(super) fn reach(&mut self, destination: &[u8]) -> Result<(), Error> {
        let is_last = |last: &Destination| *last.text == *destination && !destination.is_empty();
        if !self.destination.as_deref().is_some_and(is_last) {
            let pid = self.resolve(destination)?;
            let process = self.system().process(pid)?;
            let text = if destination.starts_with(b"{") {
                destination
            } else {
                &[]
            };
            let text = text.into();
            self.destination = Some(Box::new(Destination { text, process }));
        }
        Ok(())
    }

    /// The process that was [reached](Own::reach) last.
    pub(super) fn destination(&self) -> Option<&Arc<Process>> {
        Some(&self.destination.as_ref()?.process)
    }

    /// Forgets whom the program sent to: it takes no messages any more.
    pub(super) fn forget_destination(&mut self) {
        self.destination = None;
    }

    /// The namespace of the entry.
    pub(super) fn namespace(&self) -> &str {
        self.identity
            .entry
            .split_once(':')
            .map_or("", |(namespace, _)| namespace)
    }

    pub(super) fn new_channel(&mut self) -> ChannelNumber {
        let number = self.next_channel;
        self.next_channel = number.checked_add(1).unwrap_or(FIRST_CHANNEL);
        number
    }

    /// A timer of the program's was stopped: if it is the only one, the process need not wake for it.
    pub(super) fn disarm(&mut self, was_armed: bool) {
        if was_armed && self.timers.len() == 1 {
            self.timers = Timers::None;
        }
    }

    /// Takes what has arrived in the mailbox into the mail, and hands it to those who wait.
    pub(super) fn take_letters(&mut self) {
        let Some(process) = &self.process else { return };
        for letter in process.mailbox().take() {
            let channel = match letter {
                Letter::Message(message) => self.mail.deliver(message),
                Letter::Event(event) => match *event {
                    Event::Reply(_) => {
                        self.deliver_reply(*event);
                        None
                    }
                    _ => self.mail.deliver_event(event),
                },
            };
            if let Some(channel) = channel {
                self.hand_out(channel);
            }
        }
    }

    /// The running task is to wait for a call that others answer; its number.
    pub(super) fn begin_call(&mut self) -> u32 {
        let task = self.tasks.current();
        self.rare().calls.begin(Waiter::Task(task))
    }

    /// The running task is about to wait until it is woken.
    pub(super) fn waker(&mut self) -> Wake {
        let call = self.begin_call();
        self.tasks.wait_for_none();
        let pid = self.pid();
        self.system().waker(Caller { pid, call })
    }

    /// Gives a reply to who waits for it, if anybody does.
    fn deliver_reply(&mut self, event: Event) {
        let bytes = event.size();
        let Event::Reply(reply) = event else { return };
        match self.rare().calls.end(reply.call) {
            Some(Waiter::Future(number)) => self.fulfil(number, reply.exit, bytes),
            Some(Waiter::Task(task)) => {
                self.note_received(bytes);
                self.tasks.reply(task, reply.exit);
            }
            None => self.note_received(bytes),
        }
    }

    /// Hands what the mail has for a channel to those who wait for it. Called whenever the mail gets something, so that
    /// where a task waits there is nothing.
    pub(super) fn hand_out(&mut self, channel: ChannelNumber) {
        while let Some(receiver) = self.tasks.receiver(channel)
            && let Some(value) = self.mail.take(channel)
        {
            self.tasks.hand(receiver, value);
        }
    }

    /// Gives a received letter's bytes back to the mailbox's share.
    pub(super) fn note_received(&self, bytes: usize) {
        if let Some(process) = &self.process {
            process.mailbox().received(bytes);
        }
    }
}
