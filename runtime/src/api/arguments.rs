//! Reading the arguments of a call, and saying what is wrong with one.
//!
//! There are two sets of rules, because programs know two. Lua's own libraries take numerals for numbers, fractions for no
//! integers ([`Call::exact`]), and, as the dialect has it, error objects for their messages ([`Call::stringify`]): what
//! Lua programs of any origin do with `string`, `table` and `math` works. The runtime's modules are the dialect's alone:
//! they cut fractions off ([`Call::truncated`]), and to them an error object is no name and no id ([`Call::string`]).
//! Knows nothing of what a function does with its arguments.

use crate::lua::{Number, Raise, Type};

use super::text::number;
use super::{Call, text};

impl Call<'_> {
    /// "bad argument #1 to 'send' (…)"; the function's name is the caller's.
    pub(super) fn bad_argument(&self, index: i32, what: &str) -> Raise {
        match self.lua.called_as() {
            Some((name, true)) if index == 1 => {
                Raise::Text(format!("calling '{name}' on bad self ({what})"))
            }
            Some((name, method)) => {
                let index = index - i32::from(method);
                Raise::Text(format!("bad argument #{index} to '{name}' ({what})"))
            }
            None => Raise::Text(format!("bad argument #{index} ({what})")),
        }
    }

    /// "… (string expected, got nil)"
    pub(super) fn wrong_type(&self, index: i32, expected: &str) -> Raise {
        let got = match self.lua.class(index) {
            Some(class) => class.name(),
            None => self.lua.kind(index).name(),
        };
        self.bad_argument(index, &format!("{expected} expected, got {got}"))
    }

    /// The bytes of a string argument; a number is one, an error object isn't.
    pub(super) fn string(&mut self, index: i32) -> Result<&[u8], Raise> {
        if !self.lua.coerce(index) {
            return Err(self.wrong_type(index, "string"));
        }
        Ok(self.lua.bytes(index).expect("coerced to a string"))
    }

    /// A string argument as text.
    pub(super) fn text(&mut self, index: i32) -> Result<String, Raise> {
        Ok(String::from_utf8_lossy(self.string(index)?).into_owned())
    }

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
            Type::Userdata | Type::TypeValue => true,
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
    pub(super) fn exact(&self, index: i32) -> Result<i64, Raise> {
        match self.number(index)? {
            Number::Integer(value) => Ok(value),
            Number::Float(value) => number::truncate(value)
                .filter(|whole| *whole as f64 == value)
                .ok_or_else(|| self.bad_argument(index, "number has no integer representation")),
        }
    }

    /// An integer argument that may be left out.
    pub(super) fn exact_or(&self, index: i32, default: i64) -> Result<i64, Raise> {
        match self.lua.kind(index) {
            Type::None | Type::Nil => Ok(default),
            _ => self.exact(index),
        }
    }

    /// An integer argument; a float is cut off toward zero. `what` it is, if it is none.
    pub(super) fn truncated(&mut self, index: i32, what: &str) -> Result<i64, Raise> {
        match self.lua.number(index) {
            Some(Number::Integer(value)) => Ok(value),
            Some(Number::Float(value)) if value.is_finite() => Ok(value as i64),
            Some(Number::Float(_)) => {
                Err(self.bad_argument(index, &format!("{what} is not finite")))
            }
            None => Err(self.wrong_type(index, "number")),
        }
    }

    /// Whether there is a table at `index`.
    pub(super) fn is_table(&self, index: i32) -> bool {
        self.lua.kind(index) == Type::Table
    }
}
