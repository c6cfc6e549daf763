//! Locations as programs have them: `time.utc`, `time.localtz`, `time.load_location`, `time.fixed_zone`.
//!
//! Knows nothing of times.

use crate::api::{Call, Host};
use crate::error::{Error, kind};
use crate::lua::{Class, Function, LibrariesBuilder, Outcome};

use super::location::Location;

/// Bytes that the name of a fixed zone may have: each `MST` in a layout becomes as many.
const LONGEST_NAME: usize = 255;

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    let text = Function::new(|call: &mut Call| {
        let location = call.location(1)?;
        call.answer_text(location.name())
    });
    libraries.class(Class::Location, [("string", text)]);
    libraries.text_of(Class::Location, text);
}

/// `time.utc`
pub(super) fn utc(call: &mut Call) -> Outcome {
    call.answer_location(&Location::Utc)
}

/// `time.localtz`
pub(super) fn local(call: &mut Call) -> Outcome {
    call.answer_location(&Location::local())
}

/// `time.load_location(name)`
pub(super) fn load(call: &mut Call) -> Outcome {
    let name = call.text(1)?;
    if name.is_empty() {
        return call.invalid("empty location name");
    }
    match Location::named(&name) {
        Some(location) => call.answer_location(&location),
        None => call.fail(Error::new(
            kind::NOT_FOUND,
            format!("no location is called {name:?}"),
        )),
    }
}

/// `time.fixed_zone(name, offset)`: seconds east of UTC.
pub(super) fn fixed(call: &mut Call) -> Outcome {
    let name = call.text(1)?;
    let offset = call.truncated(2, "offset")?;
    if name.len() > LONGEST_NAME {
        return call.invalid(format!("zone name is longer than {LONGEST_NAME} bytes"));
    }
    match i32::try_from(offset) {
        Ok(offset) => call.answer_location(&Location::Fixed(name, offset)),
        Err(_) => call.invalid("zone offset out of range"),
    }
}
