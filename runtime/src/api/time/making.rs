//! Where times come from: `time.now`, `time.date`, `time.unix`, `time.parse`.
//!
//! Knows nothing of what can be asked of them.

use crate::api::Call;
use crate::lua::{Answer, Outcome, Raise};

use super::calendar::Fields;
use super::instant::Instant;
use super::layout::{self, TOO_LONG};
use super::location::Location;
use super::parse::{self, Shown};

/// `time.now()`
pub(super) fn now(call: &mut Call) -> Outcome {
    let system = call.state.system();
    let wall = system.wall(system.now());
    call.push_stamp(wall);
    Ok(Answer::Values(1))
}

/// `time.date(year, month, day, hour, minute, second, nanosecond[, location])`
pub(super) fn date(call: &mut Call) -> Outcome {
    let fields = Fields {
        year: field(call, 1, "year")?,
        month: field(call, 2, "month")?,
        day: field(call, 3, "day")?,
        hour: field(call, 4, "hour")?,
        minute: field(call, 5, "minute")?,
        second: field(call, 6, "second")?,
        nano: field(call, 7, "nanosecond")?,
    };
    let location = call.location_or_local(8)?;
    call.answer_time(location.instant(&fields), location)
}

/// A number argument, its fraction cut off.
pub(super) fn field(call: &mut Call, index: i32, name: &str) -> Result<i128, Raise> {
    call.truncated(index, name).map(i128::from)
}

/// `time.unix(seconds, nanoseconds)`
pub(super) fn unix(call: &mut Call) -> Outcome {
    let fields = Fields {
        year: 1970,
        month: 1,
        day: 1,
        second: field(call, 1, "seconds")?,
        nano: field(call, 2, "nanoseconds")?,
        ..Fields::default()
    };
    let (seconds, nanos) = fields.seconds();
    call.answer_time(Instant::new(seconds, nanos), Location::local())
}

/// `time.parse(layout, value[, location])`
pub(super) fn parse(call: &mut Call) -> Outcome {
    call.string(1)?;
    call.string(2)?;
    let location = call.location_or_local(3)?;
    let (layout, value) = (call.subject(1), call.subject(2));
    if layout::is_too_long(layout) {
        return call.invalid(TOO_LONG);
    }
    match parse::parse(layout, value, location) {
        Ok((at, location)) => call.answer_time(Some(at), location),
        Err(error) => {
            let (layout, value) = (Shown(layout), Shown(value));
            call.invalid(format!("time: {value} is no {layout}: {error}"))
        }
    }
}
