//! The module `time`: durations, moments, sleeping, timers and tickers. Spec: 02 C.
//!
//! A timer is its own channel: `timer:response()` answers the timer itself, which saves a process an object.

use crate::clock::Moment;
use crate::duration;
use crate::error::{Error, kind};
use crate::lua::{
    Answer, Class, Function, Kept, LibrariesBuilder, Module, Number, Object, Outcome, Raise, Type,
};

use super::channel::{self, Channel, Source};
use super::timers::{Target, Timer};
use super::{Call, Host};

/// A moment on the wall clock: nanoseconds since 1970 in UTC.
#[derive(Clone, Copy)]
struct Time(i64);

impl Object for Time {
    const CLASS: Class = Class::Time;
}

/// A span: nanoseconds.
#[derive(Clone, Copy)]
struct Span(i64);

impl Object for Span {
    const CLASS: Class = Class::Duration;
}

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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    After,
    Timer,
    Ticker,
}

/// Strikes that a ticker keeps for a program that is late; more are dropped.
const TICKER_BUFFER: u8 = 16;

impl Strikes {
    /// How many strikes are pending.
    pub fn count(self) -> usize {
        self.pending.into()
    }

    /// Notes a strike; answers whether it was dropped because too many are pending.
    pub fn strike(&mut self, wall: i64) -> bool {
        let room = if self.kind == Kind::Ticker {
            TICKER_BUFFER
        } else {
            1
        };
        self.armed = self.kind == Kind::Ticker;
        if self.pending >= room {
            return true;
        }
        if self.pending == 0 {
            self.first = wall;
        }
        self.pending += 1;
        false
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
}

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    let module = Module::new("time")
        .integers([
            ("NANOSECOND", 1),
            ("MICROSECOND", 1_000),
            ("MILLISECOND", 1_000_000),
            ("SECOND", 1_000_000_000),
            ("MINUTE", 60_000_000_000),
            ("HOUR", 3_600_000_000_000),
        ])
        .functions([
            ("now", Function::new(now)),
            ("sleep", Function::new(sleep)),
            ("after", Function::new(after)),
            ("timer", Function::new(timer)),
            ("ticker", Function::new(ticker)),
            ("parse_duration", Function::new(parse_duration)),
        ]);
    libraries.module(module);
    libraries.class(
        Class::Channel,
        [
            ("response", Function::new(response)),
            ("channel", Function::new(response)),
            ("stop", Function::new(stop)),
            ("reset", Function::new(reset)),
        ],
    );
    register_times(libraries);
    register_spans(libraries);
}

fn register_times(libraries: &mut LibrariesBuilder<Host>) {
    libraries.class(
        Class::Time,
        [
            ("add", Function::new(add)),
            ("sub", Function::new(sub)),
            (
                "before",
                Function::new(|call: &mut Call| compare(call, |one, other| one < other)),
            ),
            (
                "after",
                Function::new(|call: &mut Call| compare(call, |one, other| one > other)),
            ),
            (
                "equal",
                Function::new(|call: &mut Call| compare(call, |one, other| one == other)),
            ),
            (
                "unix",
                Function::new(|call: &mut Call| {
                    let Time(nanos) = this_time(call, 1)?;
                    call.lua.push_integer(nanos.div_euclid(1_000_000_000));
                    Ok(Answer::Values(1))
                }),
            ),
            (
                "unix_nano",
                Function::new(|call: &mut Call| {
                    let Time(nanos) = this_time(call, 1)?;
                    call.lua.push_integer(nanos);
                    Ok(Answer::Values(1))
                }),
            ),
        ],
    );
}

fn register_spans(libraries: &mut LibrariesBuilder<Host>) {
    libraries.class(
        Class::Duration,
        [
            (
                "nanoseconds",
                Function::new(|call: &mut Call| whole(call, 1)),
            ),
            (
                "microseconds",
                Function::new(|call: &mut Call| whole(call, 1_000)),
            ),
            (
                "milliseconds",
                Function::new(|call: &mut Call| whole(call, 1_000_000)),
            ),
            (
                "seconds",
                Function::new(|call: &mut Call| fraction(call, 1e9)),
            ),
            (
                "minutes",
                Function::new(|call: &mut Call| fraction(call, 6e10)),
            ),
            (
                "hours",
                Function::new(|call: &mut Call| fraction(call, 3.6e12)),
            ),
        ],
    );
    libraries.text_of(
        Class::Duration,
        Function::new(|call: &mut Call| {
            let Span(nanos) = this_span(call)?;
            call.answer_text(duration::Written(nanos).to_string())
        }),
    );
}

// ---- times and durations

fn this_time(call: &Call, index: i32) -> Result<Time, Raise> {
    call.lua
        .object::<Time>(index)
        .copied()
        .ok_or_else(|| call.wrong_type(index, "time"))
}

fn this_span(call: &Call) -> Result<Span, Raise> {
    call.lua
        .object::<Span>(1)
        .copied()
        .ok_or_else(|| call.wrong_type(1, "duration"))
}

fn whole(call: &mut Call, unit: i64) -> Outcome {
    let Span(nanos) = this_span(call)?;
    call.lua.push_integer(nanos / unit);
    Ok(Answer::Values(1))
}

fn fraction(call: &mut Call, unit: f64) -> Outcome {
    let Span(nanos) = this_span(call)?;
    call.lua.push_float(nanos as f64 / unit);
    Ok(Answer::Values(1))
}

fn compare(call: &mut Call, holds: fn(i64, i64) -> bool) -> Outcome {
    let (Time(one), Time(other)) = (this_time(call, 1)?, this_time(call, 2)?);
    call.lua.push_boolean(holds(one, other));
    Ok(Answer::Values(1))
}

/// `time.now()`
fn now(call: &mut Call) -> Outcome {
    let system = call.state.system();
    let wall = system.wall(system.now());
    call.lua.push_object(Time(wall));
    Ok(Answer::Values(1))
}

/// `t:add(duration)`
fn add(call: &mut Call) -> Outcome {
    let Time(nanos) = this_time(call, 1)?;
    match read_duration(call, 2) {
        Ok(span) => {
            call.lua.push_object(Time(nanos.saturating_add(span)));
            Ok(Answer::Values(1))
        }
        Err(error) => Err(Raise::Object(Box::new(error))),
    }
}

/// `t:sub(other)`
fn sub(call: &mut Call) -> Outcome {
    let (Time(one), Time(other)) = (this_time(call, 1)?, this_time(call, 2)?);
    call.lua.push_object(Span(one.saturating_sub(other)));
    Ok(Answer::Values(1))
}

/// Nanoseconds of a duration argument: a number of them, text in Go's grammar, or a duration.
fn read_duration(call: &Call, index: i32) -> Result<i64, Error> {
    let invalid = |message: String| Error::new(kind::INVALID, message);
    if let Some(Span(nanos)) = call.lua.object::<Span>(index) {
        return Ok(*nanos);
    }
    match call.lua.number(index) {
        Some(Number::Integer(nanos)) => return Ok(nanos),
        Some(Number::Float(nanos)) if nanos.is_finite() => return Ok(nanos as i64),
        Some(Number::Float(_)) => return Err(invalid("duration must be finite".into())),
        None => {}
    }
    match call.lua.text(index) {
        Some(text) => duration::parse(&text).map_err(|error| invalid(format!("time: {error}"))),
        None => Err(invalid("duration must be number or string".into())),
    }
}

/// `time.parse_duration(x)`
fn parse_duration(call: &mut Call) -> Outcome {
    match read_duration(call, 1) {
        Ok(nanos) => {
            call.lua.push_object(Span(nanos));
            Ok(Answer::Values(1))
        }
        Err(error) => call.fail(error),
    }
}

// ---- waiting

/// `time.sleep(duration)`
fn sleep(call: &mut Call) -> Outcome {
    let nanos = match read_duration(call, 1) {
        Ok(nanos) => nanos,
        Err(error) => return call.fail(error),
    };
    call.must_wait()?;
    match u64::try_from(nanos) {
        Ok(nanos) if nanos > 0 => {
            let at = Moment(call.state.system().now().0.saturating_add(nanos));
            let target = Target::Task(call.state.tasks.current());
            call.state.timers.arm(Timer { at, target });
            call.state.tasks.wait_for_time();
            Ok(Answer::wait(slept, 0))
        }
        _ => {
            let current = call.state.tasks.current();
            call.state.tasks.ready(current);
            Ok(Answer::wait(|_: &mut Call, _| Ok(Answer::Values(0)), 0))
        }
    }
}

fn slept(call: &mut Call, _: isize) -> Outcome {
    match call.state.tasks.take_grant() {
        Some(_) => Ok(Answer::Values(0)),
        None => Ok(Answer::wait(slept, 0)),
    }
}

/// `time.after(duration)`: a channel that gets one time and is closed then.
fn after(call: &mut Call) -> Outcome {
    make(call, Kind::After, "time.after")
}

/// `time.timer(duration)`
fn timer(call: &mut Call) -> Outcome {
    make(call, Kind::Timer, "time.timer")
}

/// `time.ticker(duration)`
fn ticker(call: &mut Call) -> Outcome {
    make(call, Kind::Ticker, "time.ticker")
}

fn make(call: &mut Call, kind: Kind, name: &str) -> Outcome {
    let nanos = match read_duration(call, 1) {
        Ok(nanos) if nanos > 0 => nanos as u64,
        Ok(_) => return call.invalid(format!("{name}: duration must be > 0")),
        Err(error) => return call.fail(error),
    };
    let number = call.state.new_channel();
    let period = if kind == Kind::Ticker { nanos } else { 0 };
    let strikes = Strikes {
        kind,
        arming: 0,
        armed: true,
        pending: 0,
        first: 0,
        period,
    };
    call.lua.push_object(Channel {
        number,
        source: Source::Timer(strikes),
        closed: false,
    });
    if call.lua.get_kept(Kept::Channels) == Type::Nil {
        call.lua.pop(1);
        call.lua.push_weak_table();
        call.lua.push_copy(-1);
        call.lua.keep(Kept::Channels);
    }
    call.lua.push_copy(-2);
    call.lua.set_item(-2, number.into());
    call.lua.pop(1);
    arm(call, number, 0, nanos);
    Ok(Answer::Values(1))
}

/// Arms a channel's timer.
fn arm(call: &mut Call, number: u32, arming: u32, nanos: u64) {
    let at = Moment(call.state.system().now().0.saturating_add(nanos));
    prune(call);
    call.state.timers.arm(Timer {
        at,
        target: Target::Channel(number, arming),
    });
}

/// Timers before they are looked through for those that nobody needs any more.
const PRUNE_ABOVE: usize = 64;

/// Drops timers that were stopped, or whose channel the program let go of, each time their number has doubled.
fn prune(call: &mut Call) {
    if call.state.timers.len() < PRUNE_ABOVE.max(2 * call.state.live_timers as usize) {
        return;
    }
    call.lua.get_kept(Kept::Channels);
    let lua = &mut call.lua;
    call.state.timers.retain(|timer| match timer.target {
        Target::Task(_) => true,
        Target::Channel(number, arming) => {
            lua.get_item(-1, number.into());
            let valid = match lua.object::<Channel>(-1).map(|channel| channel.source) {
                Some(Source::Timer(strikes)) => strikes.armed && strikes.arming == arming,
                _ => false,
            };
            lua.pop(1);
            valid
        }
    });
    call.lua.pop(1);
    call.state.live_timers = call.state.timers.len() as u32;
}

/// Pushes the time of the oldest pending strike of the channel at `index`, and takes it.
pub(super) fn push_strike(call: &mut Call, index: i32) {
    let Some(Channel {
        source: Source::Timer(strikes),
        ..
    }) = call.lua.object_mut(index)
    else {
        unreachable!("a timer's channel")
    };
    let at = strikes.first;
    strikes.pending -= 1;
    strikes.first = at.saturating_add_unsigned(strikes.period);
    call.lua.push_object(Time(at));
}

/// The timer that a method was called on.
fn this_timer<'a>(call: &'a mut Call) -> Result<(u32, &'a mut Strikes), Raise> {
    let wrong = call.wrong_type(1, "Timer");
    match call.lua.object_mut::<Channel>(1) {
        Some(Channel {
            number,
            source: Source::Timer(strikes),
            ..
        }) => Ok((*number, strikes)),
        _ => Err(wrong),
    }
}

/// `timer:response()`, `timer:channel()`: the timer, which is its own channel.
fn response(call: &mut Call) -> Outcome {
    this_timer(call)?;
    call.lua.push_copy(1);
    Ok(Answer::Values(1))
}

/// `timer:stop()`: whether it was pending; its channel is closed.
fn stop(call: &mut Call) -> Outcome {
    let (_, strikes) = this_timer(call)?;
    let was_armed = std::mem::take(&mut strikes.armed);
    strikes.arming = strikes.arming.wrapping_add(1);
    let answer = was_armed || strikes.kind == Kind::Ticker;
    call.state.disarm(was_armed);
    channel::shut(call, 1);
    call.lua.push_boolean(answer);
    Ok(Answer::Values(1))
}

/// `timer:reset(duration)`: arms it anew; a strike that was not received is dropped. Whether it was pending.
fn reset(call: &mut Call) -> Outcome {
    let nanos = match read_duration(call, 2) {
        Ok(nanos) if nanos > 0 => nanos as u64,
        Ok(_) => return Err("timer:reset: duration must be > 0".into()),
        Err(error) => return Err(Raise::Object(Box::new(error))),
    };
    let (number, strikes) = this_timer(call)?;
    let was_armed = std::mem::replace(&mut strikes.armed, true);
    strikes.arming = strikes.arming.wrapping_add(1);
    strikes.pending = 0;
    if strikes.kind == Kind::Ticker {
        strikes.period = nanos;
    }
    let arming = strikes.arming;
    if let Some(channel) = call.lua.object_mut::<Channel>(1) {
        channel.closed = false;
    }
    call.state.disarm(was_armed);
    arm(call, number, arming, nanos);
    call.lua.push_boolean(was_armed);
    Ok(Answer::Values(1))
}
