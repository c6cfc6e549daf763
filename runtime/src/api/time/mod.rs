//! The module `time`: moments, durations, sleeping, timers and tickers. See `docs/time.md`.
//!
//! Here is what the module consists of, and `time.sleep`; the rest has a file each.

mod calendar;
mod format;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod instant;
mod layout;
mod location;
mod making;
mod object;
mod parse;
mod place;
mod span;
mod strikes;
#[cfg(test)]
mod tests;
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
        .integers(DURATIONS)
        .integers(MONTHS)
        .integers(WEEKDAYS)
        .texts(LAYOUTS)
        .made([
            ("utc", Function::new(place::utc)),
            ("localtz", Function::new(place::local)),
        ])
        .functions([
            ("now", Function::new(making::now)),
            ("date", Function::new(making::date)),
            ("unix", Function::new(making::unix)),
            ("parse", Function::new(making::parse)),
            ("load_location", Function::new(place::load)),
            ("fixed_zone", Function::new(place::fixed)),
            ("sleep", Function::new(sleep)),
            ("after", Function::new(timer::after)),
            ("timer", Function::new(timer::timer)),
            ("ticker", Function::new(timer::ticker)),
            ("parse_duration", Function::new(span::parse_duration)),
        ]);
    libraries.module(module);
    timer::register(libraries);
    wall::register(libraries);
    place::register(libraries);
    span::register(libraries);
}

/// Nanoseconds.
const DURATIONS: [(&str, i64); 6] = [
    ("NANOSECOND", 1),
    ("MICROSECOND", 1_000),
    ("MILLISECOND", 1_000_000),
    ("SECOND", 1_000_000_000),
    ("MINUTE", 60_000_000_000),
    ("HOUR", 3_600_000_000_000),
];

const MONTHS: [(&str, i64); 12] = [
    ("JANUARY", 1),
    ("FEBRUARY", 2),
    ("MARCH", 3),
    ("APRIL", 4),
    ("MAY", 5),
    ("JUNE", 6),
    ("JULY", 7),
    ("AUGUST", 8),
    ("SEPTEMBER", 9),
    ("OCTOBER", 10),
    ("NOVEMBER", 11),
    ("DECEMBER", 12),
];

const WEEKDAYS: [(&str, i64); 7] = [
    ("SUNDAY", 0),
    ("MONDAY", 1),
    ("TUESDAY", 2),
    ("WEDNESDAY", 3),
    ("THURSDAY", 4),
    ("FRIDAY", 5),
    ("SATURDAY", 6),
];

const LAYOUTS: [(&str, &str); 15] = [
    ("RFC3339", wall::RFC3339),
    ("RFC3339NANO", "2006-01-02T15:04:05.999999999Z07:00"),
    ("RFC822", "02 Jan 06 15:04 MST"),
    ("RFC822Z", "02 Jan 06 15:04 -0700"),
    ("RFC850", "Monday, 02-Jan-06 15:04:05 MST"),
    ("RFC1123", "Mon, 02 Jan 2006 15:04:05 MST"),
    ("RFC1123Z", "Mon, 02 Jan 2006 15:04:05 -0700"),
    ("KITCHEN", "3:04PM"),
    ("STAMP", "Jan _2 15:04:05"),
    ("STAMP_MILLI", "Jan _2 15:04:05.000"),
    ("STAMP_MICRO", "Jan _2 15:04:05.000000"),
    ("STAMP_NANO", "Jan _2 15:04:05.000000000"),
    ("DATE_TIME", "2006-01-02 15:04:05"),
    ("DATE_ONLY", "2006-01-02"),
    ("TIME_ONLY", "15:04:05"),
];

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
