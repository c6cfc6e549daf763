//! Reading arguments as Lua's own libraries do: numerals are numbers, numbers are strings, and error objects are
//! their messages wherever a string is expected. Spec: 03 A.

use crate::lua::{Number, Raise, Type};

use super::text::number;
use super::{Call, text};

impl Call<'_> {
    /// Makes sure that there is a string at `index`: turns a number or an error object into its text, in place.
    pub(super) fn stringify(&mut self, index: i32) -> Result<(), Raise> {
        if self.lua.coerce(index) {
            return Ok(());
        }
        let Some(error) = self.lua.error(index) else {
            return Err(self.wrong_type(index, "string"));
        };
        self.lua.push_bytes(error.message);
        self.lua.replace(index);
        Ok(())
    }

    /// The bytes of a value that [`Call::stringify`] was called for.
    pub(super) fn subject(&self, index: i32) -> &[u8] {
        self.lua.bytes(index).expect("a string")
    }

    /// Whether only `tostring` knows the text of the value at `index`, since it may ask the program.
    pub(super) fn needs_tostring(&mut self, index: i32) -> bool {
        match self.lua.kind(index) {
            Type::Userdata => true,
            Type::Table => self.lua.has_metatable(index),
            _ => false,
        }
    }

    /// A number argument; a numeral is one.
    pub(super) fn number(&self, index: i32) -> Result<Number, Raise> {
        if let Some(found) = self.lua.number(index) {
            return Ok(found);
        }
        match self.lua.bytes(index).and_then(number::parse) {
            Some(text::number::Number::Int(value)) => Ok(Number::Integer(value)),
            Some(text::number::Number::Float(value)) => Ok(Number::Float(value)),
            None => Err(self.wrong_type(index, "number")),
        }
    }

    /// A number argument as a float.
    pub(super) fn float(&self, index: i32) -> Result<f64, Raise> {
        Ok(match self.number(index)? {
            Number::Integer(value) => value as f64,
            Number::Float(value) => value,
        })
    }

    /// An integer argument; a float must be integral.
    pub(super) fn whole(&self, index: i32) -> Result<i64, Raise> {
        match self.number(index)? {
            Number::Integer(value) => Ok(value),
            Number::Float(value) => number::truncate(value)
                .filter(|whole| *whole as f64 == value)
                .ok_or_else(|| self.bad_argument(index, "number has no integer representation")),
        }
    }

    /// An integer argument that may be left out.
    pub(super) fn whole_or(&self, index: i32, default: i64) -> Result<i64, Raise> {
        match self.lua.kind(index) {
            Type::None | Type::Nil => Ok(default),
            _ => self.whole(index),
        }
    }
}
