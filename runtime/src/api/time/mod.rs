//! The module `time`: moments, durations, sleeping, timers and tickers. See `docs/time.md`.
//!
//! Here is what the module consists of, and `time.sleep`; the rest has a file each.

mod span;
mod strikes;
mod timer;
mod wall;

use crate::clock::Moment;
use crate::lua::{Answer, Function, LibrariesBuilder, Module, Outcome};

use super::timers::{Target, Timer};
use super::{Call, Host};
use span::read_duration;

pub(super) use strikes::Strikes;
pub(super) use timer::{disarm, push_strike};

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
            ("now", Function::new(wall::now)),
            ("sleep", Function::new(sleep)),
            ("after", Function::new(timer::after)),
            ("timer", Function::new(timer::timer)),
            ("ticker", Function::new(timer::ticker)),
            ("parse_duration", Function::new(span::parse_duration)),
        ]);
    libraries.module(module);
    timer::register(libraries);
    wall::register(libraries);
    span::register(libraries);
}

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
            call.state.tasks.wait_for_none();
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
