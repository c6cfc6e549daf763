//! JSON text onto the stack: a visitor that pushes what it is told of, with no tree in between.
//!
//! Knows nothing of calls, nor of JSON's grammar: serde_json reads the text.
//!
//! A decoding can't pause, since what reads the text is in the midst of its own calls. It takes time in proportion to the
//! text, which the VM's memory bounds; the watchdog sees it, and other processes go on with a spare worker meanwhile.

use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};

use crate::error::{Error, kind};
use crate::lua::Stack;

use super::{MAX_DEPTH, TOO_DEEP, surrogates};

/// Most bytes of memory that a byte of text becomes, with as much again for the program. `[],` takes 56 bytes and, while
/// the array around it grows, 27 more.
const MOST_PER_BYTE: usize = 40;

/// Bytes of a text that is decoded without a look at the room there is.
const CARELESS: usize = 256;

/// Bytes that a table or a string takes beside what is in it, and those of an item and of a field. Both are asked for three
/// times as often as there are: where a table grows, its old half is still there.
const HEAD: usize = 64;
const ITEM: usize = 9;
const FIELD: usize = 24;

/// Items of an array, or fields of an object, that are gathered on the stack, so that most tables are made as large as they
/// are to be. A guess: few objects have more fields.
const FEW: usize = 8;

/// Stack slots that a level of nesting takes.
const SLOTS: usize = 2 * FEW + 6;

/// Pushes the value that `text` is.
///
/// # Errors
/// Where it is no JSON or is nested too deep (Internal), or the VM has no room for it (LimitExceeded).
pub(in crate::api) fn decode(lua: &mut Stack, text: &[u8]) -> Result<(), Error> {
    let text = String::from_utf8_lossy(text);
    let mut done = push(lua, &text);
    if let Err(Failure::Json(_)) = done
        && let Some(mended) = surrogates::mend(&text)
    {
        done = push(lua, &mended);
    }
    done.map_err(|failure| {
        let mut error = match failure {
            Failure::Json(text) => Error::new(kind::INTERNAL, text),
            Failure::NoRoom => Error::new(
                kind::LIMIT_EXCEEDED,
                "value does not fit into the process's memory: raise its host's memory_limit",
            ),
        };
        error.context = "decode failed".to_owned();
        error
    })
}

/// Why a text can't be decoded.
enum Failure {
    /// What is wrong with it, and where.
    Json(String),
    /// The VM's memory has no room for it.
    NoRoom,
}

/// Pushes the value that `text` is. On an error nothing is pushed.
fn push(lua: &mut Stack, text: &str) -> Result<(), Failure> {
    let top = lua.top();
    let careful =
        text.len() > CARELESS && lua.headroom() < text.len().saturating_mul(MOST_PER_BYTE);
    let mut decoder = Decoder {
        lua,
        careful,
        depth: 0,
        is_full: false,
    };
    let mut reader = serde_json::Deserializer::from_str(text);
    // The depth is counted here.
    reader.disable_recursion_limit();
    let done = (&mut decoder)
        .deserialize(&mut reader)
        .and_then(|()| reader.end());
    let is_full = decoder.is_full;
    done.map_err(|error| {
        lua.truncate(top);
        match is_full {
            true => Failure::NoRoom,
            false => Failure::Json(error.to_string()),
        }
    })
}

struct Decoder<'a, 's> {
    lua: &'a mut Stack<'s>,
    /// Whether there may be too little room for what is pushed, so that there is a look before each push.
    careful: bool,
    /// Arrays and objects around the next value.
    depth: usize,
    /// Room was looked for in vain.
    is_full: bool,
}

impl Decoder<'_, '_> {
    /// An error where what takes `bytes` beside its head finds no room, also when all garbage is gone.
    fn expect_room<E: serde::de::Error>(&mut self, bytes: usize) -> Result<(), E> {
        if !self.careful || self.lua.has_room_for_mail(bytes + HEAD) {
            return Ok(());
        }
        self.is_full = true;
        Err(E::custom("no room"))
    }

    /// The same for a table that has `count` entries of a size now. It grows where that is a power of two.
    fn expect_growth<E: serde::de::Error>(&mut self, count: usize, size: usize) -> Result<(), E> {
        match count.is_power_of_two() {
            true => self.expect_room(3 * count * size),
            false => Ok(()),
        }
    }

    /// Begins an array or an object.
    fn enter<E: serde::de::Error>(&mut self) -> Result<(), E> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(E::custom(TOO_DEEP));
        }
        match self.lua.reserve(SLOTS) {
            true => Ok(()),
            false => Err(E::custom("value does not fit on the Lua stack")),
        }
    }

    fn string<E: serde::de::Error>(&mut self, text: &str) -> Result<(), E> {
        self.expect_room(text.len())?;
        self.lua.push_bytes(text);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for &mut Decoder<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

/// Each visit pushes one value.
impl<'de> Visitor<'de> for &mut Decoder<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.lua.push_nil();
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.lua.push_boolean(value);
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.lua.push_integer(value);
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        match i64::try_from(value) {
            Ok(value) => self.lua.push_integer(value),
            Err(_) => self.lua.push_float(value as f64),
        }
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.lua.push_float(value);
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<(), E> {
        self.string(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.enter()?;
        let table = self.lua.top() + 1;
        let mut count = 0;
        while count < FEW && items.next_element_seed(&mut *self)?.is_some() {
            count += 1;
        }
        let has_more = count == FEW;
        self.expect_room(2 * FEW * ITEM)?;
        self.lua
            .push_table(if has_more { 2 * FEW } else { count }, 0);
        self.lua.insert(table);
        for item in (1..=count).rev() {
            self.lua.set_item(table, item as i64);
        }
        while has_more && items.next_element_seed(&mut *self)?.is_some() {
            count += 1;
            self.expect_growth(count, ITEM)?;
            self.lua.set_item(table, count as i64);
        }
        self.depth -= 1;
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        self.enter()?;
        let first = self.lua.top() + 1;
        let mut count = 0;
        while count < FEW && fields.next_key_seed(Key(&mut *self))?.is_some() {
            fields.next_value_seed(&mut *self)?;
            count += 1;
        }
        let has_more = count == FEW;
        self.expect_room(2 * FEW * FIELD)?;
        self.lua
            .push_table(0, if has_more { 2 * FEW } else { count });
        let table = self.lua.top();
        // In their order: of two fields of one name the last stays.
        for key in (first..table).step_by(2) {
            self.lua.push_copy(key);
            self.lua.push_copy(key + 1);
            self.lua.set_value(table);
        }
        if count > 0 {
            self.lua.replace(first);
            self.lua.truncate(first);
        }
        while has_more && fields.next_key_seed(Key(&mut *self))?.is_some() {
            fields.next_value_seed(&mut *self)?;
            count += 1;
            self.expect_growth(count, FIELD)?;
            self.lua.set_value(first);
        }
        self.depth -= 1;
        Ok(())
    }
}

/// What pushes the name of a field.
struct Key<'d, 'a, 's>(&'d mut Decoder<'a, 's>);

impl<'de> DeserializeSeed<'de> for Key<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<(), E> {
        self.0.string(name)
    }
}
