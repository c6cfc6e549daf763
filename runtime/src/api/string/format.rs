//! `string.format`: hands the arguments on the stack to `text/format`.
//!
//! Values whose texts the program has a say in are replaced by them first (`texts.rs`).

use crate::lua::{Number, Outcome, Raise, Type};

use crate::api::text::format::{self, Arg, Arguments, Conversion, FormatError};
use crate::api::{Call, texts};

use super::expect_room;

/// `string.format(format, …)`
pub(super) fn format(call: &mut Call) -> Outcome {
    call.stringify(1)?;
    let mut out = Vec::with_capacity(64);
    // The format is read while arguments are: a copy costs less than a second look at the stack for each piece.
    let text = call.subject(1).to_vec();
    let mut values = Values {
        asked: 0,
        call,
        own: String::new(),
    };
    match format::format(&text, &mut values, &mut out) {
        Ok(()) => call.answer_text(out),
        Err(Failure::NeedsTexts) => {
            let asked = format::asked_as_text(&text).map(|number| number as i32);
            let wanted = asked.filter(|index| call.needs_tostring(*index)).collect();
            Ok(texts::replace(call, wanted, self::format))
        }
        Err(Failure::TooLarge(raise)) => Err(raise),
        Err(Failure::Format(error)) => Err(raised(call, error)),
    }
}

/// Why a format ended.
enum Failure {
    Format(FormatError),
    /// There are values to be replaced by what `tostring` makes of them.
    NeedsTexts,
    TooLarge(Raise),
}

impl From<FormatError> for Failure {
    fn from(error: FormatError) -> Failure {
        Failure::Format(error)
    }
}

/// The arguments on the stack.
struct Values<'c, 'l> {
    call: &'c mut Call<'l>,
    /// Bytes of text that were asked for.
    asked: usize,
    /// The text of the value that was asked for last, where it has none on the stack.
    own: String,
}

impl Arguments for Values<'_, '_> {
    type Error = Failure;

    fn get(&mut self, number: usize, conversion: Conversion) -> Result<Arg<'_>, Failure> {
        let index = number as i32;
        let kind = self.call.lua.kind(index);
        match kind {
            Type::None => return Ok(Arg::None),
            Type::Nil => return Ok(Arg::Nil),
            Type::Boolean => return Ok(Arg::Bool(self.call.lua.truth(index))),
            Type::Number => {
                return Ok(match self.call.lua.number(index) {
                    Some(Number::Integer(value)) => Arg::Int(value),
                    Some(Number::Float(value)) => Arg::Float(value),
                    None => unreachable!("a number is one"),
                });
            }
            _ => {}
        }
        if conversion == Conversion::Pointer {
            return Ok(Arg::Pointer(self.call.lua.identity(index)));
        }
        if kind == Type::String {
            self.asked += self.call.subject(index).len();
            expect_room(self.call, self.asked).map_err(Failure::TooLarge)?;
            return Ok(Arg::Text(self.call.subject(index)));
        }
        if conversion != Conversion::Text {
            return Ok(Arg::Other(kind.name()));
        }
        if self.call.needs_tostring(index) {
            return Err(Failure::NeedsTexts);
        }
        self.own = self.call.plain_text(index);
        Ok(Arg::Text(self.own.as_bytes()))
    }
}

/// Names the argument as the caller counts it: a method's receiver is not an argument.
fn raised(call: &Call, error: FormatError) -> Raise {
    match &error {
        FormatError::NoValue(argument) => call.bad_argument(*argument as i32, "no value"),
        FormatError::NotANumber(argument, got) => {
            call.bad_argument(*argument as i32, &format!("number expected, got {got}"))
        }
        FormatError::NoInteger(argument) => {
            call.bad_argument(*argument as i32, "number has no integer representation")
        }
        FormatError::NoLiteral(argument) => {
            call.bad_argument(*argument as i32, "value has no literal form")
        }
        _ => Raise::Text(error.to_string()),
    }
}
