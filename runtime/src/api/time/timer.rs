//! Timers and tickers: channels that a program makes for time to strike into.
//!
//! A timer is its own channel: `timer:response()` answers the timer itself, which saves a process an object. Knows
//! nothing of how a channel is received from.

use crate::api::channel::{self, Channel, Source};
use crate::api::timers::{Target, Timer};
use crate::api::{Call, Host};
use crate::clock::Moment;
use crate::lua::{Answer, Class, Function, Kept, LibrariesBuilder, Outcome, Raise, Type};

use super::span::read_duration;
use super::strikes::{Kind, Strikes};

/// Registers the methods that a timer has beside those of every channel.
pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.class(
        Class::Channel,
        [
            ("response", Function::new(response)),
            ("channel", Function::new(response)),
            ("stop", Function::new(stop)),
            ("reset", Function::new(reset)),
        ],
    );
}

/// `time.after(duration)`: a channel that gets one time and is closed then.
pub(super) fn after(call: &mut Call) -> Outcome {
    make(call, Kind::After, "time.after")
}

/// `time.timer(duration)`
pub(super) fn timer(call: &mut Call) -> Outcome {
    make(call, Kind::Timer, "time.timer")
}

/// `time.ticker(duration)`
pub(super) fn ticker(call: &mut Call) -> Outcome {
    make(call, Kind::Ticker, "time.ticker")
}

fn make(call: &mut Call, kind: Kind, name: &str) -> Outcome {
    let nanos = match read_duration(call, 1) {
        Ok(nanos) if nanos > 0 => nanos as u64,
        Ok(_) => return call.invalid(format!("{name}: duration must be > 0")),
        Err(error) => return call.fail(error),
    };
    let number = call.state.new_channel();
    call.lua.push_object(Channel {
        number,
        source: Source::Timer(Strikes::new(kind, nanos)),
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
                Some(Source::Timer(strikes)) => strikes.needs(arming),
                _ => false,
            };
            lua.pop(1);
            valid
        }
    });
    call.lua.pop(1);
    call.state.live_timers = call.state.timers.len() as u32;
}

/// Pushes the time of a strike, as programs hold it.
pub(in crate::api) fn push_strike(call: &mut Call, at: i64) {
    call.push_stamp(at);
}

/// The timer that a method was called on.
fn this<'a>(call: &'a mut Call) -> Result<(u32, &'a mut Strikes), Raise> {
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
    this(call)?;
    call.lua.push_copy(1);
    Ok(Answer::Values(1))
}

/// `timer:stop()`: whether it was pending; its channel is closed.
fn stop(call: &mut Call) -> Outcome {
    let (_, strikes) = this(call)?;
    let is_ticker = strikes.is_ticker();
    let was_armed = disarm(call);
    channel::shut(call, 1);
    call.lua.push_boolean(was_armed || is_ticker);
    Ok(Answer::Values(1))
}

/// Disarms the timer that is argument 1, if it is one; answers whether it was armed.
pub(in crate::api) fn disarm(call: &mut Call) -> bool {
    let was_armed = this(call).is_ok_and(|(_, strikes)| strikes.stop());
    call.state.disarm(was_armed);
    was_armed
}

/// `timer:reset(duration)`: arms it anew; a strike that was not received is dropped. Whether it was pending.
fn reset(call: &mut Call) -> Outcome {
    this(call)?;
    let nanos = match read_duration(call, 2) {
        Ok(nanos) if nanos > 0 => nanos as u64,
        Ok(_) => return Err(call.bad_argument(2, "duration must be > 0")),
        Err(error) => return Err(call.bad_argument(2, &error.message)),
    };
    let (number, strikes) = this(call)?;
    let was_armed = strikes.reset(nanos);
    let arming = strikes.arming;
    if let Some(channel) = call.lua.object_mut::<Channel>(1) {
        channel.closed = false;
    }
    call.state.disarm(was_armed);
    arm(call, number, arming, nanos);
    call.lua.push_boolean(was_armed);
    Ok(Answer::Values(1))
}
